import { afterAll, describe, expect, test } from 'vitest'
import type { KubeObject, KubernetesView } from '../../src/chain/model.ts'
import { lineSource } from '../../src/chain/source.ts'
import { kubernetes } from '../../src/hops/coredns/kubernetes.ts'
import { comparable, kubeObject, observed, queryOf, run, serverOf, type Row } from './coredns-kubernetes-plugin.ts'
import { rows } from './rows.ts'

type Json = Readonly<Record<string, unknown>>
interface Fixture {
  readonly state: {
    readonly objects: readonly Json[]
    readonly pods: readonly { readonly name: string; readonly namespace: string; readonly podIP: string; readonly phase: string }[]
  }
}

const fixture = rows<Fixture>('coredns-kubernetes-fixture')[0] as Fixture
const all = rows<Row>('coredns-kubernetes')
const scenarioOf = (row: Row): string => (row.id.split('/')[0] as string).replace('kubernetes.', '')

/** Made by the API server itself; it has no slice. */
const builtIn: readonly Json[] = [
  ...[
    'default', 'kube-system', 'kube-public', 'kube-node-lease',
  ].map(name => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', namespace: 'default' }, spec: {
    clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
  } },
]
const pods = fixture.state.pods.map(p => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name: p.name, namespace: p.namespace }, status: { podIP: p.podIP, phase: p.phase },
}))
const initial = [...builtIn, ...fixture.state.objects, ...pods].map(kubeObject)

/** The objects after the steps of the preamble that change them. */
function objectsOf(row: Row): readonly KubeObject[] {
  let objects = initial
  for (const step of row.state?.preamble ?? []) {
    if (step['apiCreate']) objects = [...objects, ...[step['apiCreate']].flat().map(o => kubeObject(o as Json))]
    if (typeof step['apiDelete'] === 'string') {
      const [kind, name] = step['apiDelete'].split(' ')
      objects = objects.filter(o => o.kind !== kind || o.name !== name && `${o.namespace}/${o.name}` !== name)
    }
    const ready = /^endpoint (\S+) of slice (\S+): ready true$/.exec(String(step['apiPatch'] ?? ''))
    if (ready) objects = objects.map(o => (o.kind === 'EndpointSlice' && o.name === ready[2]
      ? kubeObject({ ...o.body, endpoints: (o.body['endpoints'] as Json[]).map(e => ({ ...e, conditions: { ready: true } })) }) : o))
  }
  return objects
}

const view = (objects: readonly KubeObject[]): KubernetesView => {
  const of = (kind: string) => objects.filter(o => o.kind === kind)
  return { services: of('Service'), endpointSlices: of('EndpointSlice'), namespaces: of('Namespace'), pods: of('Pod'), nodes: [] }
}

const neverRead = (row: Row): boolean => {
  const steps = (row.state?.preamble ?? []).map(s => String(s['apiServer'] ?? ''))
  return steps.some(s => s.includes('from before the start')) && !steps.includes('SIGCONT')
}

const serverFor = (row: Row) => serverOf(kubernetes, 'kubernetes', row, {
  addresses: ['10.244.0.53'], kubernetes: view(objectsOf(row)),
  ...(neverRead(row) && { kubernetesSynced: {
    value: false, source: lineSource('log', 1, 'starting server with unsynced Kubernetes API'),
  } }),
})

// A row of the scenario `live` is cut short by CoreDNS's cache, which is not in this chain: the TTL is a second off or the reply is an
// old one.
const CACHED = new Set(['live'])
const tally = new Map<string, { equal: number; different: number; notModelled: number }>()

describe.each([...new Set(all.map(r => r.version))].sort())('the kubernetes plugin of CoreDNS %s', version => {
  const mine = all.filter(r => r.version === version && r.query)
  test.each([...new Set(mine.map(scenarioOf))])('%s', scenario => {
    const count = tally.get(scenario) ?? { equal: 0, different: 0, notModelled: 0 }
    tally.set(scenario, count)
    const differences: string[] = []
    for (const row of mine.filter(r => scenarioOf(r) === scenario)) {
      const [got, want] = [comparable(run(serverFor(row).hop, queryOf(row))), observed(row)].map(v => JSON.stringify(v))
      if (got === want) count.equal++
      else if (CACHED.has(scenario)) count.notModelled++
      else {
        count.different++
        differences.push(`${row.version} ${row.id}\n  got  ${got}\n  want ${want}`)
      }
    }
    expect(differences).toEqual([])
  })

  test('starts, or is refused with the same text', () => {
    for (const row of all.filter(r => r.version === version && !r.query && r.observed.started !== undefined)) {
      const refused = serverFor(row).problems.filter(p => p.code === 'corefile-refused')
      expect(refused.length === 0, row.id).toBe(row.observed.started)
      if (!row.observed.started) expect(refused[0]?.message).toContain(row.observed.stderr?.[0])
    }
  })
})

afterAll(() => {
  const lines = [...tally].map(([name, c]) =>
    `kubernetes.${name}: ${c.equal} equal, ${c.different} different, ${c.notModelled} not modelled`)
  console.log(lines.join('\n'))
})
