import { expect, test } from 'vitest'
import type { NodeFile } from './netplan.ts'
import { readKubeletConfig } from './kubelet.ts'

const files = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, NodeFile> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { file: `n${path}`, text }]))
const CONFIG = '/var/lib/kubelet/config.yaml'
const yaml =
  'kind: KubeletConfiguration\nclusterDNS:\n- 10.96.0.10\nclusterDomain: cluster.local\nresolvConf: /etc/resolv.conf\n'
  + 'featureGates: {ExpandedDNSConfig: true}\n'

test('the file, with the place of each value', () => {
  const { value } = readKubeletConfig(files({ [CONFIG]: yaml }))
  expect(value.clusterDNS?.[0]).toMatchObject({ value: '10.96.0.10', source: { file: `n${CONFIG}`, line: 3, column: 3 } })
  expect(value.resolvConf).toMatchObject({ value: '/etc/resolv.conf', source: { line: 5, column: 13 } })
  expect(value).toMatchObject({ clusterDomain: { value: 'cluster.local' }, expandedDnsConfig: { value: true }, source: { line: 1 } })
})

test('what runs wins over flags, flags over the file', () => {
  const flags = 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///x --resolv-conf=/run/a --cluster-dns=10.0.0.1,10.0.0.2"\n'
  const withFlags = readKubeletConfig(files({ [CONFIG]: yaml, '/var/lib/kubelet/kubeadm-flags.env': flags })).value
  expect(withFlags.resolvConf).toMatchObject({ value: '/run/a', source: { text: '/run/a', line: 1 } })
  expect(withFlags.clusterDNS?.map(s => s.value)).toEqual(['10.0.0.1', '10.0.0.2'])
  const running = '{"kubeletconfig":{"resolvConf":"/run/systemd/resolve/resolv.conf","clusterDomain":"x.test"}}'
  const all = readKubeletConfig(files({ [CONFIG]: yaml, '/var/lib/kubelet/kubeadm-flags.env': flags, '/configz.json': running })).value
  expect([all.resolvConf?.value, all.clusterDomain?.value, all.clusterDNS]).toEqual(['/run/systemd/resolve/resolv.conf', 'x.test', []])
  expect(all.resolvConf?.source).toMatchObject({ file: 'n/configz.json', text: '"/run/systemd/resolve/resolv.conf"', column: 32 })
})

test('nothing seen is not the same as nothing set', () => {
  expect(readKubeletConfig(files({})).value).toMatchObject({ clusterDNS: undefined, resolvConf: undefined, source: undefined })
  expect(readKubeletConfig(files({ [CONFIG]: 'kind: KubeletConfiguration\n' })).value.clusterDNS).toEqual([])
  expect(readKubeletConfig(files({ [CONFIG]: 'resolvConf: ""\n' })).value.resolvConf?.value).toBe('')
  const broken = readKubeletConfig(files({ [CONFIG]: '- just\n- a list\n' }))
  expect(broken.problems.map(p => p.code)).toEqual(['kubelet-config-shape'])
  expect(broken.value.clusterDNS).toBeUndefined()
})
