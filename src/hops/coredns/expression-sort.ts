// Sorting as package sort of Go does it: by insertion up to 12 elements; more are sorted in an order of its own, where some are equal.
import { isLess } from './expression-arithmetic.ts'
import { typeOfValue } from './expression-types.ts'
import { isDict, list, stop, unknownInput, type List, type Value } from './expression-value.ts'

interface Pair { readonly key: Value; readonly item: Value }

const INSERTED = 12

type IsBefore = (a: Value, b: Value) => boolean

export function sortedBy(pairs: readonly Pair[], descends: boolean): readonly Value[] {
  const isBefore: IsBefore = descends ? (a, b) => isLess(b, a) : isLess
  if (pairs.length > INSERTED) return sortedMany(pairs, isBefore)
  const sorted = [...pairs]
  for (let i = 1; i < sorted.length; i++) {
    for (let at = i; at > 0 && isBefore((sorted[at] as Pair).key, (sorted[at - 1] as Pair).key); at--) {
      [sorted[at], sorted[at - 1]] = [sorted[at - 1] as Pair, sorted[at] as Pair]
    }
  }
  return sorted.map(pair => pair.item)
}

function sortedMany(pairs: readonly Pair[], isBefore: IsBefore): readonly Value[] {
  const sorted = pairs.toSorted((a, b) => Number(isBefore(b.key, a.key)) - Number(isBefore(a.key, b.key)))
  const isOpen = sorted.some((pair, i) => {
    const next = sorted[i + 1]
    return next !== undefined && !isBefore(pair.key, next.key) && (pair.item !== next.item || Number.isNaN(pair.key))
  })
  return isOpen ? unknownInput('the order of so many of which some are equal') : sorted.map(pair => pair.item)
}

/** `asc` where nothing is said. */
export const isDescending = (order: Value | undefined): boolean => {
  if (order === undefined || order === 'asc') return false
  return order === 'desc' || stop('invalid order, expected asc or desc')
}

/** `sort` of the newer library; what is no list of these is nothing to it. */
export function sortedList(of: Value, order: Value | undefined): List {
  const isSorted = typeof of === 'object' && of?.kind === 'list' && ['[]interface {}', '[]int', '[]float64', '[]string'].includes(of.type)
  const descends = isDescending(order)
  if (!isSorted) return { ...list([]), isNil: true }
  return list(sortedBy(of.items.map(item => ({ key: item, item })), descends))
}

const ORDERED = new Set(['int', 'int64', 'float64', 'string', 'time.Duration'])

/** `sort` and `sortBy` of the older one: of one type, and by a member where they are maps. */
export function sortedOld(of: List, field: string, order: Value | undefined): List {
  const descends = isDescending(order)
  const pairs = of.items.map(item => ({ item, key: isDict(item) ? item.entries.get(field) ?? missing(item.entries.has(field)) : item }))
  const types = pairs.map(({ key }) => typeOfValue(key).name)
  if (types.some(type => type !== types[0])) return stop('cannot sort array of different types')
  if (types.length > 1 && !ORDERED.has(types[0] as string)) return stop('sort: unsupported type')
  return list(sortedBy(pairs, descends))
}

const missing = (isNil: boolean): Value => (isNil ? null : stop('cannot deref'))
