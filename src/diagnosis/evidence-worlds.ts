// Which worlds agree with what was seen. A reply that CoreDNS gave, or a lookup that an application made, must be able to
// happen in the world we believe in: worlds in which it cannot are ruled out. Nothing is weighed, only excluded.
import type { Ask, Chain, Plain } from '../chain/effects.ts'
import { corednsAt, hopId, nodeLocalAt } from '../chain/hop.ts'
import type { Model } from '../chain/model.ts'
import type { Outcome } from '../chain/outcome.ts'
import { explore } from '../drivers/explore.ts'
import { absolute, isAbsolute, nameKey } from '../dns/name.ts'
import type { Reply } from '../dns/message.ts'
import type { DirectAnswer, Observation, ServedQuery } from '../evidence/observation.ts'
import { resultBySize } from '../evidence/served-size.ts'
import { endingKey, isStubResult } from './ending.ts'
import type { Holds } from './explain.ts'

/** Results as evidence can tell them apart. `noerror`: an answer or NODATA, the log does not say which. */
type Result = 'answer' | 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'noerror'

interface Seen {
  readonly ask: Ask
  readonly result: Result
}

/** Paths for one question; beyond it evidence costs more than it tells. */
const PATHS = 4000
/** One exploration for each question asked; a log has few different ones about a name. */
const QUESTIONS = 24

/** Questions explored for their own sake, per chain: every place that is asked about meets the same ones. */
const exploredBefore = new WeakMap<Chain, Map<string, readonly Outcome[]>>()

function outcomesOf(chain: Chain, question: Ask): readonly Outcome[] {
  let known = exploredBefore.get(chain)
  if (!known) exploredBefore.set(chain, (known = new Map()))
  const key = `${question.hop} ${JSON.stringify(question.query)}`
  let outcomes = known.get(key)
  if (!outcomes) {
    // What was not explored to the end excludes nothing: the missing part might be what was seen.
    const explored = explore(chain, question, { start: 'cold', limits: { paths: PATHS } })
    known.set(key, (outcomes = explored.complete || explored.hitBound === undefined ? explored.outcomes : []))
  }
  return outcomes
}

/** One observation of each kind, place, name, type and result: a log repeats itself thousands of times. */
const distinctOf = new WeakMap<readonly Observation[], readonly Observation[]>()

function distinct(observations: readonly Observation[]): readonly Observation[] {
  const known = distinctOf.get(observations)
  if (known) return known
  const kept = new Map<string, Observation>()
  for (const o of observations) {
    const key = o.kind === 'served' ? `s ${o.place} ${o.name} ${o.type} ${servedResult(o)}`
      : o.kind === 'direct' ? `d ${o.place} ${o.server} ${o.query.name} ${o.query.type} ${o.reply && replyResult(o.reply)}`
      : o.kind === 'application' ? `a ${o.place} ${o.name} ${o.ok} ${o.result}` : undefined
    if (key !== undefined && !kept.has(key)) kept.set(key, o)
  }
  const list = [...kept.values()]
  distinctOf.set(observations, list)
  return list
}

export function evidenceWorlds(chain: Chain, model: Model, observations: readonly Observation[], place: string, name: string): Holds {
  const about = namesAskedFor(model, place, name)
  const facts: (readonly Outcome[])[] = []
  for (const [question, results] of questionsSeen(chain, model, observations, place, name, about)) {
    const outcomes = outcomesOf(chain, question)
    for (const result of results) {
      const fitting = outcomes.filter(o => fits(resultOf(o.value), result))
      // Seen, and in no world possible: that is a difference between model and cluster, reported elsewhere; it excludes no world.
      if (fitting.length > 0) facts.push(fitting)
    }
  }
  return world => facts.every(fitting => fitting.some(o => compatible(o.world, world)))
}

const compatible = (a: ReadonlyMap<string, Plain>, b: ReadonlyMap<string, Plain>): boolean =>
  [...a].every(([key, is]) => !b.has(key) || b.get(key) === is)

/** The name itself and the candidates of the place's search list. */
function namesAskedFor(model: Model, place: string, name: string): ReadonlySet<string> {
  const stub = model.stubs.find(s => s.place === place)
  const suffixes = isAbsolute(name) ? [] : stub?.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  return new Set([nameKey(absolute(name)), ...suffixes.map(s => nameKey(`${name}.${s.value}`))])
}

function questionsSeen(chain: Chain, model: Model, observations: readonly Observation[], place: string, name: string, about: ReadonlySet<string>): readonly (readonly [Ask, ReadonlySet<Result>])[] {
  const questions = new Map<string, { readonly ask: Ask; readonly results: Set<Result> }>()
  for (const observation of distinct(observations)) {
    const seen = seenOf(chain, model, observation, place, name, about)
    if (!seen) continue
    const key = `${seen.ask.hop} ${JSON.stringify(seen.ask.query)}`
    const known = questions.get(key) ?? { ask: seen.ask, results: new Set<Result>() }
    if (questions.size < QUESTIONS || questions.has(key)) questions.set(key, known)
    known.results.add(seen.result)
  }
  return [...questions.values()].map(q => [q.ask, q.results] as const)
}

function seenOf(chain: Chain, model: Model, o: Observation, place: string, name: string, about: ReadonlySet<string>): Seen | undefined {
  if (o.kind === 'served' && o.place !== undefined && about.has(nameKey(o.name))) {
    const hop = hopId.coredns(o.place)
    const result = servedResult(o)
    return chain.has(hop) && result && (o.type === 'A' || o.type === 'AAAA') ? { ask: questionTo(hop, o.name, o.type), result } : undefined
  }
  if (o.kind === 'direct' && o.reply && about.has(nameKey(o.query.name))) {
    const hop = ourHop(chain, model, o, place)
    const result = replyResult(o.reply)
    return hop !== undefined && result ? { ask: questionTo(hop, o.query.name, o.query.type), result } : undefined
  }
  if (o.kind === 'application' && o.place === place && nameKey(absolute(o.name)) === nameKey(absolute(name))) {
    const result = o.ok ? 'answer' : o.result === 'nxdomain' || o.result === 'nodata' || o.result === 'servfail' || o.result === 'refused' ? o.result : undefined
    return result && { ask: { hop: hopId.stub(place), query: { name, family: 'unspec' } }, result }
  }
  return undefined
}

const questionTo = (hop: string, name: string, type: string): Ask => ({ hop, query: { name: nameKey(name), type, transport: 'udp', rd: true } })

/** The CoreDNS pod or Service that a direct question went to; upstreams are views, not evidence about worlds. */
function ourHop(chain: Chain, model: Model, o: DirectAnswer, place: string): string | undefined {
  const asker = o.place ?? place
  const node = asker.startsWith('node/') ? asker.slice(5) : model.stubs.find(s => s.place === asker)?.node
  const pod = nodeLocalAt(model, node, o.server) ?? corednsAt(model, o.server)
  if (pod) return hopId.coredns(pod.pod)
  const service = model.services.find(s => s.address === o.server && s.node === node)
  const hop = service && hopId.service(service.node, service.address, service.port)
  return hop !== undefined && chain.has(hop) ? hop : undefined
}

function servedResult(o: ServedQuery): Result | undefined {
  if (o.rcode === 'NXDOMAIN') return 'nxdomain'
  if (o.rcode === 'SERVFAIL') return 'servfail'
  if (o.rcode === 'REFUSED') return 'refused'
  return o.rcode === 'NOERROR' ? resultBySize(o) : undefined
}

export function replyResult(reply: Reply): Result | undefined {
  if (reply.rcode === 'NXDOMAIN') return 'nxdomain'
  if (reply.rcode === 'SERVFAIL') return 'servfail'
  if (reply.rcode === 'REFUSED') return 'refused'
  if (reply.rcode !== 'NOERROR') return undefined
  return reply.answer.length > 0 ? 'answer' : 'nodata'
}

function resultOf(value: Plain): Result | undefined {
  if (isStubResult(value)) {
    const word = endingKey(value).split(' ')[0]
    return word === 'answer' || word === 'nodata' || word === 'nxdomain' || word === 'servfail' || word === 'refused' ? word : undefined
  }
  return typeof value === 'object' && value !== null && 'rcode' in value ? replyResult(value as unknown as Reply) : undefined
}

const fits = (model: Result | undefined, seen: Result): boolean => model === seen || (seen === 'noerror' && (model === 'answer' || model === 'nodata'))
