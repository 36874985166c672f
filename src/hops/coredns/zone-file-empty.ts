// Records whose text ends right behind the type, as dynamic updates have them: miekg/dns makes one whose fields are all zero, a name taking no
// octet at all (msg.go PackRR, v1.1.49 to v1.1.73).
import { canonicalRdata, genericRdata } from './zone-file-form.ts'
import type { ZoneDialect } from './zone-file-types.ts'

/** Octets of the fields, by type; others have none. */
const EMPTY_BYTES: Readonly<Record<string, number>> = {
  AFSDB: 2, AMTRELAY: 2, CAA: 2, CDNSKEY: 4, CDS: 4, CERT: 5, CSYNC: 6, DLV: 4, DNSKEY: 4, DS: 4, EUI48: 6, EUI64: 8, GID: 4, GPOS: 3, HINFO: 2, HIP: 4, HTTPS: 2,
  IPSECKEY: 3, ISDN: 2, KEY: 4, KX: 2, L32: 2, L64: 10, LOC: 16, LP: 2, MX: 2, NAPTR: 7, NID: 10, NSEC3: 6, NSEC3PARAM: 5, PX: 2, RKEY: 4, RRSIG: 18, RT: 2, SIG: 18,
  SMIMEA: 3, SOA: 20, SRV: 6, SSHFP: 2, SVCB: 2, TA: 4, TKEY: 16, TLSA: 3, TSIG: 16, UID: 4, UINFO: 1, URI: 4, X25: 1, ZONEMD: 6,
}

export function emptyRdata(type: string, { hasIsdn }: ZoneDialect): string {
  const bytes = type === 'ISDN' && !hasIsdn ? 0 : EMPTY_BYTES[type] ?? 0
  return canonicalRdata(type, genericRdata(new Uint8Array(bytes)))
}
