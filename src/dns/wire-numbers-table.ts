// Numbers of the wire and the words for them (IANA, DNS Parameters). A number without a word is written TYPE65280, CLASS32, RCODE12 (RFC 3597 §5).
import type { Rcode } from './message.ts'

const TYPES: readonly (readonly [number, string])[] = [
  [1, 'A'], [2, 'NS'], [3, 'MD'], [4, 'MF'], [5, 'CNAME'], [6, 'SOA'], [7, 'MB'], [8, 'MG'], [9, 'MR'], [10, 'NULL'], [11, 'WKS'], [12, 'PTR'],
  [13, 'HINFO'], [14, 'MINFO'], [15, 'MX'], [16, 'TXT'], [17, 'RP'], [18, 'AFSDB'], [19, 'X25'], [20, 'ISDN'], [21, 'RT'], [23, 'NSAP-PTR'],
  [24, 'SIG'], [25, 'KEY'], [26, 'PX'], [27, 'GPOS'], [28, 'AAAA'], [29, 'LOC'], [30, 'NXT'], [31, 'EID'], [32, 'NIMLOC'], [33, 'SRV'], [34, 'ATMA'],
  [35, 'NAPTR'], [36, 'KX'], [37, 'CERT'], [39, 'DNAME'], [41, 'OPT'], [42, 'APL'], [43, 'DS'], [44, 'SSHFP'], [45, 'IPSECKEY'], [46, 'RRSIG'],
  [47, 'NSEC'], [48, 'DNSKEY'], [49, 'DHCID'], [50, 'NSEC3'], [51, 'NSEC3PARAM'], [52, 'TLSA'], [53, 'SMIMEA'], [55, 'HIP'], [56, 'NINFO'],
  [57, 'RKEY'], [58, 'TALINK'], [59, 'CDS'], [60, 'CDNSKEY'], [61, 'OPENPGPKEY'], [62, 'CSYNC'], [63, 'ZONEMD'], [64, 'SVCB'], [65, 'HTTPS'],
  [99, 'SPF'], [100, 'UINFO'], [101, 'UID'], [102, 'GID'], [103, 'UNSPEC'], [104, 'NID'], [105, 'L32'], [106, 'L64'], [107, 'LP'], [108, 'EUI48'],
  [109, 'EUI64'], [128, 'NXNAME'], [249, 'TKEY'], [250, 'TSIG'], [251, 'IXFR'], [252, 'AXFR'], [253, 'MAILB'], [254, 'MAILA'], [255, 'ANY'],
  [256, 'URI'], [257, 'CAA'], [258, 'AVC'], [260, 'AMTRELAY'], [261, 'RESINFO'], [32768, 'TA'], [32769, 'DLV'],
]
const CLASSES: readonly (readonly [number, string])[] = [[1, 'IN'], [3, 'CH'], [4, 'HS'], [254, 'NONE'], [255, 'ANY']]
const OPCODES: readonly (readonly [number, string])[] = [[0, 'QUERY'], [1, 'IQUERY'], [2, 'STATUS'], [4, 'NOTIFY'], [5, 'UPDATE'], [6, 'DSO']]
const RCODES: readonly (readonly [number, Rcode])[] = [
  [0, 'NOERROR'], [1, 'FORMERR'], [2, 'SERVFAIL'], [3, 'NXDOMAIN'], [4, 'NOTIMP'], [5, 'REFUSED'], [6, 'YXDOMAIN'], [7, 'YXRRSET'], [8, 'NXRRSET'],
  [9, 'NOTAUTH'], [10, 'NOTZONE'], [16, 'BADVERS'],
]

interface Words<W extends string> {
  word(number: number): W | `${string}${number}`
  /** Case does not matter; undefined: no such word, or a number that does not fit. */
  number(word: string): number | undefined
}

function words<W extends string>(table: readonly (readonly [number, W])[], prefix: string, limit: number): Words<W> {
  const byNumber = new Map<number, W>(table)
  const byWord = new Map<string, number>(table.map(([number, word]) => [word, number]))
  const numbered = new RegExp(`^${prefix}(\\d{1,5})$`, 'i')
  return {
    word: number => byNumber.get(number) ?? `${prefix}${number}`,
    number: word => {
      const known = byWord.get(word) ?? byWord.get(word.toUpperCase())
      if (known !== undefined) return known
      const digits = numbered.exec(word)?.[1]
      return digits === undefined || Number(digits) > limit ? undefined : Number(digits)
    },
  }
}

const types = words(TYPES, 'TYPE', 65535)
const classes = words(CLASSES, 'CLASS', 65535)
const opcodes = words(OPCODES, 'OPCODE', 15)
const rcodes = words(RCODES, 'RCODE', 4095)

/** Those with a word. */
export const TYPE_NUMBERS: readonly number[] = TYPES.map(([number]) => number)
export const typeName = (number: number): string => types.word(number)
export const typeNumber = (word: string): number | undefined => types.number(word)
export const className = (number: number): string => classes.word(number)
export const classNumber = (word: string): number | undefined => classes.number(word)
export const opcodeName = (number: number): string => opcodes.word(number)
export const opcodeNumber = (word: string): number | undefined => opcodes.number(word)
export const rcodeName = (number: number): Rcode => rcodes.word(number) as Rcode
export const rcodeNumber = (word: Rcode): number | undefined => rcodes.number(word)
