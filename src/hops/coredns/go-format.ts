// Package fmt of Go, for the values of templates: Print, Println and Printf with their verbs, flags, widths and complaints.
// Not modelled: argument indexes (`%[1]d`), `%#v`, verbs of structs.
import { encodeText } from '../../dns/presentation-escape.ts'
import { compareGo } from './go-bytes.ts'
import { floatDigits } from './go-format-float.ts'
import { goQuote, goQuoteChar, unicodeName } from './go-quote.ts'
import { TemplateUnmodelled } from './go-template-fault.ts'
import { typeOf, type GoValue } from './go-value.ts'

type Argument = GoValue | undefined

interface Spec {
  readonly verb: string
  readonly flags: ReadonlySet<string>
  readonly width: number | undefined
  readonly precision: number | undefined
  /** A value that the verb does not fit is shown with the flags as they are. */
  readonly isWrong?: boolean
}

/** A width or precision beyond it is refused by Go. */
const TOO_LARGE = 1_000_000
/** The bound of a field: memory is bounded here. */
const MAX_WIDTH = 10_000

const plainSpec = (verb: string): Spec => ({ verb, flags: new Set(), width: undefined, precision: undefined })

/** `%v`. */
export const goText = (value: Argument): string => formatted(value, plainSpec('v'))

/** fmt.Sprint: a space between two that are no strings. */
export const goPrint = (values: readonly Argument[]): string =>
  values.map((value, i) => (i > 0 && value?.kind !== 'string' && values[i - 1]?.kind !== 'string' ? ' ' : '') + goText(value)).join('')

export const goPrintln = (values: readonly Argument[]): string => `${values.map(goText).join(' ')}\n`

export function goPrintf(format: string, values: readonly Argument[]): string {
  let [out, used] = ['', 0]
  // A point at the very end is a verb.
  const form = /%([+\-# 0]*)(\*|\d+)?(?:\.(?=[^])(\*|\d*))?(\[)?([^])?/gu
  let from = 0
  for (let found = form.exec(format); found; found = form.exec(format)) {
    out += format.slice(from, found.index)
    from = form.lastIndex
    const [, flags = '', widthText, precisionText, index, verb] = found
    if (index !== undefined) throw new TemplateUnmodelled('argument indexes of printf are not modelled')
    const star = (text: string | undefined, bad: string): number | undefined => {
      if (text !== '*') return text === undefined ? undefined : Number(text)
      const value = values[used++]
      if ((value?.kind === 'int' || value?.kind === 'uint') && value.value <= TOO_LARGE && value.value >= -TOO_LARGE) return Number(value.value)
      out += bad
      return undefined
    }
    let width = star(widthText, '%!(BADWIDTH)')
    let precision = star(precisionText, '%!(BADPREC)')
    if (precision !== undefined && precision < 0) {
      out += '%!(BADPREC)'
      precision = undefined
    }
    const all = new Set(flags)
    if (width !== undefined && width < 0) {
      all.add('-')
      width = -width
    }
    if (verb === undefined) {
      out += '%!(NOVERB)'
      break
    }
    if (verb === '%') out += '%'
    else if (used >= values.length) out += `%!${verb}(MISSING)`
    else out += formatted(values[used++], { verb, flags: all, width: bounded(width), precision: bounded(precision) })
  }
  out += format.slice(from)
  if (used >= values.length) return out
  return `${out}%!(EXTRA ${values.slice(used).map(v => (v === undefined || v.kind === 'nil' ? '<nil>' : `${typeOf(v)}=${goText(v)}`)).join(', ')})`
}

function bounded(width: number | undefined): number | undefined {
  if (width !== undefined && width > MAX_WIDTH) throw new TemplateUnmodelled('so wide a field of printf is not modelled')
  return width
}

function formatted(value: Argument, spec: Spec): string {
  const { verb } = spec
  if (verb === 'v' && spec.flags.has('#') && !spec.isWrong) throw new TemplateUnmodelled('%#v is not modelled')
  // %+v is about the fields of structs.
  if (verb === 'v' && spec.flags.has('+') && !spec.isWrong) return formatted(value, { ...spec, flags: new Set([...spec.flags].filter(flag => flag !== '+')) })
  if (value === undefined || value.kind === 'nil') return verb === 'v' || verb === 'T' ? padded('<nil>', spec, true) : `%!${verb}(<nil>)`
  if (verb === 'T') return padded(cut(typeOf(value), spec), spec, true)
  switch (value.kind) {
    case 'bool': return verb === 't' || verb === 'v' ? padded(String(value.value), spec, true) : wrongVerb(value, spec)
    case 'string': return stringText(value.value, spec) ?? wrongVerb(value, spec)
    case 'int': case 'uint': return integerText(value.value, spec) ?? wrongVerb(value, spec)
    case 'float': return floatText(value.value, spec) ?? wrongVerb(value, spec)
    // The String method of an element belongs to a pointer to it.
    case 'slice': return `[${value.items.map(item => (item.kind === 'struct' && item.plain ? item.plain() : formatted(item, spec))).join(' ')}]`
    case 'map': return `map[${sortedKeys(value.entries).map(key => `${formatted({ kind: 'string', value: key }, spec)}:${formatted(value.entries.get(key), spec)}`).join(' ')}]`
    default: {
      const own = (value.kind === 'pointer' ? value.to : value).text
      const text = own && stringText(own(), spec)
      if (text === undefined) throw new TemplateUnmodelled(`printing a ${typeOf(value)} is not modelled`)
      return text
    }
  }
}

/** In the order of their bytes, as fmt sorts them. */
export const sortedKeys = (entries: ReadonlyMap<string, GoValue>): readonly string[] => [...entries.keys()].sort(compareGo)

const wrongVerb = (value: GoValue, spec: Spec): string => `%!${spec.verb}(${typeOf(value)}=${formatted(value, { ...spec, verb: 'v', isWrong: true })})`

function padded(text: string, spec: Spec, zeroes = false): string {
  const missing = (spec.width ?? 0) - Array.from(text).length
  if (missing <= 0) return text
  if (spec.flags.has('-')) return text + ' '.repeat(missing)
  return (zeroes && spec.flags.has('0') ? '0' : ' ').repeat(missing) + text
}

const cut = (text: string, spec: Spec): string => (spec.precision === undefined ? text : Array.from(text).slice(0, spec.precision).join(''))

function stringText(text: string, spec: Spec): string | undefined {
  switch (spec.verb) {
    case 'v': case 's': return padded(cut(text, spec), spec, true)
    case 'q': {
      const shown = cut(text, spec)
      return padded(spec.flags.has('#') && !/[`\x00-\x08\x0a-\x1f\x7f]/.test(shown) ? `\`${shown}\`` : goQuote(shown, spec.flags.has('+')), spec, true)
    }
    case 'x': case 'X': {
      const bytes = [...encodeText(text)].slice(0, spec.precision ?? Infinity)
      const prefix = spec.flags.has('#') ? `0${spec.verb}` : ''
      const hex = bytes.map(b => b.toString(16).padStart(2, '0')).map(b => (spec.verb === 'X' ? b.toUpperCase() : b))
      const spaced = spec.flags.has(' ')
      return padded(bytes.length === 0 ? '' : (spaced ? '' : prefix) + hex.map(b => (spaced ? prefix + b : b)).join(spaced ? ' ' : ''), spec, true)
    }
    default: return undefined
  }
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }
const MAX_CODE = 0x10ffffn

function integerText(value: bigint, spec: Spec): string | undefined {
  const { verb, flags } = spec
  const code = value >= 0n && value <= MAX_CODE && !(value >= 0xd800n && value <= 0xdfffn) ? Number(value) : 0xfffd
  if (verb === 'c') return padded(String.fromCodePoint(code), spec, true)
  if (verb === 'q') return padded(goQuoteChar(code, flags.has('+')), spec, true)
  if (verb === 'U') return padded(unicodeText(value, spec), spec)
  const base = Object.hasOwn(BASES, verb) ? BASES[verb] : undefined
  if (base === undefined) return undefined
  const sign = value < 0n ? '-' : flags.has('+') ? '+' : flags.has(' ') ? ' ' : ''
  let digits = (value < 0n ? -value : value).toString(base)
  if (verb === 'X') digits = digits.toUpperCase()
  // A precision, or a width with zeroes, counts digits.
  if (spec.precision === 0 && value === 0n) return padded('', spec)
  const least = spec.precision ?? (flags.has('0') && !flags.has('-') && spec.width !== undefined ? spec.width - sign.length : 0)
  digits = digits.padStart(least, '0')
  const octal = flags.has('#') && base === 8 && !digits.startsWith('0') ? '0' : ''
  const prefix = verb === 'O' ? '0o' : !flags.has('#') ? '' : base === 16 ? `0${verb}` : base === 2 ? '0b' : ''
  return padded(sign + prefix + octal + digits, spec)
}

const WORD_BITS = 64

function unicodeText(value: bigint, { flags, precision }: Spec): string {
  const unsigned = BigInt.asUintN(WORD_BITS, value)
  const name = `U+${unsigned.toString(16).toUpperCase().padStart(Math.max(4, precision ?? 0), '0')}`
  if (!flags.has('#') || unsigned > MAX_CODE) return name
  const shown = unicodeName(String.fromCodePoint(Number(unsigned)))
  return shown.includes(' ') ? `${name} ${shown.slice(shown.indexOf(' ') + 1)}` : name
}

function floatText(value: number, spec: Spec): string | undefined {
  const { flags } = spec
  if (!Number.isFinite(value)) {
    if (!/^[vgGeEfFbxX]$/.test(spec.verb)) return undefined
    const sign = flags.has('+') ? '+' : flags.has(' ') ? ' ' : undefined
    return padded(Number.isNaN(value) ? `${sign ?? ''}NaN` : value < 0 ? '-Inf' : `${sign ?? '+'}Inf`, spec)
  }
  const text = floatDigits(value, spec)
  if (text === undefined) return undefined
  const shown = text.startsWith('-') ? text : flags.has('+') ? `+${text}` : flags.has(' ') ? ` ${text}` : text
  if (!flags.has('0') || flags.has('-')) return padded(shown, spec)
  const [, sign = '', digits = ''] = /^([+\- ]?)(.*)$/.exec(shown) ?? []
  return sign + digits.padStart((spec.width ?? 0) - sign.length, '0')
}
