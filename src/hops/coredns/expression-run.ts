// What an expression of `view` gives for one query: vm/ and runtime/ of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8. A fault while it
// runs is no error to CoreDNS: the view does not match.
import { isPredicate } from './expression-builtins.ts'
import { isModern } from './expression-fault.ts'
import type { Node } from './expression-parser.ts'
import { runFunction } from './expression-functions.ts'
import { arrayOf, boolOf, isArray, numberOf, RuntimeFault, stop, stringOf, UnknownInput, type Value } from './expression-value.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'
import type { CorednsVersion } from './plugin.ts'

export interface Surroundings {
  readonly version: CorednsVersion
  /** A function of CoreDNS; throws RuntimeFault or UnknownInput. */
  readonly call: (name: string, args: readonly Value[]) => Value
  readonly variables?: ReadonlyMap<string, Value>
}

/** Steps of one run; the library bounds memory only. */
const MOST_STEPS = 100_000
const LONGEST_RANGE = 100_000

interface Run extends Surroundings {
  steps: number
  readonly scopes: { readonly element: Value; readonly index: number }[]
}

export function runExpression(node: Node, surroundings: Surroundings): Value {
  return value({ ...surroundings, steps: 0, scopes: [] }, node)
}

function value(r: Run, node: Node): Value {
  if (++r.steps > MOST_STEPS) throw new UnknownInput('an expression of this many steps')
  switch (node.kind) {
    case 'nil': return null
    case 'bool': case 'int': case 'float': case 'string': return node.value
    case 'name': return r.variables?.has(node.name) ? r.variables.get(node.name) as Value : stop('a function is no value')
    case 'pointer': return node.name === '' ? r.scopes.at(-1)?.element ?? null : r.scopes.at(-1)?.index ?? null
    case 'unary': return unary(node.op, value(r, node.node))
    case 'binary': return binary(r, node)
    case 'ternary': return boolOf(value(r, node.test)) ? value(r, node.yes) : value(r, node.no)
    case 'array': return node.nodes.map(n => value(r, n))
    case 'map': return new Map(node.pairs.map(([key, item]) => [stringOf(value(r, key)), value(r, item)]))
    case 'member': return element(value(r, node.node), value(r, node.property))
    case 'slice': return sliced(value(r, node.node), node.from && value(r, node.from), node.to && value(r, node.to))
    case 'call':
      if (node.callee.kind !== 'name') return stop('not callable')
      return r.call(node.callee.name, node.args.map(arg => value(r, arg)))
    case 'builtin': return builtin(r, node)
  }
}

type Of<K extends Node['kind']> = Extract<Node, { kind: K }>

function unary(op: string, v: Value): Value {
  if (op === '!' || op === 'not') return !boolOf(v)
  return op === '-' ? -numberOf(v) : numberOf(v)
}

function equal(a: Value, b: Value): boolean {
  if (isArray(a) && isArray(b)) return a.length === b.length && a.every((v, i) => equal(v, b[i] as Value))
  if (a instanceof Map && b instanceof Map) return a.size === b.size && [...a].every(([key, v]) => b.has(key) && equal(v as Value, b.get(key) as Value))
  return a === b
}

function binary(r: Run, node: Of<'binary'>): Value {
  const { op } = node
  const left = value(r, node.left)
  if (op === 'or' || op === '||') return boolOf(left) || boolOf(value(r, node.right))
  if (op === 'and' || op === '&&') return boolOf(left) && boolOf(value(r, node.right))
  if (op === '??') return left ?? value(r, node.right)
  return operated(r, op, left, value(r, node.right))
}

function operated(r: Run, op: string, left: Value, right: Value): Value {
  switch (op) {
    case '==': return equal(left, right)
    case '!=': return !equal(left, right)
    case 'in': return isIn(left, right)
    case 'matches': return matches(r, stringOf(left), stringOf(right))
    case 'contains': return stringOf(left).includes(stringOf(right))
    case 'startsWith': return stringOf(left).startsWith(stringOf(right))
    case 'endsWith': return stringOf(left).endsWith(stringOf(right))
    case '..': return range(r, numberOf(left), numberOf(right))
    case '+':
      return typeof left === 'string' ? left + stringOf(right) : numberOf(left) + numberOf(right)
    case '-': return numberOf(left) - numberOf(right)
    case '*': return numberOf(left) * numberOf(right)
    case '/': return numberOf(left) / numberOf(right)
    case '%': return numberOf(right) === 0 ? stop('integer divide by zero') : numberOf(left) % numberOf(right)
    case '**': case '^': return numberOf(left) ** numberOf(right)
    default: return compared(op, left, right)
  }
}

function compared(op: string, left: Value, right: Value): boolean {
  const [a, b] = typeof left === 'string' ? [left, stringOf(right)] : [numberOf(left), numberOf(right)]
  return op === '<' ? a < b : op === '>' ? a > b : op === '<=' ? a <= b : a >= b
}

function isIn(left: Value, right: Value): boolean {
  if (right === null) return false
  if (right instanceof Map) return typeof left === 'string' && right.has(left)
  return arrayOf(right as Value).some(v => equal(v, left))
}

function matches(r: Run, subject: string, pattern: string): boolean {
  const compiled = compileGoRegexp(pattern, r.version)
  if (isRefused(compiled)) throw compiled.unmodelled ? new UnknownInput(compiled.error) : new RuntimeFault(compiled.error)
  return compiled.test(subject)
}

function range(r: Run, from: number, to: number): Value {
  const length = Math.max(0, to - from + 1)
  if (length > LONGEST_RANGE) throw new UnknownInput('a range this long')
  r.steps += length
  return Array.from({ length }, (_, i) => from + i)
}

function element(base: Value, key: Value): Value {
  if (base instanceof Map) return (base.get(stringOf(key)) as Value | undefined) ?? null
  const at = numberOf(key)
  const items = typeof base === 'string' ? stop('no index in a string') : arrayOf(base)
  return items[at < 0 ? items.length + at : at] ?? (at >= -items.length && at < items.length ? null : stop(`index out of range: ${at}`))
}

function sliced(base: Value, from: Value | undefined, to: Value | undefined): Value {
  const { length } = typeof base === 'string' ? base : arrayOf(base)
  const place = (v: Value | undefined, otherwise: number): number => {
    if (v === undefined) return otherwise
    const at = numberOf(v)
    return Math.min(Math.max(at < 0 ? length + at : at, 0), length)
  }
  const [start, end] = [place(from, 0), place(to, length)]
  return (base as string | readonly Value[]).slice(Math.min(start, end), end)
}

function builtin(r: Run, { name, args: [first, body, ...rest] }: Of<'builtin'>): Value {
  const modern = isModern(r.version)
  const run = isPredicate(name, modern) ? PREDICATE_RUNS[name] : undefined
  if (!run) return runFunction(name, [first, body, ...rest].flatMap(arg => (arg ? [value(r, arg)] : [])), modern)
  const items = arrayOf(value(r, first as Node))
  return run(items, (item, index) => {
    if (!body) return item
    r.scopes.push({ element: item, index })
    const given = value(r, body)
    r.scopes.pop()
    return given
  })
}

const PREDICATE_RUNS: Readonly<Record<string, (items: readonly Value[], test: (v: Value, i: number) => Value) => Value>> = {
  all: (items, test) => items.every((v, i) => boolOf(test(v, i))),
  none: (items, test) => !items.some((v, i) => boolOf(test(v, i))),
  any: (items, test) => items.some((v, i) => boolOf(test(v, i))),
  one: (items, test) => items.filter((v, i) => boolOf(test(v, i))).length === 1,
  filter: (items, test) => items.filter((v, i) => boolOf(test(v, i))),
  map: (items, test) => items.map(test),
  sum: (items, test) => items.map((v, i) => numberOf(test(v, i))).reduce((total, n) => total + n, 0),
  count: (items, test) => items.filter((v, i) => boolOf(test(v, i))).length,
  find: (items, test) => items.find((v, i) => boolOf(test(v, i))) ?? null,
  findIndex: (items, test) => items.findIndex((v, i) => boolOf(test(v, i))),
  findLast: (items, test) => items.findLast((v, i) => boolOf(test(v, i))) ?? null,
  findLastIndex: (items, test) => items.findLastIndex((v, i) => boolOf(test(v, i))),
}
