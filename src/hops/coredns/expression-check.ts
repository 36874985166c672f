// Whether an expression of `view` is taken at start-up: checker/checker.go of antonmedv/expr 1.15.5 (CoreDNS 1.11) and expr-lang/expr 1.17.8
// (since 1.12). The first thing that does not fit is an ExpressionFault.
import { builtinType, isBuiltin } from './expression-builtins.ts'
import { builtin, functionGives } from './expression-check-calls.ts'
import { binary, unary } from './expression-check-operators.ts'
import { ExpressionFault, isModern } from './expression-fault.ts'
import type { Node, NodeOf } from './expression-nodes.ts'
import { fieldOf, methodOf } from './expression-time-types.ts'
import {
  ANY, ANYS, BOOL, dereferenced, FLOAT, goType, INT, isAssignable, isInteger, isList, isUnknown, listOf, MAP, NIL, said, STRING, typeText, UNKNOWN, type Type,
} from './expression-types.ts'
import type { CorednsVersion } from './plugin.ts'

export interface Checker {
  readonly modern: boolean
  readonly version: CorednsVersion
  readonly environment: ReadonlyMap<string, Type>
  /** What was found out of each node. */
  readonly types: Map<Node, Type>
  /** Of the predicates that are open: what they go through, and what `#name` is there. */
  readonly scopes: { readonly collection: Type; readonly pointers: Readonly<Record<string, Type>> }[]
  readonly variables: { readonly name: string; readonly type: Type }[]
  readonly parents: Node[]
}

/** The types of all nodes. */
export function checkExpression(node: Node, version: CorednsVersion, environment: ReadonlyMap<string, Type>): ReadonlyMap<Node, Type> {
  const c: Checker = { modern: isModern(version), version, environment, types: new Map(), scopes: [], variables: [], parents: [] }
  typeOf(c, node)
  return c.types
}

export function fault(at: Node, message: string): never {
  throw new ExpressionFault(message, at.at)
}

/** What is known of the elements of a list is lost there to the older library. */
const FORGETTING: ReadonlySet<Node['kind']> = new Set(['conditional', 'slice', 'binary'])

export function typeOf(c: Checker, node: Node): Type {
  c.parents.push(node)
  const given = found(c, node)
  // The older library calls it an empty interface.
  const type = given.kind === 'unknown' && !c.modern ? ANY : !c.modern && FORGETTING.has(node.kind) ? said(given) : given
  c.parents.pop()
  c.types.set(node, type)
  return type
}

function found(c: Checker, node: Node): Type {
  switch (node.kind) {
    case 'nil': return NIL
    case 'bool': return BOOL
    case 'int': return INT
    case 'float': return FLOAT
    case 'string': return STRING
    case 'bytes': return goType('[]uint8')
    case 'constant': return UNKNOWN
    case 'name': return named(c, node)
    case 'pointer': return pointed(c, node)
    case 'unary': return unary(c, node)
    case 'binary': return binary(c, node)
    case 'chain': return typeOf(c, node.node)
    case 'member': return member(c, node)
    case 'slice': return slice(c, node)
    case 'call': return called(c, node)
    case 'builtin': return builtin(c, node)
    case 'predicate': return predicate(c, node)
    case 'let': return variable(c, node)
    case 'sequence': return node.nodes.map(n => typeOf(c, n)).at(-1) as Type
    case 'conditional': return conditional(c, node)
    case 'array': return listed(c, node.nodes.map(n => typeOf(c, n)))
    case 'map':
      for (const part of node.pairs.flat()) typeOf(c, part)
      return MAP
  }
}

export const text = (c: Checker, type: Type): string => typeText(type, c.modern)

function named(c: Checker, node: NodeOf<'name'>): Type {
  const { name } = node
  const known = c.variables.findLast(v => v.name === name)
  if (known) return known.type
  if (name === '$env') return c.modern ? UNKNOWN : MAP
  return c.environment.get(name) ?? (isBuiltin(name, c.modern) ? builtinType(name, c.modern) : fault(node, `unknown name ${name}`))
}

function pointed(c: Checker, node: NodeOf<'pointer'>): Type {
  const scope = c.scopes.at(-1)
  if (!scope) return fault(node, `cannot use pointer accessor outside ${c.modern ? 'predicate' : 'closure'}`)
  if (node.name === '') return isUnknown(scope.collection) ? UNKNOWN : elementOf(c, scope.collection)
  return Object.hasOwn(scope.pointers, node.name) ? scope.pointers[node.name] as Type : fault(node, `unknown pointer #${node.name}`)
}

/** What a list holds, as far as the type says it, and to the newer library what is known beside. */
export const elementOf = (c: Checker, type: Type): Type => (c.modern && type.known) || type.elem as Type

function listed(c: Checker, types: readonly Type[]): Type {
  const kinds = types.map(t => (t.kind === 'unknown' ? 'nil' : t.kind))
  const last = types.at(-1)
  if (!c.modern) {
    const isSame = last !== undefined && last.kind !== 'nil' && kinds.every(kind => kind === kinds[0])
    return isSame ? listOf(last) : ANYS
  }
  return kinds.every(kind => kind === kinds[0]) ? listOf(last ?? UNKNOWN) : ANYS
}

function member(c: Checker, node: NodeOf<'member'>): Type {
  const name = node.property.kind === 'string' ? node.property.value : undefined
  const isEnvironment = node.node.kind === 'name' && node.node.name === '$env'
  if (isEnvironment && c.modern) return ofEnvironment(c, node, name)
  const base = typeOf(c, node.node)
  const property = typeOf(c, node.property)
  if (isEnvironment) return ofEnvironment(c, node, name)
  if (c.modern && isUnknown(base)) return UNKNOWN
  if (name !== undefined) {
    if (base.kind === 'nil') return fault(node, `type ${c.modern ? 'nil' : '<nil>'} has no field ${name}`)
    const method = methodOf(base, name, c.modern)
    if (method) return method
  }
  return inside(c, node, dereferenced(base), property, name)
}

function inside(c: Checker, node: NodeOf<'member'>, base: Type, property: Type, name: string | undefined): Type {
  if (!c.modern && isUnknown(base)) return UNKNOWN
  if (base.kind === 'map') {
    const fits = isAssignable(property, base.key as Type) || isUnknown(property) || (!c.modern && property.kind === 'nil')
    return fits ? elementOf(c, base) : fault(node.property, `cannot use ${text(c, property)} to get an element from ${text(c, base)}`)
  }
  if (isList(base)) {
    const fits = isInteger(property, c.modern) || isUnknown(dereferenced(property))
    return fits ? elementOf(c, base) : fault(node.property, `array elements can only be selected using an integer (got ${text(c, dereferenced(property))})`)
  }
  const parent = c.parents.at(-2)
  const what = (c.modern ? node.isMethod : parent?.kind === 'call') ? 'method' : 'field'
  if (base.kind === 'struct' && name !== undefined) return fieldOf(base, name, c.modern) ?? fault(node, `type ${text(c, base)} has no ${what} ${name}`)
  if (c.modern && name !== undefined) return fault(node, `type ${text(c, base)} has no ${what} ${name}`)
  return fault(node, `type ${text(c, base)}[${text(c, property)}] is undefined`)
}

/** The older library finds its own functions in the environment, too. */
function ofEnvironment(c: Checker, node: NodeOf<'member'>, name: string | undefined): Type {
  if (name === undefined) return UNKNOWN
  const known = !c.modern && isBuiltin(name, false) ? builtinType(name, false) : c.environment.get(name)
  return known ?? (node.isOptional ? UNKNOWN : fault(node, `unknown name ${name}`))
}

function slice(c: Checker, node: NodeOf<'slice'>): Type {
  const base = typeOf(c, node.node)
  if (c.modern && isUnknown(base)) return UNKNOWN
  if (base.kind !== 'string' && !isList(base) && !isUnknown(base)) fault(node, `cannot slice ${text(c, base)}`)
  for (const end of [node.from, node.to]) {
    const type = end && dereferenced(typeOf(c, end))
    if (end && type && !isInteger(type, c.modern) && !isUnknown(type)) fault(end, `non-integer slice index ${text(c, type)}`)
  }
  return base
}

function called(c: Checker, node: NodeOf<'call'>): Type {
  const { callee } = node
  if (c.modern && callee.kind === 'name' && callee.name === '$env') fault(node, 'map[string]interface {} is not callable')
  const type = typeOf(c, callee)
  const name = callee.kind === 'name' ? callee.name : callee.kind === 'member' && callee.property.kind === 'string' ? callee.property.value : 'function'
  if (type.builtin !== undefined) return functionGives(c, type.builtin, node, node.args)
  if (type.kind === 'nil') return fault(node, `${name} is nil; cannot call nil as function`)
  if (isUnknown(type)) return UNKNOWN
  if (type.kind !== 'func') return fault(node, `${text(c, type)} is not callable`)
  return functionGives(c, name, node, node.args, type)
}

/** `known`: what it gives. */
function predicate(c: Checker, node: NodeOf<'predicate'>): Type {
  const gives = typeOf(c, node.node)
  if (!c.modern && gives.kind === 'nil') fault(node.node, 'closure cannot be nil')
  const out = gives.kind === 'nil' ? undefined : gives.kind === 'unknown' ? ANY : gives
  return { kind: 'func', name: `func(interface {})${out ? ` ${out.name}` : ''}`, takes: [ANY], gives: out ? [out] : [], known: gives }
}

function variable(c: Checker, node: NodeOf<'let'>): Type {
  const { name } = node
  if (c.environment.has(name)) fault(node, `cannot redeclare ${name}`)
  if (isBuiltin(name, c.modern)) fault(node, `cannot redeclare builtin ${name}`)
  if (c.variables.some(v => v.name === name)) fault(node, `cannot redeclare variable ${name}`)
  c.variables.push({ name, type: typeOf(c, node.value) })
  const type = typeOf(c, node.body)
  c.variables.pop()
  return type
}

function conditional(c: Checker, node: NodeOf<'conditional'>): Type {
  const test = dereferenced(typeOf(c, node.test))
  if (test.kind !== 'bool' && !isUnknown(test)) fault(node.test, `non-bool expression (type ${text(c, test)}) used as condition`)
  const yes = typeOf(c, node.yes)
  const no = typeOf(c, node.no)
  if (yes.kind === 'nil') return no
  if (no.kind === 'nil') return yes
  if (yes.kind === 'unknown' || !isAssignable(yes, no)) return UNKNOWN
  if (!c.modern || !isList(yes) || !isList(no)) return yes
  const [a, b] = [elementOf(c, yes), elementOf(c, no)]
  return isAssignable(a, b) && isAssignable(b, a) && a.kind !== 'unknown' && b.kind !== 'unknown' ? yes : ANYS
}
