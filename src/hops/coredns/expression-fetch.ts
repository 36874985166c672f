// Elements, members and parts of values: Fetch and Slice of vm/runtime of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { keyIn } from './expression-arithmetic.ts'
import { durationMethod } from './expression-duration.ts'
import { goType, typeOfValue, type Type } from './expression-types.ts'
import { isDict, isList, isTyped, stop, toInt, typed, type Dict, type List, type Value } from './expression-value.ts'
import { bytesOfGo, textOfGo } from './go-bytes.ts'

export function fetched(base: Value, key: Value, modern: boolean): Value {
  if (isTyped(base) && typeof key === 'string') return durationMethod(base, key, modern)
  if (isDict(base)) return ofDict(base, key)
  const at = Number(toInt(key))
  const { length, item } = itemsOf(base)
  const place = at < 0 ? length + at : at
  return place >= 0 && place < length ? item(place) : stop(`index out of range: ${place}`)
}

/** A key that is not there gives the zero value. */
function ofDict(base: Dict, key: Value): Value {
  const found = base.entries.get(keyIn(base, key))
  if (found !== undefined) return found
  const { elem } = goType(base.type) as { elem: Type }
  return elem.kind === 'slice' ? { kind: 'list', type: elem.name, items: [], isNil: true } : null
}

/** Of a list or a string, whose items are its bytes. */
export function itemsOf(base: Value): { readonly length: number; readonly item: (at: number) => Value } {
  if (isList(base)) return { length: base.items.length, item: at => base.items[at] as Value }
  if (typeof base !== 'string') return stop(`cannot fetch from ${typeOfValue(base).name}`)
  const bytes = bytesOfGo(base)
  return { length: bytes.length, item: at => typed('uint8', BigInt(bytes[at] as number)) }
}

export function sliced(base: Value, from: Value, to: Value, modern: boolean): Value {
  const { length } = itemsOf(base)
  const place = (v: Value): number => {
    const at = Number(toInt(v))
    return Math.min(Math.max(at < 0 ? length + at : at, 0), length)
  }
  const end = place(to)
  const start = Math.min(place(from), end)
  return typeof base === 'string' ? textOfGo(bytesOfGo(base).slice(start, end)) : part(base as List, start, end, modern)
}

/** Of an array comes a slice; the older library cannot. */
export function part(base: List, start: number, end: number, modern: boolean): Value {
  const items = base.items.slice(start, end)
  if (!base.type.startsWith('[2]')) return { ...base, items }
  return modern ? { kind: 'list', type: base.type.replace('[2]', '[]'), items } : stop('slice of unaddressable array')
}
