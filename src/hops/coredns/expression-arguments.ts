// Functions of the expression library that look at the types of their arguments themselves: the Validate functions of builtin/builtin.go of
// antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { ANY, ANYS, dereferenced, FLOAT, goType, INT, said, TIME, type Kind, type Type } from './expression-types.ts'

/** What comes out, or what is wrong. */
type Given = Type | string

type KindSet = ReadonlySet<Kind>
const LISTS: KindSet = new Set(['interface', 'slice', 'array'])
const NUMBERS: KindSet = new Set(['interface', 'int', 'int64', 'uint8', 'uint64', 'float64'])
const INTEGERS: KindSet = new Set(['interface', 'int', 'int64'])
const MAPS: KindSet = new Set(['interface', 'map'])
const STRINGS: KindSet = new Set(['interface', 'string'])

/** One argument of these kinds; `wrong` says what is wrong with another. The older library names the wrong function once, and has not those that are new. */
interface One { readonly takes: KindSet; readonly gives: Type | 'same' | 'element'; readonly wrong: string; readonly wrongOld?: string; readonly isNew?: true }
const argument = (name: string): string => `invalid argument for ${name} (type %s)`
const ONE: ReadonlyMap<string, One> = new Map<string, One>([
  ['len', { takes: new Set([...LISTS, 'map', 'string']), gives: INT, wrong: argument('len') }],
  ['abs', { takes: NUMBERS, gives: 'same', wrong: argument('abs') }],
  ['ceil', { takes: NUMBERS, gives: FLOAT, wrong: argument('ceil') }],
  ['floor', { takes: NUMBERS, gives: FLOAT, wrong: argument('floor') }],
  ['round', { takes: NUMBERS, gives: FLOAT, wrong: argument('round'), wrongOld: argument('floor') }],
  ['int', { takes: new Set([...NUMBERS, 'string']), gives: INT, wrong: argument('int') }],
  ['float', { takes: new Set([...NUMBERS, 'string']), gives: FLOAT, wrong: argument('float') }],
  ['first', { takes: LISTS, gives: 'element', wrong: 'cannot get first element from %s' }],
  ['last', { takes: LISTS, gives: 'element', wrong: 'cannot get last element from %s' }],
  ['keys', { takes: MAPS, gives: ANYS, wrong: 'cannot get keys from %s' }],
  ['values', { takes: MAPS, gives: ANYS, wrong: 'cannot get values from %s' }],
  ['toPairs', { takes: MAPS, gives: ANYS, wrong: 'cannot transform %s to pairs' }],
  ['fromPairs', { takes: LISTS, gives: goType('map[interface {}]interface {}'), wrong: 'cannot transform %s from pairs' }],
  ...['reverse', 'uniq', 'flatten'].map(name => [name, { takes: LISTS, gives: ANYS, wrong: `cannot ${name} %s`, isNew: true } as const] as const),
  ['sum', { takes: LISTS, gives: ANY, wrong: 'cannot sum %s' }],
  ['mean', { takes: LISTS, gives: FLOAT, wrong: 'cannot avg %s' }],
  ['median', { takes: LISTS, gives: FLOAT, wrong: 'cannot median %s' }],
])
/** Of any number of arguments in the newer library. */
const GATHERING = new Set(['max', 'min', 'mean', 'median'])
const GATHERING_OLD = new Set(['max', 'min'])

/** As these functions print it: the type of nil is none. */
const shown = (type: Type): string => (type.kind === 'nil' ? '%!s(<nil>)' : type.name)

type Look = (types: readonly Type[]) => Given

/** Undefined: that library has no such function, or it looks at nothing itself. */
export function lookOf(name: string, modern: boolean): Look | undefined {
  const look = rawLook(name, modern)
  return look && (given => look(given.map(type => (type.kind === 'unknown' ? ANY : type))))
}

function rawLook(name: string, modern: boolean): Look | undefined {
  if ((modern ? GATHERING : GATHERING_OLD).has(name)) return types => gathered(name, types, modern)
  const one = ONE.get(name)
  if (one) return modern || !one.isNew ? types => oneArgument(one, types, modern) : undefined
  return name === 'take' ? taken : (modern ? NEW : OLD).get(name)
}

const kindOf = (type: Type | undefined, modern: boolean): Kind => (type ? (modern ? dereferenced(type) : type).kind : 'nil')

function oneArgument({ takes, gives, wrong, wrongOld }: One, types: readonly Type[], modern: boolean): Given {
  const [type] = types
  if (!type || types.length !== 1) return `invalid number of arguments (expected 1, got ${types.length})`
  if (!takes.has(kindOf(type, modern))) return ((!modern && wrongOld) || wrong).replace('%s', shown(type))
  if (gives === 'same') return type
  return gives === 'element' ? type.elem ?? ANY : gives
}

/** What stands behind a list is not looked at. */
function gathered(name: string, types: readonly Type[], modern: boolean): Given {
  for (const type of types) {
    const kind = kindOf(type, modern)
    if (kind === 'interface' || (modern && LISTS.has(kind))) return ANY
    if (!NUMBERS.has(kind)) return argument(name).replace('%s', shown(type))
  }
  return types[0] ?? `not enough arguments to call ${name}`
}

function taken(types: readonly Type[]): Given {
  const [list, count] = types
  if (!list || !count || types.length !== 2) return `invalid number of arguments (expected 2, got ${types.length})`
  if (!LISTS.has(kindOf(list, true))) return `cannot take from ${shown(list)}`
  return INTEGERS.has(kindOf(count, true)) ? said(list) : `cannot take ${shown(count)} elements`
}

function concatenated(types: readonly Type[]): Given {
  if (types.length === 0) return 'invalid number of arguments (expected at least 1, got 0)'
  const wrong = types.find(type => !LISTS.has(kindOf(type, true)))
  return wrong ? `cannot concat ${shown(wrong)}` : ANYS
}

function ofNow(types: readonly Type[]): Given {
  const isNow = types.length === 0 || (types.length === 1 && types[0]?.name === '*time.Location')
  return isNow ? TIME : `invalid number of arguments (expected 0, got ${types.length})`
}

function dated(types: readonly Type[]): Given {
  if (types.length === 0) return 'invalid number of arguments (expected at least 1, got 0)'
  const rest = types[0]?.name === '*time.Location' ? types.slice(1) : types
  return rest.length > 3 ? `invalid number of arguments (expected at most 3, got ${rest.length})` : TIME
}

/** `sort` and `sortBy` of the older library. It shows the second of three where the third is wrong. */
function sorted(types: readonly Type[], [least, most]: readonly [string, string]): Given {
  const [list, ...words] = types
  if (!list || (types.length !== Number(least) && types.length !== Number(most))) return `invalid number of arguments (expected ${least} or ${most}, got ${types.length})`
  if (!LISTS.has(list.kind)) return `cannot sort ${shown(list)}`
  return words.every(word => STRINGS.has(word.kind)) ? ANYS : `invalid argument for sort (expected string, got ${shown(words[0] as Type)})`
}

const NEW: ReadonlyMap<string, Look> = new Map([['concat', concatenated], ['now', ofNow], ['date', dated]])
const OLD: ReadonlyMap<string, Look> = new Map<string, Look>([['sort', types => sorted(types, ['1', '2'])], ['sortBy', types => sorted(types, ['2', '3'])]])
