// One question of Go's resolver: tryOneName and exchange of net/dnsclient_unix.go (1.19 to 1.26). Attempts times servers, the full
// timeout each, a new socket each; NXDOMAIN and an answer without the type are final, every other failure goes on. TC: the same server
// by TCP, with a timeout of its own. A reply to another question is passed over, by TCP it is a failure. The last failure is the
// error. Since 1.23: an answer that is cut over TCP as well is taken as it is, and one with an additional record is not lame. Before
// 1.20 a name with two final dots was tried, and could not be written.
import { call, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import type { StubResult } from '../chain/outcome.ts'
import { hasFlag, REFUSED_PORT, type Cause, type DnsQuery, type Reply } from '../dns/message.ts'
import type { GoSettings } from './go-stub-settings.ts'
import { isCellOf } from './stub-cells.ts'
import { addressesOf, causeOf, heard, looksLame, replyOf, STRAY } from './stub-reply.ts'
import { atLeast, type StubVersion } from './stub-version.ts'

export interface GoSetup {
  /** Hop id of the stub. */
  readonly id: string
  readonly version: StubVersion
  readonly settings: GoSettings
  /** Hop of each server. */
  readonly hops: readonly string[]
}

/** `step`: place in the name list, since a name may be on it twice. */
type Question = { readonly name: string; readonly step: number; readonly type: string; readonly at: number; readonly turn: number }

export type GoAnswer =
  | { readonly end: 'addresses'; readonly addresses: readonly string[] }
  /** `text` as DNSError.Err. */
  | { readonly end: 'error'; readonly text: string; readonly server: string; readonly result: StubResult['result']; readonly cause: Cause }

/** Advertised since 1.19 (maxDNSPacketSize). */
const EDNS_SIZE = 1232
/** The stub's own address is not known to the model. */
const CLIENT = 'CLIENT:PORT'

export const questionId = (id: string): string => `${id} question`

/** Longer than any question can take. */
export const longestMs = (settings: GoSettings): number => settings.attempts * settings.servers.length * 2 * settings.timeoutMs + 1

const plain = (value: Question | GoAnswer | DnsQuery | Reply): Plain => value as unknown as Plain

export function goQuestion(setup: GoSetup): Hop {
  const { id, settings, hops } = setup
  const hop: Hop = function* question(query) {
    const q = query as unknown as Question
    const server = (q.at + q.turn) % hops.length
    const answer = yield* tried(setup, q, server)
    const last = q.at + 1 >= settings.attempts * hops.length
    return answer.final || last ? plain(answer.answer) : yield* call(questionId(id), plain({ ...q, at: q.at + 1 }))
  }
  hop.forgets = (query, key) => {
    const q = query as unknown as Question
    return key.includes(`${id}|${q.step} ${q.name}|${q.type} `) || isCellOf(q.name, key, q.type)
  }
  return hop
}

function* tried(setup: GoSetup, q: Question, server: number): HopRun<{ readonly answer: GoAnswer; readonly final: boolean }> {
  const { settings, hops } = setup
  const shown = settings.servers[server]?.shown ?? ''
  const hop = hops[server] as string
  const isSince123 = atLeast(setup.version, 1, 23)
  if (q.name.endsWith('..')) {
    const cause: Cause = { kind: 'failed', by: 'go', detail: 'a name with two final dots cannot be asked for' }
    return { answer: { end: 'error', text: 'cannot marshal DNS message', server: shown, result: 'error', cause }, final: false }
  }
  for (const transport of settings.useTcp ? (['tcp'] as const) : (['udp', 'tcp'] as const)) {
    const value = yield* heard(exchange(setup, q, server, transport), settings.timeoutMs, transport === 'tcp')
    const reply = replyOf(value)
    const error = (text: string, result: StubResult['result'], final = false) =>
      ({ answer: { end: 'error' as const, text, server: shown, result, cause: causeOf(value, hop) }, final })
    if (!reply) {
      if (value === STRAY && transport === 'tcp') return error('invalid DNS response', 'error')
      const refused = value === REFUSED_PORT
      const doing = transport === 'udp' ? `read udp ${CLIENT}->${shown}` : refused ? `dial tcp ${shown}` : `read tcp ${CLIENT}->${shown}`
      const operation = transport === 'udp' ? 'read' : 'connect'
      return refused ? error(`${doing}: ${operation}: connection refused`, 'refused') : error(`${doing}: i/o timeout`, 'timeout')
    }
    if (hasFlag(reply, 'tc') && (transport === 'udp' || !isSince123)) continue
    if (reply.rcode === 'NXDOMAIN') return error('no such host', 'nxdomain', true)
    const { edns: _, ...bare } = reply
    if (looksLame(isSince123 ? reply : { ...bare, additional: [] })) return error('lame referral', 'servfail')
    if (reply.rcode !== 'NOERROR') return error('server misbehaving', reply.rcode === 'REFUSED' ? 'refused' : 'servfail')
    // Every address record counts, but there must be one of the type.
    if (!reply.answer.some(r => r.type === q.type)) return error('no such host', 'nxdomain', true)
    return { answer: { end: 'addresses', addresses: [...addressesOf(reply, 'A'), ...addressesOf(reply, 'AAAA')] }, final: true }
  }
  return { answer: { end: 'error', text: 'no answer from DNS server', server: shown, result: 'error', cause: { kind: 'truncated', by: hop } }, final: false }
}

function exchange(setup: GoSetup, q: Question, server: number, transport: 'udp' | 'tcp'): Ask {
  const query: DnsQuery = {
    name: q.name, type: q.type, transport, rd: true, ...(setup.settings.edns && { edns: { sizeBytes: EDNS_SIZE } }), flow: `${setup.id}|${q.step} ${q.name}|${q.type} ${q.at} ${transport}`,
    ...(setup.settings.trustAd && { ad: true }),
  }
  return { hop: setup.hops[server] as string, query: plain(query) }
}
