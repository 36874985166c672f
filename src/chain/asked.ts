// What the user asks, as typed: before any pod, stub or file has been looked up.
import type { Libc } from './model.ts'

export interface Asked {
  /** Fully qualified only if the user wrote the trailing dot: a search list may apply. */
  readonly name: string
  /** Upper case; empty = the types the application itself would ask. */
  readonly types: readonly string[]
  /** Undefined = not said. */
  readonly from: Asker | undefined
  /** A stub resolver that is taken for granted instead of the detected one. */
  readonly stub?: { readonly kind: string; readonly version: string | undefined; readonly libc?: Libc }
  /** The server that a pasted error line names. */
  readonly server?: string
}

export type Asker =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'workload'; readonly resource: 'deploy' | 'sts' | 'ds' | 'yurtappset'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
