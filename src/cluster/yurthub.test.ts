import { expect, test } from 'vitest'
import { clusterOf, objectsFrom } from '../../test/support/cluster-files.ts'
import type { EvidenceFile } from '../chain/evidence-files.ts'
import { inventory } from './inventory.ts'
import { yurtHubOf } from './yurthub.ts'
import { releaseNumber } from './yurthub-topology.ts'

const node = (name: string, labels = '{}'): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: ${labels}}\n---\n`
const hub = (name: string, image: string, command: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: yurt-hub-${name}, namespace: kube-system}\nspec: {nodeName: ${name}, containers: [{name: h, image: "${image}", command: ${command}}]}\n---\n`
const files = (of: Readonly<Record<string, string>>): ReadonlyMap<string, EvidenceFile> =>
  new Map(Object.entries(of).map(([path, text]) => [path, { path, sizeBytes: text.length, text: () => text, chunks: () => [text] }]))
const of = (text: string, name: string, given: Readonly<Record<string, string>> = {}) => yurtHubOf(inventory(objectsFrom(text)), name, files(given))
const EDGE = '{openyurt.io/is-edge-worker: "true"}'

test('the recorded edge nodes have likely one, of the cloud node nobody knows', () => {
  const cluster = clusterOf('incident')
  expect(yurtHubOf(cluster, 'hz-edge-1').value).toMatchObject({ present: 'likely', version: undefined, source: { file: 'cluster/nodes.yaml', text: '"true"' } })
  expect(yurtHubOf(cluster, 'hz-edge-1').problems.map(problem => problem.code)).toEqual(['yurthub-version-unknown'])
  expect(yurtHubOf(cluster, 'cloud-1')).toMatchObject({ value: { present: 'unknown' }, problems: [{ code: 'yurthub-unknown', state: 'unknown' }] })
})

test('its pod says release, mode and flags', () => {
  const { value, problems } = of(node('n', EDGE) + hub('n', 'openyurt/yurthub:v1.5.0', '[yurthub, --working-mode=cloud, --nodepool-name, hangzhou, --enable-pool-service-topology=true, --enable-node-pool=false]'), 'n')
  expect(value).toMatchObject({ present: 'yes', mode: 'cloud', version: { value: 'v1.5.0' }, filter: { version: 10500, poolFlag: 'hangzhou', enablePoolServiceTopology: true, enableNodePool: false }, switchedOff: undefined })
  expect(problems).toEqual([])
})

test('a node without one, where others show theirs, has none; a cluster without sites has none', () => {
  expect(of(node('n', '{openyurt.io/is-edge-worker: "false"}') + node('e', EDGE) + hub('e', 'openyurt/yurthub:v1.5.0', '[]'), 'n').value.present).toBe('no')
  expect(of(node('n'), 'n')).toMatchObject({ value: { present: 'no' }, problems: [] })
})

test.each([
  ['a static pod’s manifest', { 'nodes/n/etc/kubernetes/manifests/yurthub.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: yurt-hub}\nspec: {containers: [{image: "openyurt/yurthub:v1.4.0", command: [yurthub, --nodepool-name=p]}]}\n' }, { version: 10400, poolFlag: 'p' }],
  ['a systemd unit', { 'nodes/n/etc/systemd/system/yurthub.service.d/10-yurthub.conf': '[Service]\n# --nodepool-name=old\nExecStart=/usr/bin/yurthub --nodepool-name=p --disabled-resource-filters="x,servicetopology"\n' }, { version: undefined, poolFlag: 'p' }],
  ['kubelet’s server', { 'nodes/n/etc/kubernetes/kubelet.conf': 'clusters:\n- cluster:\n    server: http://127.0.0.1:10261\n' }, { version: undefined }],
  ['its cache', { 'nodes/n/etc/kubernetes/cache/kubelet/pods.v1.core/d/p': '{}' }, { version: undefined }],
] as const)('%s proves it', (_, given, filter) => {
  const { value } = of(node('n'), 'n', given)
  expect(value).toMatchObject({ present: 'yes', filter })
  expect(value.switchedOff?.value).toBe(Object.values(given)[0]?.includes('servicetopology') ? '--disabled-resource-filters=x,servicetopology' : undefined)
})

test('a file of another node proves nothing here', () => {
  expect(of(node('n'), 'n', { 'nodes/nn/etc/kubernetes/cache/x': '' }).value.present).toBe('no')
})

test('another data plane than kube-proxy is not filtered', () => {
  const cilium = 'apiVersion: v1\nkind: Pod\nmetadata: {name: cilium-x}\nspec: {nodeName: n, containers: [{image: "quay.io/cilium/cilium:v1.16"}]}\n'
  expect(of(node('n', EDGE) + cilium, 'n').value.bypassed?.value).toContain('cilium-x')
})

test('releases are compared as numbers', () => {
  expect(['v1.10.0', '1.7', 'v0.7.0', 'HEAD', 'latest', 'abc'].map(releaseNumber)).toEqual([11000, 10700, 700, Infinity, Infinity, undefined])
})
