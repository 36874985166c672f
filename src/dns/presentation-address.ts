// Addresses of A and AAAA records as tools print them: dotted quad, RFC 5952 with `::ffff:10.0.0.1` for IPv4-mapped ones.
// Read as inet_pton reads them: no leading zeros in a dotted quad, groups of one to four digits, `::` at most once, dotted tail allowed.

export function ip4Text(bytes: Uint8Array, at = 0): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`
}

export function ip4Bytes(text: string): Uint8Array | undefined {
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) return undefined
  const octets = text.split('.').map(Number)
  return octets.every(octet => octet <= 255) ? Uint8Array.from(octets) : undefined
}

export function ip6Text(bytes: Uint8Array, at = 0): string {
  let start = 8
  let length = 1
  for (let i = 0, run = 0; i < 8; i++) {
    run = (bytes[at + 2 * i] as number) === 0 && (bytes[at + 2 * i + 1] as number) === 0 ? run + 1 : 0
    if (run > length) [start, length] = [i + 1 - run, run]
  }
  const isMapped = start === 0 && length === 5 && bytes[at + 10] === 0xff && bytes[at + 11] === 0xff
  if (isMapped) return `::ffff:${ip4Text(bytes, at + 12)}`
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === start) {
      text += '::'
      i += length - 1
    } else text += `${text === '' || text.endsWith(':') ? '' : ':'}${(((bytes[at + 2 * i] as number) << 8) | (bytes[at + 2 * i + 1] as number)).toString(16)}`
  }
  return text
}

export function ip6Bytes(text: string): Uint8Array | undefined {
  if (text.length > 45) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0] as string, halves.length === 1)
  const tail = halves.length === 2 ? groups(halves[1] as string, true) : []
  if (!head || !tail) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  const bytes = new Uint8Array(16)
  bytes.set(head)
  bytes.set(tail, 16 - tail.length)
  return bytes
}

/** Sixteen bytes that stand for an IPv4 address: `::ffff:10.0.0.1`. */
export const isMapped = (bytes: Uint8Array): boolean => bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every(byte => byte === 0)

/** Of either family. */
export const addressBytes = (text: string): Uint8Array | undefined => (text.includes(':') ? ip6Bytes(text) : ip4Bytes(text))

/** Bytes of `1:2:3`; a dotted quad may stand at the very end of the address. */
function groups(half: string, isLast: boolean): number[] | undefined {
  if (half === '') return []
  const parts = half.split(':')
  const bytes: number[] = []
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const octets = isLast && i === parts.length - 1 ? ip4Bytes(part) : undefined
      if (!octets) return undefined
      bytes.push(...octets)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      const group = Number.parseInt(part, 16)
      bytes.push(group >> 8, group & 255)
    } else return undefined
  }
  return bytes.length > 16 ? undefined : bytes
}
