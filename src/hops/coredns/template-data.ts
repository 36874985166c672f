// What a template of CoreDNS's `template` sees as its data (templateData of plugin/template/template.go, 1.9.3 to 1.15.0), and its own function.
// Not modelled: of the message its id, which nobody knows, its text, and its OPT beyond size, version and DO (a use of these is said).
import type { DnsQuery } from '../../dns/message.ts'
import { queryBytes } from '../../dns/size.ts'
import { classNumber, opcodeNumber, typeNumber } from '../../dns/wire-numbers-table.ts'
import { goQuote } from './go-quote.ts'
import { TemplateUnmodelled } from './go-template-fault.ts'
import { goBool, GoError, goInt, goString, goStringMap, goStrings, goUint, type GoMethod, type GoStruct, type GoValue } from './go-value.ts'

export interface TemplateData {
  readonly zone: string
  readonly name: string
  readonly regex: string
  readonly match: readonly string[]
  readonly group: readonly (readonly [string, string])[]
  readonly class: string
  readonly type: string
  readonly query: DnsQuery
  /** Absent: nobody knows who asks. */
  readonly remote: string | undefined
  readonly metadata: (label: string) => string | undefined
  /** `var` of 1.15.0; absent: a release without. */
  readonly variables?: ReadonlyMap<string, GoValue>
}

export function templateData(data: TemplateData): GoValue {
  const question = questionOf(data.query)
  const fields = new Map<string, () => GoValue>([
    ['Zone', () => goString(data.zone)], ['Name', () => goString(data.name)], ['Regex', () => goString(data.regex)], ['Match', () => goStrings(data.match)],
    ['Group', () => goStringMap(data.group)], ['Class', () => goString(data.class)], ['Type', () => goString(data.type)],
    ['Message', () => ({ kind: 'pointer', to: messageOf(data.query, question) })], ['Question', () => ({ kind: 'pointer', to: question })],
    ['Remote', () => goString(data.remote ?? unknownAsker())],
  ])
  const { variables } = data
  if (variables) fields.set('Var', () => ({ kind: 'map', type: 'map[string]interface {}', entries: variables, empty: undefined }))
  const Meta: GoMethod = { parameters: ['string'], call: ([label]) => goString(data.metadata(label?.kind === 'string' ? label.value : '') ?? '') }
  return { kind: 'pointer', to: structOf('template.templateData', fields, { methods: new Map([['Meta', Meta]]), hidden: new Set(['md']) }) }
}

function unknownAsker(): never {
  throw new TemplateUnmodelled('.Remote of a template: who asks is not known')
}

const structOf = (type: string, fields: ReadonlyMap<string, () => GoValue>, more: Partial<GoStruct> = {}): GoStruct =>
  ({ kind: 'struct', type, field: name => fields.get(name)?.(), ...more })

function questionOf(query: DnsQuery): GoStruct {
  const dnsClass = query.class ?? 'IN'
  const fields = new Map<string, () => GoValue>([
    ['Name', () => goString(query.name)], ['Qtype', () => goUint(typeNumber(query.type) ?? 0, 'uint16')], ['Qclass', () => goUint(classNumber(dnsClass) ?? 1, 'uint16')],
  ])
  const text = (): string => `;${query.name}\t${dnsClass === 'ANY' ? 'CLASS255' : dnsClass}\t ${query.type}`
  const plain = (): string => `{${query.name} ${typeNumber(query.type) ?? 0} ${classNumber(dnsClass) ?? 1}}`
  return structOf('dns.Question', fields, { text, plain, methods: new Map([['String', { parameters: [], call: () => goString(text()) }]]) })
}

/** Fields and methods of dns.Msg and dns.MsgHdr that are not worked out. */
const OTHER = new Set(['Id', 'MsgHdr', 'IsTsig', 'String', 'Copy', 'Pack', 'SetReply', 'SetQuestion', 'SetRcode', 'SetEdns0'])

const getter = (get: () => GoValue): GoMethod => ({ parameters: [], call: get })

function optOf({ edns }: DnsQuery): GoValue {
  if (!edns) return { kind: 'nil' }
  const methods = new Map([
    ['Do', getter(() => goBool(edns.do === true))], ['UDPSize', getter(() => goUint(edns.sizeBytes, 'uint16'))],
    ['Version', getter(() => goUint(edns.version ?? 0, 'uint8'))],
  ])
  const field = (name: string): never => {
    throw new TemplateUnmodelled(`.${name} of an OPT record in a template is not modelled`)
  }
  return { kind: 'pointer', to: { kind: 'struct', type: 'dns.OPT', field, methods } }
}

const records = (): GoValue => ({ kind: 'slice', type: '[]dns.RR', items: [] })

function unmodelledField(name: string): never {
  throw new TemplateUnmodelled(`.Message.${name} of a template is not modelled`)
}

function messageOf(query: DnsQuery, question: GoStruct): GoStruct {
  const flags: readonly (readonly [string, boolean])[] = [
    ['Response', false], ['Authoritative', false], ['Truncated', false], ['RecursionDesired', query.rd === true], ['RecursionAvailable', false],
    ['Zero', false], ['AuthenticatedData', query.ad === true], ['CheckingDisabled', query.cd === true], ['Compress', false],
  ]
  const fields = new Map<string, () => GoValue>([
    ...flags.map(([name, value]) => [name, () => goBool(value)] as const),
    ['Opcode', () => goInt(opcodeNumber(query.opcode ?? 'QUERY') ?? 0)], ['Rcode', () => goInt(0)],
    ['Question', () => ({ kind: 'slice', type: '[]dns.Question', items: [question] })],
    ...['Answer', 'Ns'].map(name => [name, records] as const),
    ['Extra', () => (query.edns ? unmodelledField('Extra') : records())],
  ])
  const methods = new Map([['Len', getter(() => goInt(queryBytes(query.name, query.edns)))], ['IsEdns0', getter(() => optOf(query))]])
  const field = (name: string): GoValue | undefined => {
    if (OTHER.has(name)) unmodelledField(name)
    return fields.get(name)?.()
  }
  return { kind: 'struct', type: 'dns.Msg', field, methods }
}

/** `parseInt`, which is strconv.ParseUint; since 1.10.0. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, GoMethod> = new Map([['parseInt', {
  parameters: ['string', 'int', 'int'],
  call: ([text, base, bits]) => goUint(parseUint(text?.kind === 'string' ? text.value : '', base?.kind === 'int' ? base.value : 0n, bits?.kind === 'int' ? bits.value : 0n)),
}]])

/** Underscores between digits, and one behind a prefix. */
const PARTED = /^[0-9a-zA-Z](?:_?[0-9a-zA-Z])*$/
const PARTED_AFTER_PREFIX = /^_?[0-9a-zA-Z](?:_?[0-9a-zA-Z])*$/

function parseUint(text: string, base: bigint, bits: bigint): bigint {
  const fault = (what: string): GoError => new GoError(`strconv.ParseUint: parsing ${goQuote(text)}: ${what}`)
  if (text === '') throw fault('invalid syntax')
  const prefix = base === 0n && text.length > 1 ? /^0([xXbBoO]?)/.exec(text) : null
  const radix = base !== 0n ? base : !prefix ? 10n : { x: 16n, b: 2n, o: 8n }[(prefix[1] as string).toLowerCase()] ?? 8n
  if (radix < 2n || radix > 36n) throw fault(`invalid base ${base}`)
  if (bits < 0n || bits > 64n) throw fault(`invalid bit size ${bits}`)
  const digits = prefix ? text.slice(prefix[0].length) : text
  const plain = base === 0n ? digits.replaceAll('_', '') : digits
  const most = 2n ** (bits === 0n ? 64n : bits) - 1n
  let value = 0n
  for (const c of plain) {
    const digit = /[0-9a-zA-Z]/.test(c) ? BigInt(Number.parseInt(c, 36)) : radix
    if (digit >= radix) throw fault('invalid syntax')
    value = value * radix + digit
    if (value > most) throw fault('value out of range')
  }
  if (plain === '' || (base === 0n && digits !== plain && !(prefix ? PARTED_AFTER_PREFIX : PARTED).test(digits))) throw fault('invalid syntax')
  return value
}
