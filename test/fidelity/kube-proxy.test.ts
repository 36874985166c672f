// kube-proxy 1.34.0 in iptables mode: the balance and the refusals of every recorded case, and its rules read back.
import { expect, test } from 'vitest'
import { readObjects } from '../../src/cluster/objects.ts'
import { sliceSet } from '../../src/cluster/endpoint-slices.ts'
import { balance, clusterAddresses, portsOf, type PortEndpoint } from '../../src/cluster/kube-proxy.ts'
import type { KubeObject } from '../../src/chain/model.ts'
import { formatRational } from '../../src/chain/rational.ts'
import { textOf } from '../../src/cluster/fields.ts'
import { installedAt, readIptablesRules } from '../../src/cluster/iptables-rules.ts'
import { socketText } from '../../src/dns/socket-address.ts'
import { rows } from './rows.ts'

interface Row {
  readonly group: string
  readonly case: string
  readonly nodeName: string
  readonly nodeLabels: Readonly<Record<string, string>>
  readonly services: readonly object[]
  readonly endpointSlices: readonly object[]
  readonly out: { readonly filter: readonly string[]; readonly nat: readonly string[] }
  readonly parsed: {
    readonly balance: readonly { readonly servicePort: string; readonly policy: string; readonly endpoints: readonly { readonly to: string; readonly probability: string | null }[] }[]
    readonly refused: readonly { readonly servicePort: string; readonly action: string; readonly chain: string }[]
  }
}

const objectsOf = (list: readonly object[]): readonly KubeObject[] => readObjects('cluster/list.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list })).value

/** Lines such as `kube-system/kube-dns:dns Cluster 10.1.0.1:53 10.1.0.2:53` and `… REJECT KUBE-SERVICES`. */
function predicted(row: Row): string[] {
  const sets = objectsOf(row.endpointSlices).map(sliceSet)
  return objectsOf(row.services).filter(service => clusterAddresses(service).length > 0).flatMap(service => portsOf(service).flatMap(port => {
    const endpoints = sets.filter(set => set.object.labels['kubernetes.io/service-name'] === service.name).flatMap(set => {
      const own = set.ports.find(one => one.name === port.name && one.protocol === port.protocol)?.port
      return own === undefined ? [] : set.endpoints.map((endpoint): PortEndpoint => ({ ...endpoint, port: own }))
    })
    const of = balance(service, endpoints, { name: row.nodeName, zone: row.nodeLabels['topology.kubernetes.io/zone'] })
    const name = `${service.namespace}/${service.name}:${port.name}`
    const chain = (policy: string, set: readonly PortEndpoint[] | undefined): string[] => (set && set.length > 0 ? [`${name} ${policy} ${set.map(socketText).join(' ')}`] : [])
    const refusal = (at: string, kind: string | undefined): string[] => (kind ? [`${name} ${kind.toUpperCase()} ${at}`] : [])
    return [...chain('Cluster', of.cluster), ...chain('Local', of.local), ...refusal('KUBE-SERVICES', of.internalRefusal), ...refusal('KUBE-EXTERNAL-SERVICES', of.externalRefusal)]
  })).sort()
}

const recorded = (row: Row): string[] => [
  ...row.parsed.balance.map(chain => `${chain.servicePort} ${chain.policy} ${chain.endpoints.map(endpoint => endpoint.to).join(' ')}`),
  ...row.parsed.refused.map(refused => `${refused.servicePort} ${refused.action} ${refused.chain}`),
].sort()

const all = rows<Row>('kube-proxy')

test('endpoints and refusals are those of kube-proxy', () => {
  expect(all.length).toBe(46)
  for (const row of all) expect(predicted(row), `${row.group}: ${row.case}`).toEqual(recorded(row))
})

test('the printed probabilities are a uniform choice', () => {
  for (const chain of all.flatMap(row => row.parsed.balance)) {
    chain.endpoints.forEach(({ probability }, at) => {
      const left = chain.endpoints.length - at
      expect(probability).toBe(left === 1 ? null : (1 / left).toFixed(10))
    })
  }
})

test('the rules of every case, read back, hold the recorded endpoints, odds and refusals', () => {
  for (const row of all) {
    const text = ['*filter', ...row.out.filter, 'COMMIT', '*nat', ...row.out.nat, 'COMMIT', ''].join('\n')
    const { value, problems } = readIptablesRules('nodes/node1/iptables-save.txt', text)
    expect(problems, row.case).toEqual([])
    for (const service of objectsOf(row.services).filter(one => clusterAddresses(one).length > 0)) {
      const local = textOf(service.body, 'spec', 'internalTrafficPolicy') === 'Local'
      for (const port of portsOf(service)) {
        const name = `${service.namespace}/${service.name}:${port.name}`
        const refused = row.parsed.refused.find(one => one.servicePort === name && one.chain === 'KUBE-SERVICES')
        const chain = refused ? undefined : row.parsed.balance.find(one => one.servicePort === name && one.policy === (local ? 'Local' : 'Cluster'))
        const installed = installedAt(value, clusterAddresses(service)[0] as string, port.port, port.protocol)
        expect(installed?.name, `${row.group}: ${row.case}`).toBe(name)
        expect(installed?.refusal?.toUpperCase()).toBe(refused?.action)
        const endpoints = installed?.endpoints.map(one => one.value) ?? []
        expect(endpoints.map(socketText)).toEqual(chain?.endpoints.map(endpoint => endpoint.to) ?? [])
        for (const endpoint of endpoints) expect(formatRational(endpoint.odds)).toBe(endpoints.length === 1 ? '1' : `1/${endpoints.length}`)
        expect(installed?.sticky).toBe(textOf(service.body, 'spec', 'sessionAffinity') === 'ClientIP')
      }
    }
  }
})
