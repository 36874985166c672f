// Versions of C libraries and of Go, compared numerically: `1.2.10` comes after `1.2.5`.
export type StubVersion = readonly number[]

/** Numbers of the text, at most four: `2.36-9+deb12u4` is 2.36. */
export const stubVersion = (text: string): StubVersion =>
  (/^v?(\d{1,5}(?:\.\d{1,5}){0,3})/.exec(text)?.[1] ?? '').split('.').filter(n => n !== '').map(Number)

export function atLeast(version: StubVersion, ...wanted: readonly number[]): boolean {
  for (const [i, want] of wanted.entries()) {
    const have = version[i] ?? 0
    if (have !== want) return have > want
  }
  return true
}
