// Cache fills: which query lines of one CoreDNS pod were answered by an upstream. Lookups served from the same fill are copies of one draw,
// so shares and their intervals are over fills. What a line shows (plugin/log, plugin/cache; specs: coredns.md §5.2):
//   aa without ra      CoreDNS' own data (kubernetes, hosts, file): no fill
//   no aa              fresh from an upstream; from 1.15 on a cached reply has no aa either, then only the time tells
//   aa and ra          from the cache, which sets aa up to 1.14 — or from an upstream that is authoritative itself: the time tells
//   longer than 1 ms   packets were sent: an upstream, or a busy machine
//   first after the entry's longest possible lifetime: it cannot come from the cache, however fast it was
// Not told apart: an authoritative upstream without recursion and CoreDNS' own data (both aa without ra).
import { nameKey } from '../dns/name.ts'
import type { Source } from '../chain/source.ts'
import type { ServedQuery } from './observation.ts'
import { wilson } from './wilson.ts'

export interface FillSettings {
  /** Up to 1.14 a cached reply carries aa; from 1.15 on it does not. undefined: not known, taken from the log itself. */
  readonly cacheSetsAa?: boolean
  /** Longest time a reply can be kept (the `cache` line's caps), ms. undefined: CoreDNS' own caps, 3600 s and 1800 s. Infinity:
   * `serve_stale`. */
  readonly longestMs?: { readonly success: number; readonly denial: number }
  /** Only replies in [fromMs, toMs]. */
  readonly window?: { readonly fromMs: number; readonly toMs: number }
}

export interface Fill {
  readonly name: string
  readonly type: string
  readonly do: boolean
  readonly rcode: string
  readonly atMs: number | undefined
  readonly upstream?: string
  /** Why it counts as a fill: no aa, the time it took, or that nothing can have been kept so long. */
  readonly because: 'no-aa' | 'duration' | 'lifetime'
  /** It may be a slow reply from the cache: an equal one was filled within its lifetime, and only the time speaks for an upstream. */
  readonly doubtful: boolean
  readonly source: Source
}

export interface FillCounts {
  readonly name: string
  readonly type: string
  readonly do: boolean
  readonly n: number
  /** rcode other than NOERROR. NODATA cannot be told from an answer by the log. */
  readonly failed: number
  /** 95 % Wilson interval of failed/n. */
  readonly low: number
  readonly high: number
  /** How many of `n` may be slow copies. */
  readonly doubtful: number
  readonly fills: readonly Fill[]
  /** Replies served from the cache, by rcode. */
  readonly copies: ReadonlyMap<string, number>
  /** Replies of CoreDNS' own data. */
  readonly local: number
}

/** Above this a reply took packets: a hit takes tens of microseconds, the nearest upstream some hundreds. */
const UPSTREAM_MS = 1
const DEFAULT_LONGEST_MS = { success: 3_600_000, denial: 1_800_000 }

export const inWindow = (seen: { readonly atMs: number | undefined }, window: FillSettings['window']): boolean =>
  window === undefined || (seen.atMs !== undefined && seen.atMs >= window.fromMs && seen.atMs <= window.toMs)

/** CoreDNS' own loop probe and such aside: one entry of the cache. DO questions are kept apart. */
const entryKey = (line: ServedQuery): string => `${nameKey(line.name)} ${line.type} ${line.do ? 'do' : ''}`

/** Fast replies with aa and ra exist only where the cache sets aa; none in a log with repeated questions means it does not. */
function setsAa(lines: readonly ServedQuery[]): boolean {
  let fastPlain = 0
  for (const { flags, durationMs } of lines) {
    if (durationMs > UPSTREAM_MS || !flags.includes('ra')) continue
    if (flags.includes('aa')) return true
    fastPlain++
  }
  return fastPlain === 0
}

/** Fills per (name, type, DO), in the order of their first line. `lines`: query lines of ONE pod in the order of the log. */
export function fillsOf(lines: readonly ServedQuery[], settings: FillSettings = {}): FillCounts[] {
  const cacheSetsAa = settings.cacheSetsAa ?? setsAa(lines)
  const longest = settings.longestMs ?? DEFAULT_LONGEST_MS
  const entries = new Map<string, { first: ServedQuery; fills: Omit<Fill, 'doubtful'>[]; durations: number[]; copies: Map<string,
    number>; local: number }>()
  for (const line of lines) {
    if (!inWindow(line, settings.window)) continue
    const key = entryKey(line)
    let entry = entries.get(key)
    if (!entry) entries.set(key, (entry = { first: line, fills: [], durations: [], copies: new Map(), local: 0 }))
    if (line.flags.includes('aa') && !line.flags.includes('ra')) {
      entry.local++
      continue
    }
    const because = whyFill(line, entry.fills.at(-1), cacheSetsAa, longest)
    if (!because) {
      entry.copies.set(line.rcode, (entry.copies.get(line.rcode) ?? 0) + 1)
      continue
    }
    entry.fills.push({
      name: line.name, type: line.type, do: line.do ?? false, rcode: line.rcode, atMs: line.atMs, because,
      ...(line.upstream !== undefined && { upstream: line.upstream }), source: line.source,
    })
    entry.durations.push(line.durationMs)
  }
  return [...entries.values()].map(({ first, fills: plainFills, durations, copies, local }) => {
    const fills = withDoubts(plainFills, durations, cacheSetsAa)
    const failed = fills.filter(fill => fill.rcode !== 'NOERROR').length
    return {
      name: first.name, type: first.type, do: first.do ?? false, n: fills.length, failed, ...wilson(failed, fills.length),
      doubtful: fills.filter(fill => fill.doubtful).length, fills, copies, local,
    }
  })
}

function whyFill(line: ServedQuery, last: Omit<Fill, 'doubtful'> | undefined, cacheSetsAa: boolean,
  longest: { success: number; denial: number }): Fill['because'] | undefined {
  if (cacheSetsAa && !line.flags.includes('aa')) return 'no-aa'
  if (line.durationMs > UPSTREAM_MS) return 'duration'
  if (!last) return undefined
  const kept = last.rcode === 'NOERROR' ? longest.success : longest.denial
  return line.atMs !== undefined && last.atMs !== undefined && line.atMs - last.atMs > kept ? 'lifetime' : undefined
}

/** Which fills may be slow replies from the cache: only the time speaks for an upstream, the rcode is that of the fill before, the question
 * was
 * asked after that one was answered, and either this upstream's replies carry no aa (so aa is the cache's), or fills of this entry usually
 * lie
 * more than twice as far apart. */
function withDoubts(fills: readonly Omit<Fill, 'doubtful'>[], durations: readonly number[], cacheSetsAa: boolean): Fill[] {
  const gaps = fills.slice(1).map((fill, i) => (fill.atMs ?? NaN) - (fills[i]?.atMs ?? NaN)).filter(gap => gap >= 0).sort((a, b) => a - b)
  const usual = gaps.length >= 3 ? (gaps[gaps.length >> 1] as number) : 0
  const plain = new Set(fills.filter(fill => fill.because === 'no-aa').map(fill => fill.rcode))
  return fills.map((fill, i) => {
    const last = fills[i - 1]
    const gap = fill.atMs !== undefined && last?.atMs !== undefined ? fill.atMs - last.atMs : NaN
    const inFlight = gap < (durations[i] as number)
    const doubtful = cacheSetsAa && fill.because === 'duration' && last?.rcode === fill.rcode && !inFlight
      && (plain.has(fill.rcode) || gap < usual / 2)
    return { ...fill, doubtful }
  })
}

/** One letter a fill, in order: its result. */
export function rasterOf(fills: readonly Fill[]): { readonly letters: string; readonly legend: Readonly<Record<string, string>> } {
  const legend: Record<string, string> = {}
  const letters = fills.map(fill => {
    const letter = RESULT_LETTERS[fill.rcode] ?? '?'
    legend[letter] = letter === '?' ? 'other' : fill.rcode
    return letter
  })
  return { letters: letters.join(''), legend }
}

/** Told apart without colour and in any font. */
const RESULT_LETTERS: Readonly<Record<string, string>> = { NOERROR: 'o', NXDOMAIN: 'X', SERVFAIL: 'S', REFUSED: 'R', '-': 't' }
