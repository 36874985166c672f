// The C library that looks names up at a place: its own, or that below a program which asks one.
import type { Libc, StubKind, StubModel } from './model.ts'

/** Where nothing says which: that of Debian 12. */
export const USUAL_LIBC: Libc = { kind: 'glibc', version: '2.36' }

/** Programs over the C library of their image. */
const OVER_LIBC = ['java', 'node', 'curl', 'getent', 'getent-hosts', 'cgo'] as const satisfies readonly StubKind[]
export type OverLibc = (typeof OVER_LIBC)[number]
export const isOverLibc = (kind: StubKind): kind is OverLibc => OVER_LIBC.some(one => one === kind)

/** Undefined: it resolves by code of its own. */
export function libcOf({ kind, version, libc }: Pick<StubModel, 'kind' | 'version' | 'libc'>): Libc | undefined {
  if (kind === 'glibc' || kind === 'musl') return { kind, version }
  return isOverLibc(kind) ? libc ?? USUAL_LIBC : undefined
}
