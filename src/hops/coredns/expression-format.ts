// fmt's %v of values in expressions, which is what `string` gives.
import { compareGo } from './go-bytes.ts'
import { durationTextNs } from './go-duration.ts'
import { goText } from './go-format.ts'
import { isDict, isFunc, isList, isTyped, unknownInput, type Key, type Value } from './expression-value.ts'

export function formatted(v: Value): string {
  if (isList(v)) return `[${v.items.map(formatted).join(' ')}]`
  if (isDict(v)) return `map[${[...v.entries].sort(([a], [b]) => byKey(a, b)).map(([key, item]) => `${formatted(key)}:${formatted(item)}`).join(' ')}]`
  if (isFunc(v)) return unknownInput('the address of a function')
  if (isTyped(v)) return v.type === 'time.Duration' ? durationTextNs(v.value) : String(v.value)
  return typeof v === 'number' ? goText({ kind: 'float', value: v }) : v === null ? '<nil>' : String(v)
}

/** internal/fmtsort: nil, then by kinds, in which no two have an order that is the same everywhere. */
function byKey(a: Key, b: Key): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null)
  if (typeof a !== typeof b) return unknownInput('the order of keys of several types')
  if (typeof a === 'string') return compareGo(a, b as string)
  return Number((a as bigint) > (b as bigint)) - Number((a as bigint) < (b as bigint))
}
