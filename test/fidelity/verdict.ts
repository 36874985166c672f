// What the replay of one recorded row ends in.
export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly what: readonly string[] }
  /** `at`: the text of the row's input that holds what is not modelled, such as its Corefile line. */
  | { readonly kind: 'not modelled'; readonly why: string; readonly at?: string }

/** Equal when nothing differs. */
export const judged = (what: readonly string[]): Verdict => (what.length === 0 ? { kind: 'equal' } : { kind: 'different', what })
