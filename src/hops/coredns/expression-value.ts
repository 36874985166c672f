// Values of `view` expressions while they run, and what keeps a run from ending.

export type Value = null | boolean | number | string | readonly Value[] | ReadonlyMap<string, Value>

/** The program would stop with an error; to CoreDNS the view does not match. */
export class RuntimeFault extends Error {}
/** Something in it is not known here: a port, an id. */
export class UnknownInput extends Error {}

export function stop(message: string): never {
  throw new RuntimeFault(message)
}

export function unknownInput(what: string): never {
  throw new UnknownInput(what)
}

export const isArray = (v: Value): v is readonly Value[] => Array.isArray(v)
export const boolOf = (v: Value): boolean => (typeof v === 'boolean' ? v : stop('not a bool'))
export const numberOf = (v: Value): number => (typeof v === 'number' ? v : stop('not a number'))
export const stringOf = (v: Value): string => (typeof v === 'string' ? v : stop('not a string'))
export const arrayOf = (v: Value): readonly Value[] => (isArray(v) ? v : stop('not an array'))
