// IP addresses as Go's net.ParseIP reads them and net.IP.String prints them (Go 1.17 and later). CoreDNS decides by these whether a host
// is an address, which family it has and whether two are equal.
// An IPv4-mapped IPv6 address counts as IPv4. A leading zero in an IPv4 octet makes the text no address.

export type Address = {
  readonly family: 4 | 6
  /** Canonical text: dotted quad, or RFC 5952. */
  readonly text: string
}

export function parseAddress(text: string): Address | undefined {
  for (const c of text) {
    if (c === '.') return parse4(text)
    if (c === ':') return parse6(text)
  }
  return undefined
}

/** `fe80::1%eth0` without its IPv6 zone. */
export function withoutZone(text: string): string {
  const at = text.indexOf('%')
  return at < 0 ? text : text.slice(0, at)
}

const octets4 = (text: string): number[] | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const octets: number[] = []
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined
    octets.push(Number(part))
  }
  return octets
}

const parse4 = (text: string): Address | undefined => (octets4(text) ? { family: 4, text } : undefined)

function parse6(text: string): Address | undefined {
  if (text.length > 64) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0] as string, halves.length === 1)
  const tail = halves.length === 2 ? groups(halves[1] as string, true) : []
  if (!head || !tail) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  if (all.slice(0, 5).every(g => g === 0) && all[5] === 0xffff) {
    const [high, low] = [all[6] as number, all[7] as number]
    return { family: 4, text: `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}` }
  }
  return { family: 6, text: print6(all) }
}

function groups(half: string, last: boolean): number[] | undefined {
  if (half === '') return []
  const parts = half.split(':')
  const out: number[] = []
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const octets = last && i === parts.length - 1 ? octets4(part) : undefined
      if (!octets) return undefined
      const [a, b, c, d] = octets as [number, number, number, number]
      out.push(a * 256 + b, c * 256 + d)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16))
    else return undefined
  }
  return out
}

const hex = (part: readonly number[]): string => part.map(g => g.toString(16)).join(':')

/** The first longest run of two or more zero groups becomes `::`. */
function print6(all: readonly number[]): string {
  let start = -1
  let length = 1
  for (let at = 0; at < 8; at++) {
    let end = at
    while (end < 8 && all[end] === 0) end++
    if (end - at > length) [start, length] = [at, end - at]
    if (end > at) at = end
  }
  return start < 0 ? hex(all) : `${hex(all.slice(0, start))}::${hex(all.slice(start + length))}`
}

/** The address of a full reverse name (in-addr.arpa, ip6.arpa), as CoreDNS's dnsutil takes it out: labels of ip6.arpa are
 * joined four by four and what is left over is dropped, so a name with one label too many still gives the address. */
export function addressOfReverse(name: string): Address | undefined {
  if (name.endsWith('.in-addr.arpa.')) {
    const address = parseAddress(name.slice(0, -'.in-addr.arpa.'.length).split('.').reverse().join('.'))
    return address?.family === 4 ? address : undefined
  }
  if (!name.endsWith('.ip6.arpa.')) return undefined
  const labels = name.slice(0, -'.ip6.arpa.'.length).split('.').reverse()
  const parts: string[] = []
  for (let at = 0; at + 4 <= labels.length && parts.length <= 8; at += 4) parts.push(labels.slice(at, at + 4).join(''))
  return parseAddress(parts.join(':'))
}
