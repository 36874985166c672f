// Pasted output of BIND's dig (9.9–9.21), any number of answers, also `+short`, `+noall +answer`, timeouts and `communications error`.
// Read: header, flags, EDNS, question, three sections, query time, server, WHEN. Not read: +trace and +nssearch (said), +yaml, +nottl.
// The server is the one that answered (`;; SERVER:`), else the `@server` of the command; never guessed.
import { absolute } from '../dns/name.ts'
import type { DnsQuery, Edns, Reply, ResourceRecord } from '../dns/message.ts'
import type { Problem, Read } from '../chain/source.ts'
import type { Line } from './lines.ts'
import type { DirectAnswer } from './observation.ts'
import { blockSource, toolWords, type PastedSection } from './pasted-section.ts'
import { problemTally } from './problem-tally.ts'
import { rcodeWord } from './rcode.ts'
import { isAddress, serverText } from './server-address.ts'
import { stampAt } from './time-stamp.ts'

export interface Asked {
  readonly server: string
  readonly name: string | undefined
  readonly type: string
  readonly transport: 'udp' | 'tcp'
  readonly short: boolean
  readonly trace: boolean
}

const TYPES = new Set(['A', 'AAAA', 'NS', 'MX', 'TXT', 'SRV', 'PTR', 'SOA', 'CNAME', 'ANY', 'DS', 'DNSKEY', 'HTTPS', 'SVCB', 'CAA', 'NAPTR',
  'HINFO', 'AXFR', 'TLSA'])
/** Options of dig that take the next word. */
const WITH_WORD = new Set(['-b', '-c', '-f', '-k', '-p', '-q', '-t', '-x', '-y'])

/** What a dig command asks; also the rest of dig's own first line. */
export function askedBy(words: readonly string[]): Asked {
  let server = ''
  let port = ''
  let name: string | undefined
  let type = 'A'
  const plus = new Set<string>()
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string
    const next = words[i + 1] ?? ''
    if (word.startsWith('@')) server = word.slice(1)
    else if (word.startsWith('+')) plus.add(word.slice(1).toLowerCase())
    else if (word === '-x') [name, type] = [reverseName(next), 'PTR']
    else if (word === '-p') port = next
    else if (word === '-q') name = next
    else if (word === '-t') type = next.toUpperCase()
    else if (TYPES.has(word.toUpperCase()) && (name !== undefined || i > 0)) type = word.toUpperCase()
    else if (!word.startsWith('-') && !/^(?:IN|CH|HS)$/i.test(word)) name ??= word
    if (WITH_WORD.has(word)) i++
  }
  const at = port === '' || port === '53' ? server : server.includes(':') ? `[${server}]:${port}` : `${server}:${port}`
  return { server: serverText(at), name, type, transport: plus.has('tcp') || plus.has('vc') ? 'tcp' : 'udp', short: plus.has('short'),
    trace: plus.has('trace') || plus.has('nssearch') }
}

const reverseName = (address: string): string =>
  /^[\d.]+$/.test(address) ? `${address.split('.').reverse().join('.')}.in-addr.arpa.` : address

const RECORD = /^(\S{1,1100})\s+(\d{1,10})\s+(IN|CH|HS|NONE|ANY|CLASS\d{1,5})\s+(\S{1,16})\s+(\S.*)$/

export function recordOf(line: string): ResourceRecord | undefined {
  const match = RECORD.exec(line.length <= 8192 ? line : '')
  if (!match) return undefined
  const [, name, ttl, klass, type, data] = match as unknown as [string, string, string, string, string, string]
  return { name: absolute(name), type, ttlS: Number(ttl), ...(klass !== 'IN' && { class: klass }), data: data.trim() }
}

/** One reply while it is being read. */
interface Block {
  readonly asked: Asked
  first: Line
  last: Line
  rcode?: Reply['rcode'] | undefined
  flags: string[]
  edns?: Edns
  question?: { name: string; type: string; class: string }
  section: 'answer' | 'authority' | 'additional' | ''
  readonly records: { answer: ResourceRecord[]; authority: ResourceRecord[]; additional: ResourceRecord[] }
  server?: string
  transport?: 'udp' | 'tcp'
  atMs?: number | undefined
  rttMs?: number
  failure?: DirectAnswer['failure']
  failedServer?: string
}

const newBlock = (asked: Asked, line: Line): Block =>
  ({ asked, first: line, last: line, flags: [], section: '', records: { answer: [], authority: [], additional: [] } })

/** Takes one line of a block; false when the line says nothing that is read. */
function readLine(block: Block, text: string, nowMs: number | undefined): boolean {
  const record = block.section !== '' || !text.startsWith(';') ? recordOf(text) : undefined
  if (record) {
    block.records[block.section === '' ? 'answer' : block.section].push(record)
    return true
  }
  const header = /^;; ->>HEADER<<- opcode: [^,]{1,20}, status: ([A-Za-z0-9]{1,20}), id: \d+/.exec(text)
  if (header) block.rcode = rcodeWord(header[1] as string)
  const flags = /^;; flags: ?([a-z ]{0,60});/.exec(text)
  if (flags) block.flags = (flags[1] as string).trim().split(/\s+/).filter(flag => flag !== '' && flag !== 'qr')
  const edns = /^; EDNS: version: (\d{1,3}), flags: ?([a-z ]{0,20}); (?:MBZ: \S{1,12} ?, )?udp: (\d{1,5})/.exec(text)
  if (edns) block.edns = { sizeBytes: Number(edns[3]), ...((edns[2] as string).includes('do') && { do: true }),
    ...(edns[1] !== '0' && { version: Number(edns[1]) }) }
  const section = /^;; (QUESTION|ANSWER|AUTHORITY|ADDITIONAL) SECTION:/.exec(text)
  if (section) block.section = section[1] === 'QUESTION' ? '' : ((section[1] as string).toLowerCase() as 'answer')
  const question = /^;(\S{1,1100})\s+(IN|CH|HS|ANY|CLASS\d{1,5})\s+(\S{1,16})\s*$/.exec(text)
  if (question) block.question = { name: question[1] as string, class: question[2] as string, type: question[3] as string }
  const took = /^;; Query time: (\d{1,9}) (msec|usec)/.exec(text)
  if (took) block.rttMs = Number(took[1]) / (took[2] === 'usec' ? 1000 : 1)
  const server = /^;; SERVER: ([^\s(]{1,80})(?:\([^)]{0,255}\))?(?: \((UDP|TCP)\))?/.exec(text)
  if (server) {
    block.server = serverText(server[1] as string)
    if (server[2]) block.transport = server[2] === 'TCP' ? 'tcp' : 'udp'
  }
  const when = /^;; WHEN: (.{8,60})$/.exec(text)
  if (when) block.atMs = stampAt(when[1] as string, 0, nowMs)?.atMs
  const failed = /^;; (?:communications error to|Connection to) (\S{2,80}?)(?:\([^)]{0,255}\) for \S{1,255} failed)?: (.{3,80})$/.exec(text)
  const nobody = /no servers could be reached|connection timed out/.test(text)
  if (failed || nobody) {
    block.failure ??= /refused/i.test(text) ? 'refused' : /unreachable/i.test(text) ? 'unreachable' : 'timeout'
    if (failed) block.failedServer = serverText(failed[1] as string)
  }
  return !!(header ?? flags ?? edns ?? section ?? question ?? took ?? server ?? when ?? failed) || nobody
}

function answerOf(block: Block, section: PastedSection): DirectAnswer | undefined {
  const { asked, question } = block
  const name = question?.name ?? asked.name
  const bareRecords = block.records.answer.length > 0 && block.rcode === undefined
  if (name === undefined || (block.rcode === undefined && !block.failure && !bareRecords)) return undefined
  const query: DnsQuery = {
    name: absolute(name), type: question?.type ?? asked.type, transport: block.transport ?? asked.transport, rd: true,
    ...(question && question.class !== 'IN' && { class: question.class }),
  }
  const answered = block.rcode ?? (bareRecords ? 'NOERROR' : undefined)
  const reply: Reply | undefined = answered && { rcode: answered, flags: block.flags, ...block.records,
    ...(block.edns && { edns: block.edns }) }
  return {
    kind: 'direct', tool: 'dig', place: section.place, atMs: block.atMs, source: blockSource(section, block.first, block.last),
    server: block.server ?? (reply ? asked.server : asked.server || (block.failedServer ?? '')), query, reply,
    ...(!reply && { failure: block.failure ?? 'timeout' }), ...(block.rttMs !== undefined && { rttMs: block.rttMs }),
  }
}

export function readDig(section: PastedSection, nearMs?: number): Read<readonly DirectAnswer[]> {
  const tally = problemTally()
  let asked = askedBy((toolWords(section.command, ['dig']) ?? ['dig']).slice(1))
  if (asked.short) return shortAnswers(section, asked)
  const value: DirectAnswer[] = []
  let block: Block | undefined
  const flush = (): void => {
    const answer = block && answerOf(block, section)
    if (answer && asked.trace) tally.add('dig-trace', 'ignored', 'dig +trace: not read yet', answer.source)
    else if (answer) value.push(answer)
    block = undefined
  }
  for (const line of section.lines) {
    const text = line.text.trimEnd()
    const banner = /^; <<>> DiG \S{1,80} <<>> ?(.{0,1000})$/.exec(text)
    if (banner) {
      flush()
      asked = askedBy((banner[1] as string).split(/\s+/))
      block = newBlock(asked, line)
      continue
    }
    // A second reply under one banner (several names in one command) begins with its own header.
    if (text.startsWith(';; ->>HEADER<<-') && block?.rcode !== undefined) flush()
    if (text === '') continue
    block ??= newBlock(asked, line)
    if (readLine(block, text, nearMs)) block.last = line
    if (text.startsWith(';; MSG SIZE')) {
      block.last = line
      flush()
    }
  }
  flush()
  return { value, problems: tally.list() }
}

/** `dig +short`: data only. No data is an answer without records, or none at all: nothing is concluded from it. */
function shortAnswers(section: PastedSection, asked: Asked): Read<readonly DirectAnswer[]> {
  const problems: Problem[] = []
  const answer: ResourceRecord[] = []
  const lines = section.lines.filter(line => line.text.trim() !== '')
  const failed = lines.find(line => line.text.startsWith(';'))
  for (const line of lines) {
    const data = line.text.trim()
    if (data.startsWith(';') || answer.length >= 1000 || asked.name === undefined) continue
    const type = isAddress(data) ? (data.includes(':') ? 'AAAA' : 'A') : asked.type === 'A' || asked.type === 'AAAA' ? 'CNAME' : asked.type
    answer.push({ name: absolute(asked.name), type, ttlS: 0, data })
  }
  const [first, last] = [lines[0], lines.at(-1)]
  if (!first || !last || asked.name === undefined) return { value: [], problems }
  const query: DnsQuery = { name: absolute(asked.name), type: asked.type, transport: asked.transport, rd: true }
  const seen = { kind: 'direct', tool: 'dig', place: section.place, atMs: undefined, source: blockSource(section, first, last),
    server: asked.server, query } as const
  if (answer.length > 0) return { value: [{ ...seen, ttlKnown: false, reply: { rcode: 'NOERROR', flags: [], answer, authority: [],
    additional: [] } }], problems }
  return { value: failed ? [{ ...seen, reply: undefined, failure: /refused/.test(failed.text) ? 'refused' : 'timeout' }] : [], problems }
}
