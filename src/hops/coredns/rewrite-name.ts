// `rewrite name …`: plugin/rewrite/name.go and, since 1.15.0, name_metadata.go. The name is matched in lower case and so is what the rule
// makes of it; FROM and TO of all but `regex` are made full names, so that `prefix foo` only fits a whole label.
import type { DnsQuery } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { goQuote } from './go-quote.ts'
import type { GoRegexp } from './go-regexp.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { metadataName } from './rewrite-name-metadata.ts'
import { ignored, type Applied, type Metadata, type ResponseRule, type Rule, type RuleReader } from './rewrite-rule.ts'
import { isMatch, orSame, pattern, remap, replacing, replacingPattern, RuleRefused } from './rewrite-text.ts'

/** The new name, or undefined: the rule does not fit. */
type Renaming = (name: string, metadata: Metadata) => string | undefined

interface Answers {
  readonly auto: boolean
  readonly rules: readonly ResponseRule[]
}

export const nameRule: RuleReader = (args, version) => {
  if (args.length < 2) throw new RuleRefused('too few arguments for a name rule')
  const [word, from, to] = args.length === 2 ? ['exact', ...args] as [string, string, string] : args as [string, string, string]
  const match = word.toLowerCase()
  const withMetadata = since(version, 1, 15) && args[3] === 'metadata'
  if (withMetadata && match !== 'regex') throw new RuleRefused('metadata is only supported for regex name rules')
  const rest = args.slice(withMetadata ? 4 : 3)
  const answers: Answers = rest.length > 0 ? readAnswers(match, rest, version) : { auto: false, rules: [] }
  if (!isMatch(match)) throw new RuleRefused(`name rule supports only exact, prefix, suffix, substring, and regex name matching, received: ${match}`)
  const [source, target] = [nameKey(from), nameKey(to)]
  switch (match) {
    case 'exact':
      checkedPattern(target, source, version)
      return renamed(replacing(match, source, target), { ...answers, auto: true })
    case 'suffix': {
      const back = orSame(replacing(match, target, source))
      const rules = answers.auto ? [...bothSides(back), ...answers.rules] : answers.rules
      return renamed(replacing(match, source, target), { auto: false, rules })
    }
    case 'prefix': case 'substring': return renamed(replacing(match, source, target), answers)
    case 'regex': return renamed(withMetadata ? metadataName(checkedPattern(from, '', version), to) : replacingPattern(checkedPattern(from, to, version), target), answers)
  }
}

const bothSides = (rewrite: (text: string) => string): readonly ResponseRule[] => [{ kind: 'name', rewrite }, { kind: 'value', rewrite }]

const renamed = (rename: Renaming, answers: Answers): Rule['apply'] => (query: DnsQuery, { metadata }): Applied => {
  const before = nameKey(query.name)
  const after = rename(before, metadata)
  if (after === undefined) return ignored(query)
  const responses = answers.auto ? [...bothSides(remap(after, before)), ...answers.rules] : answers.rules
  return { query: { ...query, name: after }, done: true, responses }
}

/** Groups are counted by the numbers `{0}` to `{100}` that occur: `{0}` counts, though every pattern has it. */
function checkedPattern(from: string, to: string, version: CorednsVersion): GoRegexp {
  const regexp = pattern(from, version, { tooLong: 'regex pattern too long', invalid: () => `invalid regex matching pattern: ${from}` })
  let used = 0
  for (let i = 0; i <= 100; i++) if (to.includes(`{${i}}`)) used++
  if (used <= regexp.groups) return regexp
  throw new RuleRefused(`the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${from})`)
}

/** `answer auto`, `answer name FROM TO`, `answer value FROM TO`; after the first, the word `answer` may be left out. */
function readAnswers(match: string, args: readonly string[], version: CorednsVersion): Answers {
  if (args.length < 2) throw new RuleRefused(`invalid arguments for ${match} rule`)
  const rules: ResponseRule[] = []
  let auto = false
  let last = ''
  for (let at = 0; at < args.length;) {
    if (last === '' && args[at] !== 'answer') throw new RuleRefused(`exceeded the number of arguments for a non-answer rule argument for ${match} rule`)
    if (args[at] === 'answer') at++
    if (at >= args.length) throw new RuleRefused(`type missing for answer rule for ${match} rule`)
    last = args[at++] as string
    if (last === 'auto') {
      auto = true
      continue
    }
    if (last !== 'name' && last !== 'value') throw new RuleRefused(`invalid type ${goQuote(last)} for answer rule for ${match} rule`)
    if (args.length - at < 2) throw new RuleRefused(`${last} answer rule for ${match} rule: 2 arguments required`)
    rules.push({ kind: last, rewrite: answerRewriter(last, match, args[at] as string, args[at + 1] as string, version) })
    at += 2
  }
  if (auto && rules.some(r => r.kind === 'name')) throw new RuleRefused('auto name answer rule cannot be combined with explicit name anwer rules')
  return { auto, rules }
}

function answerRewriter(kind: string, match: string, from: string, to: string, version: CorednsVersion): (text: string) => string {
  try {
    return orSame(replacingPattern(checkedPattern(from, to, version), nameKey(to)))
  } catch (refused) {
    if (refused instanceof RuleRefused && !refused.unmodelled) throw new RuleRefused(`${kind} answer rule for ${match} rule: ${refused.message}`)
    throw refused
  }
}
