// A chain shaped like that of the incident, for tests and measurements of the engine alone: glibc with a search list, a
// Service VIP over two CoreDNS, each a chain of plugins with a cache, and forward at random to three upstreams of which one
// is public. Not the product's hops: those are in src/hops and have their own tests.
import { ask, call, get, LOST, note, pick, put, type Chain, type Hop, type HopRun, type Plain } from '../../src/chain/effects.ts'
import { rational, subtract, ONE, type Rational } from '../../src/chain/rational.ts'

export interface IncidentSettings {
  readonly replicas?: number
  /** `internal` knows the name, `public` denies it, `flaky` is internal and may be down, `dead` never answers. */
  readonly upstreams?: readonly ('internal' | 'public' | 'flaky' | 'dead')[]
  readonly suffixes?: readonly string[]
  readonly attempts?: number
  readonly loss?: Rational
  readonly positiveMs?: number
  readonly negativeMs?: number
  /** All CoreDNS plugins between the server and the cache: each a call, as in the real one. */
  readonly plugins?: readonly string[]
}

type Query = { readonly name: string; readonly type: string; readonly flow?: string }
type Answer = {
  readonly rcode: string
  readonly answer: readonly { readonly data: string; readonly ttlS: number }[]
  readonly cause?: string
}

export const NAME = 'a.corp-example.com.'
export const ROOT = { hop: 'stub', query: NAME }

export function incidentChain(settings: IncidentSettings = {}): Chain {
  const {
    replicas = 2, upstreams = ['internal', 'internal', 'public'], attempts = 2, loss,
    suffixes = ['alpha01.svc.cluster.local.', 'svc.cluster.local.', 'cluster.local.'],
    positiveMs = 30_000, negativeMs = 30_000, plugins = ['errors', 'log', 'prometheus', 'kubernetes'],
  } = settings
  const chain = new Map<string, Hop>()
  const candidates = [...suffixes.map(s => `${NAME}${s}`), NAME]
  chain.set('stub', () => call('stub from', { at: 0, seen: 'nothing' }))
  chain.set('stub from', query => stubFrom(query as { at: number; seen: string }, candidates))
  const candidate: Hop = query => stubCandidate(String(query), attempts)
  candidate.forgets = (query, key) => key.endsWith(` for ${String(query)}`)
  chain.set('stub candidate', candidate)
  chain.set('vip', query => serviceVip(query as Query, replicas, loss))
  for (let r = 0; r < replicas; r++) {
    const path = [...plugins, 'cache', 'forward']
    for (const [i, plugin] of path.entries()) {
      const id = `coredns${r} ${plugin}`
      const next = `coredns${r} ${path[i + 1] ?? ''}`
      chain.set(id, plugin === 'cache'
        ? q => cachePlugin(q as Query, r, next, positiveMs, negativeMs)
        : plugin === 'forward' ? q => forwardPlugin(q as Query, r, upstreams.length) : q => passOn(plugin, q as Query, next))
    }
    chain.set(`coredns${r}`, q => call(`coredns${r} ${path[0] ?? ''}`, q))
  }
  for (const [u, kind] of upstreams.entries()) chain.set(`upstream${u}`, q => upstreamHop(q as Query, u, kind))
  return chain
}

function* stubFrom({ at, seen }: { at: number; seen: string }, candidates: readonly string[]): HopRun {
  const name = candidates[at]
  if (name === undefined) return seen === 'again' ? 'EAI_AGAIN' : 'EAI_NONAME'
  const result = String(yield* call('stub candidate', name))
  if (result.startsWith('ok')) return result
  return yield* call('stub from', { at: at + 1, seen: result === 'again' || seen === 'again' ? 'again' : result })
}

function* stubCandidate(name: string, attempts: number): HopRun {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const replies = yield* ask(['A', 'AAAA'].map(type => ({ hop: 'vip', query: { name, type, flow: name } })), 5000)
    if (replies.length < 2) continue
    const [a, aaaa] = replies.toSorted((x, y) => x.from - y.from).map(r => r.value as Answer) as [Answer, Answer]
    if (a.answer.length > 0 || aaaa.answer.length > 0) return `ok ${a.answer.map(r => r.data).join()}`
    if (a.rcode === 'SERVFAIL' || aaaa.rcode === 'SERVFAIL') return 'again'
    return 'nx'
  }
  return 'again'
}

function* serviceVip({ flow, ...query }: Query, replicas: number, loss: Rational | undefined): HopRun {
  if (loss && (yield* pick({ at: 'vip loss', options: ['arrives', 'lost'], odds: [subtract(ONE, loss), loss] })) === 'lost') return LOST
  const odds = Array.from({ length: replicas }, () => rational(1, replicas))
  const r = yield* pick({ at: 'service endpoint', options: odds.map((_, i) => i), odds, key: `endpoint of flow for ${flow}` })
  return yield* call(`coredns${String(r)}`, query)
}

function* passOn(plugin: string, query: Query, next: string): HopRun {
  if (plugin === 'kubernetes' && query.name.endsWith('cluster.local.')) return { rcode: 'NXDOMAIN', answer: [] }
  const reply = yield* call(next, query)
  if (plugin === 'log') yield* note({ kind: 'log', name: query.name, type: query.type })
  return reply
}

function* cachePlugin(query: Query, r: number, next: string, positiveMs: number, negativeMs: number): HopRun {
  const lifeMs = (v: Plain): number => ((v as Answer).rcode === 'SERVFAIL' ? 0 : (v as Answer).answer.length > 0 ? positiveMs : negativeMs)
  const cell = `coredns${r} ${query.type} for ${query.name}`
  const held = yield* get(cell, { from: { hop: next, query }, lifeMs })
  if (held) return aged(held.value as Answer, held.ageMs)
  const reply = yield* call(next, query)
  if (lifeMs(reply) > 0) yield* put(cell, reply, lifeMs(reply))
  return reply
}

const aged = (reply: Answer, ageMs: number): Plain =>
  ({ ...reply, answer: reply.answer.map(r => ({ ...r, ttlS: r.ttlS - Math.floor(ageMs / 1000) })) })

function* forwardPlugin(query: Query, r: number, upstreams: number): HopRun {
  let untried = Array.from({ length: upstreams }, (_, i) => i)
  for (let leftMs = 5000; leftMs > 0 && untried.length > 0; leftMs -= 2000) {
    const u = yield* pick({ at: `coredns${r} forward random`, options: untried, odds: untried.map(() => rational(1, untried.length)) })
    untried = untried.filter(other => other !== u)
    const [reply] = yield* ask([{ hop: `upstream${u}`, query }], Math.min(2000, leftMs))
    if (reply) return reply.value
  }
  return { rcode: 'SERVFAIL', answer: [], cause: 'lost' }
}

function* upstreamHop({ name, type }: Query, u: number, kind: string): HopRun {
  if (kind === 'dead') return LOST
  if (kind === 'flaky' && (yield* pick({ at: `is upstream${u} up?`, options: ['up', 'down'], key: `upstream${u}` })) === 'down') return LOST
  if (name !== NAME || kind === 'public') return { rcode: 'NXDOMAIN', answer: [] }
  return { rcode: 'NOERROR', answer: type === 'A' ? [{ data: '10.53.33.38', ttlS: 60 }] : [] }
}
