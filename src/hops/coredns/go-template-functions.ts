// The functions of Go templates (text/template/funcs.go, Go 1.20 to 1.26); `and`, `or` and `call` are in go-template-run.ts.
import { encodeText } from '../../dns/presentation-escape.ts'
import { compareGo } from './go-bytes.ts'
import { goPrint, goPrintf, goPrintln, goText } from './go-format.ts'
import { goBool, GoError, goInt, goString, goUint, indirect, isTrue, stringLength, typeOf, type GoMethod, type GoValue } from './go-value.ts'

type Argument = GoValue | undefined

/** Pointers are followed; what has no value says so. */
const shownText = (args: readonly Argument[]): string => goPrint(args.map(arg => (isNothing(arg) ? goString('<no value>') : indirect(arg))))

export function templateFunctions(minor: number): ReadonlyMap<string, GoMethod> {
  const compare = (test: (a: Argument, b: Argument) => boolean): GoMethod => ({ parameters: ['value', 'value'], call: ([a, b]) => goBool(test(a, b)) })
  const texts = (make: (args: readonly Argument[]) => string): GoMethod => ({ parameters: ['any'], isVariadic: true, call: args => goString(make(args)) })
  const lt = (a: Argument, b: Argument): boolean => isLess(a, b, minor)
  const eq = (a: Argument, ...others: readonly Argument[]): boolean => isEqual(a, others, minor)
  const le = (a: Argument, b: Argument): boolean => lt(a, b) || eq(a, b)
  return new Map<string, GoMethod>([
    ['html', texts(args => shownText(args).replace(/[\0"'&<>]/g, c => HTML[c] as string))],
    ['js', texts(args => jsText(shownText(args)))],
    ['urlquery', texts(args => queryText(shownText(args)))],
    ['print', texts(goPrint)],
    ['println', texts(goPrintln)],
    ['printf', { parameters: ['string', 'any'], isVariadic: true, call: ([format, ...args]) => goString(goPrintf(format?.kind === 'string' ? format.value : '', args)) }],
    ['len', { parameters: ['value'], call: ([item]) => goInt(lengthOf(item)) }],
    ['index', { parameters: ['value', 'value'], isVariadic: true, call: ([item, ...at]) => at.reduce<GoValue>(indexed, checked(item, 'index')) }],
    ['slice', { parameters: ['value', 'value'], isVariadic: true, call: ([item, ...at]) => sliced(item, at, minor) }],
    ['not', { parameters: ['value'], call: ([value]) => goBool(!isTrue(value)) }],
    ['eq', { parameters: ['value', 'value'], isVariadic: true, call: ([first, ...others]) => goBool(eq(first, ...others)) }],
    ['ne', compare((a, b) => !eq(a, b))],
    ['lt', compare(lt)],
    ['le', compare(le)],
    ['gt', compare((a, b) => !le(a, b))],
    ['ge', compare((a, b) => !lt(a, b))],
  ])
}

const HTML: Readonly<Record<string, string>> = { '\0': '\ufffd', '"': '&#34;', '\'': '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const JS: Readonly<Record<string, string>> = { '\\': '\\\\', '\'': '\\\'', '"': '\\"', '<': '\\u003C', '>': '\\u003E', '&': '\\u0026', '=': '\\u003D' }

function jsText(text: string): string {
  return Array.from(text, c => {
    const short = Object.hasOwn(JS, c) ? JS[c] : undefined
    if (short !== undefined) return short
    const code = c.codePointAt(0) as number
    const hex = code.toString(16).toUpperCase().padStart(4, '0')
    return code < 0x20 || (code >= 0x80 && !/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(c)) ? `\\u${hex}` : c
  }).join('')
}

const queryText = (text: string): string =>
  Array.from(encodeText(text), b => {
    const c = String.fromCharCode(b)
    return /[0-9A-Za-z_.~-]/.test(c) ? c : c === ' ' ? '+' : `%${b.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')

function lengthOf(item: Argument): number {
  const value = indirect(item)
  switch (value?.kind) {
    case 'string': return stringLength(value.value)
    case 'slice': return value.items.length
    case 'map': return value.entries.size
    // reflect panics: a zero Value has no type.
    case undefined: throw new GoError('reflect: call of reflect.Value.Type on zero Value')
    case 'nil': throw new GoError('len of nil pointer')
    default: throw new GoError(`len of type ${typeOf(value as GoValue)}`)
  }
}

function checked(item: Argument, what: string): GoValue {
  if (item === undefined || item.kind === 'nil') throw new GoError(`${what} of untyped nil`)
  return item
}

function indexArgument(at: Argument, most: number): number {
  if (at === undefined || at.kind === 'nil') throw new GoError('cannot index slice/array with nil')
  if (at.kind !== 'int' && at.kind !== 'uint') throw new GoError(`cannot index slice/array with type ${typeOf(at)}`)
  if (at.value < 0n || at.value > BigInt(most)) throw new GoError(`index out of range: ${at.value}`)
  return Number(at.value)
}

function indexed(item: Argument, at: Argument): GoValue {
  const value = indirect(item)
  switch (value?.kind) {
    case 'slice': return value.items[indexArgument(at, value.items.length)] ?? outOfRange('slice')
    case 'string': {
      const byte = encodeText(value.value)[indexArgument(at, stringLength(value.value))]
      return byte === undefined ? outOfRange('string') : goUint(byte, 'uint8')
    }
    case 'map': {
      if (at === undefined || at.kind === 'nil') throw new GoError('value is nil; should be of type string')
      if (at.kind !== 'string') throw new GoError(`value has type ${typeOf(at)}; should be string`)
      return value.entries.get(at.value) ?? value.empty ?? { kind: 'nil' }
    }
    case undefined: case 'nil': throw new GoError('index of nil pointer')
    default: throw new GoError(`can't index item of type ${typeOf(value as GoValue)}`)
  }
}

function outOfRange(what: string): never {
  throw new GoError(`reflect: ${what} index out of range`)
}

function sliced(given: Argument, at: readonly Argument[], minor: number): GoValue {
  const whole = checked(given, 'slice')
  const item = minor >= 26 ? indirect(whole) as GoValue : whole
  if (at.length > 3) throw new GoError(`too many slice indexes: ${at.length}`)
  if (item.kind === 'string' && at.length === 3) throw new GoError('cannot 3-index slice a string')
  if (item.kind !== 'string' && item.kind !== 'slice') throw new GoError(`can't slice item of type ${typeOf(item)}`)
  const bytes = item.kind === 'string' ? encodeText(item.value) : undefined
  const length = item.kind === 'slice' ? item.items.length : (bytes as Uint8Array).length
  const places = [0, length, length]
  for (const [i, index] of at.entries()) places[i] = indexArgument(index, length)
  const [from, to, cap] = places as [number, number, number]
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`)
  if (at.length === 3 && to > cap) throw new GoError(`invalid slice index: ${to} > ${cap}`)
  if (item.kind === 'slice') return { ...item, items: item.items.slice(from, to) }
  return goString(new TextDecoder().decode((bytes as Uint8Array).slice(from, to)))
}

type Basic = 'bool' | 'int' | 'uint' | 'float' | 'string' | undefined
const basicKind = (value: Argument): Basic =>
  (value && (value.kind === 'bool' || value.kind === 'int' || value.kind === 'uint' || value.kind === 'float' || value.kind === 'string') ? value.kind : undefined)

/** Whole numbers compare whatever their signs. */
const areWhole = (a: Argument, b: Argument): boolean =>
  (a?.kind === 'int' && b?.kind === 'uint') || (a?.kind === 'uint' && b?.kind === 'int')

const isNothing = (value: Argument): boolean => value === undefined || value.kind === 'nil'

const incompatible = (a: Argument, b: Argument, minor: number): GoError =>
  new GoError(`incompatible types for comparison${minor >= 25 && a && b ? `: ${typeOf(a)} and ${typeOf(b)}` : ''}`)

function isEqual(first: Argument, others: readonly Argument[], minor: number): boolean {
  if (others.length === 0) throw new GoError('missing argument for comparison')
  return others.some(other => {
    const [a, b] = [basicKind(first), basicKind(other)]
    if (a !== b) {
      if (areWhole(first, other)) return valueOf(first) === valueOf(other)
      if (!isNothing(first) && !isNothing(other)) throw incompatible(first, other, minor)
      return false
    }
    if (a !== undefined) return valueOf(first) === valueOf(other)
    return isSameThing(first, other)
  })
}

function isSameThing(first: Argument, other: Argument): boolean {
  if (isNothing(first) || isNothing(other)) return isNothing(first) && isNothing(other)
  const [a, b] = [first as GoValue, other as GoValue]
  if (a.kind !== b.kind) throw new GoError(`non-comparable types ${goText(a)}: ${typeOf(a)}, ${typeOf(b)}: ${goText(b)}`)
  if (b.kind === 'slice' || b.kind === 'map') throw new GoError(`non-comparable type ${goText(b)}: ${typeOf(b)}`)
  return a === b || (a.kind === 'pointer' && b.kind === 'pointer' && a.to === b.to)
}

/** Of what has a basic kind. */
const valueOf = (value: Argument): bigint | boolean | number | string => (value as Extract<GoValue, { value: unknown }>).value

function isLess(first: Argument, second: Argument, minor: number): boolean {
  const [a, b] = [basicKind(first), basicKind(second)]
  if (a === undefined || b === undefined) throw new GoError('invalid type for comparison')
  if (a !== b && !areWhole(first, second)) throw incompatible(first, second, minor)
  if (a === 'bool') throw new GoError('invalid type for comparison')
  if (a === 'string') return compareGo(valueOf(first) as string, valueOf(second) as string) < 0
  return (valueOf(first) as bigint) < (valueOf(second) as bigint)
}
