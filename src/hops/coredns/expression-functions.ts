// The plain functions of the expression library: builtin/builtin.go and lib.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
// Not modelled: the clock and the calendar; what asks for them is not known.
import { fromBase64, fromJson, toBase64, toJson } from './expression-encodings.ts'
import { gathered } from './expression-gather.ts'
import { listFunction } from './expression-lists.ts'
import type { Run } from './expression-run.ts'
import { textFunction } from './expression-texts.ts'
import { formatted } from './expression-format.ts'
import { isDict, isList, isNumber, isTyped, int, stop, stringOf, toInt, typed, unknownInput, type Value } from './expression-value.ts'
import { bytesOfGo, runesOf } from './go-bytes.ts'
import { parseDurationNs } from './go-duration.ts'
import { atoi64, isFault, parseFloat64 } from './go-number.ts'

/** Those that take one value; the older library cannot call them by another name. */
const FAST = new Set(['len', 'type', 'abs', 'ceil', 'floor', 'round', 'int', 'float', 'string', 'upper', 'lower'])

/** `renamed`: called through a variable. */
export function runFunction(r: Run, name: string, args: readonly Value[], renamed = false): Value {
  if (renamed && FAST.has(name)) return stop('invalid memory address or nil pointer dereference')
  const [v = null] = args
  switch (name) {
    case 'now': case 'date': case 'timezone': return unknownInput('the clock and the calendar')
    case 'len': return lengthOf(v, r.modern)
    case 'type': return typeName(v)
    case 'abs': return absolute(v)
    case 'ceil': return rounded(v, Math.ceil)
    case 'floor': return rounded(v, Math.floor)
    case 'round': return rounded(v, halfAway)
    case 'int': return integer(v, r.modern)
    case 'float': return float(v)
    case 'string': return formatted(v)
    case 'toJSON': return toJson(v, r.modern)
    case 'fromJSON': return fromJson(stringOf(v))
    case 'toBase64': return toBase64(stringOf(v))
    case 'fromBase64': return fromBase64(stringOf(v))
    case 'duration': return duration(stringOf(v))
    case 'max': case 'min': case 'mean': case 'median': case 'sum': return gathered(name, args, r.modern)
    default: return name.startsWith('bit') ? bits(name, args) : textFunction(r, name, args) ?? listFunction(r, name, args)
  }
}

function duration(text: string): Value {
  const parsed = parseDurationNs(text)
  return isFault(parsed) ? stop(parsed.fault) : typed('time.Duration', parsed.value)
}

/** The older library counts bytes. */
function lengthOf(v: Value, modern: boolean): Value {
  if (typeof v === 'string') return BigInt(modern ? runesOf(v).length : bytesOfGo(v).length)
  if (isDict(v)) return BigInt(v.entries.size)
  return isList(v) ? BigInt(v.items.length) : stop('invalid argument for len')
}

/** Of the older library. */
function typeName(v: Value): Value {
  if (v === null) return 'nil'
  if (isTyped(v)) return !isNumber(v) ? v.type : v.type.startsWith('u') ? 'uint' : 'int'
  if (typeof v === 'object') return { list: 'array', dict: 'map', func: 'func' }[v.kind]
  return { bigint: 'int', number: 'float', boolean: 'bool', string: 'string' }[typeof v as 'bigint']
}

const plain = (v: Value): Value => (isNumber(v) ? v : stop('not a number'))

function absolute(given: Value): Value {
  const v = plain(given)
  if (typeof v === 'number') return v < 0 ? -v : v
  if (isTyped(v)) return v.value < 0n ? typed(v.type, -v.value) : v
  const n = toInt(v)
  return n < 0n ? int(-n) : n
}

const rounded = (given: Value, round: (n: number) => number): Value => {
  const v = plain(given)
  return typeof v === 'number' ? round(v) : Number(toInt(v))
}

const halfAway = (n: number): number => Math.sign(n) * Math.round(Math.abs(n))

function integer(v: Value, modern: boolean): Value {
  if (typeof v === 'string') {
    const parsed = atoi64(v)
    return isFault(parsed) ? stop(`invalid operation: int(${v})`) : parsed.value
  }
  return modern && isTyped(v) ? int(v.value) : toInt(v)
}

function float(v: Value): Value {
  if (typeof v === 'string') {
    const parsed = parseFloat64(v)
    return isFault(parsed) ? stop(`invalid operation: float(${v})`) : parsed.value
  }
  return typeof v === 'number' ? v : Number(toInt(v))
}

const WORD = 64n

function bits(name: string, args: readonly Value[]): Value {
  const [x = 0n, y = 0n] = args.map(v => (typeof v === 'number' ? stop('cannot use float64 as argument (type int)') : toInt(v)))
  if (name.startsWith('bitsh') || name === 'bitushr') return shifted(name, x, y)
  switch (name) {
    case 'bitand': return x & y
    case 'bitor': return x | y
    case 'bitxor': return x ^ y
    case 'bitnand': return x & ~y
    default: return ~x
  }
}

function shifted(name: string, x: bigint, y: bigint): Value {
  if (y < 0n) return stop('invalid operation: negative shift count')
  const by = y > WORD ? WORD : y
  return int(name === 'bitshl' ? x << by : (name === 'bitushr' ? BigInt.asUintN(64, x) : x) >> by)
}
