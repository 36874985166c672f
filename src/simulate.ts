// The facade of `whydns simulate`: evidence, a question and a clockwork of requests in, simulations out. Pure: the seed is an
// argument, time is virtual.
import type { Asked } from './chain/asked.ts'
import { text } from './chain/effects.ts'
import type { EvidenceFiles } from './chain/evidence-files.ts'
import type { Outcome } from './chain/outcome.ts'
import type { Problem } from './chain/source.ts'
import { boundedProblems, fromOf, GENERATED_BY, noAsker, questionOf } from './diagnose.ts'
import { askersOf, type Asker } from './diagnosis/askers.ts'
import { caseOf } from './diagnosis/case-of.ts'
import { endingKey, isStubResult } from './diagnosis/ending.ts'
import { explainLookup, rootOf, type Explained, type Lookup } from './diagnosis/explain.ts'
import { countObserved } from './diagnosis/observed.ts'
import { plainWorlds } from './diagnosis/plain-worlds.ts'
import { openSession, type Session } from './diagnosis/session.ts'
import { runWorld, spellStatistics, tenths, type Ran, type Window } from './diagnosis/simulated-lookups.ts'
import { failing, predictedSpells, type WorldSetting } from './diagnosis/simulated-prediction.ts'
import { simulatedRaster } from './diagnosis/simulated-raster.ts'
import { simulatedRecovery } from './diagnosis/simulated-recovery.ts'
import { perSecondOf, type Arrivals } from './diagnosis/simulated-schedule.ts'
import { isDomainName } from './dns/name.ts'
import { explore } from './drivers/explore.ts'
import { Streams } from './drivers/streams.ts'
import { worldsOf } from './drivers/worlds.ts'
import { wilson } from './evidence/wilson.ts'
import type { Explanation } from './findings/case.ts'
import type { Said } from './findings/diagnosis.ts'
import type { SimulatedRequests, SimulatedWorld, Simulation } from './findings/simulation.ts'

export type { Arrivals } from './diagnosis/simulated-schedule.ts'

export interface SimulationSettings {
  readonly seed: number
  readonly forMs: number
  /** Undefined = as often as the evidence saw the name asked. */
  readonly arrivals: Arrivals | undefined
}

/** Where nothing tells how often the name is asked: often enough that a spell of a 5 s entry shows. */
const ASSUMED: Arrivals = { kind: 'every', everyMs: 4000 }
/** Of the drawn world; a lookup takes about half a millisecond. */
const LOOKUPS = 5000
const LOOKUPS_ELSEWHERE = 1000
const WORLDS_RUN = 8
/** Enough to judge an ordinary chain; an unknown world of upstreams is not worth a minute. */
const JUDGE_PATHS = 20_000

/** One simulation for each class of askers. */
export function simulateLookups(files: EvidenceFiles, asked: Asked, settings: SimulationSettings): readonly Simulation[] {
  if (!isDomainName(asked.name)) return [notRun(files, asked, settings, { en: 'not a domain name: at most 255 octets, 63 a label', zh: '不是合法域名：总长不超过 255 字节，每个标签不超过 63 字节' }, 'not-a-name', [])]
  const session = openSession(files, asked.name)
  const found = askersOf(session, asked)
  if ('missing' in found) {
    const { said, message } = noAsker(found, asked)
    return [notRun(files, asked, settings, said, 'asker-not-found', session.problems, message)]
  }
  return found.askers.map(asker => simulationOf(session, asked, asker, settings))
}

function simulationOf(opened: Session, asked: Asked, asker: Asker, settings: SimulationSettings): Simulation {
  const { session, question, lookup } = questionOf(opened, asked, asker)
  const explained = explainLookup(lookup)
  const c = caseOf(session, question, explained)
  const counted = countObserved(session, c)
  const requests = requestsOf(settings, counted.perSecond)
  const arrivals: Arrivals = settings.arrivals ?? (counted.perSecond === undefined ? ASSUMED : { kind: 'random', perSecond: counted.perSecond })
  const window: Window = { arrivals, endMs: settings.forMs, limit: LOOKUPS }
  const worlds = openWorlds(session, explained)
  const drawn = worlds[new Streams(settings.seed).even('world', worlds.length)] ?? new Map()
  const others = worlds.filter(world => world !== drawn)
  const options = { seed: settings.seed, world: drawn }
  const ran = runWorld(lookup, window, options)
  const steady = explainLookup(lookup, 'steady')
  const spells = predictedSpells(session, c, drawn, arrivals)
  const failed = ran.lookups.filter(l => !l.good).length
  const endS = tenths(ran.lookups.length < LOOKUPS ? settings.forMs : ran.lookups.at(-1)?.atMs ?? 0)
  return {
    apiVersion: 'whydns/v1', kind: 'Simulation',
    metadata: { name: asked.name, bundle: session.gathered.evidence.name, generatedBy: GENERATED_BY },
    spec: { name: asked.name, type: asked.types.join(',') || 'A,AAAA', from: fromOf(asked, asker, question), seed: settings.seed, forS: endS, requests },
    status: {
      summary: summaryOf(ran.lookups.length, failed, endS), lookups: ran.lookups.length, failed, fills: fillsOf(ran), endings: endingsOf(ran),
      predicted: { fill: failing(explained.outcomes, drawn), steady: failing(steady.outcomes, drawn), complete: steady.explanation.complete },
      raster: simulatedRaster(ran.lookups),
      spells: {
        predicted: spells ? { failingShare: spells.failingShare, meanBadS: tenths(spells.meanBadMs), meanGoodS: tenths(spells.meanGoodMs) } : null,
        bad: spellStatistics(ran.lookups, false), good: spellStatistics(ran.lookups, true),
      },
      recovery: simulatedRecovery(lookup, ran, window, options, c.decidedBy, explained.explored.sites ?? [], spells && spells.worstRecoveryMs / 1000),
      worlds: [worldReport(drawn, ran, true), ...others.slice(0, WORLDS_RUN - 1).map(world => worldReport(world, runWorld(lookup, { ...window, limit: LOOKUPS_ELSEWHERE }, { seed: settings.seed, world }), false))],
      moreWorlds: Math.max(0, others.length - WORLDS_RUN + 1), outsideExplored: outside(lookup, ran),
      problems: boundedProblems([...cut(settings, ran, endS), ...session.problems]),
    },
  }

  function worldReport(world: WorldSetting, of: Ran, isDrawn: boolean): SimulatedWorld {
    return {
      when: [...world].map(([unknown, is]) => {
        const source = sourceOf(explained.explanation, unknown)
        return { unknown, is: typeof is === 'string' ? is : text(is), ...(source && { source }) }
      }),
      drawn: isDrawn, predictedFill: failing(explained.outcomes, world), predictedSteady: failing(steady.outcomes, world),
      lookups: of.lookups.length, failed: of.lookups.filter(l => !l.good).length,
    }
  }
}

const sourceOf = (explanation: Explanation, key: string): Explanation['unknowns'][number]['source'] => explanation.unknowns.find(u => u.key === key)?.source

/** The worlds that the verdict is about: those the evidence leaves open, without the odd ones where those are left out. */
function openWorlds(session: Session, explained: Explained): readonly WorldSetting[] {
  const { worlds } = worldsOf(explained.outcomes)
  const plain = explained.explanation.assumed.length > 0 ? plainWorlds(session.model, worlds).worlds : []
  return (plain.length > 0 ? plain : worlds).map(w => w.settled)
}

const requestsOf = ({ arrivals }: SimulationSettings, observed: number | undefined): SimulatedRequests => {
  const used = arrivals ?? (observed === undefined ? ASSUMED : { kind: 'random', perSecond: observed } as const)
  return { kind: used.kind, perSecond: perSecondOf(used), basis: arrivals ? 'given' : observed === undefined ? 'assumed' : 'observed' }
}

function fillsOf({ lookups }: Ran): Simulation['status']['fills'] {
  const fills = lookups.filter(l => l.fill)
  const failed = fills.filter(l => !l.good).length
  return { n: fills.length, failed, ...wilson(failed, fills.length) }
}

function endingsOf({ lookups }: Ran): Record<string, number> {
  const counts = new Map<string, number>()
  for (const { ending } of lookups) counts.set(ending, (counts.get(ending) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A server that may not answer is marked down by probes, which run in virtual time only: what follows from that, `any` does not know. */
const mayBeDown = (outcomes: readonly Outcome[]): boolean => outcomes.some(({ value }) => isStubResult(value) && value.cause?.kind === 'lost')

function outside(lookup: Lookup, { lookups }: Ran): number | null {
  const any = explore(lookup.chain, rootOf(lookup), { start: 'any', limits: { paths: JUDGE_PATHS } })
  if (!any.complete || mayBeDown(any.outcomes)) return null
  const possible = new Set(any.outcomes.map((o: Outcome) => endingKey(o.value)))
  return lookups.filter(l => !possible.has(l.ending)).length
}

function cut(settings: SimulationSettings, { lookups }: Ran, endS: number): Problem[] {
  return lookups.length < LOOKUPS ? [] : [{ code: 'simulation-cut', message: `${LOOKUPS} lookups are run at most: the window ends after ${endS} s of ${settings.forMs / 1000} s`, state: 'partly-modelled' }]
}

function summaryOf(lookups: number, failed: number, endS: number): Said {
  const [n, en, zh] = endS >= 3600 && endS % 3600 === 0 ? [endS / 3600, 'h', '小时'] : endS >= 60 && endS % 60 === 0 ? [endS / 60, 'min', '分钟'] : [endS, 's', '秒']
  return { en: `${failed} of ${lookups} lookups fail in ${n} ${en} of virtual time`, zh: `虚拟时间 ${n} ${zh}内，${lookups} 次解析中有 ${failed} 次失败` }
}

function notRun(evidence: EvidenceFiles, asked: Asked, settings: SimulationSettings, said: Said, code: string, problems: readonly Problem[], message = said.en): Simulation {
  const none = { n: 0, meanS: 0, longestS: 0 }
  const name = asked.name.slice(0, 300)
  return {
    apiVersion: 'whydns/v1', kind: 'Simulation', metadata: { name, bundle: evidence.name, generatedBy: GENERATED_BY },
    spec: { name, type: asked.types.join(',') || 'A,AAAA', from: { kind: '', name: '', namespace: '', node: '', class: '' }, seed: settings.seed, forS: 0, requests: requestsOf(settings, undefined) },
    status: {
      summary: { en: `not simulated: ${said.en}`, zh: `未模拟：${said.zh}` }, lookups: 0, failed: 0, fills: { n: 0, failed: 0, low: 0, high: 1 }, endings: {}, predicted: null,
      raster: { letters: '', lookupsPerLetter: 1, atS: [], legend: {} }, spells: { predicted: null, bad: none, good: none }, recovery: null, worlds: [], moreWorlds: 0, outsideExplored: 0,
      problems: boundedProblems([{ code, message, state: 'unknown' }, ...evidence.problems, ...problems]),
    },
  }
}
