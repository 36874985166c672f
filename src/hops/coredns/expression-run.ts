// What an expression of `view` gives for one query: vm/ and runtime/ of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8. A fault while it
// runs is no error to CoreDNS: the view does not match.
import { arithmetic, isEqual, isIn, negated, ordered } from './expression-arithmetic.ts'
import { fetched, itemsOf, sliced } from './expression-fetch.ts'
import { runFunction } from './expression-functions.ts'
import { FREE_RANGE, type Node, type NodeOf } from './expression-nodes.ts'
import { isPredicateFunction, runPredicateFunction } from './expression-predicates.ts'
import { typeOfValue, type Type } from './expression-types.ts'
import { boolOf, bytesOf, dict, int, isFunc, isList, isNil, list, stop, stringOf, toInt, unknownInput, RuntimeFault, UnknownInput, type Value } from './expression-value.ts'
import { bytesOfGo, textOfGo } from './go-bytes.ts'
import { compileGoRegexp, isRefused, type GoRegexp, type Refused } from './go-regexp.ts'
import type { CorednsVersion } from './plugin.ts'

export interface Surroundings {
  readonly version: CorednsVersion
  readonly modern: boolean
  /** A function of CoreDNS; throws RuntimeFault or UnknownInput. */
  readonly call: (name: string, args: readonly Value[]) => Value
  readonly environment: ReadonlyMap<string, Type>
  /** Those that stand there as a literal. */
  readonly patterns: ReadonlyMap<string, GoRegexp | Refused>
}

/** What a predicate function goes through, and where it is. */
export interface Scope {
  readonly item: (index: number) => Value
  index: number
  accumulated: Value
}

export interface Run extends Surroundings {
  readonly types: ReadonlyMap<Node, Type>
  readonly scopes: Scope[]
  readonly variables: { readonly name: string; readonly value: Value }[]
  /**
   * Values below the one that is worked out. Some functions leave values of theirs there (expression-predicates.ts), which others then take for their
   * arguments: so does the library.
   */
  readonly stack: Value[]
  steps: number
  /** In elements, as the library counts it. */
  memory: number
  /** `$env`, once it is asked for: one map, which is the same as itself. */
  whole: Value | undefined
}

/** A bound of ours, where the library bounds memory only. */
const MOST_STEPS = 100_000
const MEMORY_BUDGET = 1_000_000
/** A bound of ours on elements that are made in one step, and in one range. */
const ELEMENTS_A_STEP = 20
const LONGEST_RANGE = 100_000

export function runExpression(node: Node, types: ReadonlyMap<Node, Type>, surroundings: Surroundings): Value {
  return value({ ...surroundings, types, scopes: [], variables: [], stack: [], steps: 0, memory: 0, whole: undefined }, node)
}

/** What CoreDNS calls so; nil for what it does not. */
function own({ environment, call, modern }: Surroundings, name: string): Value {
  const type = environment.get(name)
  if (!type) return null
  if (type.kind !== 'func') return call(name, [])
  return { kind: 'func', type: type.name, call: args => call(name, fitting(type, args, modern)) }
}

/** As package reflect takes arguments; nil is the zero value to the newer library. */
export function fitting({ takes = [], isMethod }: Type, args: readonly Value[], modern: boolean): readonly Value[] {
  const wanted = isMethod ? takes.slice(1) : takes
  if (wanted.length !== args.length) return stop('invalid number of arguments')
  return args.map((arg, i) => {
    const { name } = wanted[i] as Type
    if (name === 'interface {}' || typeOfValue(arg).name === name) return arg
    return arg === null && modern && name === 'string' ? '' : stop(`cannot use ${typeOfValue(arg).name} as ${name}`)
  })
}

/** So many from the top of the stack. */
export const popped = (r: Run, count: number): readonly Value[] => (count === 0 ? [] : r.stack.splice(-count))

/** What the nodes give, as far as nothing is left on top of it. */
function operands(r: Run, nodes: readonly Node[]): readonly Value[] {
  for (const node of nodes) r.stack.push(value(r, node))
  return popped(r, nodes.length)
}

export function grow(r: Run, size: number): void {
  r.memory += size
  spend(r, size)
  if (r.memory >= MEMORY_BUDGET) stop('memory budget exceeded')
}

function spend(r: Run, size: number): void {
  r.steps += Math.floor(size / ELEMENTS_A_STEP)
}

export function value(r: Run, node: Node): Value {
  if (++r.steps > MOST_STEPS) unknownInput('an expression of this many steps')
  switch (node.kind) {
    case 'nil': return null
    case 'bool': case 'int': case 'float': case 'string': case 'constant': return node.value
    case 'bytes': return list([...bytesOfGo(node.value)].map(byte => ({ kind: 'typed', type: 'uint8', value: BigInt(byte) })), '[]uint8')
    case 'name': return named(r, node.name)
    case 'pointer': return pointed(r.scopes.at(-1) as Scope, node.name)
    case 'unary': return unary(node.op, value(r, node.node))
    case 'binary': return binary(r, node)
    case 'chain': return chained(r, node)
    case 'member': return member(r, node)
    case 'slice': return slice(r, node)
    case 'call': return called(r, node)
    case 'builtin': return isPredicateFunction(node.name, r.modern) ? runPredicateFunction(r, node) : runFunction(r, node.name, operands(r, node.args))
    case 'predicate': return value(r, node.node)
    case 'let': return variable(r, node)
    case 'sequence': return node.nodes.map(n => value(r, n)).at(-1) as Value
    case 'conditional': return boolOf(value(r, node.test)) ? value(r, node.yes) : value(r, node.no)
    case 'array': return array(r, node)
    case 'map': return map(r, node)
  }
}

function named(r: Run, name: string): Value {
  const known = r.variables.findLast(v => v.name === name)
  if (known) return known.value
  if (name !== '$env') return own(r, name)
  r.whole ??= dict([...r.environment.keys()].map(each => [each, own(r, each)] as const))
  return r.whole
}

function variable(r: Run, node: NodeOf<'let'>): Value {
  r.variables.push({ name: node.name, value: value(r, node.value) })
  const given = value(r, node.body)
  r.variables.pop()
  return given
}

function pointed(scope: Scope, name: string): Value {
  return name === 'index' ? BigInt(scope.index) : name === 'acc' ? scope.accumulated : scope.item(scope.index)
}

function unary(op: string, v: Value): Value {
  if (op === '!' || op === 'not') return !boolOf(v)
  return op === '-' ? negated(v) : v
}

function array(r: Run, node: NodeOf<'array'>): Value {
  const items = operands(r, node.nodes)
  grow(r, items.length)
  return list(items)
}

/** Of two pairs with one key the first stays. */
function map(r: Run, node: NodeOf<'map'>): Value {
  const parts = operands(r, node.pairs.flat())
  grow(r, node.pairs.length)
  return dict(node.pairs.map((_, i) => [stringOf(parts[2 * i] as Value), parts[2 * i + 1] as Value] as const).reverse())
}

/** What is nil in front of `?.` is all of the chain around it. */
class ChainEnd extends Error {
  readonly value: Value
  constructor(end: Value) {
    super('the end of an optional chain')
    this.value = end
  }
}

function chained(r: Run, node: NodeOf<'chain'>): Value {
  const [scopes, variables] = [r.scopes.length, r.variables.length]
  try {
    const given = value(r, node.node)
    return r.modern && isNil(given) ? null : given
  } catch (thrown) {
    if (!(thrown instanceof ChainEnd)) throw thrown
    r.scopes.length = scopes
    r.variables.length = variables
    return r.modern ? null : thrown.value
  }
}

function member(r: Run, node: NodeOf<'member'>): Value {
  const base = value(r, node.node)
  if (node.isOptional && isNil(base)) throw new ChainEnd(base)
  r.stack.push(base)
  const key = value(r, node.property)
  return fetched(r.stack.pop() as Value, key, r.modern)
}

function slice(r: Run, node: NodeOf<'slice'>): Value {
  const base = value(r, node.node)
  r.stack.push(base)
  r.stack.push(node.to ? value(r, node.to) : BigInt(itemsOf(base).length))
  const from = node.from ? value(r, node.from) : 0n
  const [of, to] = popped(r, 2) as [Value, Value]
  return sliced(of, from, to, r.modern)
}

/** Functions that the library knows the type of get their arguments as they are. */
function called(r: Run, node: NodeOf<'call'>): Value {
  const type = r.types.get(node.callee)
  if (!r.modern && type?.builtin !== undefined) return runFunction(r, type.builtin, operands(r, node.args), true)
  for (const arg of node.args) r.stack.push(value(r, arg))
  const callee = value(r, node.callee)
  const args = popped(r, node.args.length)
  if (!isFunc(callee)) return stop('cannot call a non-function')
  if (type?.kind === 'func' && type.gives?.length === 1 && args.includes(null)) return stop('interface conversion: interface {} is nil')
  return callee.call(args)
}

function binary(r: Run, node: NodeOf<'binary'>): Value {
  const { op } = node
  if (op === 'or' || op === '||') return boolOf(value(r, node.left)) || value(r, node.right)
  if (op === 'and' || op === '&&') return boolOf(value(r, node.left)) && value(r, node.right)
  if (op === '??') {
    const given = value(r, node.left)
    return isNil(given) ? value(r, node.right) : given
  }
  const [left, right] = operands(r, [node.left, node.right]) as [Value, Value]
  if (op === '==' || (op === '!=' && r.modern)) checkTypes(r, node, left, right)
  return operated(r, op, left, right)
}

/** Two ints or two strings, as the types say, are compared as such, and nothing else can be. */
function checkTypes(r: Run, node: NodeOf<'binary'>, left: Value, right: Value): void {
  const [a, b] = [r.types.get(node.left)?.name, r.types.get(node.right)?.name]
  if (a !== b || (a !== 'int' && a !== 'string')) return
  if (typeOfValue(left).name !== a || typeOfValue(right).name !== a) stop(`interface conversion: not a ${a}`)
}

const TEXTS: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  contains: (left, right) => left.includes(right), startsWith: (left, right) => left.startsWith(right), endsWith: (left, right) => left.endsWith(right),
}

function operated(r: Run, op: string, left: Value, right: Value): Value {
  switch (op) {
    case '==': return isEqual(left, right, r.modern)
    case '!=': return !isEqual(left, right, r.modern)
    case 'in': return isIn(left, right, r.modern)
    case '<': case '>': case '<=': case '>=': return ordered(op, left, right)
    case '..': case FREE_RANGE: return range(r, toInt(left), toInt(right), op === FREE_RANGE)
    case 'matches': return matches(r, left, right)
    default: break
  }
  const test = TEXTS[op]
  if (!test) return arithmetic(op, left, right)
  return r.modern && (isNil(left) || isNil(right)) ? false : test(stringOf(left), stringOf(right))
}

function matches(r: Run, left: Value, right: Value): boolean {
  if (r.modern && (isNil(left) || isNil(right))) return false
  const pattern = stringOf(right)
  if (!pattern.isWellFormed()) return stop('error parsing regexp: invalid UTF-8')
  const compiled = r.patterns.get(pattern) ?? compileGoRegexp(pattern, r.version)
  const subject = isList(left) && left.type === '[]uint8' ? textOfGo(bytesOf(left)) : stringOf(left)
  if (isRefused(compiled)) throw compiled.unmodelled ? new UnknownInput(compiled.error) : new RuntimeFault(compiled.error)
  return compiled.test(subject)
}

function range(r: Run, from: bigint, to: bigint, isFree: boolean): Value {
  const size = int(to - from + 1n)
  const length = size > 0n ? Number(size) : 0
  if (isFree) spend(r, length)
  else grow(r, length)
  if (length > LONGEST_RANGE) return unknownInput('a range this long')
  return list(Array.from({ length }, (_, i) => from + BigInt(i)), '[]int')
}
