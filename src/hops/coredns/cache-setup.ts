// What the set-up of CoreDNS's `cache` plugin refuses, 1.9.3 to 1.15.0: plugin/cache/setup.go.
import { CACHE_OPTIONS } from './cache-options.ts'
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, intText, isFault } from './go-number.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { once, valueOf, type SetupCheck } from './setup-check.ts'

export const cacheSetup: SetupCheck = (c, at) => once(c, () => {
  const ttl = atoi(c.remainingArgs()[0] ?? '')
  if (!isFault(ttl)) positive(c, ttl.value)
  const seen = { stale: false, policy: false }
  while (c.nextBlock()) option(c, at.version, seen)
  if (seen.policy && !seen.stale) throw c.refuse('serve_stale_policy requires serve_stale')
})

function positive(c: Dispenser, ttl: number): void {
  if (ttl <= 0) throw c.refuse(`cache TTL can not be zero or negative: ${intText(ttl)}`)
}

function option(c: Dispenser, version: CorednsVersion, seen: { stale: boolean; policy: boolean }): void {
  const name = c.val()
  const from = CACHE_OPTIONS.get(name)
  if (!from || !since(version, ...from)) throw c.argErr()
  const args = c.remainingArgs()
  if (name === 'success' || name === 'denial') capacity(c, args)
  else if (name === 'prefetch') prefetch(c, args)
  else if (name === 'serve_stale') {
    seen.stale = true
    serveStale(c, args, version)
  } else if (name === 'serve_stale_policy') {
    if (seen.policy) throw c.refuse('serve_stale_policy can only be specified once')
    seen.policy = true
    if (args.length !== 1) throw c.argErr()
    if (args[0]?.toLowerCase() !== 'prefer_positive') throw c.refuse(`invalid serve_stale_policy: ${args[0]}`)
  } else if (name === 'servfail') servfail(c, args)
  else if (name === 'disable') disable(c, args)
  else if (args.length > 0) throw c.argErr()
}

function capacity(c: Dispenser, [size, ttl, least]: readonly string[]): void {
  if (size === undefined) throw c.argErr()
  valueOf(c, atoi(size))
  if (ttl === undefined) return
  positive(c, valueOf(c, atoi(ttl)))
  if (least === undefined) return
  const min = valueOf(c, atoi(least))
  if (min < 0) throw c.refuse(`cache min TTL can not be negative: ${intText(min)}`)
}

const PERCENTAGE = { least: 10, most: 90 }

function prefetch(c: Dispenser, args: readonly string[]): void {
  const [amount, time, share] = args
  if (amount === undefined || args.length > 3) throw c.argErr()
  const count = valueOf(c, atoi(amount))
  if (count < 0) throw c.refuse(`prefetch amount should be positive: ${intText(count)}`)
  if (time !== undefined) valueOf(c, parseDuration(time))
  if (share === undefined) return
  if (!share.endsWith('%')) throw c.refuse(`last character of percentage should be \`%\`, but is: '${share.slice(-1)}'`)
  const percent = valueOf(c, atoi(share.slice(0, -1)))
  if (percent < PERCENTAGE.least || percent > PERCENTAGE.most) throw c.refuse(`percentage should fall in range [10, 90]: ${intText(percent)}`)
}

function serveStale(c: Dispenser, args: readonly string[], version: CorednsVersion): void {
  if (args.length > staleWords(version)) throw c.argErr()
  const [time, refresh, ...more] = args
  if (time !== undefined && valueOf(c, parseDuration(time)) < 0) throw c.refuse('invalid negative duration for serve_stale')
  if (refresh === undefined) return
  const mode = refresh.toLowerCase()
  if (mode !== 'immediate' && mode !== 'verify') throw c.refuse(`invalid value for serve_stale refresh mode: ${mode}`)
  if (mode !== 'verify' && more.length > 0 && !since(version, 1, 14, 7)) throw c.refuse('serve_stale timeout is only valid with the verify refresh mode')
  if (mode === 'verify' && more[0] !== undefined) {
    if (staleTime(c, more.shift() as string, 'verify timeout') < 0) throw c.refuse('invalid negative timeout for serve_stale verify')
  } else if (more.length > 2) throw c.argErr()
  const [ttl, recheck] = more
  if (ttl !== undefined) staleTtl(c, ttl)
  if (recheck === undefined) return
  const again = staleTime(c, recheck, 'failure recheck')
  if (again < 0) throw c.refuse('invalid negative failure recheck for serve_stale')
  if (again > FIVE_MINUTES_MS) throw c.refuse('serve_stale failure recheck cannot exceed 5 minutes')
}

/** DURATION; REFRESH; the time for `verify`; TTL and RECHECK. */
const staleWords = (version: CorednsVersion): number => (since(version, 1, 14, 7) ? 5 : since(version, 1, 14, 4) ? 3 : since(version, 1, 9, 2) ? 2 : 1)

const FIVE_MINUTES_MS = 300_000
const LARGEST_TTL_MS = (2 ** 32 - 1) * 1000

function staleTtl(c: Dispenser, text: string): void {
  const ttl = staleTime(c, text, 'response TTL')
  if (ttl < 0) throw c.refuse('invalid negative response TTL for serve_stale')
  if (ttl % 1000 !== 0) throw c.refuse('serve_stale response TTL must be a whole number of seconds')
  if (ttl > LARGEST_TTL_MS) throw c.refuse('serve_stale response TTL exceeds the DNS TTL range')
}

function staleTime(c: Dispenser, text: string, what: string): number {
  const time = parseDuration(text)
  if (isFault(time)) throw c.refuse(`invalid serve_stale ${what}: ${time.fault}`)
  return time.value
}

function servfail(c: Dispenser, args: readonly string[]): void {
  if (args.length !== 1) throw c.argErr()
  const time = valueOf(c, parseDuration(args[0] as string))
  if (time < 0) throw c.refuse('invalid negative ttl for servfail')
  if (time > FIVE_MINUTES_MS) throw c.refuse('caching SERVFAIL responses over 5 minutes is not permitted')
}

function disable(c: Dispenser, args: readonly string[]): void {
  if (args.length === 0) throw c.argErr()
  if (args[0] !== 'denial' && args[0] !== 'success') throw c.refuse('cache type for disable must be "success" or "denial"')
}
