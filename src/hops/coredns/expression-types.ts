// Types of Go in expressions of `view`, as far as CoreDNS's functions and the library make any; read from Go's spelling of them.
import type { Value } from './expression-value.ts'

export type Kind =
  /** Nothing is known; nil. */
  | 'unknown' | 'nil'
  /** Those of package reflect. */
  | 'interface' | 'bool' | 'int' | 'int64' | 'uint64' | 'uint8' | 'float64' | 'string' | 'slice' | 'array' | 'map' | 'func' | 'struct' | 'ptr'

export interface Type {
  readonly kind: Kind
  /** Go's spelling. */
  readonly name: string
  readonly elem?: Type
  readonly key?: Type
  readonly takes?: readonly Type[]
  readonly gives?: readonly Type[]
  readonly isVariadic?: boolean
  /** The first thing it takes is what it is a method of. */
  readonly isMethod?: boolean
  /** What is known of the elements of a list whose type does not say, or of what a predicate gives. */
  readonly known?: Type
  /** The function of the library that it is. */
  readonly builtin?: string
}

const NAMED: Readonly<Record<string, Kind>> = {
  'bool': 'bool', 'int': 'int', 'int64': 'int64', 'uint64': 'uint64', 'uint8': 'uint8', 'float64': 'float64', 'string': 'string', 'interface {}': 'interface', 'error': 'interface',
  'time.Time': 'struct', 'time.Location': 'struct', 'time.Duration': 'int64', 'time.Month': 'int', 'time.Weekday': 'int', 'struct {}': 'struct',
}

const read = new Map<string, Type>()

/** `map[string]interface {}`, `func(string, string) (bool, error)`: only spellings of our own tables. */
export function goType(name: string): Type {
  const known = read.get(name)
  if (known) return known
  const type = typeRead(name)
  read.set(name, type)
  return type
}

function typeRead(name: string): Type {
  if (NAMED[name]) return { kind: NAMED[name], name }
  if (name.startsWith('[]')) return { kind: 'slice', name, elem: goType(name.slice(2)) }
  if (name.startsWith('[2]')) return { kind: 'array', name, elem: goType(name.slice(3)) }
  if (name.startsWith('*')) return { kind: 'ptr', name, elem: goType(name.slice(1)) }
  if (name.startsWith('map[')) {
    const end = closing(name, 3)
    return { kind: 'map', name, key: goType(name.slice(4, end)), elem: goType(name.slice(end + 1)) }
  }
  const end = closing(name, 4)
  const takes = parts(name.slice(5, end))
  const gives = parts(name.slice(end + 1).trim().replace(/^\((.*)\)$/, '$1'))
  const isVariadic = takes.at(-1)?.startsWith('...') === true
  return { kind: 'func', name, takes: takes.map(t => goType(t.replace('...', '[]'))), gives: gives.map(goType), isVariadic }
}

/** Of the bracket at `open`. */
function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if ('([{'.includes(text[at] as string)) depth++
    else if (')]}'.includes(text[at] as string) && --depth === 0) return at
  }
  return text.length
}

/** Between commas that stand in no bracket. */
function parts(text: string): readonly string[] {
  const found: string[] = []
  let [depth, part] = [0, '']
  for (const char of text) {
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char)) depth--
    if (char === ',' && depth === 0) {
      found.push(part.trim())
      part = ''
    } else part += char
  }
  return part.trim() === '' ? found : [...found, part.trim()]
}

export const UNKNOWN: Type = { kind: 'unknown', name: 'unknown' }
export const NIL: Type = { kind: 'nil', name: '<nil>' }
export const [ANY, BOOL, INT, FLOAT, STRING, ANYS, MAP, TIME, DURATION] =
  ['interface {}', 'bool', 'int', 'float64', 'string', '[]interface {}', 'map[string]interface {}', 'time.Time', 'time.Duration'].map(goType) as
    [Type, Type, Type, Type, Type, Type, Type, Type, Type]
export const FUNCTION = goType('func(...interface {}) (interface {}, error)')

/** A list of anything, as the newer library makes them, of which more is known than its type says. */
export const listOf = (known: Type): Type => ({ ...ANYS, known })

/** What Go's spelling says of it, and not what is known beside. */
export function said({ known: _, ...type }: Type): Type {
  return type
}

/** What CoreDNS defines: plugin/pkg/expression/expression.go. */
export const ENVIRONMENT: ReadonlyMap<string, Type> = new Map([
  ['incidr', goType('func(string, string) (bool, error)')], ['metadata', goType('func(string) string')],
  ...['type', 'name', 'class', 'proto', 'client_ip', 'port', 'server_ip', 'server_port'].map(name => [name, goType('func() string')] as const),
  ...['size', 'id', 'opcode', 'bufsize'].map(name => [name, goType('func() int')] as const), ['do', goType('func() bool')],
])

const INTEGERS: ReadonlySet<Kind> = new Set(['int', 'int64', 'uint8', 'uint64'])
/** To the newer library a type with a name of its own, such as time.Duration, is no number. */
export const isInteger = (type: Type, modern: boolean): boolean => INTEGERS.has(type.kind) && (!modern || type.name === type.kind)
export const isNumber = (type: Type, modern: boolean): boolean => type.kind === 'float64' || isInteger(type, modern)
export const isUnknown = (type: Type): boolean => type.kind === 'unknown' || type.kind === 'interface'
export const isList = (type: Type): boolean => type.kind === 'slice' || type.kind === 'array'
export const dereferenced = (type: Type): Type => (type.kind === 'ptr' ? dereferenced(type.elem as Type) : type)

export const typeText = (type: Type, modern: boolean): string =>
  type.kind === 'unknown' || type.kind === 'nil' ? (modern ? 'unknown' : type.kind === 'nil' ? '<nil>' : 'interface {}') : type.name

/** Types that nil is a value of. */
const NILABLE: ReadonlySet<Kind> = new Set(['ptr', 'interface', 'func', 'map', 'slice'])

export function isAssignable(type: Type, to: Type): boolean {
  if (type.kind === 'nil') return NILABLE.has(to.kind)
  if (type.kind === 'unknown' || to.kind === 'unknown') return type.kind === to.kind
  return to.name === 'interface {}' || type.name === to.name
}

/** reflect.TypeOf. */
export function typeOfValue(value: Value): Type {
  switch (typeof value) {
    case 'boolean': return BOOL
    case 'bigint': return INT
    case 'number': return FLOAT
    case 'string': return STRING
    default: return value === null ? NIL : goType(value.type)
  }
}
