// `rewrite edns0 …`: plugin/rewrite/edns0.go and wire.go. Every rule puts an OPT of 4096 into a query that has none, whether it applies or not.
// `revert` since 1.11.4, `unset` since 1.12.3. `{client_port}` is 0 here.
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import type { DnsQuery, Edns } from '../../dns/message.ts'
import { addressBytes } from '../../dns/presentation-address.ts'
import { hexOf } from '../../dns/presentation-bytes.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import { typeNumber } from '../../dns/wire-numbers-table.ts'
import { isFault } from './go-number.ts'
import { goQuote, unicodeName } from './go-quote.ts'
import { parseUintAny } from './go-uint.ts'
import { isLabel } from './metadata-label.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { ignored, type Applied, type Around, type ResponseRule, type Rule, type RuleReader } from './rewrite-rule.ts'
import { RuleRefused } from './rewrite-text.ts'

const ADDED_BYTES = 4096
/** As options are written in a query. */
const lowHex = (bytes: Uint8Array): string => hexOf(bytes).toLowerCase()

const NSID = 3
const SUBNET = 8
/** Codes that miekg/dns has a form of its own for: read from a packet they are no options of `local`. */
const KNOWN_CODES: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15])
/** Since 1.14.0 (miekg/dns v1.1.69). */
const KNOWN_LATER: ReadonlySet<number> = new Set([18, 19])

type Option = readonly [code: number, hex: string]
type Action = 'set' | 'append' | 'replace' | 'unset'

export const edns0Rule: RuleReader = (args, version) => {
  if (args.length < 2) throw new RuleRefused('too few arguments for an EDNS0 rule')
  const [kind, action] = args.map(word => word.toLowerCase()) as [string, string]
  const unsets = since(version, 1, 12, 3)
  if (action === 'unset' && unsets) return unsetRule(kind, args)
  if (action !== 'append' && action !== 'replace' && action !== 'set') throw new RuleRefused(`invalid action: ${goQuote(action)}`)
  const canRevert = since(version, 1, 11, 4)
  const revert = canRevert && args.at(-1) === 'revert'
  const words = revert ? args.slice(0, -1) : args
  const three = canRevert ? 'three or four' : 'exactly three'
  switch (kind) {
    case 'local':
      if (words.length !== 4) throw new RuleRefused(`EDNS0 local rules require ${three} args`)
      return localRule(action, words[2] as string, words[3] as string, { revert, version })
    case 'nsid':
      if (words.length !== 2) throw new RuleRefused(canRevert ? 'EDNS0 NSID rules can accept no more than one arg' : 'EDNS0 NSID rules do not accept args')
      return (query, around) => put(withOpt(query), { action, revert, code: NSID, hex: '', isSame: ([code]) => code === NSID, keepsOther: false, isLocal: false }, around.local)
    case 'subnet':
      if (words.length !== 4) throw new RuleRefused(`EDNS0 subnet rules require ${three} args`)
      return subnetRule(action, words[2] as string, words[3] as string, revert)
    default: throw new RuleRefused(`invalid rule type ${goQuote(kind)}`)
  }
}

const UNSET_TEXTS: Readonly<Record<string, readonly [number, string]>> = {
  local: [3, 'local unset action requires exactly two arguments'], nsid: [2, 'nsid unset action requires exactly one argument'],
  subnet: [2, 'subnet unset action requires exactly one argument'],
}

function unsetRule(kind: string, args: readonly string[]): Rule['apply'] {
  const rule = Object.hasOwn(UNSET_TEXTS, kind) ? UNSET_TEXTS[kind] : undefined
  if (!rule) throw new RuleRefused(`invalid rule type ${goQuote(kind)}`)
  if (args.length !== rule[0]) throw new RuleRefused(rule[1])
  const code = kind === 'local' ? number(args[2] as string) : kind === 'nsid' ? NSID : SUBNET
  return query => {
    const changed = withOpt(query)
    return { query: withOptions(changed, optionsOf(changed).filter(([each]) => each !== code)), done: true, responses: [] }
  }
}

function number(word: string): number {
  const parsed = parseUintAny(word, 16)
  if (isFault(parsed)) throw new RuleRefused(parsed.fault)
  return parsed.value
}

const VARIABLES = new Set(['{qname}', '{qtype}', '{client_ip}', '{client_port}', '{protocol}', '{server_ip}', '{server_port}'])

function localRule(action: Action, codeWord: string, data: string, { revert, version }: { readonly revert: boolean; readonly version: CorednsVersion }): Rule['apply'] {
  const isVariable = data.startsWith('{') && data.endsWith('}')
  const code = number(codeWord)
  const isKnown = KNOWN_CODES.has(code) || (KNOWN_LATER.has(code) && since(version, 1, 14))
  const isSame = ([each]: Option): boolean => each === code && !isKnown
  if (!isVariable) {
    const hex = data.startsWith('0x') ? hexData(data.slice(2)) : lowHex(encodeText(data))
    return (query, around) => put(withOpt(query), { action, revert, code, hex, isSame, keepsOther: false, isLocal: true }, around.local)
  }
  if (!VARIABLES.has(data) && !isLabel(data.slice(1, -1))) throw new RuleRefused(`unsupported variable name ${goQuote(data)}`)
  return (query, around) => {
    const hex = variableHex(data, query, around)
    return hex === undefined ? ignored(query) : put(withOpt(query), { action, revert, code, hex, isSame, keepsOther: true, isLocal: true }, around.local)
  }
}

function hexData(text: string): string {
  const odd = /[^0-9a-fA-F]/u.exec(text)?.[0]
  if (odd !== undefined) throw new RuleRefused(`encoding/hex: invalid byte: ${unicodeName(firstByte(odd))}`)
  if (text.length % 2 === 1) throw new RuleRefused('encoding/hex: odd length hex string')
  return text.toLowerCase()
}

/** Go looks at bytes. */
const firstByte = (char: string): string => String.fromCharCode(encodeText(char)[0] as number)

function variableHex(variable: string, query: DnsQuery, around: Around): string | undefined {
  switch (variable) {
    case '{qname}': return lowHex(encodeText(query.name))
    case '{qtype}': return (typeNumber(query.type) ?? 0).toString(16).padStart(4, '0')
    case '{client_ip}': return addressHex(query.client ?? '')
    // In the client's family, or not at all.
    case '{server_ip}': return around.localAddress.includes(':') === (query.client?.includes(':') === true) ? addressHex(around.localAddress) : undefined
    case '{client_port}': return '0000'
    case '{server_port}': return '0035'
    case '{protocol}': return lowHex(encodeText(query.transport))
    default: {
      const value = around.metadata(variable.slice(1, -1))
      return value === undefined || value === '' ? undefined : lowHex(encodeText(value))
    }
  }
}

function addressHex(text: string): string | undefined {
  const bytes = bytesOf(text)
  return bytes && lowHex(bytes)
}

function bytesOf(text: string): Uint8Array | undefined {
  const address = parseAddress(withoutZone(text))
  return address && addressBytes(address.text)
}

function subnetRule(action: Action, bits4: string, bits6: string, revert: boolean): Rule['apply'] {
  const [v4, v6] = [number(bits4), number(bits6)]
  if (v4 > 32) throw new RuleRefused(`invalid IPv4 bit mask length ${v4}`)
  if (v6 > 128) throw new RuleRefused(`invalid IPv6 bit mask length ${v6}`)
  return (query, around) => {
    const bytes = bytesOf(query.client ?? '0.0.0.0')
    const bits = bytes?.length === 16 ? v6 : v4
    const hex = bytes && `${bytes.length === 16 ? '0002' : '0001'}${bits.toString(16).padStart(2, '0')}00${lowHex(masked(bytes, bits))}`
    const opened = withOpt(query)
    return hex === undefined ? ignored(opened) : put(opened, { action, revert, code: SUBNET, hex, isSame: ([code]) => code === SUBNET, keepsOther: true, isLocal: false }, around.local)
  }
}

const masked = (bytes: Uint8Array, bits: number): Uint8Array =>
  bytes.slice(0, Math.ceil(bits / 8)).map((byte, i) => ((i + 1) * 8 <= bits ? byte : byte & (0xff << ((i + 1) * 8 - bits))))

interface Put {
  readonly action: Action
  readonly revert: boolean
  readonly code: number
  readonly hex: string
  /** Of an option that came in the packet. */
  readonly isSame: (option: Option) => boolean
  /** `append` to a query that has the option does nothing. */
  readonly keepsOther: boolean
  /** Of the others, an option read from a packet does not know its code, and nothing is found to be what it was. */
  readonly isLocal: boolean
}

function put(query: DnsQuery, p: Put, local: Around['local']): Applied {
  const options = optionsOf(query)
  const at = options.findIndex(each => (local.has(each) ? p.isLocal && each[0] === p.code : p.isSame(each)))
  const own: Option = [p.code, p.hex]
  if (p.isLocal) local.add(own)
  const response = (hex: string | undefined): readonly ResponseRule[] =>
    (p.revert ? [{ kind: 'edns0', code: hex === undefined || p.isLocal ? p.code : 0, hex }] : [])
  if (at >= 0 && p.action !== 'append') {
    const responses = response((options[at] as Option)[1])
    return { query: withOptions(query, options.with(at, own)), done: true, responses }
  }
  if (p.action === 'replace' || (at >= 0 && p.keepsOther)) return ignored(query)
  return { query: withOptions(query, [...options, own]), done: true, responses: response(undefined) }
}

const withOpt = (query: DnsQuery): DnsQuery => (query.edns ? query : { ...query, edns: { sizeBytes: ADDED_BYTES } })
const optionsOf = (query: DnsQuery): readonly Option[] => query.edns?.options ?? []

function withOptions(query: DnsQuery, options: readonly Option[]): DnsQuery {
  return query.edns ? { ...query, edns: ednsWith(query.edns, options) } : query
}

export function ednsWith(edns: Edns, options: readonly Option[]): Edns {
  const { options: _, ...rest } = edns
  return options.length > 0 ? { ...rest, options } : rest
}
