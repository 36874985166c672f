import type { Rcode } from '../../dns/message.ts'

const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NOERROR', 0], ['FORMERR', 1], ['SERVFAIL', 2], ['NXDOMAIN', 3], ['NOTIMP', 4], ['REFUSED', 5], ['YXDOMAIN', 6], ['YXRRSET', 7], ['NXRRSET', 8],
  ['NOTAUTH', 9], ['NOTZONE', 10], ['BADVERS', 16],
])

export const rcodeNumber = (rcode: Rcode): number => NUMBERS.get(rcode) ?? Number(rcode.replace('RCODE', ''))
