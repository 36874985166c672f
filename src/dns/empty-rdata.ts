// A record without RDATA, as dynamic updates have them: to miekg/dns (msg.go, UnpackRRWithHeader) it is one of its type whose fields are all zero. A
// name that is none is counted as one octet (dns.Len) and not written at all (PackRR). v1.1.49 to v1.1.73; ISDN and NXT have fields since v1.1.58.

const OCTETS: Readonly<Record<string, readonly [written: number, counted: number]>> = {
  AFSDB: [2, 3], AMTRELAY: [2, 2], CAA: [2, 2], CDNSKEY: [4, 4], CDS: [4, 4], CERT: [5, 5], CNAME: [0, 1], CSYNC: [6, 8], DLV: [4, 4], DNAME: [0, 1], DNSKEY: [4, 4],
  DS: [4, 4], EUI48: [6, 6], EUI64: [8, 8], GID: [4, 4], GPOS: [3, 3], HINFO: [2, 2], HIP: [4, 4], HTTPS: [2, 3], IPSECKEY: [3, 3], ISDN: [2, 2], KEY: [4, 4],
  KX: [2, 3], L32: [2, 2], L64: [10, 10], LOC: [16, 16], LP: [2, 3], MB: [0, 1], MD: [0, 1], MF: [0, 1], MG: [0, 1], MINFO: [0, 2], MR: [0, 1], MX: [2, 3],
  NAPTR: [7, 8], NID: [10, 10], NS: [0, 1], 'NSAP-PTR': [0, 1], NSEC: [0, 3], NSEC3: [6, 10], NSEC3PARAM: [5, 5], NXT: [0, 3], PTR: [0, 1], PX: [2, 4], RKEY: [4, 4],
  RP: [0, 2], RRSIG: [18, 19], RT: [2, 3], SIG: [18, 19], SMIMEA: [3, 3], SOA: [20, 22], SRV: [6, 7], SSHFP: [2, 2], SVCB: [2, 3], TA: [4, 4], TALINK: [0, 2],
  TKEY: [16, 17], TLSA: [3, 3], TSIG: [16, 17], UID: [4, 4], UINFO: [1, 1], URI: [4, 4], X25: [1, 1], ZONEMD: [6, 6],
}

/** Octets that are written of it. */
export const emptyRdataWritten = (type: string): number => OCTETS[type]?.[0] ?? 0

/** Octets that it is counted with. */
export const emptyRdataCounted = (type: string): number => OCTETS[type]?.[1] ?? 0
