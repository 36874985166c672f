// Which types the operators of `view` expressions take: checker/checker.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { elementOf, fault, text, typeOf, type Checker } from './expression-check.ts'
import { ExpressionUnmodelled } from './expression-fault.ts'
import type { Node, NodeOf } from './expression-nodes.ts'
import { BOOL, dereferenced, DURATION, FLOAT, goType, INT, isAssignable, isInteger, isList, isNumber, isUnknown, listOf, STRING, TIME, UNKNOWN, type Type } from './expression-types.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'

export function unary(c: Checker, node: NodeOf<'unary'>): Type {
  const type = dereferenced(typeOf(c, node.node))
  const negates = node.op === '!' || node.op === 'not'
  if (isUnknown(type)) return negates ? BOOL : UNKNOWN
  if (negates ? type.kind === 'bool' : isNumber(type, c.modern)) return negates ? BOOL : type
  return fault(node, `invalid operation: ${node.op} (mismatched type ${text(c, type)})`)
}

type Is = (type: Type, modern: boolean) => boolean
const isOf = (known: Type): Is => type => type.name === known.name
const isKind = (kind: Type['kind']): Is => type => type.kind === kind
const [isBool, isString, isTime, isDuration] = [isKind('bool'), isKind('string'), isOf(TIME), isOf(DURATION)]

/** `pairs`: sides that fit, and what comes out. `either`: what one side may be where nothing is known of the other. `unknown`: what then comes out. */
interface Operator {
  readonly pairs: readonly (readonly [left: Is, right: Is, gives: Type | 'combined'])[]
  readonly either: readonly Is[]
  readonly unknown: Type
}

const same = (is: Is, gives: Type | 'combined'): readonly [Is, Is, Type | 'combined'] => [is, is, gives]
const LOGIC: Operator = { pairs: [same(isBool, BOOL)], either: [isBool], unknown: BOOL }
const TEXTS: Operator = { pairs: [same(isString, BOOL)], either: [isString], unknown: BOOL }
const RATIO: Operator = { pairs: [same(isNumber, FLOAT)], either: [isNumber], unknown: FLOAT }
const compares = (...more: readonly Is[]): Operator =>
  ({ pairs: [isNumber, isString, isTime, ...more].map(is => same(is, BOOL)), either: [isNumber, isString, isTime, ...more], unknown: BOOL })

const SUM: Operator = {
  pairs: [same(isNumber, 'combined'), same(isString, STRING), [isTime, isDuration, TIME], [isDuration, isTime, TIME]],
  either: [isNumber, isString, isTime, isDuration], unknown: UNKNOWN,
}
const DIFFERENCE: Operator = { pairs: [same(isNumber, 'combined'), same(isTime, DURATION), [isTime, isDuration, TIME]], either: [isNumber, isTime], unknown: UNKNOWN }
const PRODUCT: Operator = { pairs: [same(isNumber, 'combined')], either: [isNumber], unknown: UNKNOWN }
const lengthened = (operator: Operator, ...more: Operator['pairs']): Operator =>
  ({ ...operator, pairs: [...operator.pairs, ...more], either: [...operator.either, isDuration] })

const OPERATORS: Readonly<Record<'old' | 'modern', ReadonlyMap<string, Operator>>> = { old: operators(false), modern: operators(true) }

function operators(modern: boolean): ReadonlyMap<string, Operator> {
  const range = modern ? listOf(INT) : goType('[]int')
  const table: readonly (readonly [string, Operator])[] = [
    ['or || and &&', LOGIC], ['< > >= <=', modern ? compares(isDuration) : compares()], ['/ ** ^', RATIO], ['matches contains startsWith endsWith', TEXTS],
    ['+', modern ? lengthened(SUM, same(isDuration, DURATION)) : SUM],
    ['-', modern ? lengthened(DIFFERENCE, same(isDuration, DURATION)) : DIFFERENCE],
    ['*', modern ? lengthened(PRODUCT, [isNumber, isDuration, DURATION], [isDuration, isNumber, DURATION], [isDuration, isDuration, DURATION]) : PRODUCT],
    ['%', { pairs: [same(isInteger, modern ? INT : 'combined')], either: [isInteger], unknown: modern ? INT : UNKNOWN }],
    ['..', { pairs: [same(isInteger, range)], either: [isInteger], unknown: range }],
  ]
  return new Map(table.flatMap(([names, operator]) => names.split(' ').map(name => [name, operator] as const)))
}

/** In the older library two of one kind keep their type. */
function combined(c: Checker, left: Type, right: Type): Type {
  if (!c.modern && left.kind === right.kind) return left
  return left.kind === 'float64' || right.kind === 'float64' ? FLOAT : INT
}

export function binary(c: Checker, node: NodeOf<'binary'>): Type {
  const left = dereferenced(typeOf(c, node.left))
  const right = dereferenced(typeOf(c, node.right))
  const { op } = node
  if (op === '??') return coalesced(left, right)
  if (op === 'matches' && node.right.kind === 'string') checkPattern(c, node, node.right.value)
  const given = op === '==' || op === '!=' ? comparable(c, left, right) && BOOL : op === 'in' ? isIn(c, node, left, right) && BOOL : operated(c, node, left, right)
  return given || fault(node, `invalid operation: ${op} (mismatched types ${text(c, left)} and ${text(c, right)})`)
}

function operated(c: Checker, node: NodeOf<'binary'>, left: Type, right: Type): Type | undefined {
  const operator = OPERATORS[c.modern ? 'modern' : 'old'].get(node.op) as Operator
  // Bytes are matched, too.
  if (node.op === 'matches' && c.modern && left.name === '[]uint8' && isString(right, c.modern)) return BOOL
  const pair = operator.pairs.find(([isLeft, isRight]) => isLeft(left, c.modern) && isRight(right, c.modern))
  if (pair) return pair[2] === 'combined' ? combined(c, left, right) : pair[2]
  const known = [left, right].filter(type => !isUnknown(type))
  const fits = known.length === 0 || (known.length === 1 && operator.either.some(is => is(known[0] as Type, c.modern)))
  return fits ? operator.unknown : undefined
}

function comparable(c: Checker, left: Type, right: Type): boolean {
  if (isUnknown(left) || isUnknown(right) || left.kind === 'nil' || right.kind === 'nil') return true
  if (isNumber(left, c.modern) && isNumber(right, c.modern)) return true
  return c.modern ? (isList(left) && isList(right)) || isAssignable(left, right) : left.kind === right.kind
}

function isIn(c: Checker, node: Node, left: Type, right: Type): boolean {
  if (right.kind === 'struct' && (left.kind === 'string' || isUnknown(left))) return true
  if (right.kind === 'map') {
    const key = right.key as Type
    const fits = isUnknown(left) || isAssignable(left, key) || (!c.modern && left.kind === 'nil')
    if (!fits) fault(node, `cannot use ${text(c, left)} as type ${text(c, key)} in map key`)
    return true
  }
  if (isList(right)) {
    // The older library looks at what the type says and at what is known beside.
    const wrong = [elementOf(c, right), ...!c.modern && right.known ? [right.known] : []].find(elem => !comparable(c, left, elem))
    if (wrong) fault(node, `cannot use ${text(c, left)} as type ${text(c, wrong)} in array`)
    return true
  }
  return isUnknown(right) || (isUnknown(left) && right.kind === 'string')
}

function coalesced(left: Type, right: Type): Type {
  if (left.kind === 'nil') return right
  if (right.kind === 'nil') return left
  return isAssignable(right, left) && left.kind !== 'unknown' ? left : UNKNOWN
}

function checkPattern(c: Checker, node: Node, pattern: string): void {
  const compiled = compileGoRegexp(pattern, c.version)
  if (!isRefused(compiled)) return
  if (compiled.unmodelled) throw new ExpressionUnmodelled(compiled.error)
  fault(node, compiled.error.startsWith('error parsing regexp') ? compiled.error : `error parsing regexp: ${compiled.error}`)
}
