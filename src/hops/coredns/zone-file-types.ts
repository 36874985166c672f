// The words for types and classes that miekg/dns knows (ztypes.go `StringToType`, msg.go `StringToClass`, v1.1.73), and its rules for texts: what a
// name, a TTL or a number is. Which words came later than CoreDNS 1.9: type-word.ts.
import { isAbsolute, isDomainName } from '../../dns/name.ts'
import { TYPE_NUMBERS, typeName } from '../../dns/wire-numbers-table.ts'

/** Words of the common table that miekg/dns has not. */
const UNKNOWN: ReadonlySet<string> = new Set(['WKS'])

const NUMBERS: ReadonlyMap<string, number> = new Map(TYPE_NUMBERS.map(number => [typeName(number), number] as const).filter(([word]) => !UNKNOWN.has(word)))
const WORDS: ReadonlyMap<number, string> = new Map([...NUMBERS].map(([word, number]) => [number, word]))

/** By its word only, upper case. */
export const goTypeNumber = (upper: string): number | undefined => NUMBERS.get(upper)
export const goTypeName = (number: number): string => WORDS.get(number) ?? `TYPE${number}`
/** dns.TypeToString: words for two types that are none, too. */
export const goTypeText = (number: number): string => (number === 0 ? 'None' : number === 65_535 ? 'Reserved' : goTypeName(number))

const CLASS_NUMBERS: ReadonlyMap<string, number> = new Map([['IN', 1], ['CS', 2], ['CH', 3], ['HS', 4], ['NONE', 254], ['ANY', 255]])
const CLASS_WORDS: ReadonlyMap<number, string> = new Map([...CLASS_NUMBERS].map(([word, number]) => [number, word]))

/** By its word only, upper case. */
export const goClassNumber = (upper: string): number | undefined => CLASS_NUMBERS.get(upper)
export const goClassName = (number: number): string => CLASS_WORDS.get(number) ?? ''

/** What differs between the releases of the library. */
export interface ZoneDialect {
  /** The longest word, bytes: 2048 up to v1.1.50. */
  readonly wordLimitBytes: number
  /** Up to v1.1.58: long strings are cut without a look at escapes, and a name may end in one. */
  readonly looseEscapes: boolean
  /** Up to v1.1.64: where a name is missing, the line end is taken for it. */
  readonly lineEndIsName: boolean
  /** Up to v1.1.66: an error in generic rdata does not tell the type. */
  readonly untypedOverflow: boolean
  /** Up to v1.1.69: a TTL wraps at 32 bits. */
  readonly ttlWraps: boolean
  /** Since v1.1.62: the word `ohttp` of SVCB. */
  readonly knowsOhttp: boolean
  /** Since v1.1.58: ISDN and NXT have a form of their own. */
  readonly hasIsdn: boolean
  /** Since v1.1.58: an error that holds another one is said without words. */
  readonly losesWords: boolean
  /** Words for types that are none yet. */
  readonly laterTypes: ReadonlySet<string>
  /** v1.1.49: a name may begin with a dot. */
  readonly leadingDot: boolean
  /** Up to v1.1.50: `as` in the error of every relative $INCLUDE, algorithms of RRSIG in numbers only. */
  readonly first: boolean
}

/** By its word in any letters. */
export function zoneTypeNumber(word: string, { laterTypes }: ZoneDialect): number | undefined {
  const upper = word.toUpperCase()
  return laterTypes.has(upper) ? undefined : goTypeNumber(upper)
}

/** Completed by the origin; undefined: no name. */
export function absoluteName(text: string, origin: string, dialect: ZoneDialect): string | undefined {
  if (text === '@') return origin === '' ? undefined : origin
  const judged = dialect.leadingDot && /^\.[^.]/.test(text) ? text.slice(1) : text
  if (!isDomainName(judged) || (!dialect.looseEscapes && endsInEscape(text)) || (!dialect.lineEndIsName && text === '\n')) return undefined
  if (isAbsolute(text)) return text
  return origin === '' ? undefined : origin === '.' ? `${text}.` : `${text}.${origin}`
}

/** Bytes that do not print (one character each, as the lexer has them) as escapes. */
export const escapedBytes = (text: string): string => text.replace(/[^ -~]/g, c => `\\${String(c.charCodeAt(0)).padStart(3, '0')}`)

const endsInEscape = (text: string): boolean => /(?:^|[^\\])(?:\\\\)*\\$/.test(text)

const UNIT_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const WRAP = 2 ** 32

/** Digits and units in any mixture: `1h30` is 3630, `h` is 0. Up to v1.1.69 it wraps at 32 bits. */
export function zoneTtl(text: string, wraps: boolean): number | undefined {
  const held = (value: number): number => (wraps ? value % WRAP : value)
  let total = 0
  let digits = 0
  for (const c of text) {
    const unit = UNIT_S[c.toLowerCase()]
    if (c >= '0' && c <= '9') digits = held(digits * 10 + Number(c))
    else if (unit === undefined) return undefined
    else {
      total = held(total + digits * unit)
      digits = 0
    }
  }
  const ttlS = held(total + digits)
  return ttlS < WRAP ? ttlS : undefined
}

/** strconv.ParseUint in base 10. */
export function unsigned(text: string, bits: number): number | undefined {
  if (!/^\d{1,64}$/.test(text)) return undefined
  const value = Number(text)
  return value < 2 ** bits ? value : undefined
}

/** strconv.ParseInt in base 10, as far as numbers are exact here. */
export function signed(text: string): number | undefined {
  if (!/^[+-]?\d{1,64}$/.test(text)) return undefined
  const value = Number(text)
  return Math.abs(value) < 2 ** 63 ? value : undefined
}
