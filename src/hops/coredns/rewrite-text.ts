// How `rewrite` matches and replaces texts: stringRewriter and the match words of plugin/rewrite/name.go, 1.9.3 to 1.15.0.
import { nameKey } from '../../dns/name.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import { compileGoRegexp, isRefused, type GoRegexp } from './go-regexp.ts'
import { since, type CorednsVersion } from './plugin.ts'

export type Rewriter = (text: string) => string

const MATCHES = ['exact', 'prefix', 'suffix', 'substring', 'regex'] as const
export type Match = (typeof MATCHES)[number]
export const isMatch = (word: string): word is Match => (MATCHES as readonly string[]).includes(word)

/** A rule that CoreDNS refuses. `unmodelled`: it is fine there, and too much for the engine here. */
export class RuleRefused extends Error {
  readonly unmodelled: boolean
  constructor(text: string, unmodelled = false) {
    super(text)
    this.unmodelled = unmodelled
  }
}

/** Since 1.14.0. */
const MAX_PATTERN_BYTES = 10_000

export interface PatternTexts {
  readonly tooLong: string
  readonly invalid: (error: string) => string
  /** A bad pattern is no reason not to start, and what it does later is not modelled. */
  readonly isUnmodelled?: boolean
}

/** @throws RuleRefused */
export function pattern(text: string, version: CorednsVersion, texts: PatternTexts): GoRegexp {
  const bytes = encodeText(text).length
  if (since(version, 1, 14) && bytes > MAX_PATTERN_BYTES) throw new RuleRefused(`${texts.tooLong}: ${bytes} > ${MAX_PATTERN_BYTES}`)
  const compiled = compileGoRegexp(text, version)
  if (!isRefused(compiled)) return compiled
  throw compiled.unmodelled ? new RuleRefused(compiled.error, true) : new RuleRefused(texts.invalid(compiled.error), texts.isUnmodelled)
}

/** `{0}`, `{1}`… one after the other: what a group brings in is looked at again. */
export function substituted(template: string, groups: readonly string[]): string {
  let text = template
  for (const [i, group] of groups.entries()) {
    text = text.replaceAll(`{${i}}`, () => group)
    if (text.length > MAX_NAME) return text
  }
  return text
}

/** A bound far beyond what a name may have: it is refused afterwards. */
const MAX_NAME = 10_000

/** Does a name fit the rule of `ttl` and `rcode`? Only a pattern is not made a full name. */
export function matcher(match: Match, text: string, version: CorednsVersion, rule: string): (name: string) => boolean {
  if (match === 'regex') {
    const invalid = (): string => `invalid regex pattern in a ${rule} rule: ${text}`
    return pattern(text, version, { tooLong: `regex pattern too long in a ${rule} rule`, invalid }).test
  }
  const fits = replacing(match, nameKey(text), '')
  return name => fits(name) !== undefined
}

/** The new text, or undefined: it does not fit. */
export type Replacing = (text: string) => string | undefined

export function replacing(match: Exclude<Match, 'regex'>, from: string, to: string): Replacing {
  switch (match) {
    case 'exact': return text => (text === from ? to : undefined)
    case 'prefix': return text => (text.startsWith(from) ? to + text.slice(from.length) : undefined)
    case 'suffix': return text => (text.endsWith(from) ? text.slice(0, text.length - from.length) + to : undefined)
    case 'substring': return text => (text.includes(from) ? text.replaceAll(from, () => to) : undefined)
  }
}

export const replacingPattern = (regexp: GoRegexp, to: string): Replacing => text => {
  const groups = regexp.match(text)
  return groups && substituted(to, groups)
}

/** One name and what lies below it. */
export const remap = (from: string, to: string): Rewriter => text =>
  text === from ? to : text.endsWith(`.${from}`) ? text.slice(0, text.length - from.length) + to : text

/** What does not fit stays. */
export const orSame = (replace: Replacing): Rewriter => text => replace(text) ?? text
