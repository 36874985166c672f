// Whether an expression of `view` is taken at start-up: checker/checker.go of antonmedv/expr 1.15.5 (CoreDNS 1.11) and expr-lang/expr 1.17.8
// (since 1.12). The first thing that does not fit is an ExpressionFault.
import { AGGREGATES, CHECKED, ENDS, isBuiltin, isPredicate, isUnmodelledBuiltin, SIGNATURES } from './expression-builtins.ts'
import { ExpressionFault, ExpressionUnmodelled, isModern } from './expression-fault.ts'
import type { Node } from './expression-parser.ts'
import {
  ANY, arrayOf, BOOL, comparable, ENVIRONMENT, FLOAT, INT, INTERFACE, isAny, isNumber, MAP, NIL, STRING, STRINGS, typeText, type Type,
} from './expression-types.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'
import type { CorednsVersion } from './plugin.ts'

interface Checker {
  readonly modern: boolean
  readonly version: CorednsVersion
  readonly environment: ReadonlyMap<string, Type>
  /** Of the predicates that are open: what `#` is, and whether `#index` is there. */
  readonly scopes: { readonly collection: Type; readonly hasIndex: boolean }[]
}

/** The type of what it gives. @throws ExpressionFault, ExpressionUnmodelled */
export const checkExpression = (node: Node, version: CorednsVersion, environment = ENVIRONMENT): Type =>
  typeOf({ modern: isModern(version), version, environment, scopes: [] }, node)


function fault(at: Node, message: string): never {
  throw new ExpressionFault(message, at.at)
}

function typeOf(c: Checker, node: Node): Type {
  switch (node.kind) {
    case 'nil': return NIL
    case 'bool': return BOOL
    case 'int': return INT
    case 'float': return FLOAT
    case 'string': return STRING
    case 'name': return named(c, node)
    case 'pointer': return pointed(c, node, node.name)
    case 'unary': return unary(c, node)
    case 'binary': return binary(c, node)
    case 'ternary': return ternary(c, node)
    case 'array': return listed(c, node.nodes.map(n => typeOf(c, n)))
    case 'map':
      for (const part of node.pairs.flat()) typeOf(c, part)
      return MAP
    case 'member': return member(c, node)
    case 'slice': return slice(c, node)
    case 'call': return called(c, node)
    case 'builtin': return builtin(c, node)
  }
}

type Of<K extends Node['kind']> = Extract<Node, { kind: K }>

const text = (c: Checker, type: Type): string => typeText(type, c.modern)

function named(c: Checker, node: Of<'name'>): Type {
  if (isBuiltin(node.name, c.modern) || isPredicate(node.name, c.modern)) throw new ExpressionUnmodelled('a function of the library as a value')
  return c.environment.get(node.name) ?? fault(node, `unknown name ${node.name}`)
}

function pointed(c: Checker, node: Node, name: string): Type {
  const scope = c.scopes.at(-1)
  if (!scope) return fault(node, 'cannot use pointer accessor outside predicate')
  if (name === '') return scope.collection.kind === 'array' ? scope.collection.elem : ANY
  return name === 'index' && scope.hasIndex ? INT : fault(node, `unknown pointer #${name}`)
}

function listed(c: Checker, types: readonly Type[]): Type {
  const [first] = types
  const same = first && types.every(t => t.kind === first.kind) && (c.modern || first.kind !== 'nil')
  const elem = same ? types.at(-1) as Type : INTERFACE
  // The older library knows it for `in` only.
  return c.modern ? arrayOf(elem) : { kind: 'array', elem: ANY, literal: elem }
}

function unary(c: Checker, node: Of<'unary'>): Type {
  const type = typeOf(c, node.node)
  const negates = node.op === '!' || node.op === 'not'
  if (isAny(type)) return negates ? BOOL : ANY
  if (negates ? type.kind === 'bool' : isNumber(type)) return type
  return fault(node, `invalid operation: ${node.op} (mismatched type ${text(c, type)})`)
}

type Kinds = readonly Type['kind'][]
/** Which kinds an operator takes on both sides, and what it gives. */
interface Operator { readonly takes: readonly Kinds[]; readonly gives: (left: Type, right: Type) => Type }
const NUMBERS: Kinds = ['int', 'float']

const OPERATORS: ReadonlyMap<string, Operator> = new Map(([
  [['or', '||', 'and', '&&'], { takes: [['bool']], gives: () => BOOL }],
  [['<', '>', '>=', '<='], { takes: [NUMBERS, ['string']], gives: () => BOOL }],
  [['-', '*'], { takes: [NUMBERS], gives: combined }],
  [['/', '**', '^'], { takes: [NUMBERS], gives: () => FLOAT }],
  [['+'], { takes: [NUMBERS, ['string']], gives: combined }],
  [['%'], { takes: [['int']], gives: () => INT }],
  [['matches', 'contains', 'startsWith', 'endsWith'], { takes: [['string']], gives: () => BOOL }],
  [['..'], { takes: [['int']], gives: () => ({ kind: 'array', elem: INT, name: '[]int' }) }],
] as const satisfies readonly (readonly [readonly string[], Operator])[]).flatMap(([names, operator]) => names.map(name => [name, operator] as const)))

function combined(left: Type, right: Type): Type {
  if (isAny(left) || isAny(right)) return ANY
  return left.kind === 'string' ? STRING : left.kind === 'float' || right.kind === 'float' ? FLOAT : INT
}

function binary(c: Checker, node: Of<'binary'>): Type {
  const left = typeOf(c, node.left)
  const right = typeOf(c, node.right)
  if (node.op === '==' || node.op === '!=') {
    if (comparable(left, right, c.modern)) return BOOL
  } else if (node.op === 'in') {
    if (isIn(c, node, left, right)) return BOOL
  } else if (node.op === '??') return coalesced(left, right)
  else {
    // The library works constants out before anything runs.
    if (node.op === '%' && node.left.kind === 'int' && node.right.kind === 'int' && node.right.value === 0) fault(node, 'integer divide by zero')
    if (node.op === 'matches' && node.right.kind === 'string') checkPattern(c, node, node.right.value)
    const operator = OPERATORS.get(node.op)
    if (!operator) return fault(node, `unknown operator (${node.op})`)
    const fits = (type: Type, kinds: Kinds): boolean => kinds.includes(type.kind)
    const isFit = operator.takes.some(kinds => (isAny(left) || fits(left, kinds)) && (isAny(right) || fits(right, kinds)))
    if (isFit) {
      const given = operator.gives(left, right)
      return given.kind === 'array' && c.modern ? arrayOf(INT) : given
    }
  }
  return fault(node, `invalid operation: ${node.op} (mismatched types ${text(c, left)} and ${text(c, right)})`)
}

function isIn(c: Checker, node: Node, left: Type, right: Type): boolean {
  if (right.kind === 'array') {
    const wrong = [right.elem, right.literal ?? ANY].find(elem => !comparable(left, elem, c.modern))
    if (wrong) fault(node, `cannot use ${text(c, left)} as type ${text(c, wrong)} in array`)
    return true
  }
  if (right.kind === 'map') {
    if (!isAny(left) && left.kind !== 'string' && left.kind !== 'nil') fault(node, `cannot use ${text(c, left)} as type string in map key`)
    return true
  }
  return isAny(right) || (isAny(left) && right.kind === 'string')
}

function coalesced(left: Type, right: Type): Type {
  if (left.kind === 'nil') return right
  return right.kind === 'nil' || right.kind === left.kind ? left : ANY
}

function checkPattern(c: Checker, node: Node, pattern: string): void {
  const compiled = compileGoRegexp(pattern, c.version)
  if (!isRefused(compiled)) return
  if (compiled.unmodelled) throw new ExpressionUnmodelled(compiled.error)
  fault(node, compiled.error.startsWith('error parsing regexp') ? compiled.error : `error parsing regexp: ${compiled.error}`)
}

function ternary(c: Checker, node: Of<'ternary'>): Type {
  const test = typeOf(c, node.test)
  if (test.kind !== 'bool' && !isAny(test)) fault(node.test, `non-bool expression (type ${text(c, test)}) used as condition`)
  const yes = typeOf(c, node.yes)
  const no = typeOf(c, node.no)
  if (yes.kind === 'nil') return no
  return no.kind === 'nil' || no.kind === yes.kind ? yes : ANY
}

function member(c: Checker, node: Of<'member'>): Type {
  const base = typeOf(c, node.node)
  const property = typeOf(c, node.property)
  const name = node.property.kind === 'string' ? node.property.value : undefined
  if (isAny(base)) return ANY
  if (base.kind === 'nil' && name !== undefined) return fault(node, `type ${c.modern ? 'nil' : '<nil>'} has no field ${name}`)
  if (base.kind === 'map') {
    if (property.kind !== 'string' && !isAny(property)) fault(node.property, `cannot use ${text(c, property)} to get an element from ${text(c, base)}`)
    return INTERFACE
  }
  if (base.kind === 'array') {
    if (property.kind !== 'int' && !isAny(property)) fault(node.property, `array elements can only be selected using an integer (got ${text(c, property)})`)
    return base.elem
  }
  if (name !== undefined && c.modern) return fault(node, `type ${text(c, base)} has no ${node.isMethod ? 'method' : 'field'} ${name}`)
  return fault(node, `type ${text(c, base)}[${text(c, property)}] is undefined`)
}

function slice(c: Checker, node: Of<'slice'>): Type {
  const base = typeOf(c, node.node)
  if (isAny(base)) return ANY
  if (base.kind !== 'string' && base.kind !== 'array') fault(node, `cannot slice ${text(c, base)}`)
  for (const end of [node.from, node.to]) {
    const type = end && typeOf(c, end)
    if (end && type && type.kind !== 'int' && !isAny(type)) fault(end, `non-integer slice index ${text(c, type)}`)
  }
  return base
}

function called(c: Checker, node: Of<'call'>): Type {
  const callee = typeOf(c, node.callee)
  if (isAny(callee)) return ANY
  if (callee.kind !== 'func') return fault(node, `${text(c, callee)} is not callable`)
  const name = node.callee.kind === 'name' ? node.callee.name : 'function'
  const wrong = argumentsFault(c, name, node, node.args, callee.takes)
  if (wrong) throw wrong
  return callee.gives
}

function argumentsFault(c: Checker, name: string, node: Node, args: readonly Node[], takes: readonly Type[]): ExpressionFault | undefined {
  if (args.length !== takes.length) {
    // The newer library looks at the arguments all the same.
    if (c.modern) for (const arg of args) typeOf(c, arg)
    return new ExpressionFault(`${args.length > takes.length ? 'too many' : 'not enough'} arguments to call ${name}`, node.at)
  }
  for (const [i, arg] of args.entries()) {
    const type = typeOf(c, arg)
    const wanted = takes[i] as Type
    const fits = isAny(type) || isAny(wanted) || type.kind === wanted.kind || (wanted.kind === 'float' && type.kind === 'int')
    if (fits) continue
    if (type.kind === 'nil') return new ExpressionFault(`cannot use nil as argument (type ${text(c, wanted)}) to call ${name}`, arg.at)
    return new ExpressionFault(`cannot use ${text(c, type)} as argument (type ${text(c, wanted)}) to call ${name} `, arg.at)
  }
  return undefined
}

const LETTERS: Readonly<Record<string, Type>> = { s: STRING, i: INT, b: BOOL, f: FLOAT, x: ANY, a: arrayOf(ANY), S: STRINGS }

function builtin(c: Checker, node: Of<'builtin'>): Type {
  if (isUnmodelledBuiltin(node.name, c.modern)) throw new ExpressionUnmodelled(`the function ${node.name}`)
  if (isPredicate(node.name, c.modern)) return predicate(c, node)
  const signatures = SIGNATURES.get(node.name)
  if (!signatures) return checked(c, node)
  let last: ExpressionFault | undefined
  for (const signature of signatures) {
    const [takes = '', gives = ''] = signature.split('>')
    last = argumentsFault(c, node.name, node, node.args, [...takes].map(letter => LETTERS[letter] as Type))
    if (!last) return LETTERS[gives] as Type
  }
  throw last as ExpressionFault
}

/** As these functions print it: the type of nil is none. */
const reflected = (c: Checker, type: Type): string => (type.kind === 'nil' ? '%!s(<nil>)' : text(c, type))

/** Of one array in the older library. */
const OLD_GATHERERS: ReadonlyMap<string, string> = new Map([['sum', 'sum'], ['mean', 'avg'], ['median', 'avg']])

const KIND_LETTERS: Readonly<Record<string, string>> = { array: 'a', map: 'm', string: 's', int: 'n', float: 'n' }

function checked(c: Checker, node: Of<'builtin'>): Type {
  const { name, args } = node
  const types = args.map(arg => typeOf(c, arg))
  const [type] = types
  const gathers = OLD_GATHERERS.get(name)
  if (gathers && !c.modern) {
    if (!type || types.length !== 1) return fault(node, `invalid number of arguments (expected 1, got ${types.length})`)
    return isAny(type) || type.kind === 'array' ? ANY : fault(node, `cannot ${gathers} ${reflected(c, type)}`)
  }
  if (AGGREGATES.has(name)) {
    if (!type) return fault(node, `not enough arguments to call ${name}`)
    const takesArrays = c.modern || (name !== 'max' && name !== 'min')
    // What stands behind an array is not looked at.
    const end = types.find(t => isAny(t) || (takesArrays && t.kind === 'array') || !isNumber(t))
    const isOpen = end !== undefined && (isAny(end) || (takesArrays && end.kind === 'array'))
    const wrong = isOpen ? undefined : end
    if (wrong) fault(node, `invalid argument for ${name} (type ${reflected(c, wrong)})`)
    return isOpen ? INTERFACE : type
  }
  if (!type || types.length !== 1) return fault(node, `invalid number of arguments (expected 1, got ${types.length})`)
  if (ENDS.has(name)) {
    if (type.kind === 'array' || isAny(type)) return INTERFACE
    return fault(node, `cannot get ${name} element from ${reflected(c, type)}`)
  }
  const [takes, gives] = CHECKED.get(name) as readonly [string, string]
  if (!isAny(type) && !takes.includes(KIND_LETTERS[type.kind] ?? '?')) fault(node, `invalid argument for ${name} (type ${reflected(c, type)})`)
  return gives === '=' ? type : LETTERS[gives] as Type
}

const GIVES_BOOL = new Set(['all', 'none', 'any', 'one'])
const GIVES_INT = new Set(['count', 'findIndex', 'findLastIndex'])

function predicate(c: Checker, { name, args: [array, body], bodyAt }: Of<'builtin'>): Type {
  const collection = typeOf(c, array as Node)
  if (collection.kind !== 'array' && !isAny(collection)) fault(array as Node, `builtin ${name} takes only array (got ${text(c, collection)})`)
  if (!body) return name === 'sum' ? collection.kind === 'array' ? collection.elem : ANY : INT
  c.scopes.push({ collection, hasIndex: name === 'map' })
  const given = typeOf(c, body)
  c.scopes.pop()
  if (given.kind === 'nil') throw new ExpressionFault('predicate should has one input and one output param', bodyAt)
  if (name === 'sum') return given
  if (name === 'map') return arrayOf(given)
  if (given.kind !== 'bool' && !isAny(given)) throw new ExpressionFault(`predicate should return boolean (got ${text(c, given)})`, bodyAt)
  if (GIVES_BOOL.has(name)) return BOOL
  if (GIVES_INT.has(name)) return INT
  const element = collection.kind === 'array' ? collection.elem : ANY
  return name === 'filter' ? arrayOf(element) : element
}
