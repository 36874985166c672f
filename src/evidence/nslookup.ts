// Pasted output of nslookup: BIND 9.11–9.21 and busybox (old `Address 1:` form and the one since 1.30), several runs with `date` lines
// between. nslookup asks A, and AAAA only when A had rcode 0; busybox asks both. So a denial after an address of the same name is AAAA's,
// one without it is A's. Names are those the tool prints, after its own search list. No TTLs, no flags but `Non-authoritative`.
import { absolute, nameKey } from '../dns/name.ts'
import type { Reply, ResourceRecord } from '../dns/message.ts'
import type { Read } from '../chain/source.ts'
import type { Line } from './lines.ts'
import type { DirectAnswer } from './observation.ts'
import { blockSource, sourceOf, toolWords, type PastedSection } from './pasted-section.ts'
import { problemTally } from './problem-tally.ts'
import { rcodeWord } from './rcode.ts'
import { isAddress, serverText } from './server-address.ts'
import { dateLine } from './time-stamp.ts'

/** One run, from its `Server:` line on. */
interface Run {
  readonly first: Line
  last: Line
  server: string
  authoritative: boolean
  inHeader: boolean
  name: string | undefined
  readonly atMs: number | undefined
  /** (name, type) → what was answered, in order. */
  readonly answers: Map<string, { name: string; type: string; rcode: Reply['rcode'] | undefined; records: ResourceRecord[] }>
}

const DENIED = /^\*\* server can't find ([^\s:]{1,300}): ?(\S{1,20})/
const NO_ANSWER = /^\*\*\* Can't find ([^\s:]{1,300}): (?:No answer|No response|(\S{1,20}))/
const OLD_FAILED = /^nslookup: can't resolve '([^']{1,300})'/
const ALIAS = /^(\S{1,300})\s+canonical name = (\S{1,300})$/
const OTHER_RECORD = /^(\S{1,300})\s+(mail exchanger|nameserver|text|name|service) = (.{1,1000})$/
const RECORD_TYPES: Readonly<Record<string, string>> = { 'mail exchanger': 'MX', nameserver: 'NS', text: 'TXT', name: 'PTR',
  service: 'SRV' }

const CHATTER = /^(?:Authoritative answers can be found|;; Got (?:recursion not available|SERVFAIL reply)|;; communications error)/

const timedOut = (text: string): boolean => /connection timed out|no servers could be reached|no response from/.test(text)

function askedType(command: string): string | undefined {
  const words = toolWords(command, ['nslookup']) ?? []
  return words.map(word => /^-(?:type|query|querytype|q)=(\w{1,10})$/i.exec(word)?.[1]?.toUpperCase()).find(type => type !== undefined)
}

function entry(run: Run, name: string, type: string): { name: string; type: string; rcode: Reply['rcode']
  | undefined; records: ResourceRecord[] } {
  const key = `${nameKey(name)} ${type}`
  let known = run.answers.get(key)
  if (!known) run.answers.set(key, (known = { name: absolute(name), type, rcode: undefined, records: [] }))
  return known
}

/** The type a denial is about. */
function deniedType(run: Run, name: string, asked: string | undefined): string {
  if (asked) return asked
  return run.answers.has(`${nameKey(name)} A`) ? 'AAAA' : 'A'
}

function readLine(run: Run, text: string, asked: string | undefined): boolean {
  const address = /^Address(?: \d{1,3})?:\s*(\S{1,90})/.exec(text)
  if (address && run.inHeader) {
    run.server = serverText(address[1] as string)
    run.inHeader = false
    return true
  }
  const name = /^Name:\s*(\S{1,300})/.exec(text)
  if (name) {
    run.name = name[1] as string
    return true
  }
  if (address && run.name !== undefined && isAddress(address[1] as string)) {
    const data = address[1] as string
    const type = data.includes(':') ? 'AAAA' : 'A'
    const found = entry(run, run.name, type)
    found.rcode = 'NOERROR'
    found.records.push({ name: absolute(run.name), type, ttlS: 0, data })
    return true
  }
  const denied = DENIED.exec(text)
  if (denied) {
    const rcode = rcodeWord(denied[2] as string)
    if (rcode) entry(run, denied[1] as string, deniedType(run, denied[1] as string, asked)).rcode = rcode
    return rcode !== undefined
  }
  const none = NO_ANSWER.exec(text)
  if (none) {
    const rcode = none[2] === undefined ? 'NOERROR' : rcodeWord(none[2])
    // Without a type BIND's nslookup says "No answer" only when A and then AAAA were both empty (nslookup.c, a_noanswer).
    const types = asked === undefined && rcode === 'NOERROR' && !run.answers.has(`${nameKey(none[1] as string)} A`)
      ? ['A', 'AAAA'] : [deniedType(run, none[1] as string, asked)]
    if (rcode) for (const type of types) entry(run, none[1] as string, type).rcode = rcode
    return rcode !== undefined
  }
  if (text.startsWith('Non-authoritative answer:')) {
    run.authoritative = false
    return true
  }
  const other = ALIAS.exec(text) ?? OTHER_RECORD.exec(text)
  if (!other) return CHATTER.test(text)
  const type = other.length === 3 ? 'CNAME' : (RECORD_TYPES[other[2] as string] as string)
  const found = entry(run, other[1] as string, type === 'CNAME' ? asked ?? 'A' : type)
  found.rcode = 'NOERROR'
  found.records.push({ name: absolute(other[1] as string), type, ttlS: 0, data: (other.at(-1) as string).trim() })
  return true
}

function answersOf(run: Run, section: PastedSection): DirectAnswer[] {
  const source = blockSource(section, run.first, run.last)
  return [...run.answers.values()].flatMap(({ name, type, rcode, records }) => (rcode === undefined ? [] : [{
    kind: 'direct' as const, tool: 'nslookup' as const, place: section.place, atMs: run.atMs, source, server: run.server,
      ttlKnown: false as const,
    query: { name, type, transport: 'udp' as const, rd: true },
    reply: { rcode, flags: run.authoritative && records.length > 0 ? ['aa'] : [], answer: records, authority: [], additional: [] },
  }]))
}

export function readNslookup(section: PastedSection, nearMs?: number): Read<readonly DirectAnswer[]> {
  const tally = problemTally()
  const asked = askedType(section.command)
  const name = (toolWords(section.command, ['nslookup']) ?? []).slice(1).find(word => !word.startsWith('-'))
  const value: DirectAnswer[] = []
  let run: Run | undefined
  let nowMs: number | undefined
  const flush = (): void => {
    if (run) value.push(...answersOf(run, section))
    run = undefined
  }
  for (const line of section.lines) {
    const text = line.text.trimEnd()
    if (text === '') continue
    const date = dateLine(text)
    if (date) {
      flush()
      nowMs = date.atMs ?? nearMs
    } else if (/^Server:\s/.test(text)) {
      flush()
      run = { first: line, last: line, server: serverText(/^Server:\s*(\S{1,90})/.exec(text)?.[1] ?? ''), authoritative: true,
        inHeader: true, name: undefined, atMs: nowMs, answers: new Map() }
    } else if (timedOut(text)) {
      const server = run?.server ?? ''
      flush()
      if (name !== undefined) {
        value.push({
          kind: 'direct', tool: 'nslookup', place: section.place, atMs: nowMs, source: sourceOf(section, line), server,
          query: { name: absolute(name), type: asked ?? 'A', transport: 'udp', rd: true }, reply: undefined, failure: 'timeout',
        })
      }
    } else if (OLD_FAILED.test(text)) {
      const failedName = (OLD_FAILED.exec(text) as RegExpExecArray)[1] as string
      value.push({
        kind: 'direct', tool: 'nslookup', place: section.place, atMs: nowMs, source: sourceOf(section, line), server: '',
        query: { name: absolute(failedName), type: asked ?? 'A', transport: 'udp', rd: true }, reply: undefined, failure: 'unresolved',
      })
      flush()
    } else if (run && readLine(run, text, asked)) run.last = line
    else if (!/^;; |^command terminated/.test(text)) tally.add('nslookup-unknown-line', 'unknown',
      'lines of nslookup output that are not read', sourceOf(section, line))
  }
  flush()
  return { value, problems: tally.list() }
}
