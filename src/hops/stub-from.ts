// A stub resolver named on the command line for a what-if: `musl@1.2.2`, `glibc@2.36`, `go@1.21`, or `musl` alone; a program over a C library with
// that library behind it: `java@17`, `java@17+musl@1.2.5`. Tools of a shell go by their own names: `dig`, `host`, `nslookup`, `busybox`.
import type { StubKind, StubModel } from '../chain/model.ts'
import { isOverLibc } from '../chain/stub-libc.ts'
import { excerpt } from './stub-result.ts'
import { isStubKind } from './stub.ts'

/** The newest release that was compared with the real program. */
export const NEWEST_STUB: Readonly<Record<StubKind, string>> = {
  'glibc': '2.41', 'musl': '1.2.5', 'go': '1.26', 'java': '17', 'node': '24', 'curl': '7.88.1', 'getent': '2.36', 'getent-hosts': '2.36', 'cgo': '1.26',
  'c-ares': '1.34.8', 'dig': '9.20.30', 'dig-search': '9.20.30', 'host': '9.20.30', 'nslookup': '9.20.30', 'busybox': '1.37.0',
}

export type StubChoice = Pick<StubModel, 'kind' | 'version' | 'libc'> | { readonly error: string }

export function stubFrom(spec: string): StubChoice {
  const [first = '', second] = spec.trim().split(/\+(?=(?:glibc|musl)(?:@|$))/i)
  const { kind, version } = partOf(first)
  if (!isStubKind(kind)) return { error: `${excerpt(spec)}: a stub is named glibc@2.36, musl@1.2.5, go@1.26, java@17+musl@1.2.5 or dig` }
  const chosen = { kind, version: version ?? NEWEST_STUB[kind] }
  if (second === undefined) return chosen
  const { kind: libc, version: release } = partOf(second)
  if (!isOverLibc(kind) || (libc !== 'glibc' && libc !== 'musl')) return { error: `${excerpt(spec)}: ${kind} does not ask a C library` }
  return { ...chosen, libc: { kind: libc, version: release ?? NEWEST_STUB[libc] } }
}

/** `musl@1.2.2`; no kind: it is none. */
function partOf(text: string): { readonly kind: string; readonly version: string | undefined } {
  const [, name = '', version] = /^([A-Za-z][A-Za-z-]{0,20})(?:@v?([0-9][\w.~-]{0,30}(?:\+[\w.~+-]{0,30})?))?$/.exec(text) ?? []
  return { kind: name.toLowerCase(), version }
}
