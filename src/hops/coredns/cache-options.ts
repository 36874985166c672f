// Options of CoreDNS's `cache` plugin, 1.9.3 to 1.15.0: plugin/cache/setup.go.
import type { Directive } from '../../chain/model.ts'
import { goDurationMs } from './go-duration.ts'
import { originsOf } from './origins.ts'
import { since, type CorednsVersion, type PluginSetup } from './plugin.ts'
import { argumentText, refuse } from './refuse.ts'

export interface CacheOptions {
  readonly zones: readonly string[]
  readonly success: Limits
  readonly denial: Limits
  /** `servfail`: how long a failure is kept; 0 = not. */
  readonly servfailS: number
  readonly exceptSuccess: readonly string[]
  readonly exceptDenial: readonly string[]
  readonly keepTtl: boolean
  readonly prefetch: { readonly amount: number; readonly gapMs: number; readonly percent: number } | undefined
  readonly stale: {
    readonly upToMs: number
    readonly verify: boolean
    /** How long a client waits for `verify`; 0 = as long as it takes. */
    readonly verifyMs: number
    /** TTL of a stale reply; 0 = 0, or what `keepttl` says. */
    readonly ttlS: number
    /** How long after a failure nothing is renewed. */
    readonly recheckMs: number
    readonly prefersPositive: boolean
  } | undefined
}

export interface Limits { readonly maxTtlS: number; readonly minTtlS: number }

const DEFAULTS = { success: 3600, denial: 1800, minTtlS: 5, servfailS: 5 }
const STALE_MS = 3_600_000
const PREFETCH_GAP_MS = 60_000
const PREFETCH_PERCENT = 10

export function readCacheOptions(setup: PluginSetup): CacheOptions {
  const directive = setup.directives[0] as Directive
  const words = directive.args.map(a => a.value)
  const ttlS = /^[+-]?\d+$/.test(words[0] ?? '') ? Number(words[0]) : undefined
  if (ttlS !== undefined && ttlS <= 0) refuse(setup.report, `plugin/cache: cache TTL can not be zero or negative: ${ttlS}`, directive.source)
  const of = (name: string): Directive | undefined => directive.properties.findLast(p => p.name === name)
  for (const property of directive.properties) checkOption(setup, property)
  // The last line of each kind counts.
  const zonesOff = (what: string): readonly string[] => {
    const last = directive.properties.findLast(p => p.name === 'disable' && p.args[0]?.value === what)
    return last ? originsOf(last.args.slice(1).map(a => a.value), setup.zones) : []
  }
  return {
    zones: originsOf(ttlS === undefined ? words : words.slice(1), setup.zones),
    success: limitsOf(of('success'), ttlS ?? DEFAULTS.success),
    denial: limitsOf(of('denial'), ttlS ?? DEFAULTS.denial),
    servfailS: servfailOf(of('servfail')),
    exceptSuccess: zonesOff('success'), exceptDenial: zonesOff('denial'),
    keepTtl: of('keepttl') !== undefined,
    prefetch: prefetchOf(of('prefetch')),
    stale: staleOf(of('serve_stale'), of('serve_stale_policy') !== undefined),
  }
}

/** Options by the release that has them first. */
export const CACHE_OPTIONS: ReadonlyMap<string, CorednsVersion> = new Map([
  ['success', [1, 0, 0]], ['denial', [1, 0, 0]], ['prefetch', [1, 0, 0]], ['serve_stale', [1, 6, 6]], ['servfail', [1, 9, 4]], ['disable', [1, 9, 4]],
  ['keepttl', [1, 10, 1]], ['serve_stale_policy', [1, 14, 7]],
])

function checkOption(setup: PluginSetup, property: Directive): void {
  const from = CACHE_OPTIONS.get(property.name)
  if (!from || !since(setup.version, ...from)) refuse(setup.report, `plugin/cache: ${argumentText(property.name)}`, property.source)
}

function limitsOf(directive: Directive | undefined, fallback: number): Limits {
  const number = (at: number): number | undefined => {
    const text = directive?.args[at]?.value ?? ''
    return /^\+?\d+$/.test(text) ? Number(text) : undefined
  }
  return { maxTtlS: number(1) ?? fallback, minTtlS: number(2) ?? DEFAULTS.minTtlS }
}

function servfailOf(directive: Directive | undefined): number {
  const ms = goDurationMs(directive?.args[0]?.value ?? '')
  return ms === undefined ? DEFAULTS.servfailS : Math.max(0, ms / 1000)
}

function prefetchOf(directive: Directive | undefined): CacheOptions['prefetch'] {
  const [amount, gap = '', percentage = ''] = directive?.args.map(a => a.value) ?? []
  if (!(Number(amount) > 0)) return undefined
  const percent = Number.parseInt(percentage, 10)
  return { amount: Number(amount), gapMs: goDurationMs(gap) ?? PREFETCH_GAP_MS, percent: Number.isNaN(percent) ? PREFETCH_PERCENT : percent }
}

function staleOf(directive: Directive | undefined, prefersPositive: boolean): CacheOptions['stale'] {
  if (!directive) return undefined
  const [upTo, mode, ...times] = directive.args.map(a => a.value)
  const verify = mode?.toLowerCase() === 'verify'
  const ms = (text: string | undefined): number => goDurationMs(text ?? '') ?? 0
  const [limit, ttl, recheck] = verify ? times : [undefined, ...times]
  return { upToMs: goDurationMs(upTo ?? '') ?? STALE_MS, verify, verifyMs: ms(limit), ttlS: Math.floor(ms(ttl) / 1000), recheckMs: ms(recheck), prefersPositive }
}
