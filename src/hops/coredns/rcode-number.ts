import type { Rcode } from '../../dns/message.ts'
import { since, type CorednsVersion } from './plugin.ts'

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NOERROR', 0], ['FORMERR', 1], ['SERVFAIL', 2], ['NXDOMAIN', 3], ['NOTIMP', 4], ['REFUSED', 5], ['YXDOMAIN', 6], ['YXRRSET', 7], ['NXRRSET', 8],
  ['NOTAUTH', 9], ['NOTZONE', 10], ['BADVERS', 16],
])
const NAMES: ReadonlyMap<number, string> = new Map([...NUMBERS].map(([name, number]) => [number, name]))

/** What miekg/dns, and with it CoreDNS, calls the others. */
const OTHER_WORDS: ReadonlyMap<string, number> = new Map([
  ['DSOTYPENI', 11], ['BADSIG', 16], ['BADKEY', 17], ['BADTIME', 18], ['BADMODE', 19], ['BADNAME', 20], ['BADALG', 21], ['BADTRUNC', 22], ['BADCOOKIE', 23],
])

export const rcodeNumber = (rcode: Rcode): number => NUMBERS.get(rcode) ?? Number(rcode.replace('RCODE', ''))

export const rcodeOfNumber = (number: number): Rcode => (NAMES.get(number) ?? `RCODE${number}`) as Rcode

/** Up to 1.12.0 it had no word. */
const hasWord = (number: number, version: CorednsVersion): boolean => number !== OTHER_WORDS.get('DSOTYPENI') || since(version, 1, 12, 2)

/** dns.StringToRcode; `NOTIMPL` is its old spelling, `BADVERS` is not in it. */
export function rcodeOfWord(word: string, version: CorednsVersion): number | undefined {
  const number = word === 'NOTIMPL' ? 4 : OTHER_WORDS.get(word) ?? (word === 'BADVERS' ? undefined : NUMBERS.get(word))
  return number !== undefined && hasWord(number, version) ? number : undefined
}

/** dns.RcodeToString, else the number: as the log prints it. */
export function rcodeWord(rcode: Rcode, version: CorednsVersion): string {
  const number = rcodeNumber(rcode)
  for (const [word, of] of OTHER_WORDS) if (of === number && hasWord(number, version)) return word
  return NAMES.get(number) ?? String(number)
}
