// Clusters and questions for the `kubernetes` plugin and what hangs on it (k8s_external, autopath @kubernetes): objects, options, names that exist and do not.
import { Dice, seedOf } from './dice.ts'
import { releaseOf, versionOf } from './generate.ts'
import type { Json } from '../fidelity/programs.ts'
import { since, type CorednsVersion } from '../../src/hops/coredns/plugin.ts'
import type { Query, Scenario, ScenarioDirective, Step } from './scenario.ts'

const SALT = 0x4b38
export const API_ADDRESS = '127.0.0.9'
export const API_PORT = 6443
const API = `http://${API_ADDRESS}:${API_PORT}`

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${API}"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`

const NAMESPACES = ['prod', 'dev', 'kube-system'] as const
const LABELS = [{}, { team: 'a' }, { team: 'b', tier: 'front' }] as const

/** What was made, for the names to ask. */
interface Made {
  readonly objects: Json[]
  readonly services: { readonly name: string; readonly namespace: string }[]
  readonly hosts: string[]
  readonly addresses: string[]
  readonly ports: string[]
  readonly external: { readonly name: string; readonly namespace: string; readonly address: string }[]
}

export function generateKubernetes(seed: number, nth: number): Scenario {
  const version = releaseOf(nth)
  const dice = new Dice(seedOf(seed ^ SALT, nth))
  const made = clusterOf(dice)
  const at = versionOf(version)
  const directives = directivesOf(dice, at)
  return {
    id: `kubernetes-${seed}-${nth}`, part: 'kubernetes', version, blocks: [{ keys: dice.of(['.', '.', 'cluster.local in-addr.arpa ip6.arpa ext.test']), directives }],
    script: { '127.0.0.11': [
      { when: { name: 'target.ext.test.' }, do: { answer: ['@ 300 IN A 198.51.100.1'] } }, { do: { rcode: 'NXDOMAIN', authority: ['. 300 IN SOA a.root. h.root. 1 2 3 4 60'] } },
    ] },
    files: { kubeconfig: KUBECONFIG }, env: {}, steps: stepsOf(dice, made), objects: made.objects,
  }
}

function clusterOf(dice: Dice): Made {
  const made: Made = { objects: [], services: [], hosts: [], addresses: [], ports: [], external: [] }
  for (const name of NAMESPACES.slice(0, 2)) made.objects.push({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: dice.of(LABELS) } })
  const count = dice.between(1, 5)
  for (let i = 0; i < count; i++) serviceInto(dice, made, i)
  for (let i = 0; i < dice.between(0, 2); i++) {
    const address = `10.244.9.${i + 1}`
    made.addresses.push(address)
    made.objects.push({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `pod-${i}`, namespace: dice.of(NAMESPACES) }, status: { podIP: address, podIPs: [{ ip: address }], phase: dice.of(['Running', 'Running', 'Succeeded', 'Pending']) } })
  }
  return made
}

const PORTS = [
  [{ port: 80, protocol: 'TCP', name: 'http' }], [{ port: 53, protocol: 'UDP', name: 'dns' }, { port: 53, protocol: 'TCP', name: 'dns-tcp' }], [{ port: 8080, protocol: 'TCP' }], [{ port: 443, protocol: 'TCP', name: 'HTTPS' }], [],
] as const

function serviceInto(dice: Dice, made: Made, i: number): void {
  const [name, namespace] = [`svc${i}`, dice.of(NAMESPACES)]
  const ports = dice.of(PORTS)
  const kind = dice.of(['cluster', 'cluster', 'cluster', 'headless', 'headless', 'external', 'dual', 'balancer'])
  const metadata = { name, namespace, labels: dice.of(LABELS) }
  made.services.push({ name, namespace })
  made.ports.push(...ports.flatMap(p => ('name' in p ? [`_${p.name}._${p.protocol.toLowerCase()}`] : [])))
  if (kind === 'external') {
    made.objects.push({ apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'ExternalName', externalName: dice.of(['target.ext.test', 'svc0.prod.svc.cluster.local', 'nx.ext.test', '10.9.9.9']) } })
    return
  }
  const own = `10.96.${i + 1}.1`
  const clusterIPs = kind === 'headless' ? ['None'] : kind === 'dual' ? [own, `fd00:96::${i + 2}`] : [own]
  if (kind !== 'headless') made.addresses.push(...clusterIPs)
  const address = `192.0.2.${i + 1}`
  if (kind === 'balancer') made.external.push({ name, namespace, address })
  made.objects.push({
    apiVersion: 'v1', kind: 'Service', metadata,
    spec: { clusterIP: clusterIPs[0], clusterIPs, ports, ...(kind === 'balancer' && { type: 'LoadBalancer', ...(dice.chance(0.3) && { externalIPs: [`198.51.100.${i + 9}`] }) }) },
    ...(kind === 'balancer' && { status: { loadBalancer: { ingress: [dice.chance(0.8) ? { ip: address } : { hostname: `lb${i}.ext.test` }] } } }),
  })
  for (let s = 0; s < dice.of([0, 1, 1, 1, 2]); s++) sliceInto(dice, made, { name, namespace, nth: i * 10 + s, ports, family: kind === 'dual' && dice.chance(0.4) ? 'IPv6' : 'IPv4' })
}

interface SliceOf { readonly name: string; readonly namespace: string; readonly nth: number; readonly ports: readonly object[]; readonly family: 'IPv4' | 'IPv6' }

function sliceInto(dice: Dice, made: Made, { name, namespace, nth, ports, family }: SliceOf): void {
  const endpoints = Array.from({ length: dice.between(0, 3) }, (_, e) => {
    const address = family === 'IPv6' ? `fd00:244::${nth}:${e + 1}` : `10.244.${nth}.${e + 1}`
    const hostname = dice.chance(0.4) ? dice.of([`${name}-${e}`, `web-${e}`]) : undefined
    made.addresses.push(address)
    made.hosts.push(`${hostname ?? address.replaceAll(/[.:]/g, '-')}.${name}.${namespace}.svc`)
    return {
      addresses: [address], ...(hostname !== undefined && { hostname }), ...(dice.chance(0.3) && { zone: 'Zone-A' }), ...(dice.chance(0.6) && { conditions: { ready: dice.chance(0.7), serving: dice.chance(0.5), terminating: dice.chance(0.2) } }),
      ...(dice.chance(0.6) && { targetRef: { kind: 'Pod', name: `pod-${name}-${nth}-${e}`, namespace } }),
    }
  })
  made.objects.push({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: `${name}-${nth}`, namespace, labels: { 'kubernetes.io/service-name': name } }, addressType: family, endpoints, ports })
}

type Option = readonly [share: number, text: (dice: Dice) => string, since?: readonly [number, number, number]]

const OPTIONS: readonly Option[] = [
  [0.7, dice => `pods ${dice.of(['disabled', 'insecure', 'insecure', 'verified'])}`], [0.15, () => 'endpoint_pod_names'], [0.4, dice => `ttl ${dice.of([0, 5, 30, 3600])}`], [0.08, () => 'noendpoints'],
  [0.5, dice => dice.of(['fallthrough', 'fallthrough in-addr.arpa ip6.arpa', 'fallthrough cluster.local'])], [0.1, () => 'ignore empty_service'], [0.12, dice => `namespaces ${dice.of(['prod', 'prod dev', 'nowhere'])}`],
  [0.1, dice => `labels ${dice.of(['team=a', 'team in (a,b)', 'team notin (b)', '!tier'])}`],
]

function directivesOf(dice: Dice, version: CorednsVersion): ScenarioDirective[] {
  const zones = dice.of(['cluster.local', 'cluster.local in-addr.arpa ip6.arpa', 'cluster.local in-addr.arpa ip6.arpa', 'cluster.local 10.0.0.0/8', ''])
  const options = OPTIONS.flatMap(([share, text, first]) => (dice.chance(share) && (!first || since(version, ...first)) ? [text(dice)] : []))
  const labelled = !options.some(o => o.startsWith('namespaces')) && dice.chance(0.08) ? ['namespace_labels team=a'] : []
  const reach = dice.chance(0.5) ? `endpoint ${API}` : 'kubeconfig kubeconfig'
  const kubernetes = `kubernetes${zones === '' ? '' : ` ${zones}`} {\n${[reach, ...options, ...labelled].map(o => ` ${o}\n`).join('')}}`
  const others: readonly (readonly [share: number, plugin: string, text: () => string])[] = [
    [0.2, 'k8s_external', () => `k8s_external ext.test {\n${[...dice.some([`apex ${dice.of(['dns', 'top'])}`, `ttl ${dice.of([5, 60])}`, ...since(version, 1, 10) ? ['headless'] : [], ...since(version, 1, 11) ? ['fallthrough'] : []], 0.4)].map(o => ` ${o}\n`).join('')}}`],
    [0.15, 'autopath', () => 'autopath @kubernetes'], [0.2, 'loadbalance', () => 'loadbalance'], [0.2, 'cache', () => 'cache 30'], [0.15, 'minimal', () => 'minimal'], [0.3, 'forward', () => 'forward . 127.0.0.11'],
  ]
  return [
    { plugin: 'bind', text: 'bind 127.0.0.1' }, { plugin: 'errors', text: 'errors' }, { plugin: 'log', text: 'log' }, { plugin: 'kubernetes', text: kubernetes },
    ...others.flatMap(([share, plugin, text]) => (dice.chance(share) ? [{ plugin, text: text() }] : [])),
  ]
}

const TYPES = ['A', 'A', 'A', 'A', 'AAAA', 'SRV', 'SRV', 'PTR', 'TXT', 'NS', 'SOA', 'CNAME', 'MX', 'ANY'] as const
const FIXED = ['cluster.local.', 'svc.cluster.local.', 'pod.cluster.local.', 'dns-version.cluster.local.', 'ns.dns.cluster.local.', 'prod.svc.cluster.local.', 'nowhere.svc.cluster.local.', 'nx.prod.svc.cluster.local.', 'kubernetes.default.svc.cluster.local.', 'a.b.c.d.e.cluster.local.', 'x.cluster.local.', 'www.ext.test.', 'ext.test.', 'target.ext.test.', 'dns.ext.test.', 'ns1.dns.ext.test.', 'prod.pod.cluster.local.', 'www.test.prod.svc.cluster.local.'] as const

function stepsOf(dice: Dice, made: Made): Step[] {
  const names = namesOf(dice, made)
  const steps: Step[] = []
  for (let i = 0, count = dice.between(10, 24); i < count; i++) {
    if (i > 3 && dice.chance(0.04)) steps.push(...changeOf(dice, made))
    const [name, type] = dice.of(names)
    const edns = dice.chance(0.2) ? { edns: { size: dice.of([512, 1232, 4096]), ...(dice.chance(0.3) && { do: true }) } } : {}
    const query: Query = { name: dice.chance(0.05) ? name.toUpperCase() : name, type: type ?? dice.of(TYPES), proto: dice.chance(0.1) ? 'tcp' : 'udp', ...edns }
    steps.push({ query })
  }
  return steps
}

type Name = readonly [name: string, type?: string]

function namesOf(dice: Dice, made: Made): Name[] {
  const below = made.services.flatMap(({ name, namespace }): Name[] => {
    const whole = `${name}.${namespace}.svc.cluster.local.`
    const port = dice.of([...made.ports, '_http._tcp', '_x._udp'])
    return [[whole], [whole], [whole, 'SRV'], [`${port}.${whole}`, 'SRV'], [`${port}.${whole}`], [`*.${namespace}.svc.cluster.local.`], [`${name}.${namespace}.ext.test.`], [`_tcp.${whole}`], [`${port}.${name}.${namespace}.ext.test.`, 'SRV']]
  })
  const hosts = made.hosts.map((host): Name => [`${host}.cluster.local.`])
  const pods = made.addresses.filter(a => a.startsWith('10.244')).map((a): Name => [`${a.replaceAll('.', '-')}.${dice.of(NAMESPACES)}.pod.cluster.local.`])
  const reverse = made.addresses.map((a): Name => [reverseOf(a), 'PTR'])
  const pathed = made.services.map(({ name, namespace }): Name => [`${name}.${namespace}.prod.svc.cluster.local.`])
  return [...below, ...hosts, ...pods, ...reverse, ...dice.chance(0.3) ? pathed : [], ...dice.shuffled(FIXED).slice(0, 6).map((name): Name => [name]), ['10-1-2-3.prod.pod.cluster.local.'], ['1.2.3.10.in-addr.arpa.', 'PTR']]
}

function reverseOf(address: string): string {
  if (!address.includes(':')) return `${address.split('.').toReversed().join('.')}.in-addr.arpa.`
  const [head = '', tail = ''] = address.split('::')
  const words = [head, tail].map(part => part.split(':').filter(w => w !== ''))
  const all = [...words[0] as string[], ...Array.from({ length: 8 - (words[0]?.length ?? 0) - (words[1]?.length ?? 0) }, () => '0'), ...words[1] as string[]]
  return `${[...all.map(w => w.padStart(4, '0')).join('')].toReversed().join('.')}.ip6.arpa.`
}

/** An object comes or goes. */
function changeOf(dice: Dice, made: Made): Step[] {
  const { name, namespace } = dice.of(made.services)
  const change: Step = dice.chance(0.5) ? { apiDelete: `Service ${namespace}/${name}` }
    : { apiCreate: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'late', namespace: 'prod' }, spec: { clusterIP: '10.96.9.9', clusterIPs: ['10.96.9.9'], ports: [{ port: 80, protocol: 'TCP', name: 'http' }] } }] }
  return [change, { sleepMs: 400 }, { query: { name: 'late.prod.svc.cluster.local.', type: 'A', proto: 'udp' } }]
}
