// What functions in `view` expressions take and give: checker/checker.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { lookOf } from './expression-arguments.ts'
import { overloadsOf, predicateShape } from './expression-builtins.ts'
import { elementOf, fault, text, typeOf, type Checker } from './expression-check.ts'
import { ExpressionFault } from './expression-fault.ts'
import type { Node, NodeOf } from './expression-nodes.ts'
import { ANY, ANYS, BOOL, dereferenced, FUNCTION, goType, INT, isAssignable, isInteger, isList, isUnknown, listOf, NIL, said, typeText, UNKNOWN, type Type } from './expression-types.ts'

/** `type`: of a function that is not of the library. */
export function functionGives(c: Checker, name: string, at: Node, args: readonly Node[], type?: Type): Type {
  const overloads = type ? [type] : overloadsOf(name, c.modern)
  const look = overloads ? undefined : lookOf(name, c.modern)
  if (look) {
    const given = look(args.map(arg => typeOf(c, arg)))
    return typeof given === 'string' ? fault(at, given) : given
  }
  let last: ExpressionFault | undefined
  for (const overload of overloads ?? [FUNCTION]) {
    last = argumentsFault(c, name, at, args, overload)
    if (!last) return overload.gives?.[0] as Type
  }
  throw last as ExpressionFault
}

function argumentsFault(c: Checker, name: string, at: Node, args: readonly Node[], { takes = [], gives = [], isVariadic, isMethod }: Type): ExpressionFault | undefined {
  if (gives.length > 2) return new ExpressionFault(`func ${name} returns more then two values`, at.at)
  const wanted = isMethod ? takes.slice(1) : takes
  if (!isVariadic && args.length !== wanted.length) {
    // The newer library looks at the arguments all the same.
    if (c.modern) for (const arg of args) typeOf(c, arg)
    return new ExpressionFault(`${args.length > wanted.length ? 'too many' : 'not enough'} arguments to call ${name}`, at.at)
  }
  for (const [i, arg] of args.entries()) {
    const wrong = argumentFault(c, name, arg, typeOf(c, arg), isVariadic ? ANY : wanted[i] as Type)
    if (wrong) return wrong
  }
  return undefined
}

function argumentFault(c: Checker, name: string, arg: Node, type: Type, wanted: Type): ExpressionFault | undefined {
  // Integers are made to fit; the older library thinks so of time.Duration.
  if (isInteger(wanted, c.modern) && isInteger(type, c.modern) && type.kind !== wanted.kind) return undefined
  if (type.kind === 'nil') {
    if (!c.modern || wanted.kind === 'ptr' || wanted.kind === 'interface') return undefined
    return new ExpressionFault(`cannot use nil as argument (type ${wanted.name}) to call ${name}`, arg.at)
  }
  if (isUnknown(type) || isAssignable(type, wanted) || (c.modern && isAssignable(dereferenced(type), wanted))) return undefined
  return new ExpressionFault(`cannot use ${text(c, type)} as argument (type ${wanted.name}) to call ${name} `, arg.at)
}

export function builtin(c: Checker, node: NodeOf<'builtin'>): Type {
  if (predicateShape(node.name, c.modern)) return withPredicate(c, node)
  if (node.name === 'get') return got(c, node)
  // `type` of the library, behind a pipe of the older one.
  if (node.name === 'type') return functionGives(c, 'type', node, node.args, goType('func(interface {}) string'))
  return functionGives(c, node.name, node, node.args)
}

const GIVES_BOOL = new Set(['all', 'none', 'any', 'one'])
const GIVES_INT = new Set(['count', 'findIndex', 'findLastIndex'])
const TESTS = new Set([...GIVES_BOOL, ...GIVES_INT, 'filter', 'find', 'findLast'])
const POINTERS: Readonly<Record<string, Readonly<Record<string, Type>>>> = { map: { index: INT }, reduce: { index: INT, acc: UNKNOWN } }

function withPredicate(c: Checker, node: NodeOf<'builtin'>): Type {
  const { name, args: [array, body, last] } = node
  const collection = dereferenced(typeOf(c, array as Node))
  if (!isList(collection) && !isUnknown(collection)) fault(array as Node, `builtin ${name} takes only array (got ${text(c, collection)})`)
  const element = isUnknown(collection) ? UNKNOWN : elementOf(c, collection)
  if (!body) return name === 'count' ? INT : element
  c.scopes.push({ collection, pointers: POINTERS[name] ?? {} })
  const { known: given = UNKNOWN, gives = [] } = typeOf(c, body)
  c.scopes.pop()
  if (last) ordered(c, name, last)
  if (gives.length === 0) {
    // The library then takes it for a function without a predicate.
    if (name === 'sum') return functionGives(c, name, node, node.args)
    return fault(body, `predicate should has ${name === 'reduce' ? 'two' : 'one'} input and one output param`)
  }
  if (TESTS.has(name) && given.kind !== 'bool' && !isUnknown(given)) fault(body, `predicate should return boolean (got ${typeText(gives[0] as Type, c.modern)})`)
  if (GIVES_BOOL.has(name)) return BOOL
  if (GIVES_INT.has(name)) return INT
  return shaped(c, name, collection, element, given)
}

function ordered(c: Checker, name: string, last: Node): void {
  const order = typeOf(c, last)
  if (name === 'sortBy' && order.kind !== 'string' && !isUnknown(order)) fault(last, `sortBy order argument must be a string (got ${text(c, order)})`)
}

function shaped(c: Checker, name: string, collection: Type, element: Type, given: Type): Type {
  switch (name) {
    case 'filter': return isUnknown(collection) ? ANYS : sliceOf(c, element)
    case 'map': return sliceOf(c, given)
    case 'groupBy': return goType('map[interface {}][]interface {}')
    case 'sortBy': return collection
    case 'reduce': return given
    // Go's signature says what a predicate gives, and not what the library knows of it.
    case 'sum': return given.kind === 'unknown' ? ANY : said(given)
    default: return element
  }
}

/** The older library makes a type of its own. */
const sliceOf = (c: Checker, element: Type): Type => (c.modern ? listOf(element) : element.kind === 'unknown' ? ANYS : { kind: 'slice', name: `[]${element.name}`, elem: element })

function got(c: Checker, node: NodeOf<'builtin'>): Type {
  const { args } = node
  const [value, property] = args as [Node, Node]
  if (args.length !== 2) return fault(node, `invalid number of arguments (expected 2, got ${args.length})`)
  const isEnvironment = value.kind === 'name' && value.name === '$env'
  if (isEnvironment && !c.modern) return property.kind === 'string' ? c.environment.get(property.value) ?? NIL : UNKNOWN
  const base = typeOf(c, value)
  if (!c.modern && isUnknown(base)) return UNKNOWN
  const isIndexed = isList(base) || base.kind === 'map'
  if (!c.modern && !isIndexed) fault(value, `type ${text(c, base)} does not support indexing`)
  const key = dereferenced(typeOf(c, property))
  if (isEnvironment) return (property.kind === 'string' && c.environment.get(property.value)) || UNKNOWN
  if (isUnknown(base)) return UNKNOWN
  if (!isIndexed) fault(value, `type ${text(c, base)} does not support indexing`)
  if (!c.modern && key.kind === 'nil') fault(property, `cannot use nil as ${isList(base) ? 'slice' : 'map'} index`)
  if (isList(base)) {
    if (!isInteger(key, c.modern) && !isUnknown(key)) fault(property, `non-integer slice index ${text(c, key)}`)
  } else if (!isAssignable(key, base.key as Type) && !isUnknown(key)) fault(property, `cannot use ${text(c, key)} to get an element from ${text(c, base)}`)
  return elementOf(c, base)
}
