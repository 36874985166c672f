// Fields of a Kubernetes object's body, which is foreign data: any step may be missing or of another type, and a key
// such as `__proto__` or `constructor` is only there if somebody wrote it.

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at a path; undefined when a step is missing. */
export function fieldOf(body: unknown, ...path: readonly (string | number)[]): unknown {
  let at = body
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<string | number, unknown>)[step]
  }
  return at
}

export function textOf(body: unknown, ...path: readonly (string | number)[]): string | undefined {
  const value = fieldOf(body, ...path)
  return typeof value === 'string' ? value : undefined
}

export function numberOf(body: unknown, ...path: readonly (string | number)[]): number | undefined {
  const value = fieldOf(body, ...path)
  return typeof value === 'number' ? value : undefined
}

export function booleanOf(body: unknown, ...path: readonly (string | number)[]): boolean | undefined {
  const value = fieldOf(body, ...path)
  return typeof value === 'boolean' ? value : undefined
}

export function listOf(body: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const value = fieldOf(body, ...path)
  return Array.isArray(value) ? value : []
}

export const textsOf = (body: unknown, ...path: readonly (string | number)[]): string[] =>
  listOf(body, ...path).filter(item => typeof item === 'string')

/** Own string members of a map, such as labels; a map without prototype, so that every key is data. */
export function textMapOf(body: unknown, ...path: readonly (string | number)[]): Readonly<Record<string, string>> {
  const map = Object.create(null) as Record<string, string>
  const value = fieldOf(body, ...path)
  if (!isFields(value)) return map
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') map[key] = item
    // The API server takes only text here; a hand-written file may say `"true"` without the quotes.
    else if (typeof item === 'number' || typeof item === 'boolean') map[key] = String(item)
  }
  return map
}
