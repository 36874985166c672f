// Which functions the expression library has, and of which types they are: builtin/builtin.go of antonmedv/expr 1.15.5 and expr-lang/expr
// 1.17.8. CoreDNS takes `type` out, because it has a function of that name.
import { lookOf } from './expression-arguments.ts'
import { FUNCTION, goType, type Type } from './expression-types.ts'

const VALUES = '[]interface {}'
const TEST = 'func(interface {}) bool'

/** What stands in the parentheses of a function with a predicate, in the newer library; `?` = may be left out. */
const SHAPES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...['all', 'none', 'any', 'one', 'filter', 'map', 'find', 'findIndex', 'findLast', 'findLastIndex', 'groupBy'].map(name => [name, ['value', 'predicate']] as const),
  ...['count', 'sum'].map(name => [name, ['value', 'predicate?']] as const), ...['sortBy', 'reduce'].map(name => [name, ['value', 'predicate', 'value?']] as const),
])

export const predicateShape = (name: string, modern: boolean): readonly string[] | undefined =>
  (modern || (name !== 'sum' && name !== 'sortBy') ? SHAPES.get(name) : undefined)

/** Arguments fit one of these. */
const OVERLOADS: ReadonlyMap<string, string> = new Map<string, string>([
  ...['all', 'none', 'any', 'one'].map(name => [name, `func(${VALUES}, ${TEST}) bool`] as const), ['filter', `func(${VALUES}, ${TEST}) ${VALUES}`],
  ...['findIndex', 'findLastIndex', 'count'].map(name => [name, `func(${VALUES}, ${TEST}) int`] as const), ...['find', 'findLast'].map(name => [name, `func(${VALUES}, ${TEST}) interface {}`] as const),
  ['map', `func(${VALUES}, func(interface {}) interface {}) ${VALUES}`], ['groupBy', `func(${VALUES}, func(interface {}) interface {}) map[interface {}]${VALUES}`],
  ['reduce', `func(${VALUES}, func(interface {}, interface {}) interface {}, interface {}) interface {}`],
  ['string', 'func(interface {}) string'], ['trim', 'func(string) string; func(string, string) string'],
  ...['trimPrefix', 'trimSuffix'].map(name => [name, 'func(string, string) string; func(string) string'] as const),
  ...['upper', 'lower', 'toBase64', 'fromBase64'].map(name => [name, 'func(string) string'] as const),
  ...['split', 'splitAfter'].map(name => [name, 'func(string, string) []string; func(string, string, int) []string'] as const),
  ['replace', 'func(string, string, string, int) string; func(string, string, string) string'], ['repeat', 'func(string, int) string'],
  ['join', `func([]string, string) string; func(${VALUES}, string) string; func(${VALUES}) string; func([]string, string) string; func([]string) string`],
  ...['indexOf', 'lastIndexOf'].map(name => [name, 'func(string, string) int'] as const), ...['hasPrefix', 'hasSuffix'].map(name => [name, 'func(string, string) bool'] as const),
  ['toJSON', 'func(interface {}) string'], ['fromJSON', 'func(string) interface {}'], ['duration', 'func(string) (time.Duration, error)'],
])
const OVERLOADS_OLD: ReadonlyMap<string, string> = new Map<string, string>([
  ['now', 'func() time.Time'], ['date', 'func(string) time.Time; func(string, string) time.Time; func(string, string, string) time.Time'],
])
const OVERLOADS_MODERN: ReadonlyMap<string, string> = new Map<string, string>([
  ['sum', `func(${VALUES}, ${TEST}) int`], ['sortBy', `func(${VALUES}, ${TEST}, string) ${VALUES}`], ['timezone', 'func(string) (*time.Location, error)'], ['bitnot', 'func(int) int'],
  ...['bitand', 'bitor', 'bitxor', 'bitnand', 'bitshl', 'bitshr', 'bitushr'].map(name => [name, 'func(int, int) int'] as const),
  ['sort', [...[VALUES, '[]int', '[]float64', '[]string'].map(list => `func(${list}, string) ${VALUES}`), ...[VALUES, '[]float64', '[]string', '[]int'].map(list => `func(${list}) ${VALUES}`)].join('; ')],
])

const spelled = (name: string, modern: boolean): string | undefined => OVERLOADS.get(name) ?? (modern ? OVERLOADS_MODERN : OVERLOADS_OLD).get(name)

export const isBuiltin = (name: string, modern: boolean): boolean =>
  spelled(name, modern) !== undefined || name === 'get' || lookOf(name, modern) !== undefined

/** Undefined: it looks at its arguments itself (expression-arguments.ts). */
export const overloadsOf = (name: string, modern: boolean): readonly Type[] | undefined => spelled(name, modern)?.split('; ').map(goType)

/** Handed over as a value. */
export const builtinType = (name: string, modern: boolean): Type => ({ ...(modern ? overloadsOf(name, modern)?.[0] : undefined) ?? FUNCTION, builtin: name })
