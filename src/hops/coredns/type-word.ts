// The word of a record type as CoreDNS prints it: `dns.Type.String` of github.com/miekg/dns v1.1.43 to v1.1.73 (ztypes.go).
import { typeNumber } from '../../dns/wire-numbers-table.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { goTypeText } from './zone-file-types.ts'

/** First releases whose DNS library has a word for them: it came between v1.1.50 and v1.1.58, up to v1.1.62, up to v1.1.64. */
const NAMED_SINCE: ReadonlyMap<string, CorednsVersion> = new Map([['IPSECKEY', [1, 11, 0]], ['AMTRELAY', [1, 11, 0]], ['NXNAME', [1, 11, 4]], ['RESINFO', [1, 12, 1]]])

/** `type`: as queries have it; a number without a word stays `TYPE65280`. */
export function typeWord(type: string, version: CorednsVersion): string {
  const number = typeNumber(type)
  const word = number === undefined ? type : goTypeText(number)
  const from = NAMED_SINCE.get(word)
  return from && !since(version, ...from) ? `TYPE${number}` : word
}
