// /etc/hosts and files like it, as four programs read them: CoreDNS's hosts plugin (1.9.3 to 1.15.0), Go's resolver (1.21 to 1.26),
// glibc's nss_files (2.31 to 2.41) and musl (1.2.2 to 1.2.5). They differ in what they take for an address; a line that one of
// them skips is a line that this program does not have.
// Not modelled: Go's limit of its line buffer, `multi on` of /etc/host.conf, which names a program compares with regard to case.
import type { HostsLine } from '../chain/model.ts'
import { sourcesOf, type Problem, type Read } from '../chain/source.ts'
import { parseAddress, withoutZone } from '../dns/go-address.ts'
import { hostsFields, type HostsReader } from '../dns/hosts-lines.ts'

/** The address as this program holds it; undefined = it skips the line. */
const ADDRESS: Readonly<Record<HostsReader, (text: string) => string | undefined>> = {
  coredns: text => parseAddress(withoutZone(text))?.text,
  go: text => {
    const zone = text.slice(withoutZone(text).length)
    const address = parseAddress(withoutZone(text))
    return address && (zone === '' || address.family === 6 && zone !== '%') ? address.text + zone : undefined
  },
  glibc: text => parseAddress(text)?.text,
  musl: text => {
    const zone = text.slice(withoutZone(text).length)
    const address = zone === '' ? numbersAndDots(text) ?? parseAddress(text)?.text : parseAddress(withoutZone(text))?.text
    return address === undefined ? undefined : address + zone
  },
}

type Range = readonly [start: number, end: number]

export function readHosts(file: string, text: string, reader: HostsReader): Read<readonly HostsLine[]> {
  const at = sourcesOf(file, text)
  const problems: Problem[] = []
  const value: HostsLine[] = []
  const { lines, stoppedAt } = hostsFields(text, reader)
  for (const { fields } of lines) {
    const [first, ...names] = fields as [Range, ...Range[]]
    const address = ADDRESS[reader](text.slice(...first))
    if (address !== undefined && names.length > 0) {
      const said = names.map(n => ({ value: text.slice(...n), source: at(...n) }))
      value.push({ address: { value: address, source: at(...first) }, names: said })
      continue
    }
    const [code, message] = address === undefined
      ? ['hosts-bad-address', `${reader} finds no address at the start of this line and skips it`]
      : ['hosts-no-name', 'the line has an address and no name']
    problems.push({ code, message, source: at(first[0], (names.at(-1) ?? first)[1]), state: 'ignored' })
  }
  if (stoppedAt !== undefined) {
    const message = 'CoreDNS stops reading at a line of 64 KiB: nothing from here on is in its table'
    problems.push({ code: 'hosts-line-too-long', message, source: at(stoppedAt, stoppedAt), state: 'ignored' })
  }
  return { value, problems }
}

/** inet_aton: one to four numbers, decimal, octal or hexadecimal, the last one filling what is left. */
function numbersAndDots(text: string): string | undefined {
  const parts = text.split('.')
  if (parts.length > 4 || !parts.every(p => /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(p))) return undefined
  const numbers = parts.map(p => (/^0[0-7]+$/.test(p) ? Number.parseInt(p, 8) : Number(p)))
  const last = numbers.pop() as number
  if (numbers.some(n => n > 255) || last >= 256 ** (4 - numbers.length)) return undefined
  const rest = Array.from({ length: 4 - numbers.length }, (_, i) => Math.floor(last / 256 ** (3 - numbers.length - i)) % 256)
  return [...numbers, ...rest].join('.')
}
