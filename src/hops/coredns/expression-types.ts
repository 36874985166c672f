// Types in expressions of `view`, as far as CoreDNS's functions and the library's literals make any: checker/ of antonmedv/expr 1.15.5 and
// expr-lang/expr 1.17.8.

export type Type =
  | { readonly kind: 'bool' | 'int' | 'float' | 'string' | 'nil' | 'map' }
  /** `isInterface`: Go's empty interface, which the newer library tells from what it knows nothing about when it prints it. */
  | { readonly kind: 'any'; readonly isInterface?: true }
  /** `name`: Go's spelling where it is not that of a slice of anything. `literal`: what is in it, where its type does not say. */
  | { readonly kind: 'array'; readonly elem: Type; readonly name?: string; readonly literal?: Type }
  | { readonly kind: 'func'; readonly takes: readonly Type[]; readonly gives: Type; readonly name: string }

export const BOOL: Type = { kind: 'bool' }
export const INT: Type = { kind: 'int' }
export const FLOAT: Type = { kind: 'float' }
export const STRING: Type = { kind: 'string' }
export const NIL: Type = { kind: 'nil' }
export const ANY: Type = { kind: 'any' }
export const INTERFACE: Type = { kind: 'any', isInterface: true }
export const MAP: Type = { kind: 'map' }
export const STRINGS: Type = { kind: 'array', elem: STRING, name: '[]string' }
export const arrayOf = (elem: Type): Type => ({ kind: 'array', elem })

export const func = (takes: readonly Type[], gives: Type, name: string): Type => ({ kind: 'func', takes, gives, name })
const giving = (gives: Type, name: string): Type => func([], gives, `func() ${name}`)

/** What CoreDNS defines: plugin/pkg/expression/expression.go. */
export const ENVIRONMENT: ReadonlyMap<string, Type> = new Map([
  ['incidr', func([STRING, STRING], BOOL, 'func(string, string) (bool, error)')], ['metadata', func([STRING], STRING, 'func(string) string')],
  ...['type', 'name', 'class', 'proto', 'client_ip', 'port', 'server_ip', 'server_port'].map(name => [name, giving(STRING, 'string')] as const),
  ...['size', 'id', 'opcode', 'bufsize'].map(name => [name, giving(INT, 'int')] as const),
  ['do', giving(BOOL, 'bool')],
])

const NAMES: Readonly<Record<string, string>> = { bool: 'bool', int: 'int', float: 'float64', string: 'string', map: 'map[string]interface {}' }

export function typeText(type: Type, modern: boolean): string {
  if (type.kind === 'func') return type.name
  if (type.kind === 'array') return type.name ?? '[]interface {}'
  if (type.kind === 'any') return modern && !type.isInterface ? 'unknown' : 'interface {}'
  if (type.kind === 'nil') return modern ? 'unknown' : '<nil>'
  return NAMES[type.kind] as string
}

export const isNumber = (type: Type): boolean => type.kind === 'int' || type.kind === 'float'
export const isAny = (type: Type): boolean => type.kind === 'any'

export function comparable(left: Type, right: Type, modern: boolean): boolean {
  if (isAny(left) || isAny(right) || left.kind === 'nil' || right.kind === 'nil') return true
  if (isNumber(left) && isNumber(right)) return true
  if (left.kind !== right.kind) return false
  return left.kind !== 'func' || right.kind !== 'func' || !modern || left.name === right.name
}
