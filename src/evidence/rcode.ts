// Rcodes as tools print them → the word of `dns/message.ts`.
import type { Rcode } from '../dns/message.ts'

const WORDS: ReadonlySet<string> = new Set(['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET',
  'NXRRSET', 'NOTAUTH', 'NOTZONE', 'BADVERS'])

/** `NXDOMAIN`, `3`, `RESERVED11`, `RCODE11`; undefined: not an rcode. */
export function rcodeWord(text: string): Rcode | undefined {
  const upper = text.toUpperCase()
  if (WORDS.has(upper)) return upper as Rcode
  const number = /^(?:RCODE|RESERVED|)(\d{1,4})$/.exec(upper)?.[1]
  if (number === undefined) return upper === 'NOTIMPL' ? 'NOTIMP' : undefined
  return ([...WORDS].slice(0, 11)[Number(number)] as Rcode | undefined) ?? `RCODE${Number(number)}`
}
