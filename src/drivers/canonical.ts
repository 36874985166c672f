// Canonical text of plain data, remembered by identity. The same reply object travels through a dozen hops and is asked for
// its text in each; plain data is never changed once it was handed to a driver, so the first answer holds.
import { text } from '../chain/effects.ts'

const known = new WeakMap<object, string>()

export function textOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return text(value)
  let canonical = known.get(value)
  if (canonical === undefined) known.set(value, canonical = text(value))
  return canonical
}
