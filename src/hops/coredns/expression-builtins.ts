// Functions of the expression library that a `view` can call, with what they take: builtin/builtin.go of antonmedv/expr 1.15.5 and
// expr-lang/expr 1.17.8. CoreDNS takes `type` out, because it has a function of that name.
// Not modelled: times, JSON, base64, pairs, sorting and grouping (NOT_MODELLED): a view that calls them is said to be unmodelled.

/** Functions with a predicate; true = the newer library takes them without one, too. */
export const PREDICATES: ReadonlyMap<string, boolean> = new Map([
  ['all', false], ['none', false], ['any', false], ['one', false], ['filter', false], ['map', false], ['count', true], ['find', false],
  ['findIndex', false], ['findLast', false], ['findLastIndex', false], ['sum', true],
])
/** `sum` takes one in the newer library only. */
export const isPredicate = (name: string, modern: boolean): boolean => PREDICATES.has(name) && (modern || name !== 'sum')

/** A letter an argument: s string, i int, n number, a array, x anything; `>` the result (S: array of strings). One entry an overload. */
export const SIGNATURES: ReadonlyMap<string, readonly string[]> = new Map([
  ['string', ['x>s']], ['trim', ['s>s', 'ss>s']], ['trimPrefix', ['ss>s', 's>s']], ['trimSuffix', ['ss>s', 's>s']], ['upper', ['s>s']], ['lower', ['s>s']],
  ['split', ['ss>S', 'ssi>S']], ['splitAfter', ['ss>S', 'ssi>S']], ['replace', ['sssi>s', 'sss>s']], ['repeat', ['si>s']], ['indexOf', ['ss>i']],
  ['lastIndexOf', ['ss>i']], ['hasPrefix', ['ss>b']], ['hasSuffix', ['ss>b']], ['join', ['Ss>s', 'as>s', 'a>s', 'Ss>s', 'S>s']],
])

/** Functions that look at the kinds of their arguments themselves: what one argument may be, by the letters above and `m` map, and the result. */
export const CHECKED: ReadonlyMap<string, readonly [takes: string, gives: string]> = new Map([
  ['len', ['ams', 'i']], ['abs', ['n', '=']], ['ceil', ['n', 'f']], ['floor', ['n', 'f']], ['round', ['n', 'f']], ['int', ['ns', 'i']], ['float', ['ns', 'f']],
])
/** One or more numbers or arrays. */
export const AGGREGATES = new Set(['max', 'min', 'mean', 'median', 'sum'])
export const ENDS = new Set(['first', 'last'])

const NOT_MODELLED = new Set([
  'toJSON', 'fromJSON', 'toBase64', 'fromBase64', 'now', 'duration', 'date', 'get', 'take', 'keys', 'values', 'toPairs', 'fromPairs', 'sort', 'sortBy', 'groupBy',
  'reduce',
])
const NOT_MODELLED_MODERN = new Set(['uniq', 'concat', 'flatten', 'reverse', 'timezone', 'bitand', 'bitor', 'bitxor', 'bitnand', 'bitnot', 'bitshl', 'bitshr', 'bitushr'])

export const isUnmodelledBuiltin = (name: string, modern: boolean): boolean => NOT_MODELLED.has(name) || (modern && NOT_MODELLED_MODERN.has(name))
export const isBuiltin = (name: string, modern: boolean): boolean =>
  SIGNATURES.has(name) || CHECKED.has(name) || AGGREGATES.has(name) || ENDS.has(name) || isUnmodelledBuiltin(name, modern)
