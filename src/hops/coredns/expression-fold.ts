// What the expression library works out before anything runs: fold.go and in_array.go of the optimizers of antonmedv/expr 1.15.5 and
// expr-lang/expr 1.17.8.
import { arithmetic } from './expression-arithmetic.ts'
import { ExpressionFault } from './expression-fault.ts'
import type { Node, NodeOf } from './expression-nodes.ts'
import { dict, list, type Value } from './expression-value.ts'
import type { Rewriting } from './expression-optimizer.ts'
import { ANYS, BOOL, FLOAT, INT, STRING } from './expression-types.ts'

/** A list of literals that something is looked for in is a set. */
export function inArray(r: Rewriting, node: Node): Node {
  if (node.kind !== 'binary' || node.op !== 'in' || node.right.kind !== 'array' || node.right.nodes.length === 0) return node
  const { nodes } = node.right
  const isInt = r.types.get(node.left)?.kind === 'int'
  const all = (kind: 'int' | 'string'): boolean => nodes.every(n => n.kind === kind)
  if (!(isInt && all('int')) && !all('string')) return node
  const keys = nodes.map(n => [(n as NodeOf<'string'>).value, null] as const)
  return r.like(node, { ...node, right: { kind: 'constant', value: dict(keys, all('int') ? 'map[int]struct {}' : 'map[string]struct {}'), at: node.right.at } })
}

/** The library begins again until nothing is left to fold, which ends, as less is left each time; a division by zero is its last word of a walk. */
export function folded(r: Rewriting, root: Node): Node {
  const walk: Walk = { applied: false, fault: undefined }
  const node = r.walk(root, each => foldOne(r, walk, each))
  if (walk.fault) throw walk.fault
  return walk.applied ? folded(r, node) : node
}

interface Walk {
  applied: boolean
  fault: ExpressionFault | undefined
}

function foldOne(r: Rewriting, walk: Walk, node: Node): Node {
  const found = node.kind === 'unary' ? foldUnary(node) : node.kind === 'binary' ? foldBinary(walk, node) : node.kind === 'array' ? foldArray(node) : foldFilters(node, r.modern)
  if (!found) return node
  walk.applied = true
  const { at } = node
  if ('node' in found) return r.like(node, { ...found.node, at })
  const literal = literalOf(found.value, at)
  const type = { int: INT, float: FLOAT, string: STRING, bool: BOOL, constant: ANYS }[literal.kind as 'int']
  r.types.set(literal, type)
  return literal
}

/** A value, or a node that stands there instead. */
type Folded = { readonly value: Value } | { readonly node: Node } | undefined

function literalOf(value: Value, at: number | undefined): Node {
  switch (typeof value) {
    case 'bigint': return { kind: 'int', value, at }
    case 'number': return { kind: 'float', value, at }
    case 'string': return { kind: 'string', value, at }
    case 'boolean': return { kind: 'bool', value, at }
    default: return { kind: 'constant', value, at }
  }
}

function foldUnary({ op, node }: NodeOf<'unary'>): Folded {
  if (node.kind === 'bool') return op === '!' || op === 'not' ? { value: !node.value } : undefined
  if (node.kind !== 'int' && node.kind !== 'float') return undefined
  return op === '+' ? { value: node.value } : op === '-' ? { value: arithmetic('-', typeof node.value === 'bigint' ? 0n : -0, node.value) } : undefined
}

const NUMERIC = new Set(['+', '-', '*', '/', '**', '^'])

function foldBinary(walk: Walk, node: NodeOf<'binary'>): Folded {
  const { op, left, right } = node
  if (op === 'and' || op === '&&') return foldLogic(left, right, true)
  if (op === 'or' || op === '||') return foldLogic(left, right, false)
  if (op === '%' && left.kind === 'int' && right.kind === 'int') {
    if (right.value !== 0n) return { value: arithmetic('%', left.value, right.value) }
    walk.fault = new ExpressionFault('integer divide by zero', node.at)
    return undefined
  }
  const isNumber = (n: Node): n is NodeOf<'int'> | NodeOf<'float'> => n.kind === 'int' || n.kind === 'float'
  if (NUMERIC.has(op) && isNumber(left) && isNumber(right)) return { value: arithmetic(op, left.value, right.value) }
  if (left.kind === 'string' && right.kind === 'string' && op === '+') return { value: left.value + right.value }
  const isLiteral = (n: Node): n is NodeOf<'int'> | NodeOf<'string'> | NodeOf<'bool'> => n.kind === 'int' || n.kind === 'string' || n.kind === 'bool'
  return op === '==' && isLiteral(left) && isLiteral(right) && left.kind === right.kind ? { value: left.value === right.value } : undefined
}

/** `neutral`: the side that leaves the other as it is; the opposite decides. */
function foldLogic(left: Node, right: Node, neutral: boolean): Folded {
  const isBool = (node: Node, value: boolean): boolean => node.kind === 'bool' && node.value === value
  if (isBool(left, neutral)) return { node: right }
  if (isBool(right, neutral)) return { node: left }
  return isBool(left, !neutral) || isBool(right, !neutral) ? { value: !neutral } : undefined
}

function foldArray({ nodes }: NodeOf<'array'>): Folded {
  const values: Value[] = []
  for (const node of nodes) {
    if (node.kind !== 'int' && node.kind !== 'float' && node.kind !== 'string' && node.kind !== 'bool') return undefined
    values.push(node.value)
  }
  return { value: list(values) }
}

/** A filter of a filter is one of both. To the older library the predicates stay closures, which are no literals whatever is in them. */
function foldFilters(node: Node, modern: boolean): Folded {
  if (node.kind !== 'builtin' || node.name !== 'filter') return undefined
  const [base, body] = node.args
  if (base?.kind !== 'builtin' || base.name !== 'filter' || !body) return undefined
  const [array, first] = base.args as [Node, Node]
  const side = (predicate: Node): Node => (modern && predicate.kind === 'predicate' ? predicate.node : predicate)
  const both: Node = { kind: 'binary', op: '&&', left: side(first), right: side(body), at: undefined }
  return { node: { kind: 'builtin', name: 'filter', args: [array, modern ? { kind: 'predicate', node: both, at: undefined } : both], at: node.at } }
}
