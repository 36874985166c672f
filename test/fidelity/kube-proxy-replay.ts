// One recorded state of kube-proxy's iptables proxier: the endpoints of each policy, the refusals, the printed odds, and its rules read back.
import type { KubeObject } from '../../src/chain/model.ts'
import { formatRational, rational } from '../../src/chain/rational.ts'
import { sliceSet } from '../../src/cluster/endpoint-slices.ts'
import { textOf } from '../../src/cluster/fields.ts'
import { installedAt, readIptablesRules } from '../../src/cluster/iptables-rules.ts'
import { balance, clusterAddresses, isSticky, portsOf, type Balanced, type PortEndpoint, type ServicePort } from '../../src/cluster/kube-proxy.ts'
import { socketText } from '../../src/dns/socket-address.ts'
import { objectsOf } from '../support/cluster-files.ts'
import { judged, type Verdict } from './verdict.ts'

export interface KubeProxyRow {
  readonly version: string
  readonly group: string
  readonly case: string
  readonly nodeName: string
  readonly nodeLabels: Readonly<Record<string, string>> | null
  readonly services: readonly object[]
  readonly endpointSlices: readonly object[] | null
  readonly out: { readonly filter: readonly string[]; readonly nat: readonly string[] }
  readonly parsed: {
    readonly balance: readonly { readonly servicePort: string; readonly policy: string; readonly endpoints: readonly { readonly to: string; readonly probability: string | null }[] }[]
    readonly refused: readonly { readonly servicePort: string; readonly action: string; readonly chain: string }[]
  }
}

const CHAINS = ['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES']

interface PortState {
  readonly name: string
  readonly service: KubeObject
  readonly address: string
  readonly port: ServicePort
  readonly of: Balanced
}

/** The rows' proxier is that of IPv4. */
function statesOf(row: KubeProxyRow): readonly PortState[] {
  const sets = objectsOf(row.endpointSlices ?? []).map(sliceSet).filter(set => set.family === 'IPv4')
  const minor = Number(/^v?1\.(\d+)/.exec(row.version)?.[1] ?? Infinity)
  const node = { name: row.nodeName, zone: row.nodeLabels?.['topology.kubernetes.io/zone'], minor }
  return objectsOf(row.services).flatMap(service => {
    const address = clusterAddresses(service).find(one => !one.includes(':'))
    return address === undefined ? [] : portsOf(service).map(port => {
      const endpoints = sets.filter(set => set.object.labels['kubernetes.io/service-name'] === service.name && set.object.namespace === service.namespace).flatMap(set => {
        const own = set.ports.find(one => one.name === port.name && one.protocol === port.protocol)?.port
        return own === undefined ? [] : set.endpoints.map((endpoint): PortEndpoint => ({ ...endpoint, port: own }))
      })
      // kube-proxy leaves the colon out where a port has no name.
      const name = `${service.namespace}/${service.name}${port.name === '' ? '' : `:${port.name}`}`
      return { name, service, address, port, of: balance(service, endpoints, node, port) }
    })
  })
}

/** Lines such as `kube-system/kube-dns:dns Cluster 10.1.0.1:53 10.1.0.2:53` and `… REJECT KUBE-SERVICES`. */
const predicted = (states: readonly PortState[]): readonly string[] => states.flatMap(({ name, of }) => {
  const chain = (policy: string, set: readonly PortEndpoint[] | undefined): string[] => (set && set.length > 0 ? [`${name} ${policy} ${set.map(socketText).join(' ')}`] : [])
  const refusal = (at: string, kind: string | undefined): string[] => (kind ? [`${name} ${kind.toUpperCase()} ${at}`] : [])
  return [...chain('Cluster', of.cluster), ...chain('Local', of.local), ...refusal('KUBE-SERVICES', of.internalRefusal), ...refusal('KUBE-EXTERNAL-SERVICES', of.externalRefusal)]
})

const recorded = (row: KubeProxyRow): readonly string[] => [
  ...row.parsed.balance.map(chain => `${chain.servicePort} ${chain.policy} ${chain.endpoints.map(endpoint => endpoint.to).join(' ')}`),
  ...row.parsed.refused.filter(refused => CHAINS.includes(refused.chain)).map(refused => `${refused.servicePort} ${refused.action} ${refused.chain}`),
]

export function replay(row: KubeProxyRow): Verdict {
  const states = statesOf(row)
  const [mine, theirs] = [new Set(predicted(states)), new Set(recorded(row))]
  const what = [
    ...[...mine].filter(line => !theirs.has(line)).map(line => `not recorded: ${line}`),
    ...[...theirs].filter(line => !mine.has(line)).map(line => `not predicted: ${line}`),
    ...row.parsed.balance.flatMap(chain => chain.endpoints.flatMap(({ to, probability }, at) => {
      const left = chain.endpoints.length - at
      const printed = left === 1 ? null : (1 / left).toFixed(10)
      return probability === printed ? [] : [`${chain.servicePort} ${to}: probability ${probability}, not ${printed}`]
    })),
  ]
  return judged([...what, ...readBack(row, states)])
}

/** The rules of the row, read as the `iptables-save` of a node. */
function readBack(row: KubeProxyRow, states: readonly PortState[]): readonly string[] {
  const text = ['*filter', ...row.out.filter, 'COMMIT', '*nat', ...row.out.nat, 'COMMIT', ''].join('\n')
  const { value, problems } = readIptablesRules('nodes/node1/iptables-save.txt', text)
  return [...problems.map(problem => `rules: ${problem.message}`), ...states.flatMap(({ name, service, address, port }) => {
    const local = textOf(service.body, 'spec', 'internalTrafficPolicy') === 'Local'
    const refused = row.parsed.refused.find(one => one.servicePort === name && one.chain === 'KUBE-SERVICES')
    const chain = refused ? undefined : row.parsed.balance.find(one => one.servicePort === name && one.policy === (local ? 'Local' : 'Cluster'))
    const installed = installedAt(value, address, port.port, port.protocol)
    const endpoints = installed?.endpoints.map(one => one.value) ?? []
    const share = formatRational(rational(1, Math.max(1, endpoints.length)))
    const same = installed?.name === name && installed.refusal?.toUpperCase() === refused?.action
      && endpoints.map(socketText).join() === (chain?.endpoints ?? []).map(endpoint => endpoint.to).join()
      && endpoints.every(endpoint => formatRational(endpoint.odds) === share) && (refused !== undefined || installed.sticky === isSticky(service))
    return same ? [] : [`rules read back: ${JSON.stringify(installed?.name)} ${installed?.refusal} ${endpoints.map(socketText).join()}`]
  })]
}
