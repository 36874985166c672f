// Node's dns.resolve4 and resolve6: c-ares by ares_query, 1.31 to 1.34 as bundled in Node 20 to 24. The name as it is, one type, no search list,
// no hosts file, no EDNS, every server of the file. NOCHECKRESP: any reply is final, whatever its rcode; only silence and a closed port go on,
// to the server with the fewest failures, four tries each (Node's own number; `attempts` is not read). Node looks at the clock once a second: a
// first try ends a second late; a later round doubles the time and takes up to half of it off by chance, counted in those seconds.
// Not modelled: c-ares in other programs (search list, query cache), a server that is known to be slow from earlier questions.
import { call, pick, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { ResolvConf, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { rational } from '../chain/rational.ts'
import { hasFlag, REFUSED_PORT, type DnsQuery, type Reply } from '../dns/message.ts'
import { absolute, isDomainName } from '../dns/name.ts'
import { goAddress } from './stub-address.ts'
import { isCellOf } from './stub-cells.ts'
import { addressesOf, causeOf, heard, replyOf } from './stub-reply.ts'
import type { StubQuery } from './stub-query.ts'
import { answered, RCODE_RESULTS } from './stub-result.ts'
import { atoi, defaultServer, serverOf, type StubServer } from './stub-settings.ts'

interface Setup {
  readonly id: string
  readonly servers: readonly StubServer[]
  readonly hops: readonly string[]
  readonly timeoutS: number
  readonly tcp: boolean
}

/** Tries that were made, and how the last one ended. */
type Try = { readonly name: string; readonly type: string; readonly at: number; readonly last?: StubResult }

const TRIES = 4
const DEFAULT_TIMEOUT_S = 2
const MOST_S = 3600
/** ARES_E… of an rcode, as Node spells it. */
const CODES: Readonly<Record<string, string>> = { NXDOMAIN: 'ENOTFOUND', SERVFAIL: 'ESERVFAIL', REFUSED: 'EREFUSED', FORMERR: 'EFORMERR', NOTIMP: 'ENOTIMP' }

export function caresStub(model: StubModel, reach: Reach): HopEntries {
  const id = hopId.stub(model.place)
  const settings = settingsOf(model.resolvConf)
  const setup: Setup = { id, ...settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  const tries: Hop = query => tried(setup, query as unknown as Try)
  tries.forgets = (query, key) => isCellOf((query as unknown as Try).name, key)
  return [[id, root], [`${id} try`, tries]]
}

const plain = (value: StubResult | Try | DnsQuery | Reply): Plain => value as unknown as Plain

function settingsOf(conf: ResolvConf): Pick<Setup, 'servers' | 'timeoutS' | 'tcp'> {
  const servers: StubServer[] = []
  let timeoutS = DEFAULT_TIMEOUT_S
  let tcp = false
  for (const { keyword, words } of conf.lines) {
    const [word] = words
    if (keyword === 'nameserver' && word) {
      const address = goAddress(word.value)
      if (address && !servers.some(server => server.address === address.text)) servers.push(serverOf(address, word.value, word.source))
    }
    if (keyword !== 'options') continue
    for (const { value } of words) {
      const seconds = /^(?:timeout|retrans):(.*)$/.exec(value)?.[1]
      if (seconds !== undefined && atoi(seconds) > 0) timeoutS = Math.min(atoi(seconds), MOST_S)
      if (value === 'use-vc' || value === 'usevc') tcp = true
    }
  }
  return { servers: servers.length > 0 ? servers : [defaultServer(conf, '127.0.0.1')], timeoutS, tcp }
}

function* lookUp(setup: Setup, { name, family }: StubQuery): HopRun {
  const asked = absolute(name.toLowerCase())
  const type = family === 'inet6' ? 'AAAA' : 'A'
  const says = (code: string): string => `query${type === 'A' ? 'A' : 'Aaaa'} ${code} ${name}`
  const bad = !isDomainName(asked)
  const end = bad ? { result: 'error', addresses: [], code: 'EBADNAME', says: '' } as const : (yield* call(`${setup.id} try`, plain({ name: asked, type, at: 0 }))) as unknown as StubResult
  return plain(end.result === 'answer' ? end : { ...end, says: says(end.code) })
}

function* tried(setup: Setup, q: Try): HopRun {
  const { hops, id } = setup
  if (q.at >= TRIES * hops.length && q.last) return plain(q.last)
  const server = q.at % hops.length
  const hop = hops[server] as string
  for (const transport of setup.tcp ? (['tcp'] as const) : (['udp', 'tcp'] as const)) {
    const query: DnsQuery = { name: q.name, type: q.type, transport, rd: true, flow: `${id}|${server} ${transport}` }
    const packet: Ask = { hop, query: plain(query) }
    const value = yield* heard(packet, yield* limitMs(setup, q.at))
    const reply = replyOf(value)
    if (!reply) {
      const refused = value === REFUSED_PORT
      const last: StubResult = { result: refused ? 'refused' : 'timeout', addresses: [], code: refused ? 'ECONNREFUSED' : 'ETIMEOUT', says: '', cause: causeOf(value, hop) }
      return yield* call(`${id} try`, plain({ ...q, at: q.at + 1, last }))
    }
    if (hasFlag(reply, 'tc') && transport === 'udp') continue
    return plain(outcome(reply, q.type, hop))
  }
  return plain({ result: 'error', addresses: [], code: 'EBADRESP', says: '', cause: { kind: 'truncated', by: hop } })
}

function outcome(reply: Reply, type: string, hop: string): StubResult {
  const cause = causeOf(plain(reply), hop)
  if (reply.rcode !== 'NOERROR') return { result: RCODE_RESULTS[reply.rcode] ?? 'error', addresses: [], code: CODES[reply.rcode] ?? 'ESERVFAIL', says: '', cause }
  const addresses = addressesOf(reply, type)
  return addresses.length > 0 ? answered(addresses) : { result: 'nodata', addresses: [], code: 'ENODATA', says: '', cause }
}

function* limitMs({ id, timeoutS, hops }: Setup, at: number): HopRun<number> {
  const [firstS = 0, ...more] = waitsS(timeoutS, hops.length, at)
  if (more.length === 0) return firstS * 1000
  const options = [firstS, ...more].map(seconds => seconds * 1000)
  return yield* pick({ at: `${id} c-ares jitter ${more.at(-1)} s`, options, odds: options.map(() => rational(1, options.length)) })
}

/** What the nth try may wait, each as likely as the others: ares_calc_query_timeout, seen by a timer of one second. Eight of what lies between
 * half and the whole stand for all. */
export function waitsS(timeoutS: number, servers: number, at: number): readonly number[] {
  const round = Math.floor(at / servers)
  const mostS = Math.min(timeoutS * 2 ** round, MOST_S)
  if (at === 0) return [mostS + 1]
  if (round === 0) return [mostS]
  const leastS = Math.floor(mostS / 2) + 1
  const spanS = mostS - leastS
  return Array.from({ length: Math.min(spanS, 7) + 1 }, (_, i) => leastS + Math.round(i * Math.max(spanS / 7, 1)))
}
