// How netplan says that it writes nothing: src/error.c at 0.106 and 1.1.2.
import type { Source } from '../chain/source.ts'
import type { LibyamlFault } from './libyaml.ts'

/** Why netplan writes nothing. Exit 250 is an abort of the program itself. */
export interface NetplanFailure {
  readonly exit: 1 | 250
  readonly message: string
  readonly file: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly source: Source | undefined
}

/** netplan stops at the first error, wherever it is. */
export class Stop extends Error {
  readonly failure: NetplanFailure
  constructor(failure: NetplanFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/** parser_error of src/error.c: it guesses at two mistakes by where libyaml stands. */
export function wordingOf({ problem, next, tokenInHand, atKey }: LibyamlFault): string {
  if (next === '\t') return 'tabs are not allowed for indent'
  if ((next === ' ' || next === '') && !tokenInHand) return 'aliases are not supported'
  return atKey ? 'inconsistent indentation' : problem
}
