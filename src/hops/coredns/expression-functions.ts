// The plain functions of the expression library: builtin/builtin.go and lib.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { encodeText } from '../../dns/presentation-escape.ts'
import { arrayOf, isArray, numberOf, stop, stringOf, type Value } from './expression-value.ts'
import { isFault, parseFloat64 } from './go-number.ts'

type Run = (args: readonly Value[]) => Value

const LONGEST_TEXT = 1_000_000

const trimmed = (text: string, set: string): string => {
  const chars = [...text]
  let [from, to] = [0, chars.length]
  while (from < to && set.includes(chars[from] as string)) from++
  while (to > from && set.includes(chars[to - 1] as string)) to--
  return chars.slice(from, to).join('')
}

/** strings.SplitN: a limit below 0 is none, the last part keeps the rest. */
function split([text, separator, limit]: readonly Value[], keeps: boolean): Value {
  const mark = stringOf(separator as Value)
  const parts = mark === '' ? [...stringOf(text as Value)] : stringOf(text as Value).split(mark)
  const most = limit === undefined ? -1 : numberOf(limit)
  if (most === 0) return []
  const whole = keeps ? parts.map((part, i) => (i < parts.length - 1 ? part + mark : part)) : parts
  if (most < 0 || parts.length <= most) return whole
  return [...whole.slice(0, most - 1), parts.slice(most - 1).join(mark)]
}

function replaced([text, from, to, count]: readonly Value[]): Value {
  const parts = stringOf(text as Value).split(stringOf(from as Value))
  const most = count === undefined || numberOf(count) < 0 ? parts.length - 1 : Math.min(numberOf(count), parts.length - 1)
  return parts.map((part, i) => (i === parts.length - 1 ? part : part + (i < most ? stringOf(to as Value) : stringOf(from as Value)))).join('')
}

/** fmt's %v. */
function textOf(v: Value): string {
  if (v === null) return '<nil>'
  if (isArray(v)) return `[${v.map(textOf).join(' ')}]`
  if (v instanceof Map) return `map[${[...v].map(([key, item]) => `${key}:${textOf(item as Value)}`).sort().join(' ')}]`
  return String(v)
}

function integer(v: Value): number {
  if (typeof v === 'number') return Math.trunc(v)
  return /^[+-]?\d+$/.test(stringOf(v)) ? Number(v) : stop('invalid operation: int')
}

function float(v: Value): number {
  if (typeof v === 'number') return v
  const parsed = parseFloat64(stringOf(v))
  return isFault(parsed) ? stop('invalid operation: float') : parsed.value
}

/** Numbers, and those inside arrays. */
const numbers = (args: readonly Value[]): readonly number[] => args.flatMap(arg => (isArray(arg) ? numbers(arg) : [numberOf(arg)]))

const sum = (args: readonly Value[]): number => numbers(args).reduce((total, n) => total + n, 0)

function median(args: readonly Value[]): number {
  const sorted = numbers(args).toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1 ? sorted[middle] as number : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The older library counts bytes. */
function lengthOf(v: Value, modern: boolean): number {
  if (typeof v === 'string') return modern ? [...v].length : encodeText(v).length
  return v instanceof Map ? v.size : arrayOf(v).length
}

/** Places in strings count bytes. */
const bytesBefore = (text: string, at: number): number => (at < 0 ? -1 : encodeText(text.slice(0, at)).length)

const FUNCTIONS: Readonly<Record<string, Run>> = {
  abs: ([v]) => Math.abs(numberOf(v as Value)),
  ceil: ([v]) => Math.ceil(numberOf(v as Value)),
  floor: ([v]) => Math.floor(numberOf(v as Value)),
  // Half away from zero.
  round: ([v]) => Math.sign(numberOf(v as Value)) * Math.round(Math.abs(numberOf(v as Value))),
  int: ([v]) => integer(v as Value),
  float: ([v]) => float(v as Value),
  string: ([v]) => textOf(v as Value),
  trim: ([v, set]) => (set === undefined ? stringOf(v as Value).trim() : trimmed(stringOf(v as Value), stringOf(set))),
  trimPrefix: ([v, prefix = ' ']) => (stringOf(v as Value).startsWith(stringOf(prefix)) ? stringOf(v as Value).slice(stringOf(prefix).length) : v as Value),
  trimSuffix: ([v, suffix = ' ']) => (stringOf(v as Value).endsWith(stringOf(suffix)) ? stringOf(v as Value).slice(0, stringOf(v as Value).length - stringOf(suffix).length) : v as Value),
  upper: ([v]) => stringOf(v as Value).toUpperCase(),
  lower: ([v]) => stringOf(v as Value).toLowerCase(),
  split: args => split(args, false),
  splitAfter: args => split(args, true),
  replace: replaced,
  repeat: ([v, n]) => {
    const times = numberOf(n as Value)
    if (times < 0 || times * stringOf(v as Value).length > LONGEST_TEXT) return stop('memory budget exceeded')
    return stringOf(v as Value).repeat(times)
  },
  indexOf: ([v, part]) => bytesBefore(stringOf(v as Value), stringOf(v as Value).indexOf(stringOf(part as Value))),
  lastIndexOf: ([v, part]) => bytesBefore(stringOf(v as Value), stringOf(v as Value).lastIndexOf(stringOf(part as Value))),
  hasPrefix: ([v, part]) => stringOf(v as Value).startsWith(stringOf(part as Value)),
  hasSuffix: ([v, part]) => stringOf(v as Value).endsWith(stringOf(part as Value)),
  join: ([v, glue = '']) => arrayOf(v as Value).map(stringOf).join(stringOf(glue)),
  max: args => (numbers(args).length > 0 ? numbers(args).reduce((a, b) => Math.max(a, b)) : null),
  min: args => (numbers(args).length > 0 ? numbers(args).reduce((a, b) => Math.min(a, b)) : null),
  sum,
  mean: args => (numbers(args).length > 0 ? sum(args) / numbers(args).length : 0),
  median,
  first: ([v]) => arrayOf(v as Value)[0] ?? null,
  last: ([v]) => arrayOf(v as Value).at(-1) ?? null,
}

export const runFunction = (name: string, args: readonly Value[], modern: boolean): Value =>
  name === 'len' ? lengthOf(args[0] as Value, modern) : (Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] as Run)(args) : stop(`unknown function ${name}`))
