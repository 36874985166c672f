// Functions of `view` expressions that go through a list with a predicate: compiler/compiler.go of antonmedv/expr 1.15.5 and expr-lang/expr
// 1.17.8.
import { arithmetic, isEqual } from './expression-arithmetic.ts'
import { predicateShape } from './expression-builtins.ts'
import { itemsOf } from './expression-fetch.ts'
import type { Node, NodeOf } from './expression-nodes.ts'
import { grow, popped, value, type Run, type Scope } from './expression-run.ts'
import { isDescending, sortedBy } from './expression-sort.ts'
import { boolOf, isDict, keyOf, list, stop, type Key, type Value } from './expression-value.ts'

export const isPredicateFunction = (name: string, modern: boolean): boolean => predicateShape(name, modern) !== undefined

interface Loop {
  readonly r: Run
  readonly node: NodeOf<'builtin'>
  readonly scope: Scope
  readonly length: number
  /** What the predicate gives where the scope is; without one the item. */
  readonly body: () => Value
}

export function runPredicateFunction(r: Run, node: NodeOf<'builtin'>): Value {
  const [array, predicate] = node.args
  const collection = value(r, array as Node)
  const { length, item } = collectionOf(collection)
  const scope: Scope = { item, index: 0, accumulated: null }
  const body = (): Value => (predicate ? value(r, predicate) : item(scope.index))
  r.scopes.push(scope)
  const given = (LOOPS[node.name] as (loop: Loop) => Value)({ r, node, scope, length, body })
  r.scopes.pop()
  return given
}

/** A map has a length, and nothing that can be asked for by a number. */
const collectionOf = (v: Value): ReturnType<typeof itemsOf> => (isDict(v) ? { length: v.entries.size, item: () => stop('reflect: call of reflect.Value.Index on map Value') } : itemsOf(v))

/** Ends with the first item at which `visit` gives something. */
function forwards<T>({ scope, length }: Loop, visit: (index: number) => T | undefined): T | undefined {
  for (; scope.index < length; scope.index++) {
    const hit = visit(scope.index)
    if (hit !== undefined) return hit
  }
  return undefined
}

/** Whether there is one more is left on the stack. */
function backwards<T>({ r, scope, length }: Loop, visit: (index: number) => T | undefined): T | undefined {
  for (scope.index = length - 1; ; scope.index--) {
    r.stack.push(scope.index >= 0)
    if (scope.index < 0) return undefined
    const hit = visit(scope.index)
    if (hit !== undefined) return hit
  }
}

const test = (loop: Loop): boolean => boolOf(loop.body())
const hasOne = (loop: Loop, passing: boolean): boolean => forwards(loop, () => test(loop) === passing || undefined) !== undefined
/** Of an item that passes. */
const chosen = ({ r, node, scope }: Loop): Value => (node.then ? value(r, node.then) : scope.item(scope.index))

function counted(loop: Loop): bigint {
  let passed = 0n
  const { enough } = loop.node
  forwards(loop, () => {
    if (test(loop)) passed++
    return passed === enough || undefined
  })
  return passed
}

function filtered(loop: Loop): Value {
  let passed = 0
  forwards(loop, () => {
    if (!test(loop)) return
    passed++
    loop.r.stack.push(chosen(loop))
  })
  return ofStack(loop, passed)
}

function mapped(loop: Loop): Value {
  forwards(loop, () => void loop.r.stack.push(loop.body()))
  return ofStack(loop, loop.length)
}

function ofStack({ r }: Loop, size: number): Value {
  grow(r, size)
  return list(popped(r, size))
}

function foundOne(loop: Loop, direction: typeof forwards): Value {
  const hit = direction(loop, () => (test(loop) ? { value: chosen(loop) } : undefined))
  if (hit) return hit.value
  return loop.node.throws ? stop('reflect: slice index out of range') : null
}

const placed = (loop: Loop, direction: typeof forwards): Value => direction(loop, index => (test(loop) ? BigInt(index) : undefined)) ?? null

function grouped(loop: Loop): Value {
  const groups = new Map<Key, Value[]>()
  forwards(loop, () => {
    const key = keyOf(loop.body())
    const group = groups.get(key) ?? []
    group.push(loop.scope.item(loop.scope.index))
    groups.set(key, group)
    return undefined
  })
  const entries = new Map<Key, Value>([...groups].map(([key, items]) => [key, list(items)] as const))
  return { kind: 'dict', type: 'map[interface {}][]interface {}', entries, ...!loop.r.modern && groups.size === 0 && { isNil: true } }
}

function summed(loop: Loop): Value {
  loop.scope.accumulated = 0n
  forwards(loop, () => {
    loop.scope.accumulated = arithmetic('+', loop.body(), loop.scope.accumulated)
    return undefined
  })
  return loop.scope.accumulated
}

function reduced(loop: Loop): Value {
  const [, , initial] = loop.node.args
  if (initial) loop.scope.accumulated = value(loop.r, initial)
  else {
    if (loop.length === 0) return stop('reduce of empty array with no initial value')
    loop.scope.accumulated = loop.scope.item(0)
    loop.scope.index = 1
  }
  forwards(loop, () => {
    loop.scope.accumulated = loop.body()
    return undefined
  })
  return loop.scope.accumulated
}

function ordered(loop: Loop): Value {
  const [, , last] = loop.node.args
  const descends = isDescending(last && value(loop.r, last))
  const pairs: { readonly key: Value; readonly item: Value }[] = []
  forwards(loop, index => void pairs.push({ key: loop.body(), item: loop.scope.item(index) }))
  const items = sortedBy(pairs, descends)
  grow(loop.r, items.length)
  return list(items)
}

const LOOPS: Readonly<Record<string, (loop: Loop) => Value>> = {
  all: loop => !hasOne(loop, false),
  none: loop => !hasOne(loop, true),
  any: loop => hasOne(loop, true),
  one: loop => isEqual(counted(loop), 1n, loop.r.modern),
  filter: filtered,
  map: mapped,
  count: counted,
  sum: summed,
  find: loop => foundOne(loop, forwards),
  findLast: loop => foundOne(loop, backwards),
  findIndex: loop => placed(loop, forwards),
  findLastIndex: loop => placed(loop, backwards),
  groupBy: grouped,
  sortBy: ordered,
  reduce: reduced,
}
