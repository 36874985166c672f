// Functions of `view` expressions on lists and maps: builtin/builtin.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { isEqual, keyIn } from './expression-arithmetic.ts'
import { fetched, part } from './expression-fetch.ts'
import { grow, type Run } from './expression-run.ts'
import { sortedList, sortedOld } from './expression-sort.ts'
import { dict, dictOf, isDict, isList, isTyped, keyOf, list, listOf, RuntimeFault, stop, stringOf, toInt, unknownInput, type Dict, type Key, type Value } from './expression-value.ts'

export function listFunction(r: Run, name: string, args: readonly Value[]): Value {
  const [v = null, second] = args
  switch (name) {
    case 'first': return orNil(() => fetched(v, 0n, r.modern))
    case 'last': return orNil(() => fetched(v, -1n, r.modern))
    case 'get': return got(v, second ?? null, r.modern)
    case 'take': return taken(v, second ?? null, r.modern)
    case 'keys': return list(onlyEntry(dictOf(v)).map(([key]) => key))
    case 'values': return list(onlyEntry(dictOf(v)).map(([, item]) => item))
    case 'toPairs': return list(onlyEntry(dictOf(v)).map(pair => list(pair, '[2]interface {}')), '[][2]interface {}')
    case 'fromPairs': return dict(listOf(v).items.map(pairOf), 'map[interface {}]interface {}')
    case 'sort': return r.modern ? made(r, sortedList(v, second)) : sortedOld(listOf(v), '', second)
    case 'sortBy': return sortedOld(listOf(v), stringOf(second ?? null), args[2])
    case 'reverse': return made(r, list(listOf(v).items.toReversed()))
    case 'uniq': return unique(listOf(v).items)
    case 'concat': return concatenated(r, args)
    case 'flatten': return made(r, list(flat(listOf(v).items)))
    default: return stop(`unknown function ${name}`)
  }
}

/** It counts as memory to the library. */
function made(r: Run, of: ReturnType<typeof list>): Value {
  grow(r, of.items.length)
  return of
}

function orNil(find: () => Value): Value {
  try {
    return find()
  } catch (thrown) {
    if (thrown instanceof RuntimeFault) return null
    throw thrown
  }
}

/** What is not there is nil; the newer library fails over what cannot be a key. */
function got(of: Value, key: Value, modern: boolean): Value {
  if (modern && isDict(of)) return of.entries.get(keyIn(of, key)) ?? null
  if (modern && (isList(of) || typeof of === 'string')) toInt(key)
  return orNil(() => fetched(of, key, modern))
}

function taken(of: Value, count: Value, modern: boolean): Value {
  const from = listOf(of)
  const most = typeof count === 'bigint' ? count : isTyped(count) && count.type !== 'uint8' ? count.value : stop('cannot take so many elements')
  if (!modern && most > BigInt(from.items.length)) return from
  if (most < 0n) return stop('slice bounds out of range')
  return from.type.startsWith('[2]') ? stop('slice of unaddressable array') : part(from, 0, Number(most), modern)
}

/** The order of more than one is Go's secret. */
function onlyEntry({ entries }: Dict): readonly (readonly [Key, Value])[] {
  return entries.size > 1 ? unknownInput('the order of the keys of a map') : [...entries]
}

function pairOf(pair: Value): readonly [Key, Value] {
  const { items } = listOf(pair)
  return items.length === 2 ? [keyOf(items[0] as Value), items[1] as Value] : stop('invalid pair length')
}

function unique(items: readonly Value[]): Value {
  const found: Value[] = []
  for (const item of items) if (!found.some(one => isEqual(item, one, true))) found.push(item)
  return list(found)
}

function concatenated(r: Run, lists: readonly Value[]): Value {
  const items = lists.flatMap(one => listOf(one).items)
  return items.length === 0 ? { ...list([]), isNil: true } : made(r, list(items))
}

const flat = (items: readonly Value[]): readonly Value[] => items.flatMap(item => (isList(item) ? flat(item.items) : [item]))
