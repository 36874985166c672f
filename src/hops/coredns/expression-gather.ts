// `max`, `min`, `mean`, `median` and the older `sum`: builtin/lib.go of expr-lang/expr 1.17.8, builtin/builtin.go of antonmedv/expr 1.15.5.
import { isLess, real } from './expression-arithmetic.ts'
import { isList, isNumber, isTyped, int, listOf, stop, type List, type Value } from './expression-value.ts'

/** Those of types with a name are numbers here, too, but to `max` and `min` where they stand in a list. */
const isAnyNumber = (v: Value): boolean => isNumber(v) || isTyped(v)

export function gathered(name: string, args: readonly Value[], modern: boolean): Value {
  if (!modern) return gatheredOld(name, args)
  if (name === 'max') return extreme(args, isLess)
  if (name === 'min') return extreme(args, (a, b) => isLess(b, a))
  const { sum, values } = totalled(args)
  if (values.length === 0) return 0
  return name === 'mean' ? sum / values.length : middle(values)
}

type Worse = (a: Value, b: Value) => boolean

/** Lists in lists, too. `worse`: whether the second is to stand in place of the first. */
function extreme(args: readonly Value[], worse: Worse): Value {
  let best: Value = null
  const offer = (v: Value): void => {
    if (v !== null && (best === null || worse(best, v))) best = v
  }
  for (const arg of args) {
    if (isList(arg)) offerItems(arg, worse, offer)
    else if (isAnyNumber(arg)) offer(arg)
    else if (args.length === 1) return arg
    else return stop('invalid argument')
  }
  return best
}

function offerItems(of: List, worse: Worse, offer: (v: Value) => void): void {
  for (const item of of.items) {
    if (isList(item)) offer(extreme([item], worse))
    else if (isNumber(item)) offer(item)
    else stop('invalid argument')
  }
}

/** The items of a list are added one by one; a list among them is added up on its own. */
function totalled(args: readonly Value[]): { readonly sum: number; readonly values: readonly number[] } {
  let sum = 0
  const values: number[] = []
  for (const arg of args) {
    for (const item of isList(arg) ? arg.items : [arg]) {
      const inner = isList(item) ? totalled([item]) : isAnyNumber(item) ? { sum: real(item), values: [real(item)] } : stop('invalid argument')
      sum += inner.sum
      for (const v of inner.values) values.push(v)
    }
  }
  return { sum, values }
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half] as number : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}

function gatheredOld(name: string, args: readonly Value[]): Value {
  if (name === 'max') return args.reduce((best, v) => (best === null || isLess(best, v) ? v : best), null)
  if (name === 'min') return args.reduce((best, v) => (best === null || isLess(v, best) ? v : best), null)
  const { items } = listOf(args[0] as Value)
  if (!items.every(v => isAnyNumber(v) && !(isTyped(v) && v.type === 'uint8'))) return stop(`cannot ${name}`)
  if (name === 'sum') return summed(items)
  if (items.length === 0) return 0
  return name === 'mean' ? items.reduce<number>((total, v) => total + real(v), 0) / items.length : middle(items.map(real))
}

/** Integers as such until the first that is none. */
function summed(items: readonly Value[]): Value {
  const at = items.findIndex(v => typeof v === 'number')
  const whole = items.slice(0, at < 0 ? undefined : at).reduce<bigint>((total, v) => int(total + (isTyped(v) ? v.value : v as bigint)), 0n)
  return at < 0 ? whole : items.slice(at).reduce<number>((total, v) => total + real(v), Number(whole))
}
