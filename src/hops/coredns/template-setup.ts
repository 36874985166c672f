// How CoreDNS's `template` plugin reads its stanzas, and what it refuses, 1.9.3 to 1.15.0: plugin/template/setup.go. The set-up check and the
// plugin read the same way.
import type { Source } from '../../chain/source.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import type { Dispenser } from './dispenser.ts'
import { isFault, parseUint } from './go-number.ts'
import { compileGoRegexp, goMinor, isRefused, type GoRegexp } from './go-regexp.ts'
import { compileGoTemplate, type GoTemplate } from './go-template.ts'
import { fallthroughZones, originsOf } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { rcodeOfWord } from './rcode-number.ts'
import { nextWord, type SetupCheck } from './setup-check.ts'
import { TEMPLATE_FUNCTIONS } from './template-data.ts'
import { noExpressions, readExpression, type Expressions } from './template-variables.ts'
import { typeOfWord } from './type-word.ts'
import { goClassNumber } from './zone-file-types.ts'

export type TemplateSection = 'answer' | 'additional' | 'authority'

export interface TemplateRecord {
  readonly section: TemplateSection
  readonly template: GoTemplate
}

export interface Stanza {
  readonly zones: readonly string[]
  /** As numbers, 255 = any. */
  readonly class: number
  readonly type: number
  readonly patterns: readonly { readonly text: string; readonly regexp: GoRegexp }[]
  /** Answers first, then additional, then authority: the order in which they are worked out. */
  readonly records: readonly TemplateRecord[]
  readonly rcode: number
  readonly extendedError: { readonly code: number; readonly text: string } | undefined
  readonly fallthrough: readonly string[]
  /** `var` and `expr`, since 1.15.0; undefined: it has none. */
  readonly expressions: Expressions | undefined
  readonly source: Source | undefined
  /** What of it nobody here can work out. */
  readonly unmodelled: string | undefined
}

type Draft = { -readonly [Key in keyof Stanza]: Stanza[Key] } & { patterns: Stanza['patterns'][number][]; records: TemplateRecord[] }

interface Reading {
  readonly c: Dispenser
  readonly version: CorednsVersion
}

export const templateSetup: SetupCheck = (c, at) => void readStanzas(c, at.version, at.zones)

/** @throws SetupRefused */
export function readStanzas(c: Dispenser, version: CorednsVersion, blockZones: readonly string[]): readonly Stanza[] {
  const stanzas: Stanza[] = []
  while (c.next()) stanzas.push(readStanza({ c, version }, blockZones))
  return stanzas
}

const EVERYTHING = '.*'

function readStanza({ c, version }: Reading, blockZones: readonly string[]): Stanza {
  const source = c.word?.source
  const dnsClass = goClassNumber(nextWord(c))
  if (dnsClass === undefined) throw c.err(`invalid query class ${c.val()}`)
  const type = typeOfWord(nextWord(c), version)
  if (type === undefined) throw c.err(`invalid RR class ${c.val()}`)
  const zones = originsOf(c.remainingArgs(), blockZones)
  const stanza: Draft = {
    zones, class: dnsClass, type, patterns: [], records: [], rcode: 0, extendedError: undefined, fallthrough: [], expressions: undefined, source, unmodelled: undefined,
  }
  while (c.nextBlock()) readOption({ c, version }, stanza)
  if (stanza.patterns.length === 0) takePattern({ c, version }, stanza, EVERYTHING)
  return { ...stanza, records: stanza.records.toSorted((a, b) => SECTIONS.indexOf(a.section) - SECTIONS.indexOf(b.section)) }
}

const SECTIONS: readonly TemplateSection[] = ['answer', 'additional', 'authority']
function readOption(reading: Reading, stanza: Draft): void {
  const { c, version } = reading
  const name = c.val()
  switch (name) {
    case 'match':
      for (const text of someArgs(c)) takePattern(reading, stanza, text)
      return
    case 'answer': case 'additional': case 'authority':
      for (const text of someArgs(c)) takeTemplate(reading, stanza, name, text)
      return
    case 'rcode': {
      const rcode = rcodeOfWord(nextWord(c), version)
      if (rcode === undefined) throw c.err(`unknown rcode ${c.val()}`)
      stanza.rcode = rcode
      return
    }
    case 'fallthrough':
      stanza.fallthrough = fallthroughZones(c.remainingArgs())
      return
    case 'upstream':
      c.remainingArgs()
      return
    case 'var': case 'expr':
      if (!since(version, 1, 15)) break
      stanza.expressions ??= noExpressions()
      readExpression(c, name, stanza.expressions, version)
      stanza.unmodelled ??= stanza.expressions.unmodelled
      return
  }
  if (name !== 'ederror' || !since(version, 1, 10, 1)) throw c.argErr()
  readExtendedError(c, stanza)
}

function someArgs(c: Dispenser): readonly string[] {
  const args = c.remainingArgs()
  if (args.length === 0) throw c.argErr()
  return args
}

const LONGEST_PATTERN_BYTES = 10_000

function takePattern({ c, version }: Reading, stanza: Draft, text: string): void {
  const bytes = encodeText(text).length
  if (bytes > LONGEST_PATTERN_BYTES && since(version, 1, 14)) throw c.err(`regex pattern too long: ${bytes} > ${LONGEST_PATTERN_BYTES}`)
  const regexp = compileGoRegexp(text, version)
  if (!isRefused(regexp)) stanza.patterns.push({ text, regexp })
  else if (regexp.unmodelled) stanza.unmodelled ??= regexp.error
  else throw c.err(`could not parse regex: ${text}, ${regexp.error}`)
}

function takeTemplate({ c, version }: Reading, stanza: Draft, section: TemplateSection, text: string): void {
  const template = compileGoTemplate(section, text, since(version, 1, 10) ? TEMPLATE_FUNCTIONS : new Map(), goMinor(version))
  if ('run' in template) stanza.records.push({ section, template })
  else if ('unmodelled' in template) stanza.unmodelled ??= template.unmodelled
  else throw c.err(`could not compile template: ${c.val()}, ${template.error}`)
}

function readExtendedError(c: Dispenser, stanza: Draft): void {
  const [word, text = '', ...more] = c.remainingArgs()
  if (word === undefined || more.length > 0) throw c.argErr()
  const code = parseUint(word, 16)
  if (isFault(code)) throw c.err(`error parsing extended DNS error code ${c.val()}, ${code.fault}`)
  stanza.extendedError = { code: code.value, text }
}
