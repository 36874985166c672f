// The lines of a hosts file, before anyone says what an address is: offsets of the fields, comments cut off at `#`.
// Two readers cut lines differently: Go's bufio.Scanner (CoreDNS) ends the whole reading at a line over 64 KiB and knows Unicode
// white space; the C libraries know ASCII white space, and musl reads lines through a buffer of 512, so that the rest of a longer
// line is a line of its own, and takes no address that is not at the very start.

export interface HostsFields {
  /** [start, end) of each field; the first is the address. */
  readonly fields: readonly (readonly [start: number, end: number])[]
  readonly start: number
  readonly end: number
}
export type HostsReader = 'coredns' | 'go' | 'glibc' | 'musl'

const SCANNER_LIMIT = 65536
const MUSL_BUFFER = 511

/** Lines with at least one field, in order. `stoppedAt`: offset of the line at which the reader gives up. */
export function hostsFields(text: string, reader: HostsReader): { readonly lines: readonly HostsFields[]; readonly stoppedAt?: number } {
  const lines: HostsFields[] = []
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const whole = newline < 0 ? text.length : newline
    const end = reader === 'musl' ? Math.min(whole, start + MUSL_BUFFER) : whole
    if (reader === 'coredns' && end - start >= SCANNER_LIMIT) return { lines, stoppedAt: start }
    const fields = fieldsOf(text, start, end, reader)
    const indented = reader === 'musl' && fields[0]?.[0] !== start
    if (fields.length > 0 && !indented) lines.push({ fields, start, end })
    start = end === whole ? end + 1 : end
  }
  return { lines }
}

function fieldsOf(text: string, start: number, end: number, reader: HostsReader): (readonly [number, number])[] {
  const hash = text.slice(start, end).indexOf('#')
  const line = hash < 0 ? text.slice(start, end) : text.slice(start, start + hash)
  const field = reader === 'coredns' ? /[^\s\u0085]+/g : /[^ \t\v\f\r]+/g
  return [...line.matchAll(field)].map(m => [start + m.index, start + m.index + m[0].length] as const)
}
