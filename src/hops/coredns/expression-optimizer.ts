// How the expression library rewrites an expression before it runs, as far as that shows: what fails or is left out then. optimizer/ of
// antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { int } from './expression-value.ts'
import { folded, inArray } from './expression-fold.ts'
import { childrenOf, FREE_RANGE, withChildren, type BuiltinNode, type Node, type NodeOf } from './expression-nodes.ts'
import { INT, type Type } from './expression-types.ts'

export interface Rewriting {
  readonly modern: boolean
  readonly types: Map<Node, Type>
  /** `change` sees each node behind its children. */
  readonly walk: (root: Node, change: (node: Node) => Node) => Node
  /** The new node has the type of the old one. */
  readonly like: (old: Node, node: Node) => Node
}

export function optimized(root: Node, known: ReadonlyMap<Node, Type>, modern: boolean): { readonly node: Node; readonly types: ReadonlyMap<Node, Type> } {
  const types = new Map(known)
  const like = (old: Node, node: Node): Node => {
    const type = types.get(old)
    if (type) types.set(node, type)
    return node
  }
  const walk = (node: Node, change: (each: Node) => Node): Node => change(like(node, withChildren(node, child => walk(child, change))))
  const r: Rewriting = { modern, types, walk, like }
  const first = folded(r, walk(root, node => inArray(r, node)))
  const steps = modern ? [inRange, mapOfFilter, lengthOfFilter, endOfFilter, combinedPredicates, sumOfRange, sumOfArray, sumOfMap, enoughCounted] : [inRange, constantRange, mapOfFilter, lengthOfFilter, endOfFilter]
  return { node: steps.reduce((node, step) => walk(node, each => step(r, each)), first), types }
}

const isBuiltin = (node: Node | undefined, name: string): node is Node & BuiltinNode => node?.kind === 'builtin' && node.name === name

/** `x in 1..5` compares, where x is an int. */
function inRange(r: Rewriting, node: Node): Node {
  if (node.kind !== 'binary' || node.op !== 'in' || r.types.get(node.left)?.kind !== 'int') return node
  const range = rangeOf(node.right)
  if (!range) return node
  const compared = (op: string, right: Node): Node => ({ kind: 'binary', op, left: node.left, right, at: undefined })
  return r.like(node, { kind: 'binary', op: 'and', left: compared('>=', range.from), right: compared('<=', range.to), at: node.at })
}

function rangeOf(node: Node | undefined): { readonly from: NodeOf<'int'> & { at: number | undefined }; readonly to: NodeOf<'int'> & { at: number | undefined } } | undefined {
  const isRange = node?.kind === 'binary' && node.op === '..' && node.left.kind === 'int' && node.right.kind === 'int'
  return isRange ? { from: node.left, to: node.right } : undefined
}

const LONGEST_CONSTANT = 1_000_000n

/** It is made before the run, and costs the older library nothing of its memory budget; here it is made when it is asked for. */
function constantRange(_: Rewriting, node: Node): Node {
  const range = rangeOf(node)
  if (!range || int(range.to.value - range.from.value + 1n) > LONGEST_CONSTANT) return node
  return { kind: 'binary', op: FREE_RANGE, left: range.from, right: range.to, at: node.at }
}

/** The body of `map` is worked out for what the filter lets pass, without a list between; the older library does not see that `#index` changes. */
function mapOfFilter(r: Rewriting, node: Node): Node {
  if (!isBuiltin(node, 'map')) return node
  const [filter, body] = node.args
  if (!isBuiltin(filter, 'filter') || filter.then || body?.kind !== 'predicate') return node
  if (r.modern && hasIndex(body)) return node
  return r.like(node, { kind: 'builtin', name: 'filter', args: filter.args, then: body.node, at: node.at })
}

const hasIndex = (node: Node): boolean => (node.kind === 'pointer' && node.name === 'index') || childrenOf(node).some(hasIndex)

function lengthOfFilter(r: Rewriting, node: Node): Node {
  const [filter] = isBuiltin(node, 'len') && node.args.length === 1 ? node.args : []
  return isBuiltin(filter, 'filter') ? r.like(node, { kind: 'builtin', name: 'count', args: filter.args, at: node.at }) : node
}

/** The first or last of a filter is looked for, and nothing behind it. */
function endOfFilter(r: Rewriting, node: Node): Node {
  const found = endOf(node)
  if (!found || !isBuiltin(found.filter, 'filter')) return node
  const { args, then } = found.filter
  return r.like(node, { kind: 'builtin', name: found.isFirst ? 'find' : 'findLast', args, throws: found.throws, ...then && { then }, at: node.at })
}

function endOf(node: Node): { readonly filter: Node | undefined; readonly isFirst: boolean; readonly throws: boolean } | undefined {
  if (node.kind === 'member' && !node.isOptional && node.property.kind === 'int' && (node.property.value === 0n || node.property.value === -1n)) {
    return { filter: node.node, isFirst: node.property.value === 0n, throws: true }
  }
  const isEnd = (isBuiltin(node, 'first') || isBuiltin(node, 'last')) && node.args.length === 1
  return isEnd ? { filter: node.args[0], isFirst: node.name === 'first', throws: false } : undefined
}

const COMBINED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: { and: 'and', '&&': '&&' }, any: { or: 'or', '||': '||' }, none: { and: 'or', '&&': '||' },
}

/** What every function with a predicate is given. */
type Looping = readonly [array: Node, body: NodeOf<'predicate'>, initial?: Node]

/** Two of a kind over the same list go through it once. */
function combinedPredicates(r: Rewriting, node: Node): Node {
  if (node.kind !== 'binary' || node.left.kind !== 'builtin' || !isBuiltin(node.right, node.left.name)) return node
  const op = COMBINED[node.left.name]?.[node.op]
  if (op === undefined) return node
  const [array, left] = node.left.args as Looping
  const [other, right] = node.right.args as Looping
  if (r.types.get(array)?.name !== r.types.get(other)?.name || shape(array) !== shape(other)) return node
  const both = combinedPredicates(r, { kind: 'binary', op, left: left.node, right: right.node, at: undefined })
  return r.like(node, { kind: 'builtin', name: node.left.name, args: [array, { kind: 'predicate', node: both, at: undefined }], at: node.at })
}

/** The same for nodes that are spelled alike. */
const shape = (node: Node): string => JSON.stringify(node, (key, value) =>
  (key === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value))

/** Sums over numbers one after another are known; by a formula, which overflows otherwise than adding does. */
function sumOfRange(r: Rewriting, node: Node): Node {
  if (!isBuiltin(node, 'sum') && !isBuiltin(node, 'reduce')) return node
  const [array, body, initial] = node.args
  const range = rangeOf(array)
  if (!range || range.to.value < range.from.value) return node
  const count = int(range.to.value - range.from.value + 1n)
  const sum = int(count * (range.from.value + range.to.value)) / 2n
  const value = node.name === 'sum' ? (body ? summed(sum, count, body) : sum) : reduced(sum, body, initial)
  if (value === undefined) return node
  const literal: Node = { kind: 'int', value: int(value), at: node.at }
  r.types.set(literal, INT)
  return literal
}

const isPointer = (node: Node, name: string): boolean => node.kind === 'pointer' && node.name === name

function summed(sum: bigint, count: bigint, body: Node): bigint | undefined {
  const { node } = body as NodeOf<'predicate'>
  if (isPointer(node, '')) return sum
  if (node.kind !== 'binary') return undefined
  const { op, left, right } = node
  const [isLeft, isRight] = [isPointer(left, '') && right.kind === 'int', isPointer(right, '') && left.kind === 'int']
  if (!isLeft && !isRight) return undefined
  const { value } = (isLeft ? right : left) as NodeOf<'int'>
  if (op === '*') return value * sum
  if (op === '+') return sum + count * value
  return op === '-' ? (isLeft ? sum - count * value : count * value - sum) : undefined
}

function reduced(sum: bigint, body: Node | undefined, initial: Node | undefined): bigint | undefined {
  if (body?.kind !== 'predicate' || body.node.kind !== 'binary' || body.node.op !== '+') return undefined
  const { left, right } = body.node
  if (!(isPointer(left, '') && isPointer(right, 'acc')) && !(isPointer(left, 'acc') && isPointer(right, ''))) return undefined
  if (!initial) return sum
  return initial.kind === 'int' ? initial.value + sum : undefined
}

/** Added up as they stand there, so that strings can be, too. */
function sumOfArray(r: Rewriting, node: Node): Node {
  const [array] = isBuiltin(node, 'sum') && node.args.length === 1 ? node.args : []
  if (array?.kind !== 'array' || array.nodes.length < 2) return node
  return r.like(node, { ...array.nodes.reduceRight((right, left) => ({ kind: 'binary', op: '+', left, right, at: undefined })), at: node.at })
}

function sumOfMap(r: Rewriting, node: Node): Node {
  const [map] = isBuiltin(node, 'sum') && node.args.length === 1 ? node.args : []
  return isBuiltin(map, 'map') ? r.like(node, { kind: 'builtin', name: 'sum', args: map.args, at: node.at }) : node
}

/** `count(…) > 2` counts no further than 3. */
function enoughCounted(r: Rewriting, node: Node): Node {
  if (node.kind !== 'binary' || !isBuiltin(node.left, 'count') || node.left.args.length !== 2 || node.right.kind !== 'int' || node.right.value < 0n) return node
  const { op, left } = node
  if (!['>', '>=', '<', '<='].includes(op)) return node
  const enough = node.right.value + (op === '>' || op === '<=' ? 1n : 0n)
  if (enough > 1n) return r.like(node, { ...node, left: { ...left, enough } })
  const isAny = enough === 1n && (op === '>' || op === '>=')
  return isAny ? r.like(node, { kind: 'builtin', name: 'any', args: left.args, at: node.at }) : node
}
