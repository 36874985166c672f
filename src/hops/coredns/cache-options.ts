// Options of CoreDNS's `cache` plugin, 1.9.3 to 1.15.0: plugin/cache/setup.go.
import type { Directive } from '../../chain/model.ts'
import { goDurationMs } from './go-duration.ts'
import { originsOf } from './origins.ts'
import { since, type PluginSetup } from './plugin.ts'
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
  readonly stale: { readonly upToMs: number; readonly verify: boolean } | undefined
}

export interface Limits { readonly maxTtlS: number; readonly minTtlS: number }

const DEFAULTS = { success: 3600, denial: 1800, minTtlS: 5, servfailS: 5 }
const STALE_MS = 3_600_000
const PREFETCH_GAP_MS = 60_000
const PREFETCH_PERCENT = 10
const SERVFAIL_LIMIT_S = 300

export function readCacheOptions(setup: PluginSetup): CacheOptions {
  const directive = setup.directives[0] as Directive
  const words = directive.args.map(a => a.value)
  const ttlS = /^[+-]?\d+$/.test(words[0] ?? '') ? Number(words[0]) : undefined
  if (ttlS !== undefined && ttlS <= 0) refuse(setup.report, `plugin/cache: cache TTL can not be zero or negative: ${ttlS}`, directive.source)
  const of = (name: string): Directive | undefined => directive.properties.findLast(p => p.name === name)
  for (const property of directive.properties) checkOption(setup, property)
  const disabled = (what: string): Directive[] => directive.properties.filter(p => p.name === 'disable' && p.args[0]?.value === what)
  const zonesOff = (what: string): string[] => disabled(what).flatMap(d => originsOf(d.args.slice(1).map(a => a.value), setup.zones))
  return {
    zones: originsOf(ttlS === undefined ? words : words.slice(1), setup.zones),
    success: limitsOf(of('success'), ttlS ?? DEFAULTS.success),
    denial: limitsOf(of('denial'), ttlS ?? DEFAULTS.denial),
    servfailS: servfailOf(setup, of('servfail')),
    exceptSuccess: zonesOff('success'), exceptDenial: zonesOff('denial'),
    keepTtl: of('keepttl') !== undefined,
    prefetch: prefetchOf(of('prefetch')),
    stale: staleOf(of('serve_stale')),
  }
}

/** Options by the release that has them first. */
const OPTIONS: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ['success', [1, 0, 0]], ['denial', [1, 0, 0]], ['prefetch', [1, 0, 0]], ['serve_stale', [1, 6, 2]], ['servfail', [1, 9, 4]], ['disable', [1, 9, 4]],
  ['keepttl', [1, 10, 1]], ['serve_stale_policy', [1, 14, 4]],
])

function checkOption(setup: PluginSetup, property: Directive): void {
  const from = OPTIONS.get(property.name)
  if (!from || !since(setup.version, ...from)) refuse(setup.report, `plugin/cache: ${argumentText(property.name)}`, property.source)
  else if (property.name === 'serve_stale' && property.args.length > 2 || property.name === 'serve_stale_policy') {
    setup.report({ code: 'corefile-option-partly-modelled', message: `cache ${property.name}: its further times are not modelled`, source: property.source, state: 'partly-modelled' })
  }
}

function limitsOf(directive: Directive | undefined, fallback: number): Limits {
  const number = (at: number): number | undefined => {
    const value = Number(directive?.args[at]?.value)
    return directive?.args[at] && Number.isInteger(value) && value >= 0 ? value : undefined
  }
  return { maxTtlS: number(1) ?? fallback, minTtlS: number(2) ?? DEFAULTS.minTtlS }
}

function servfailOf(setup: PluginSetup, directive: Directive | undefined): number {
  const ms = goDurationMs(directive?.args[0]?.value ?? '')
  if (!directive || ms === undefined) return DEFAULTS.servfailS
  if (ms / 1000 > SERVFAIL_LIMIT_S) refuse(setup.report, 'plugin/cache: caching SERVFAIL responses over 5 minutes is not permitted', directive.source)
  return Math.max(0, ms / 1000)
}

function prefetchOf(directive: Directive | undefined): CacheOptions['prefetch'] {
  const amount = Number(directive?.args[0]?.value)
  if (!directive || !(amount > 0)) return undefined
  const percent = Number.parseInt(directive.args[2]?.value ?? '', 10)
  return { amount, gapMs: goDurationMs(directive.args[1]?.value ?? '') ?? PREFETCH_GAP_MS, percent: Number.isNaN(percent) ? PREFETCH_PERCENT : percent }
}

const staleOf = (directive: Directive | undefined): CacheOptions['stale'] =>
  directive && { upToMs: goDurationMs(directive.args[0]?.value ?? '') ?? STALE_MS, verify: directive.args.some(a => a.value === 'verify') }
