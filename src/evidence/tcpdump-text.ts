// Pasted output of `tcpdump` 4.9 to 4.99 about DNS (print-domain.c), one line a packet: with and without `-nn`, `-t` to `-ttttt`, `-e`, interface names of
// `-i any`, and the two lines of `-v`. Replies print neither their question (unless `-vvv`) nor owners and TTLs: the pairing of transactions finds the
// question. Times of day get the date that lies nearest to a time near by, and none without one. Not read: `-q`, `-x`, `-A` dumps, lines without DNS, records
// other than A, AAAA, CNAME, NS, PTR and MX beyond their type.
import { absolute } from '../dns/name.ts'
import type { Rcode, ResourceRecord } from '../dns/message.ts'
import { rcodeName, typeName } from '../dns/wire-numbers-table.ts'
import type { Read } from '../chain/source.ts'
import type { Line } from './lines.ts'
import type { DnsPacket, Endpoint } from './observation.ts'
import { sourceOf, type PastedSection } from './pasted-section.ts'
import { problemTally } from './problem-tally.ts'
import { stampAt } from './time-stamp.ts'

/** What only tcpdump prints: a time with microseconds (or none), then somewhere `IP … > …: `. */
export const TCPDUMP_SIGN = /^(?:(?:\d\d:\d\d:\d\d|\d{10}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.\d{6,9} .{0,120}(?:IP6? |ethertype IPv[46])|IP6? \S{1,80} > \S{1,80}: )/

const REST_LIMIT = 4096
const DNS_PORT = 53
const DAY_MS = 86_400_000
const NO_BYTES = new Uint8Array(0)
const PASSING: Readonly<Record<string, DnsPacket['passing']>> = { In: 'in', B: 'in', M: 'in', P: 'by', Out: 'out' }
/** As print-domain.c spells them; those not here are spelled as everybody does, or `RespN`. */
const RCODES: ReadonlyMap<string, Rcode> = new Map([['FormErr', 'FORMERR'], ['ServFail', 'SERVFAIL'], ['NXDomain', 'NXDOMAIN'], ['NotImp', 'NOTIMP'], ['Refused', 'REFUSED'],
  ['YXDomain', 'YXDOMAIN'], ['YXRRSet', 'YXRRSET'], ['NXRRSet', 'NXRRSET'], ['NotAuth', 'NOTAUTH'], ['NotZone', 'NOTZONE'], ['BadVers', 'BADVERS']])
const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 }

/** What stands in front of the addresses. */
interface Head {
  readonly atMs: number | undefined
  readonly interface: string | undefined
  readonly passing: DnsPacket['passing']
}

interface Ends {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly rest: string
}

type Told = Pick<DnsPacket, 'direction' | 'refused' | 'id' | 'flags' | 'question' | 'rcode' | 'printed'>

export function readTcpdump(section: PastedSection, nearMs: number | undefined): Read<readonly DnsPacket[]> {
  const value: DnsPacket[] = []
  const tally = problemTally()
  const isDelta = /\s-(?:ttt|ttttt)(?:\s|$)/.test(section.command)
  let head: Head | undefined
  for (const line of section.lines) {
    const dropped = /^(\d{1,12}) packets? dropped by /.exec(line.text)
    if (dropped && Number(dropped[1]) > 0) tally.add('capture-packets-dropped', 'damaged', 'packets that the capturing machine dropped, by its own count',
      sourceOf(section, line), Number(dropped[1]))
    // With -v the addresses stand on a line of their own, indented.
    const isSecond = line.text.startsWith('    ')
    if (!isSecond) head = headOf(line.text, isDelta ? undefined : nearMs, isDelta)
    const found = head && (packetIn(section, line, head) ?? refusalIn(section, line, head))
    if (found === 'odd') tally.add('tcpdump-line-odd', 'unknown', 'a tcpdump line with port 53 that is no DNS message', sourceOf(section, line))
    else if (found) value.push(found)
  }
  return { value, problems: tally.list() }
}

function headOf(text: string, nearMs: number | undefined, isDelta: boolean): Head | undefined {
  const clock = /^(\d\d):(\d\d):(\d\d)\.(\d{6,9}) /.exec(text)
  const stamp = clock ? undefined : stampAt(text, 0)
  const start = clock ? clock[0].length : stamp ? stamp.end : 0
  const rest = text.slice(start, start + 400)
  if (!/(?:^|\s)(?:IP6?|IPv[46]|ethertype) /.test(rest)) return undefined
  const through = /^ ?(\S{1,40}) +(In|Out|P|B|M) /.exec(rest)
  const ofDayMs = clock ? (Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000 + Number((clock[4] as string).slice(0, 6)) / 1000 : undefined
  return {
    atMs: isDelta ? undefined : ofDayMs === undefined ? stamp?.atMs : nearMs === undefined ? undefined : onNearestDay(ofDayMs, nearMs),
    interface: through && through[1] !== '?' ? through[1] : undefined, passing: through ? PASSING[through[2] as string] : undefined,
  }
}

function onNearestDay(ofDayMs: number, nearMs: number): number {
  const midnight = Math.floor(nearMs / DAY_MS) * DAY_MS
  const days = [midnight - DAY_MS, midnight, midnight + DAY_MS]
  return days.map(day => day + ofDayMs).reduce((best, at) => (Math.abs(at - nearMs) < Math.abs(best - nearMs) ? at : best))
}

/** `10.0.0.1.53`, `fd00::1.53`, `10.0.0.1.domain`; names where `-n` was not given. */
function endpointOf(text: string): Endpoint | undefined {
  const dot = text.lastIndexOf('.')
  const port = text.slice(dot + 1)
  if (dot < 1) return undefined
  return port === 'domain' ? { address: text.slice(0, dot), port: DNS_PORT }
    : /^\d{1,5}$/.test(port) && Number(port) <= 65_535 ? { address: text.slice(0, dot), port: Number(port) } : undefined
}

/** The first `a > b: ` whose ends have ports: with `-e` hardware addresses come before it. */
function endsOf(text: string): Ends | undefined {
  let at = text.indexOf(' > ')
  for (let tries = 0; at >= 0 && tries < 4; tries++, at = text.indexOf(' > ', at + 3)) {
    const colon = text.indexOf(': ', at)
    const from = endpointOf(text.slice(Math.max(text.lastIndexOf(' ', at - 1) + 1, at - 300), at))
    const to = colon < 0 || colon > at + 300 ? undefined : endpointOf(text.slice(at + 3, colon))
    if (from && to) return { from, to, rest: text.slice(colon + 2, colon + 2 + REST_LIMIT) }
  }
  return undefined
}

function packetIn(section: PastedSection, line: Line, head: Head): DnsPacket | 'odd' | undefined {
  const ends = endsOf(line.text)
  if (!ends || (ends.from.port !== DNS_PORT && ends.to.port !== DNS_PORT)) return undefined
  const segment = /^Flags \[([A-Z.]{1,8})\]/.exec(ends.rest)
  const isReset = segment !== null && /R/.test(segment[1] as string) && / seq 0(?:,|:0,)/.test(ends.rest) && ends.from.port === DNS_PORT
  const message = segment ? (/, length \d{1,6} (\d.*)$/.exec(ends.rest)?.[1] ?? '') : ends.rest.replace(/^\[[^\]]{1,60}\] /, '')
  if (segment && message === '' && !isReset) return undefined
  const told = isReset ? refused() : toldBy(message)
  if (!told) return /\[\|domain\]|^ip-proto|length 0$|prefix length/.test(ends.rest) ? undefined : 'odd'
  return packetOf(section, line, head, ends, segment ? 'tcp' : 'udp', told)
}

function packetOf(section: PastedSection, line: Line, head: Head, { from, to }: Omit<Ends, 'rest'>, transport: 'udp' | 'tcp', told: Told): DnsPacket {
  return { kind: 'packet', place: section.place, atMs: head.atMs, source: sourceOf(section, line), interface: head.interface, passing: head.passing, from, to, transport,
    ...told, bytes: NO_BYTES, missingBytes: 0 }
}

const refused = (): Told => ({ direction: 'refused', id: -1, flags: [], question: undefined, rcode: undefined })

/** `IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.1 udp port 53 unreachable`: the asker's port is not printed. */
function refusalIn(section: PastedSection, line: Line, head: Head): DnsPacket | undefined {
  const icmp = / > (\S{1,80}): ICMP6?,? (?:destination unreachable, unreachable port, )?(\S{1,80}) udp port (?:53|domain)\b/.exec(line.text.slice(0, 1000))
  if (!icmp) return undefined
  const ends = { from: { address: icmp[2] as string, port: DNS_PORT }, to: { address: icmp[1] as string, port: 0 } }
  return packetOf(section, line, head, ends, 'udp', { ...refused(), refused: 'query' })
}

// id, operation, `+` rd, `%` cd, counts in brackets, type, class, name.
const QUERY = /^(\d{1,5})( [a-z]\w{1,9})?([+%]{0,2})(?: \[[^\]]{1,30}\]){0,6} ([A-Z][A-Z0-9-]{0,15}|Type\d{1,5})( [A-Z]{2,8})?(?: \(Q[UM]\))?\? (\S{1,1100})(?: |$)/
// id, operation, rcode, `*` aa, `-` no ra, `|` tc, `$` ad, question with -vvv, counts, records.
const REPLY = /^(\d{1,5})( [a-z]\w{1,9})?( [A-Z][A-Za-z0-9]{2,10})?([*|$-]{0,4})(?: \[[^\]]{1,30}\]){0,6}(?: q: ([A-Z][A-Z0-9-]{0,15}|Type\d{1,5})\? (\S{1,1100}))? (\d{1,5})\/(\d{1,5})\/(\d{1,5})(.*)$/

const typeOf = (printed: string): string => (printed.startsWith('Type') ? typeName(Number(printed.slice(4)) & 0xffff) : printed)
const CLASSES: Readonly<Record<string, string>> = { ' CHAOS': 'CH', ' HS': 'HS', ' ANY': 'ANY' }

function toldBy(message: string): Told | undefined {
  const query = QUERY.exec(message)
  if (query) {
    const [, id, , marks, type, dnsClass, name] = query as unknown as string[]
    return { direction: 'query', id: Number(id), flags: [...((marks as string).includes('+') ? ['rd'] : []), ...((marks as string).includes('%') ? ['cd'] : [])],
      question: { name: absolute(name as string), type: typeOf(type as string), class: CLASSES[dnsClass ?? ''] ?? 'IN' }, rcode: undefined }
  }
  const reply = REPLY.exec(message)
  if (!reply) return undefined
  const [, id, , word, marks, type, name, answers, authorities, , records] = reply as unknown as (string | undefined)[]
  const has = (mark: string): boolean => (marks as string).includes(mark)
  const flags = [...(has('*') ? ['aa'] : []), ...(has('|') ? ['tc'] : []), ...(has('-') ? [] : ['ra']), ...(has('$') ? ['ad'] : [])]
  return { direction: 'reply', id: Number(id), flags, rcode: rcodeOf(word?.trim()), question: name === undefined ? undefined
    : { name: absolute(name), type: typeOf(type as string), class: 'IN' },
    printed: { answerCount: Number(answers), authorityCount: Number(authorities), answer: recordsIn(records as string).slice(0, Number(answers)) } }
}

function rcodeOf(word: string | undefined): Rcode {
  if (word === undefined) return 'NOERROR'
  const numbered = /^Resp(\d{1,2})$/.exec(word)
  return numbered ? rcodeName(Number(numbered[1])) : (RCODES.get(word) ?? (word.toUpperCase() as Rcode))
}

/** The answer section: ` A 10.0.0.1, CNAME b.c. (60)`, with -vvv ` a.b. [30s] A 10.0.0.1 ns: …`. */
function recordsIn(text: string): ResourceRecord[] {
  const records: ResourceRecord[] = []
  for (const part of text.replace(/ (?:ns|ar): .*$/, '').replace(/ \(\d{1,5}\)$/, '').split(', ')) {
    const record = /^ ?(?:(\S{1,1100}) (?:\[(\w{1,20})\] )?)??(A|AAAA|CNAME|NS|PTR|MX) (\S{1,1100})(?: (\d{1,5}))?$/.exec(part)
    if (record) {
      const [, owner, ttl, type, data, preference] = record as unknown as (string | undefined)[]
      records.push({ name: owner === undefined ? '' : absolute(owner), type: type as string, ttlS: secondsIn(ttl ?? ''), data: type === 'MX' ? `${preference} ${data}` : (data as string) })
      continue
    }
    const typed = /^ ?(?:\S{1,1100} (?:\[\w{1,20}\] )?)??([A-Z][A-Z0-9-]{1,15}|Type\d{1,5})(?: (.{0,2000}))?$/.exec(part)
    if (!typed) return records
    records.push({ name: '', type: typeOf(typed[1] as string), ttlS: 0, data: typed[2] ?? '' })
  }
  return records
}

/** `1h30m5s`. */
const secondsIn = (text: string): number =>
  [...text.matchAll(/(\d{1,9})([wdhms])/g)].reduce((total, [, count, unit]) => total + Number(count) * (UNITS[unit as string] as number), 0)
