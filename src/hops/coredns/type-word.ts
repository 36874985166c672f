// The words of record types as each CoreDNS has them: `dns.TypeToString` and `dns.StringToType` of github.com/miekg/dns v1.1.43 to v1.1.73 (ztypes.go).
import { typeNumber } from '../../dns/wire-numbers-table.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { goTypeNumber, goTypeText } from './zone-file-types.ts'

/** First releases whose DNS library has a word for them: it came between v1.1.50 and v1.1.55, up to v1.1.62, up to v1.1.64. */
const NAMED_SINCE: ReadonlyMap<string, CorednsVersion> = new Map([['IPSECKEY', [1, 11, 0]], ['AMTRELAY', [1, 11, 0]], ['NXNAME', [1, 11, 4]], ['RESINFO', [1, 12, 1]]])

const isNamed = (word: string, version: CorednsVersion): boolean => since(version, ...NAMED_SINCE.get(word) ?? [0, 0, 0])

/** `type`: as queries have it; a number without a word stays `TYPE65280`. */
export function typeWord(type: string, version: CorednsVersion): string {
  const number = typeNumber(type)
  const word = number === undefined ? type : goTypeText(number)
  return isNamed(word, version) ? word : `TYPE${number}`
}

/** Words for two types that are none, and that no zone file may name. */
const NO_TYPES: ReadonlyMap<string, number> = new Map([['None', 0], ['Reserved', 65_535]])

/** The number of a word, in the very letters of the table. */
export const typeOfWord = (word: string, version: CorednsVersion): number | undefined =>
  (isNamed(word, version) ? NO_TYPES.get(word) ?? goTypeNumber(word) : undefined)

/** Words that a release has not yet. */
export const laterTypes = (version: CorednsVersion): ReadonlySet<string> => new Set([...NAMED_SINCE.keys()].filter(word => !isNamed(word, version)))
