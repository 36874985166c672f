import { afterAll, describe, expect, test } from 'vitest'
import type { Hop, Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { CorednsModel, KubeObject, KubernetesView } from '../../src/chain/model.ts'
import { lineSource } from '../../src/chain/source.ts'
import { readCorefile } from '../../src/config/corefile.ts'
import { corednsHops } from '../../src/hops/coredns/server.ts'
import { comparable, kubeObject, nearly, observed, queryOf, scriptedHop, type Row } from './coredns-kubernetes-plugin.ts'
import { rows } from './rows.ts'
import { Run } from '../support/run.ts'

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

const SERVER = hopId.coredns('kube-system/coredns')

/** The whole server as it is at this row: its objects, and whether it has read them. */
function hopsFor(row: Row): ReturnType<typeof corednsHops> {
  const objects = objectsOf(row)
  const unsynced = { value: false, source: lineSource('log', 1, 'starting server with unsynced Kubernetes API') }
  const model: CorednsModel = {
    pod: 'kube-system/coredns', node: 'node', addresses: ['10.244.0.53'], version: row.version, corefile: readCorefile('Corefile', row.corefile).value,
    files: new Map(), resolvConf: undefined, kubernetes: view(objects), hostNetwork: false, ...(neverRead(row) && { kubernetesSynced: unsynced }),
  }
  return corednsHops(model, address => hopId.upstream(address))
}

/** One process lives through a scenario: its caches stay while objects come and go. */
class Process {
  private readonly chain = new Map<string, Hop>()
  private readonly run = new Run(this.chain)
  private done = 0

  replay(row: Row): unknown {
    const preamble = row.state?.preamble ?? []
    for (const [at, step] of preamble.entries()) {
      if (at < this.done) continue
      if (typeof step['sleepMs'] === 'number') this.run.pass(step['sleepMs'])
      if (step['query']) this.ask({ ...row, state: { preamble: preamble.slice(0, at) }, query: step['query'] as Row['query'] })
    }
    this.done = preamble.length + (row.query ? 1 : 0)
    return row.query ? comparable(this.ask(row)) : undefined
  }

  private ask(row: Row): Plain {
    for (const [id, hop] of hopsFor(row).entries) this.chain.set(id, hop)
    for (const [address, rules] of Object.entries(row.upstreamScript ?? {})) this.chain.set(hopId.upstream(address), scriptedHop(rules))
    return this.run.query(SERVER, queryOf(row) as unknown as Plain, 35_000)
  }
}

const tally = new Map<string, { equal: number; different: number }>()

describe.each([...new Set(all.map(r => r.version))].sort())('the kubernetes plugin of CoreDNS %s', version => {
  const mine = all.filter(r => r.version === version)
  test.each([...new Set(mine.map(scenarioOf))])('%s', scenario => {
    const count = tally.get(scenario) ?? { equal: 0, different: 0 }
    tally.set(scenario, count)
    const process = new Process()
    const differences: string[] = []
    for (const row of mine.filter(r => scenarioOf(r) === scenario)) {
      const got = process.replay(row)
      if (!row.query) continue
      const isEqual = nearly(got, observed(row))
      count[isEqual ? 'equal' : 'different']++
      if (!isEqual) differences.push(`${row.version} ${row.id}\n  got  ${JSON.stringify(got)}\n  want ${JSON.stringify(observed(row))}`)
    }
    expect(differences).toEqual([])
  })

  test('starts, or is refused with the same text', () => {
    for (const row of mine.filter(r => !r.query && r.observed.started !== undefined)) {
      const refused = hopsFor(row).problems.filter(p => p.code === 'corefile-refused')
      expect(refused.length === 0, row.id).toBe(row.observed.started)
      if (!row.observed.started) expect(refused[0]?.message).toContain(row.observed.stderr?.[0])
    }
  })
})

afterAll(() => {
  console.log([...tally].map(([name, c]) => `kubernetes.${name}: ${c.equal} equal, ${c.different} different`).join('\n'))
})
