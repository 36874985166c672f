// The scripted DNS servers of the recorded rows, as a hop: rules in order, first match wins, `nth` counts questions.
import { get, LOST, note, put, sleep, type Hop, type HopRun, type Plain } from '../../src/chain/effects.ts'
import { REFUSED_PORT, type DnsQuery, type Rcode, type Reply, type ResourceRecord } from '../../src/dns/message.ts'
import { sameName } from '../../src/dns/name.ts'

export interface Rule {
  readonly server?: string
  readonly name?: string
  readonly type?: string
  readonly proto?: string
  readonly nth?: number
  readonly do: string
}

/** A packet that reached a server. */
export type Packet = { readonly ms: number; readonly server: string; readonly proto: string; readonly name: string; readonly type: string; readonly edns?: number; readonly ad?: boolean }

/** Listening address → its name in the rows. */
export const SERVERS: Readonly<Record<string, string>> = { '127.0.1.1': '1', '127.0.1.2': '2', '127.0.1.3': '3', '127.0.1.4': '4', '127.0.0.1': 'lo', '::1': 'v6' }

const fits = (wanted: string | undefined, is: string): boolean => wanted === undefined || wanted === '*' || wanted === is

/** Which of the packets that leave at one instant is served first: A before AAAA and the servers in order, or what is first there late. */
export type Race = 'in order' | 'A late' | 'AAAA late' | 'first servers late'

/** `server` as in the rows: 1 to 4, lo, v6. `race`: packets are noted with their time and served one after the other, as in the
 * recordings; else they are all answered at the same instant, in any order. */
export function scriptedServer(server: string, rules: readonly Rule[], race: Race | undefined, isGo = false): Hop {
  return function* scripted(query) {
    const q = query as unknown as DnsQuery
    if (race) yield* receive(server, q, race)
    const matching = rules.map((rule, i) => ({ rule, i })).filter(({ rule }) =>
      fits(rule.server, server) && fits(rule.type, q.type) && fits(rule.proto, q.transport) && (rule.name === undefined || rule.name === '*' || sameName(rule.name, q.name)))
    for (const { rule, i } of matching) {
      if (rule.nth === undefined) return yield* perform(rule.do, q, isGo)
      const cell = `rule ${i} ${server}`
      const count = Number((yield* get(cell))?.value ?? 0) + 1
      yield* put(cell, count, Infinity)
      if (count === rule.nth) return yield* perform(rule.do, q, isGo)
    }
    return yield* perform('NX', q)
  }
}

const LATE_MS = 5

function* receive(server: string, q: DnsQuery, race: Race): HopRun<void> {
  const packet: Packet = { ms: yield* sinceStart(), server, proto: q.transport, name: q.name, type: q.type, ...(q.edns && { edns: q.edns.sizeBytes }), ...(q.ad && { ad: true }) }
  yield* note({ kind: 'packet', packet })
  // The recorded servers read one packet after the other, in the order sent: servers in order, A before AAAA.
  const place = Object.values(SERVERS).indexOf(server)
  const lateMs = race === `${q.type} late` ? LATE_MS : race === 'first servers late' ? LATE_MS - place : 0
  yield* sleep((q.type === 'AAAA' ? 0.11 : 0.1) + 0.001 * place + lateMs)
}

/** No listener: the host answers for it. */
export const closedPort: Hop = function* closed() {
  return REFUSED_PORT
}

function* sinceStart(): HopRun<number> {
  const start = yield* get('start')
  if (!start) yield* put('start', true, Infinity)
  return start?.ageMs ?? 0
}

const SOA: ResourceRecord = { name: 'test.', type: 'SOA', ttlS: 60, data: 'ns.test. root.test. 1 60 60 60 60' }
const reply = (rcode: Rcode, rest: Partial<Reply> = {}): Plain =>
  ({ rcode, flags: ['aa', 'rd', 'ra'], answer: [], authority: [], additional: [], ...rest }) as unknown as Plain

function* perform(action: string, q: DnsQuery, isGo = false): HopRun {
  const [verb, ...words] = action.split(' ') as [string, ...string[]]
  const record = (type: string, data: string, name = q.name): ResourceRecord => ({ name, type, ttlS: 60, data })
  switch (verb) {
    case 'DELAY':
      yield* sleep(Number(words[0]))
      return yield* perform(words.slice(1).join(' '), q, isGo)
    case 'DROP': return LOST
    // Over TCP Go looks at the id as it does at the question, others wait for the next message.
    case 'WRONGID': return isGo && q.transport === 'tcp' ? reply('NOERROR', { question: { name: 'other.', type: q.type } }) : LOST
    case 'AS': {
      const [name = '', type = '', ...rest] = words
      const value = yield* perform(rest.join(' '), q, isGo)
      return typeof value === 'string' ? value : { ...value as object, question: { name: name === '@' ? q.name : name, type } } as Plain
    }
    case 'NX': return reply('NXDOMAIN', { authority: [SOA] })
    case 'NXNOSOA': return reply('NXDOMAIN')
    case 'NODATA': return reply('NOERROR', { authority: [SOA] })
    case 'NODATANOSOA': return reply('NOERROR')
    case 'LAME': return reply('NOERROR', { flags: ['rd'] })
    case 'LAMENS': return reply('NOERROR', { flags: ['rd'], authority: [record('NS', 'ns.test.')] })
    case 'ADDR': return reply('NOERROR', { answer: words.map(data => record(data.includes(':') ? 'AAAA' : 'A', data)) })
    case 'CNAME': return reply('NOERROR', { answer: [record('CNAME', `${words[0]}.`), ...words.slice(1).map(data => record(data.includes(':') ? 'AAAA' : 'A', data, `${words[0]}.`))] })
    case 'TC': return reply('NOERROR', { flags: ['aa', 'tc', 'rd', 'ra'] })
    case 'TCPART': return reply('NOERROR', { flags: ['aa', 'tc', 'rd', 'ra'], answer: [record('A', '10.7.7.7')] })
    default: return reply(verb as Rcode)
  }
}
