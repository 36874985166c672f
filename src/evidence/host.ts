// Pasted output of BIND's host (9.11–9.21). No TTLs, no flags. The server is known only when one was named on the command line.
import { absolute } from '../dns/name.ts'
import type { ResourceRecord } from '../dns/message.ts'
import type { Read } from '../chain/source.ts'
import type { DirectAnswer } from './observation.ts'
import { sourceOf, toolWords, type PastedSection } from './pasted-section.ts'
import { rcodeWord } from './rcode.ts'
import { serverText } from './server-address.ts'
import { dateLine } from './time-stamp.ts'

const ADDRESS = /^(\S{1,300}) has (IPv6 )?address (\S{1,60})$/
const ALIAS = /^(\S{1,300}) is an alias for (\S{1,300})$/
const MAIL = /^(\S{1,300}) mail is handled by (\d{1,5} \S{1,300})$/
const NOT_FOUND = /^Host (\S{1,300}) not found: \d{1,2}\((\w{1,12})\)/
const NO_RECORD = /^(\S{1,300}) has no (\w{1,10}) record/

export function readHost(section: PastedSection): Read<readonly DirectAnswer[]> {
  const words = (toolWords(section.command, ['host']) ?? []).slice(1).filter(word => !word.startsWith('-'))
  const value: DirectAnswer[] = []
  let server = ''
  let nowMs: number | undefined
  for (const line of section.lines) {
    const text = line.text.trimEnd()
    nowMs = dateLine(text)?.atMs ?? nowMs
    const named = /^Address: (\S{1,80})$/.exec(text)
    if (named) server = serverText(named[1] as string)
    const base = { kind: 'direct', tool: 'host', place: section.place, atMs: nowMs, source: sourceOf(section, line), server } as const
    const query = (name: string, type: string) => ({ name: absolute(name), type, transport: 'udp', rd: true }) as const
    const record = recordIn(text)
    if (record) {
      // One line is one record: records of the same question are gathered into one reply.
      const type = record.type === 'CNAME' ? 'A' : record.type
      const known = value.findLastIndex(seen => seen.reply !== undefined && seen.query.type === type && seen.query.name === record.name
        && seen.atMs === nowMs)
      const before = known < 0 ? undefined : value[known]
      const answer = [...(before?.reply?.answer ?? []), record]
      const seen: DirectAnswer = { ...(before ?? { ...base, query: query(record.name, type) }), ttlKnown: false,
        reply: { rcode: 'NOERROR', flags: [], answer, authority: [], additional: [] } }
      if (known < 0) value.push(seen)
      else if (answer.length <= 1000) value[known] = seen
      continue
    }
    const denied = NOT_FOUND.exec(text)
    const none = NO_RECORD.exec(text)
    const rcode = denied ? rcodeWord(denied[2] as string) : none ? 'NOERROR' : undefined
    if (rcode) {
      value.push({ ...base, query: query((denied ?? none)?.[1] as string, none?.[2] ?? 'A'), ttlKnown: false,
        reply: { rcode, flags: [], answer: [], authority: [], additional: [] } })
    } else if (/connection timed out|no servers could be reached/.test(text) && words[0] !== undefined) {
      value.push({ ...base, server: server || serverText(words[1] ?? ''), query: query(words[0], 'A'), reply: undefined,
        failure: 'timeout' })
    }
  }
  return { value, problems: [] }
}

function recordIn(text: string): ResourceRecord | undefined {
  const address = ADDRESS.exec(text)
  if (address) return { name: absolute(address[1] as string), type: address[2] ? 'AAAA' : 'A', ttlS: 0, data: address[3] as string }
  const alias = ALIAS.exec(text)
  if (alias) return { name: absolute(alias[1] as string), type: 'CNAME', ttlS: 0, data: alias[2] as string }
  const mail = MAIL.exec(text)
  return mail ? { name: absolute(mail[1] as string), type: 'MX', ttlS: 0, data: mail[2] as string } : undefined
}
