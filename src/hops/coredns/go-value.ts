// Values of Go as text/template sees them through package reflect: each with its type's name. `undefined` is reflect's zero Value.
import { encodeText } from '../../dns/presentation-escape.ts'

export type GoInt = { readonly kind: 'int'; readonly type: string; readonly value: bigint }
export type GoUint = { readonly kind: 'uint'; readonly type: string; readonly value: bigint }

export type GoValue =
  | { readonly kind: 'bool'; readonly value: boolean }
  | GoInt
  | GoUint
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'slice'; readonly type: string; readonly items: readonly GoValue[] }
  | { readonly kind: 'map'; readonly type: string; readonly entries: ReadonlyMap<string, GoValue>; readonly empty: GoValue | undefined }
  | GoStruct
  | { readonly kind: 'pointer'; readonly to: GoStruct }
  /** A nil of the empty interface. */
  | { readonly kind: 'nil' }

export interface GoStruct {
  readonly kind: 'struct'
  readonly type: string
  /** A field that is read gets worked out then; it may throw TemplateUnmodelled. */
  readonly field: (name: string) => GoValue | undefined
  /** Fields that only the package itself may read. */
  readonly hidden?: ReadonlySet<string>
  readonly methods?: ReadonlyMap<string, GoMethod>
  /** What its String method says. */
  readonly text?: () => string
  /** Its fields, as fmt prints them where it cannot call that method. */
  readonly plain?: () => string
}

/** Parameters are types that arguments are made to fit. */
export interface GoMethod {
  readonly parameters: readonly Parameter[]
  /** The last parameter may come any number of times. */
  readonly isVariadic?: boolean
  readonly call: (args: readonly (GoValue | undefined)[]) => GoValue | undefined
}

/** `any`: an empty interface. `value`: a reflect.Value, anything at all. */
export type Parameter = 'string' | 'int' | 'any' | 'value'

/** What a function or method returned as its error, or panicked with. */
export class GoError extends Error {}

export const goString = (value: string): GoValue => ({ kind: 'string', value })
export const goBool = (value: boolean): GoValue => ({ kind: 'bool', value })
export const goInt = (value: bigint | number, type = 'int'): GoValue => ({ kind: 'int', type, value: BigInt(value) })
export const goUint = (value: bigint | number, type = 'uint64'): GoValue => ({ kind: 'uint', type, value: BigInt(value) })
export const goStrings = (items: readonly string[]): GoValue => ({ kind: 'slice', type: '[]string', items: items.map(goString) })
export const goStringMap = (entries: Iterable<readonly [string, string]>): GoValue =>
  ({ kind: 'map', type: 'map[string]string', empty: goString(''), entries: new Map([...entries].map(([key, value]) => [key, goString(value)])) })

export function typeOf(value: GoValue): string {
  switch (value.kind) {
    case 'bool': return 'bool'
    case 'float': return 'float64'
    case 'string': return 'string'
    case 'pointer': return `*${value.to.type}`
    case 'nil': return '<nil>'
    default: return value.type
  }
}

/** Through a pointer. */
export const indirect = (value: GoValue | undefined): GoValue | undefined => (value?.kind === 'pointer' ? value.to : value)

export function isTrue(value: GoValue | undefined): boolean {
  switch (value?.kind) {
    case undefined: case 'nil': return false
    case 'bool': return value.value
    case 'int': case 'uint': return value.value !== 0n
    case 'float': return value.value !== 0
    case 'string': return value.value !== ''
    case 'slice': return value.items.length > 0
    case 'map': return value.entries.size > 0
    default: return true
  }
}

/** In bytes. */
export const stringLength = (text: string): number => encodeText(text).length
