// Operators on values: vm/runtime of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8. Integers have 64 bits and wrap.
import { compareGo } from './go-bytes.ts'
import { ANY, goType, INT, typeOfValue } from './expression-types.ts'
import { int, isDict, isFunc, isList, isNil, isNumber, isTyped, keyOf, stop, typed, type Dict, type Key, type List, type Value } from './expression-value.ts'

const DURATION = 'time.Duration'
const isDuration = (v: Value): boolean => isTyped(v) && v.type === DURATION
const whole = (v: Value): bigint => (isTyped(v) ? v.value : v as bigint)
export const real = (v: Value): number => (typeof v === 'number' ? v : Number(whole(v)))
const isReal = (a: Value, b: Value): boolean => typeof a === 'number' || typeof b === 'number'

const INTEGER_RESULTS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b }
const REAL_RESULTS: Readonly<Record<string, (a: number, b: number) => number>> = { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b }

/** `+ - * / % ** ^`. */
export function arithmetic(op: string, a: Value, b: Value): Value {
  if (op === '/') return isNumber(a) && isNumber(b) ? real(a) / real(b) : wrong(op, a, b)
  if (op === '**' || op === '^') return isNumber(a) && isNumber(b) ? power(real(a), real(b)) : wrong(op, a, b)
  if (op === '%') return remainder(a, b)
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b
  const counts = (v: Value): boolean => isNumber(v) || (op === '*' && isDuration(v))
  if (counts(a) && counts(b)) {
    if (isReal(a, b)) return (REAL_RESULTS[op] as (a: number, b: number) => number)(real(a), real(b))
    const result = int((INTEGER_RESULTS[op] as (a: bigint, b: bigint) => bigint)(whole(a), whole(b)))
    return isDuration(a) || isDuration(b) ? typed(DURATION, result) : result
  }
  return isDuration(a) && isDuration(b) ? typed(DURATION, (INTEGER_RESULTS[op] as (a: bigint, b: bigint) => bigint)(whole(a), whole(b))) : wrong(op, a, b)
}

const wrong = (op: string, a: Value, b: Value): never => stop(`invalid operation: ${typeOfValue(a).name} ${op} ${typeOfValue(b).name}`)

function remainder(a: Value, b: Value): Value {
  if (!isNumber(a) || !isNumber(b) || isReal(a, b)) return wrong('%', a, b)
  return whole(b) === 0n ? stop('integer divide by zero') : int(whole(a) % whole(b))
}

/**
 * math.Pow, which multiplies for a whole exponent, and so comes to other last digits than JavaScript. Not modelled: those of other exponents.
 */
function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1
  if (y === -0.5 && x > 0) return 1 / Math.sqrt(x)
  if (x === 0 || !Number.isFinite(x) || !Number.isInteger(y) || Math.abs(y) >= 2 ** 63) return x ** y
  const [fraction, exponent] = multiplied(x, Math.abs(y))
  return y === Math.abs(y) ? scale(fraction, exponent) : scale(1 / fraction, -exponent)
}

/** Beyond this bound every power is infinite or 0. */
const LARGEST_EXPONENT = 4096

/** x^times, as a fraction and a power of 2. */
function multiplied(x: number, times: number): readonly [fraction: number, exponent: number] {
  let [fraction, exponent] = fractionOf(x)
  let [result, total] = [1, 0]
  for (let left = BigInt(times); left !== 0n; left >>= 1n) {
    if (Math.abs(exponent) > LARGEST_EXPONENT) return [result, total + exponent]
    if ((left & 1n) === 1n) {
      result *= fraction
      total += exponent
    }
    fraction *= fraction
    exponent *= 2
    if (Math.abs(fraction) < 0.5) {
      fraction *= 2
      exponent--
    }
  }
  return [result, total]
}

/** math.Frexp: from about ½ up to 1. */
function fractionOf(x: number): [fraction: number, exponent: number] {
  const exponent = Math.floor(Math.log2(Math.abs(x))) + 1
  return [scale(x, -exponent), exponent]
}

const STEP = 1000

/** math.Ldexp; in steps, because 2 ** 2000 is none. */
function scale(x: number, exponent: number): number {
  let [value, left] = [x, exponent]
  for (; left > STEP && Number.isFinite(value); left -= STEP) value *= 2 ** STEP
  for (; left < -STEP && value !== 0; left += STEP) value *= 2 ** -STEP
  return value * 2 ** Math.min(Math.max(left, -STEP), STEP)
}

export function negated(v: Value): Value {
  if (typeof v === 'number') return -v
  if (typeof v === 'bigint') return int(-v)
  return isTyped(v) && isNumber(v) ? typed(v.type, -v.value) : stop('invalid operation: -')
}

/** Below 0, 0 or above it; NaN for what is in no order. */
function compared(op: string, a: Value, b: Value): number {
  if (isNumber(a) && isNumber(b)) {
    if (!isReal(a, b)) return Number(whole(a) - whole(b))
    // One infinity less itself would be none.
    return real(a) === real(b) ? 0 : real(a) - real(b)
  }
  if (typeof a === 'string' && typeof b === 'string') return compareGo(a, b)
  return isDuration(a) && isDuration(b) ? Number(whole(a) - whole(b)) : wrong(op, a, b)
}

export function ordered(op: string, a: Value, b: Value): boolean {
  const order = compared(op, a, b)
  return op === '<' ? order < 0 : op === '>' ? order > 0 : op === '<=' ? order <= 0 : order >= 0
}
export const isLess = (a: Value, b: Value): boolean => ordered('<', a, b)

/** Lists of these are compared with lists of anything, element by element, in the newer library. */
const COMPARED = new Set(['[]interface {}', '[]string', '[]int', '[]float64', '[]uint8'])

export function isEqual(a: Value, b: Value, modern: boolean): boolean {
  if (isNumber(a) && isNumber(b)) return compared('==', a, b) === 0
  if (modern && isList(a) && isList(b) && COMPARED.has(a.type) && COMPARED.has(b.type)) {
    const isMixed = a.type === '[]interface {}' || b.type === '[]interface {}'
    if (isMixed) return a.items.length === b.items.length && a.items.every((v, i) => isEqual(v, b.items[i] as Value, true))
  }
  return (isNil(a) && isNil(b)) || isSame(a, b)
}

/** reflect.DeepEqual: types count, too. */
function isSame(a: Value, b: Value): boolean {
  if (isFunc(a)) return false
  if (isList(a) && isList(b)) return isSameList(a, b)
  if (isDict(a) && isDict(b)) return isSameDict(a, b)
  if (isTyped(a) && isTyped(b)) return a.type === b.type && a.value === b.value
  return a === b
}

const isSameList = (a: List, b: List): boolean =>
  a === b || (a.type === b.type && a.isNil === b.isNil && a.items.length === b.items.length && a.items.every((v, i) => isSame(v, b.items[i] as Value)))

const isSameDict = (a: Dict, b: Dict): boolean =>
  a === b || (a.type === b.type && a.isNil === b.isNil && a.entries.size === b.entries.size && [...a.entries].every(([key, v]) => b.entries.has(key) && isSame(v, b.entries.get(key) as Value)))

/** The key of a map that a value is; nil is the zero value of the key's type. */
export function keyIn({ type }: Dict, v: Value): Key {
  const { key } = goType(type)
  if (key === ANY) return keyOf(v)
  if (v === null) return key === INT ? 0n : ''
  return typeOfValue(v) === key ? v as string | bigint : stop(`reflect.Value.MapIndex: value of type ${typeOfValue(v).name} is not assignable to type ${key?.name}`)
}

export function isIn(needle: Value, list: Value, modern: boolean): boolean {
  if (list === null) return false
  if (isList(list)) return list.items.some(v => isEqual(v, needle, modern))
  return isDict(list) ? list.entries.has(keyIn(list, needle)) : stop(`operator "in" not defined on ${typeOfValue(list).name}`)
}
