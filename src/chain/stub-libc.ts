// The C library that looks names up at a place: its own, or that below a program which asks one.
import type { StubModel } from './model.ts'

/** Where nothing says which: that of Debian 12. */
export const USUAL_LIBC = { kind: 'glibc', version: '2.36' } as const

/** Programs over the C library of their image. */
export const isOverLibc = (kind: StubModel['kind']): boolean => ['java', 'node', 'curl', 'getent', 'getent-hosts', 'cgo'].includes(kind)

/** Undefined: it resolves by code of its own. */
export function libcOf({ kind, version, libc }: Pick<StubModel, 'kind' | 'version' | 'libc'>): { readonly kind: 'glibc' | 'musl'; readonly version: string } | undefined {
  if (kind === 'glibc' || kind === 'musl') return { kind, version }
  return isOverLibc(kind) ? libc ?? USUAL_LIBC : undefined
}
