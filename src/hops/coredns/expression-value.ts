// Values of `view` expressions while they run, and what keeps a run from ending. A bigint is an int of Go, a number a float64; a string is
// made of go-bytes.ts.

export type Value = null | boolean | bigint | number | string | Typed | List | Dict | Func
export type Key = null | boolean | bigint | number | string

/** An integer of a type other than int: `time.Duration`, `int64`, `uint8`. */
export interface Typed { readonly kind: 'typed'; readonly type: string; readonly value: bigint }
export interface List { readonly kind: 'list'; readonly type: string; readonly items: readonly Value[]; readonly isNil?: boolean }
export interface Dict { readonly kind: 'dict'; readonly type: string; readonly entries: ReadonlyMap<Key, Value>; readonly isNil?: boolean }
export interface Func { readonly kind: 'func'; readonly type: string; readonly call: (args: readonly Value[]) => Value }

/** The program would stop with an error; to CoreDNS the view does not match. */
export class RuntimeFault extends Error {}
/** Something in it is not known here: a port, an id, the clock, the order of a map's keys. */
export class UnknownInput extends Error {}

export function stop(message: string): never {
  throw new RuntimeFault(message)
}

export function unknownInput(what: string): never {
  throw new UnknownInput(what)
}

export const isList = (v: Value): v is List => typeof v === 'object' && v?.kind === 'list'
export const isDict = (v: Value): v is Dict => typeof v === 'object' && v?.kind === 'dict'
export const isTyped = (v: Value): v is Typed => typeof v === 'object' && v?.kind === 'typed'
export const isFunc = (v: Value): v is Func => typeof v === 'object' && v?.kind === 'func'
/** Types with a name of their own, such as time.Duration, are no numbers. */
export const isNumber = (v: Value): boolean => typeof v === 'bigint' || typeof v === 'number' || (isTyped(v) && !v.type.includes('.'))
export const isNil = (v: Value): boolean => v === null || ((isList(v) || isDict(v)) && v.isNil === true)

export const list = (items: readonly Value[], type = '[]interface {}'): List => ({ kind: 'list', type, items })
export const strings = (items: readonly string[]): List => list(items, '[]string')
export const dict = (entries: Iterable<readonly [Key, Value]>, type = 'map[string]interface {}'): Dict => ({ kind: 'dict', type, entries: new Map(entries) })
export const typed = (type: string, value: bigint): Typed => ({ kind: 'typed', type, value: type === 'uint8' ? BigInt.asUintN(8, value) : BigInt.asIntN(64, value) })
export const int = (value: bigint | number): bigint => BigInt.asIntN(64, BigInt(value))

export const boolOf = (v: Value): boolean => (typeof v === 'boolean' ? v : stop('not a bool'))
export const stringOf = (v: Value): string => (typeof v === 'string' ? v : stop('not a string'))
export const listOf = (v: Value): List => (isList(v) ? v : stop('not a list'))
export const dictOf = (v: Value): Dict => (isDict(v) ? v : stop('not a map'))

/** Any value that can be a key of a map of anything; lists and maps cannot be compared. */
export function keyOf(v: Value): Key {
  if (typeof v !== 'object' || v === null) return v
  return isTyped(v) ? unknownInput(`a key of type ${v.type}`) : stop(`hash of unhashable type ${v.type}`)
}

/** int(x) of Go on amd64, where what does not fit gives the smallest. */
export function truncated(value: number): bigint {
  const whole = Math.trunc(value)
  return Number.isFinite(whole) && whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : -(2n ** 63n)
}

/** runtime.ToInt. */
export function toInt(v: Value): bigint {
  if (typeof v === 'bigint') return v
  if (typeof v === 'number') return truncated(v)
  return isTyped(v) && isNumber(v) ? v.value : stop('invalid operation: int')
}

/** Of a list of bytes. */
export const bytesOf = ({ items }: List): Uint8Array => Uint8Array.from(items, byte => Number(toInt(byte)))
