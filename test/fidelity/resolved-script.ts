// The scripted servers of the rows of systemd-resolved: what the recorder's servers send, and the same as a hop of the replay.
import type { DnsQuery, Rcode, Reply, ResourceRecord } from '../../src/dns/message.ts'
import { sameName } from '../../src/dns/name.ts'

/** First match wins. `nth` counts the questions that reached this server, from 1. */
export interface ResolvedRule {
  readonly server?: string
  readonly name?: string
  readonly type?: string
  readonly nth?: number
  readonly upTo?: number
  /** `ADDR 10.1.1.1 [ttl]` (no data for another type), `CNAME x. 10.1.1.1`, `NX`, `NODATA`, `NXNOSOA`, `DROP`, `TC 10.1.1.1`, an rcode; `DELAY ms …` before any of them. */
  readonly do: string
}

export interface Scripted {
  readonly delayMs: number
  /** Undefined: silence. */
  readonly reply: Reply | undefined
}

const SOA: ResourceRecord = { name: 'example.', type: 'SOA', ttlS: 300, data: 'ns.example. root.example. 1 7200 3600 1209600 60' }

export function scripted(rules: readonly ResolvedRule[], server: string, query: DnsQuery, nth: number): Scripted {
  const rule = rules.find(one => (one.server === undefined || one.server === server) && (one.name === undefined || sameName(one.name, query.name))
    && (one.type === undefined || one.type === query.type) && (one.nth === undefined || one.nth === nth) && (one.upTo === undefined || nth <= one.upTo))
  return perform(rule?.do ?? 'NX', query)
}

function perform(action: string, query: DnsQuery): Scripted {
  const [verb = '', ...words] = action.split(' ')
  if (verb === 'DELAY') return { ...perform(words.slice(1).join(' '), query), delayMs: Number(words[0]) }
  const now = (rcode: Rcode, rest: Partial<Reply> = {}): Scripted =>
    ({ delayMs: 0, reply: { rcode, flags: ['rd', 'ra'], answer: [], authority: [], additional: [], ...(query.edns && { edns: { sizeBytes: 1232 } }), ...rest } })
  const address = (name: string, data: string, ttlS = 600): ResourceRecord => ({ name, type: data.includes(':') ? 'AAAA' : 'A', ttlS, data })
  switch (verb) {
    case 'DROP': return { delayMs: 0, reply: undefined }
    case 'NX': return now('NXDOMAIN', { authority: [SOA] })
    case 'NXNOSOA': return now('NXDOMAIN')
    case 'NODATA': return now('NOERROR', { authority: [SOA] })
    case 'ADDR': {
      const record = address(query.name, words[0] as string, words[1] === undefined ? 600 : Number(words[1]))
      return record.type === query.type ? now('NOERROR', { answer: [record] }) : perform('NODATA', query)
    }
    case 'CNAME': return now('NOERROR', { answer: [{ name: query.name, type: 'CNAME', ttlS: 600, data: words[0] as string }, ...words.slice(1).map(one => address(words[0] as string, one))] })
    case 'TC': return query.transport === 'tcp' ? perform(`ADDR ${words[0]}`, query) : now('NOERROR', { flags: ['tc', 'rd', 'ra'] })
    default: return now(verb as Rcode)
  }
}
