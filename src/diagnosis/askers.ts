// Who asks: the pods that the user means, one for each class of pods that resolve alike.
import type { Asked } from '../chain/asked.ts'
import type { StubModel } from '../chain/model.ts'
import { text } from '../chain/effects.ts'
import { absolute, nameKey } from '../dns/name.ts'
import type { Session } from './session.ts'

export interface Asker {
  readonly stub: StubModel
  /** `pool=hangzhou via=172.17.5.159`: words of no language. */
  readonly klass: string
  /** Pods that resolve alike, this one among them. */
  readonly count: number
}

export type Askers = { readonly askers: readonly Asker[] } | { readonly missing: string; readonly known: readonly string[] }

/** Classes answered when the user names nobody. */
const CLASSES = 12

export function askersOf(session: Session, asked: Asked): Askers {
  const stubs = session.model.stubs
  const from = asked.from
  if (from?.kind === 'node') return one(stubs, `node/${from.name}`)
  if (from?.kind === 'pod') return one(stubs, `${from.namespace}/${from.name}`)
  if (from?.kind === 'workload') {
    const pods = session.gathered.inventory.podsOf(`${from.resource}/${from.name}`, from.namespace) ?? []
    const own = stubs.filter(s => pods.some(p => `${p.namespace}/${p.name}` === s.place))
    return own.length > 0 ? { askers: classes(session, own) } : { missing: `${from.namespace}/${from.resource}/${from.name}`, known: knownPlaces(stubs) }
  }
  const seen = new Set(session.observations.flatMap(o => (o.kind === 'application' && o.place !== undefined && nameKey(absolute(o.name)) === nameKey(absolute(asked.name)) ? [o.place] : [])))
  const pods = stubs.filter(s => !s.place.startsWith('node/') && !session.servers.some(c => c.place === s.place))
  const chosen = pods.some(s => seen.has(s.place)) ? pods.filter(s => seen.has(s.place)) : pods.length > 0 ? pods : stubs
  return chosen.length > 0 ? { askers: classes(session, chosen).slice(0, CLASSES) } : { missing: 'any pod or node with a resolv.conf', known: [] }
}

function one(stubs: readonly StubModel[], place: string): Askers {
  const stub = stubs.find(s => s.place === place)
  return stub ? { askers: [{ stub, klass: '', count: 1 }] } : { missing: place, known: knownPlaces(stubs) }
}

const knownPlaces = (stubs: readonly StubModel[]): string[] => stubs.map(s => s.place).slice(0, 20)

/** One of each class, in the order given. */
export function classes(session: Session, stubs: readonly StubModel[]): Asker[] {
  const groups = new Map<string, StubModel[]>()
  for (const stub of stubs) {
    const key = classKey(session, stub)
    groups.set(key, [...(groups.get(key) ?? []), stub])
  }
  return [...groups].map(([, members]) => ({ stub: members[0] as StubModel, klass: classWords(session, members[0] as StubModel), count: members.length }))
}

/** All that can make two pods resolve one name differently: library, files, and what answers at their name servers on their node. */
function classKey(session: Session, stub: StubModel): string {
  const servers = servedBy(session, stub)
  return text([stub.kind, stub.version, stub.libc ? `${stub.libc.kind} ${stub.libc.version}` : null, stub.resolvConf.lines.map(l => [l.keyword, ...l.words.map(w => w.value)]), servers, stub.hosts.map(h => [h.address.value, ...h.names.map(n => n.value)]).slice(1)])
}

const servedBy = (session: Session, stub: StubModel): string[] => stub.resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1)).flatMap(w => {
  const service = session.model.services.find(s => s.address === w.value && s.node === stub.node)
  return service ? service.endpoints.map(e => e.value.address).sort() : [w.value]
})

function classWords(session: Session, stub: StubModel): string {
  const pool = session.linked.facts.poolOf(stub.node)
  return [pool === undefined ? '' : `pool=${pool}`, `via=${servedBy(session, stub).join(',') || 'nobody'}`].filter(w => w !== '').join(' ')
}
