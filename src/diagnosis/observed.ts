// What was seen of this name, counted, to be held against what the model says: fills at the CoreDNS pods that the asker can
// reach, lookups of the application, direct questions per server, spells and the raster.
import type { CorednsModel } from '../chain/model.ts'
import { absolute, nameKey } from '../dns/name.ts'
import { fillsOf, rasterOf, type FillCounts, type FillSettings } from '../evidence/fills.ts'
import type { ApplicationLookup, DirectAnswer, Observation, ServedQuery } from '../evidence/observation.ts'
import { rateOf } from '../evidence/rate.ts'
import type { Case } from '../findings/case.ts'
import type { FillCount, Observed } from '../findings/diagnosis.ts'
import type { Reply } from '../dns/message.ts'
import { countUpstreams, fillsWithUpstreams, upstreamLetters, type ServerCounts } from './observed-wire.ts'
import type { Session } from './session.ts'
import { iso, listedSpells, windowOfTimes } from './times.ts'

export interface Counted {
  readonly observed: Observed | null
  readonly window: { readonly from: string; readonly to: string } | null
  /** Lookups a second of the name at the first server; undefined = not to be told. */
  readonly perSecond: number | undefined
  readonly fills: readonly FillCounts[]
}

export function countObserved(session: Session, c: Case): Counted {
  const name = nameKey(absolute(c.question.name))
  const served = c.servers.map(server => ({ server, lines: servedAt(session.observations, server.pod, name) }))
  const joined = session.captured?.joined
  const fillsAt = new Map(served.map(({ server, lines }) => [server, fillsWithUpstreams(fillsOf(lines, fillSettings(server)), joined)]))
  const fills = [...fillsAt.values()].flat()
  const application = session.observations.filter((o): o is ApplicationLookup => o.kind === 'application' && o.place === c.question.stub.place && nameKey(absolute(o.name)) === name)
  const direct = session.observations.filter((o): o is DirectAnswer => o.kind === 'direct' && o.server !== '' && nameKey(o.query.name) === name)
  if (fills.length === 0 && application.length === 0 && direct.length === 0 && !session.captured?.joined.exchanges.length) return { observed: null, window: null, perSecond: undefined, fills }
  const all: Observation[] = [...served.flatMap(s => s.lines), ...application, ...direct]
  const first = served[0]?.lines ?? []
  return {
    fills, window: windowOfTimes(all.flatMap(({ atMs }) => atMs ?? [])), perSecond: rateOf(first, c.question.name, 'A')?.perSecond,
    observed: {
      ...lookupCounts(session, c, application), fills: fillCounts(fills),
      servers: serverCounts(session, c, fills, direct), outsideModel: (c.outside ?? []).reduce((total, o) => total + o.count, 0),
      spells: listedSpells(application.length > 0 ? application.map(o => ({ atMs: o.atMs, result: o.ok ? 'answer' : o.result ?? 'error' })) : first.filter(l => l.type === 'A').map(l => ({ atMs: l.atMs, result: l.rcode }))),
      raster: [...fillsAt].flatMap(([server, own]) => rasters(server, own, upstreamLetters(fills))),
    },
  }
}

const servedAt = (observations: readonly Observation[], pod: string, name: string): ServedQuery[] =>
  observations.filter((o): o is ServedQuery => o.kind === 'served' && o.place === pod && nameKey(o.name) === name)

/** The caps of this server's `cache` line: a reply after that time cannot be a copy. */
function fillSettings(server: CorednsModel): FillSettings {
  const cache = server.corefile.blocks.flatMap(b => b.directives).find(d => d.name === 'cache')
  const all = Number(cache?.args[0]?.value)
  const cap = (kind: string): number | undefined => {
    const own = Number(cache?.properties.find(p => p.name === kind)?.args[1]?.value)
    return Number.isFinite(own) && own > 0 ? own : Number.isFinite(all) && all > 0 ? all : undefined
  }
  const [success, denial] = [cap('success'), cap('denial')]
  const stale = cache?.properties.some(p => p.name === 'serve_stale') === true
  const minor = /^1\.(\d+)/.exec(server.version ?? '')?.[1]
  return {
    ...(minor !== undefined && { cacheSetsAa: Number(minor) < 15 }),
    ...(stale ? { longestMs: { success: Infinity, denial: Infinity } } : success !== undefined && denial !== undefined && { longestMs: { success: success * 1000, denial: denial * 1000 } }),
  }
}

/** Lookups as the application wrote them; where it wrote nothing, as its packets show them. */
function lookupCounts(session: Session, c: Case, application: readonly ApplicationLookup[]): Pick<Observed, 'lookups' | 'failed'> {
  if (application.length > 0) return { lookups: application.length, failed: application.filter(o => !o.ok).length }
  const walks = (session.captured?.joined.lookups ?? []).filter(l => l.asker === c.question.stub.place)
  return { lookups: walks.length, failed: walks.filter(l => l.result !== 'answer').length }
}

function fillCounts(fills: readonly FillCounts[]): Record<string, FillCount> {
  const counts: Record<string, FillCount> = {}
  for (const { type, n, failed, low, high } of fills) if (!(type in counts) && n > 0) counts[type] = { n, failed, low, high }
  return counts
}

function serverCounts(session: Session, c: Case, fills: readonly FillCounts[], direct: readonly DirectAnswer[]): Observed['servers'] {
  const servers = new Map<string, ServerCounts>()
  const at = (address: string): ServerCounts => {
    let counts = servers.get(address)
    if (!counts) servers.set(address, (counts = { forwarded: 0, probed: 0, answers: {} }))
    return counts
  }
  const upstreams = new Set(session.model.upstreams.map(u => u.address))
  const joined = session.captured?.joined
  const counted = countUpstreams(joined, new Set(c.servers.map(s => s.pod)), nameKey(absolute(c.question.name)), direct, at)
  for (const o of direct) {
    if (!upstreams.has(o.server) || counted.has(o)) continue
    const counts = at(o.server)
    counts.probed++
    const result = resultOf(o.reply)
    counts.answers[result] = (counts.answers[result] ?? 0) + 1
  }
  // Without packets only a log format that prints the upstream says where a fill came from; a default log does not.
  if (!joined) for (const fill of fills.flatMap(f => f.fills)) if (fill.upstream !== undefined) at(fill.upstream).forwarded++
  for (const d of c.decidedBy) for (const a of d.alternatives) if (upstreams.has(a.taken)) at(a.taken)
  return Object.fromEntries([...servers].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const resultOf = (reply: Reply | undefined): string => (!reply ? 'no answer' : reply.rcode === 'NOERROR' ? (reply.answer.length > 0 ? 'answer' : 'nodata') : reply.rcode.toLowerCase())

function rasters(server: CorednsModel, fills: readonly FillCounts[], letterOf: ReturnType<typeof upstreamLetters>): Observed['raster'] {
  return fills.filter(f => f.n > 0 && (f.type === 'A' || f.type === 'AAAA')).map(f => {
    const times = f.fills.flatMap(x => (x.atMs === undefined ? [] : [x.atMs]))
    const drawn = letterOf && f.fills.map(letterOf)
    const { letters, legend } = drawn ? { letters: drawn.map(([letter]) => letter).join(''), legend: Object.fromEntries(drawn) } : rasterOf(f.fills)
    return { place: server.pod, type: f.type, from: times.length > 0 ? iso(times[0] as number) : '', to: times.length > 0 ? iso(times.at(-1) as number) : '', letters, legend }
  })
}
