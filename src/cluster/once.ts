// What is dear to make and often not asked for: made at the first call, then kept.
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
