// A stub resolver named on the command line for a what-if: `musl@1.2.2`, `glibc@2.36`, `go@1.21`, or `musl` alone.
import type { StubKind } from '../chain/model.ts'

/** The newest release that was compared with the real program. */
export const NEWEST_STUB: Readonly<Record<StubKind, string>> = { glibc: '2.41', musl: '1.2.5', go: '1.26' }

export type StubChoice = { readonly kind: StubKind; readonly version: string } | { readonly error: string }

export function stubFrom(spec: string): StubChoice {
  const [, name, version] = /^([A-Za-z]+)(?:@v?([0-9][\w.+~-]{0,30}))?$/.exec(spec.trim()) ?? []
  const kind = (['glibc', 'musl', 'go'] as const).find(known => known === name?.toLowerCase())
  if (kind === undefined) return { error: `${spec.slice(0, 60)}: a stub is named glibc@2.36, musl@1.2.5 or go@1.26` }
  return { kind, version: version ?? NEWEST_STUB[kind] }
}
