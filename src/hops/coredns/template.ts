// CoreDNS's `template` plugin, 1.8.6 to 1.15.0: plugin/template/. Stanzas are tried in file order: one whose zone, class or type does not fit is
// passed over, the first pattern that fits answers, and a stanza without such a pattern ends the query with SERVFAIL unless it falls
// through. Each answer is a Go template whose text is read as one line of a zone file (dns.NewRR). An rcode that the server writes
// itself (REFUSED, NOTIMP, FORMERR) is sent twice.
// Not modelled: its counters, `.Message` of templates beyond header and question.
import type { HopRun } from '../../chain/effects.ts'
import type { Cause, DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { hexOf } from '../../dns/presentation-bytes.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import { classNumber, typeName, typeNumber } from '../../dns/wire-numbers-table.ts'
import { authoritativeReply } from './authoritative-reply.ts'
import type { Caller } from './expression.ts'
import { queryFunctions } from './expression-query.ts'
import { TemplateUnmodelled } from './go-template-fault.ts'
import type { GoValue } from './go-value.ts'
import { internalLookup } from './internal-lookup.ts'
import { isUnknownLabel, metadataOf } from './metadata.ts'
import { matchZone } from './origins.ts'
import { inBlock, panicked, since, type CorednsVersion, type Handler, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { readByWords } from './plugin-words.ts'
import { rcodeOfNumber } from './rcode-number.ts'
import { templateData } from './template-data.ts'
import { readStanzas, type Stanza, type TemplateRecord } from './template-setup.ts'
import { worked, type Worked } from './template-variables.ts'
import { typeWord } from './type-word.ts'
import { containerFile, dialectOf, recordOf } from './zone-data.ts'
import { readRecord } from './zone-file.ts'
import { goClassName, goTypeNumber } from './zone-file-types.ts'

interface Template {
  readonly setup: PluginSetup
  readonly id: string
  readonly stanzas: readonly Stanza[]
}

export const template: PluginFactory = readByWords('template', (c, { version, zones }) => readStanzas(c, version, zones), (setup, stanzas) => {
  for (const { unmodelled, source } of stanzas) {
    if (unmodelled !== undefined) setup.report({ code: 'corefile-plugin-unmodelled', message: `template: ${unmodelled}`, state: 'unmodelled', ...(source && { source }) })
  }
  return handler({ setup, id: `${setup.server} template`, stanzas })
})

const ANY = 255
const classOf = (query: DnsQuery): number => classNumber(query.class ?? 'IN') ?? ANY
const typeOf = (query: DnsQuery): number => goTypeNumber(query.type) ?? typeNumber(query.type) ?? ANY
const fits = (wanted: number, asked: number): boolean => wanted === ANY || asked === ANY || wanted === asked

const handler = (t: Template): Handler => function* (query, next) {
  const [name, dnsClass, type] = [nameKey(query.name), classOf(query), typeOf(query)]
  for (const stanza of t.stanzas) {
    const zone = matchZone(stanza.zones, name)
    if (zone === undefined || !fits(stanza.class, dnsClass) || !fits(stanza.type, type)) continue
    if (stanza.unmodelled !== undefined) return unmodelled(t, stanza.unmodelled)
    for (const { text, regexp } of stanza.patterns) {
      const match = regexp.match(name)
      if (!match) continue
      const matched = { zone, regex: text, match, names: regexp.names }
      const values = yield* conditionsMet(t, stanza, query, matched)
      if (values.kind === 'unmodelled') return unmodelled(t, values.what)
      if (values.kind === 'failed') return ended(t, 'an expression fails')
      if (values.kind === 'met') return yield* answered(t, stanza, query, { ...matched, values: values.values })
      break
    }
    if (matchZone(stanza.fallthrough, name) === undefined) return ended(t, 'no pattern fits')
  }
  return yield* next(query)
}

/** Before 1.9 the name does not exist, but nobody says so to the client. */
const ended = (t: Template, detail: string): Served => ({ rcode: since(t.setup.version, 1, 9) ? 'SERVFAIL' : 'NXDOMAIN', cause: { kind: 'policy', by: t.id, detail } })

function* conditionsMet(t: Template, { expressions }: Stanza, query: DnsQuery, matched: Pick<Matched, 'match' | 'names'>): HopRun<Worked> {
  if (!expressions) return { kind: 'met', values: new Map() }
  const functions = queryFunctions(t.setup, query)
  const groups = new Map(groupsOf(matched))
  const call: Caller = (name, args) => {
    const [group] = args
    if (name !== 'group') return functions(name, args)
    return typeof group === 'string' || typeof group === 'bigint' ? groups.get(String(group)) ?? '' : ''
  }
  return yield* worked(expressions, call, inBlock(t.setup, 'template'))
}

const unmodelled = (t: Template, detail: string): Served => ({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: t.id, detail } })

interface Matched {
  readonly zone: string
  readonly regex: string
  readonly match: readonly string[]
  readonly names: readonly string[]
  readonly values: ReadonlyMap<string, GoValue>
}

const SERVFAIL = 2

function* answered(t: Template, stanza: Stanza, query: DnsQuery, matched: Matched): HopRun<Served> {
  const rcode = rcodeOfNumber(stanza.rcode)
  const cause: Cause | undefined = stanza.rcode === 0 ? undefined : { kind: 'policy', by: t.id, detail: `rcode ${rcode}` }
  if (stanza.rcode === SERVFAIL) return { rcode, ...(cause && { cause }) }
  const data = templateData({
    zone: matched.zone, name: nameKey(query.name), regex: matched.regex, match: matched.match, group: groupsOf(matched), query, remote: query.client,
    class: wordOf(classOf(query), stanza.class, goClassName), type: wordOf(typeOf(query), stanza.type, typeWords(t.setup.version)), metadata: label => (isUnknownLabel(t.setup, label) ? unmodelledLabel(label) : metadataOf(query)(label)),
    ...(since(t.setup.version, 1, 15) && { variables: matched.values }),
  })
  const sections: Record<TemplateRecord['section'], ResourceRecord[]> = { answer: [], additional: [], authority: [] }
  let [truncated, unpackable] = [false, false]
  for (const { section, template: source } of stanza.records) {
    const result = source.run(data)
    if ('unmodelled' in result) return unmodelled(t, result.unmodelled)
    const made = 'error' in result ? result.error : recordFrom(t.setup, result.text)
    if (typeof made === 'string') return { rcode: 'SERVFAIL', error: made, cause: { kind: 'failed', by: t.id, detail: made } }
    if (!made) {
      // A nil pointer: who looks at it panics, and no packet can be made of the message.
      if (section === 'additional' || (section === 'answer' && isAddress(query))) return panicked(t.id)
      unpackable = true
      continue
    }
    sections[section].push(made)
    if (section !== 'answer' || made.type !== 'CNAME' || !isAddress(query)) continue
    const found = yield* internalLookup(t.setup, query, made.data, query.type)
    if (found === 'loop') return { rcode: 'SERVFAIL', error: 'loop', cause: { kind: 'loop', by: t.id } }
    if (found === 'nothing') continue
    truncated = since(t.setup.version, 1, 9) && found.flags.includes('tc')
    sections.answer.push(...found.answer)
  }
  const reply = authoritativeReply(query, { ...sections, truncated, rcode, ...(cause && { cause }), ...extendedError(stanza), ...(unpackable && { unpackable }) })
  return { rcode, reply }
}

function unmodelledLabel(label: string): never {
  throw new TemplateUnmodelled(`the metadata label ${label} is not modelled`)
}

/** Extended DNS errors, RFC 8914. */
const EDE_OPTION = 15
const EDNS_BYTES = 4096

function extendedError({ extendedError: error }: Stanza): Pick<Reply, 'edns'> {
  if (!error) return {}
  const option = error.code.toString(16).padStart(4, '0') + hexOf(encodeText(error.text)).toLowerCase()
  return { edns: { sizeBytes: EDNS_BYTES, do: true, options: [[EDE_OPTION, option]] } }
}

function recordFrom({ model, version }: PluginSetup, text: string): ResourceRecord | string | undefined {
  const record = readRecord(text, { dialect: dialectOf(version), open: path => containerFile(model, path) })
  return typeof record === 'object' ? recordOf(record) : record
}

const isAddress = ({ type }: DnsQuery): boolean => type === 'A' || type === 'AAAA'

/** By number and by name; of two with one name the last. */
const groupsOf = ({ match, names }: Pick<Matched, 'match' | 'names'>): readonly (readonly [string, string])[] => [
  ...match.map((text, i) => [String(i), text] as const), ...match.flatMap((text, i) => (names[i] ? [[names[i], text] as const] : [])),
]

/** dns.TypeToString has no `TYPE65280`. */
const typeWords = (version: CorednsVersion) => (number: number): string => {
  const word = typeWord(typeName(number), version)
  return word.startsWith('TYPE') ? '' : word
}
/** Of what was asked; of the stanza where that is ANY. */
const wordOf = (asked: number, wanted: number, words: (number: number) => string): string => words(asked === ANY ? wanted : asked)
