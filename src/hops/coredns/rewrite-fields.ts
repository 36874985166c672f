// The rules of `rewrite` for fields other than the name and EDNS: plugin/rewrite/{type,class,ttl,rcode,cname_target}.go. `type` and `class`
// change the query only; `ttl` (ranges since 1.9.4), `rcode` (since 1.11.3) and `cname` (since 1.11.0) the reply only.
import { nameKey } from '../../dns/name.ts'
import { className } from '../../dns/wire-numbers-table.ts'
import { atoi, isFault, parseUint } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { rcodeOfWord } from './rcode-number.ts'
import { ignored, responding, type RuleReader } from './rewrite-rule.ts'
import { isMatch, matcher, pattern, replacing, replacingPattern, RuleRefused, type Match, type Replacing } from './rewrite-text.ts'
import { typeOfWord } from './type-word.ts'
import { goClassNumber } from './zone-file-types.ts'

/** A type or class by the name that miekg/dns has for it; a number is none. */
function mnemonic(word: string, field: 'type' | 'class', number: (name: string) => number | undefined): string {
  const name = word.toUpperCase()
  if (number(name) === undefined) throw new RuleRefused(`invalid ${field} ${goQuote(name)}`)
  return name
}

const exactlyTwo = (args: readonly string[], field: string): void => {
  if (args.length !== 2) throw new RuleRefused(`${field} rules must have exactly two arguments`)
}

export const typeRule: RuleReader = (args, version) => {
  exactlyTwo(args, 'type')
  const [from, to] = args.map(word => mnemonic(word, 'type', name => typeOfWord(name, version))) as [string, string]
  return query => (query.type === from ? { query: { ...query, type: to }, done: true, responses: [] } : ignored(query))
}

export const classRule: RuleReader = args => {
  exactlyTwo(args, 'class')
  const [from, to] = args.map(word => mnemonic(word, 'class', goClassNumber)).map(word => className(goClassNumber(word) as number)) as [string, string]
  return query => {
    const { class: before = 'IN', ...rest } = query
    return before === from ? { query: to === 'IN' ? rest : { ...rest, class: to }, done: true, responses: [] } : ignored(query)
  }
}

export const ttlRule: RuleReader = (args, version) => {
  if (args.length < 2) throw new RuleRefused(`too few (${args.length}) arguments for a ttl rule`)
  const text = args.length === 2 ? args[1] as string : args.length === 3 ? args[2] as string : ''
  const range = since(version, 1, 9, 4) ? ttlRange(text) : oneTtl(text)
  if (!range) throw new RuleRefused(`invalid TTL '${text}' for a ttl rule`)
  const matches = scope(args, 3, 'ttl', version)
  return query => responding(query, matches(nameKey(query.name)), [{ kind: 'ttl', minS: range[0], maxS: range[1] }])
}

/** `[MATCH] NAME …`: the word is there when the rule has all its arguments. */
function scope(args: readonly string[], whole: number, rule: string, version: CorednsVersion): (name: string) => boolean {
  if (args.length < whole) return matcher('exact', args[0] as string, version, rule)
  const word = (args[0] as string).toLowerCase()
  if (!isMatch(word)) throw new RuleRefused(`${rule} rule supports only exact, prefix, suffix, substring, and regex name matching`)
  return matcher(word, args[1] as string, version, rule)
}

const MAX_TTL_S = 2_147_483_647

function oneTtl(text: string): readonly [number, number] | undefined {
  const parsed = atoi(text)
  return isFault(parsed) || parsed.value < 0 || parsed.value > MAX_TTL_S ? undefined : [parsed.value, parsed.value]
}

/** `7`, `10-60`, `10-`, `-60`. */
function ttlRange(text: string): readonly [number, number] | undefined {
  const parts = text.split('-')
  if (parts.length > 2 || text === '-') return undefined
  const [low, high] = [parts[0] as string, parts[1]]
  const min = high !== undefined && low === '' ? { value: 0 } : parseUint(low, 32)
  const max = high === undefined ? min : high === '' ? { value: MAX_TTL_S } : parseUint(high, 32)
  return isFault(min) || isFault(max) || min.value > max.value ? undefined : [min.value, max.value]
}

export const rcodeRule: RuleReader = (args, version) => {
  if (args.length < 3) throw new RuleRefused(`too few (${args.length}) arguments for a rcode rule`)
  const [before, after] = args.length === 3 ? args.slice(1) : args.length === 4 ? args.slice(2) : ['', '']
  const from = rcodeOf(before as string, version)
  if (from === undefined) throw new RuleRefused(`invalid matching RCODE '${before}' for a rcode rule`)
  const to = rcodeOf(after as string, version)
  if (to === undefined) throw new RuleRefused(`invalid replacement RCODE '${after}' for a rcode rule`)
  const matches = scope(args, 4, 'rcode', version)
  return query => responding(query, matches(nameKey(query.name)), [{ kind: 'rcode', from, to }])
}

const MAX_RCODE = 23

function rcodeOf(word: string, version: CorednsVersion): number | undefined {
  const number = parseUint(word, 32)
  return !isFault(number) && number.value <= MAX_RCODE ? number.value : rcodeOfWord(word.toUpperCase(), version)
}

export const cnameRule: RuleReader = (args, version) => {
  if (args.length !== 2 && args.length !== 3) throw new RuleRefused(`too few (${args.length}) arguments for a cname rule`)
  const match = args.length === 2 ? 'exact' : (args[0] as string).toLowerCase()
  if (!isMatch(match)) throw new RuleRefused(`unknown cname rewrite type: ${match}`)
  const [from, to] = args.slice(-2).map(word => word.toLowerCase()) as [string, string]
  const retarget = targetOf(match, from, to, version)
  return query => responding(query, from !== '' && to !== '', [{ kind: 'cname', retarget }])
}

/** Targets are compared as they came, in the case of the reply. */
function targetOf(match: Match, from: string, to: string, version: CorednsVersion): Replacing {
  if (match === 'regex') {
    const invalid = (error: string): string => `invalid cname rewrite regex pattern: ${error}`
    // Before 1.13.2 the pattern is first compiled when a reply has an alias, and a bad one is a panic there.
    const isLate = !since(version, 1, 13, 2)
    const regexp = pattern(from, version, { tooLong: 'regex pattern too long in a cname rule', invalid, isUnmodelled: isLate })
    return replacingPattern(regexp, to)
  }
  return match === 'exact' && since(version, 1, 14, 7) ? replacing(match, nameKey(from), nameKey(to)) : replacing(match, from, to)
}
