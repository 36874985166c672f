// busybox nslookup since 1.30 with FEATURE_NSLOOKUP_BIG (networking/nslookup.c), which is what Alpine and the busybox images have: no library, no
// hosts file, every server of the file. A name without a dot is asked with every search domain (else that of the host name) and never bare; any
// other name as it is. A of all names, then AAAA, go to one server at once, again after 2.5 s, and after 5 s the next server's turn comes, unless
// anything was answered; a closed port is noticed when the second of two questions is sent. The options of the file count for nothing but trust-ad.
// SERVFAIL is asked again at once, as often as twice the questions in a round; any other reply is final, a cut one too.
// Since 1.31 a failure is exit code 1; only 1.32 and 1.33 remark upon an answer without records.
// Recorded: test/fidelity/rows/stub-applications.jsonl.gz (1.30.1, 1.35.0, 1.37.0). Not modelled: 1.29 and older, which ask the C library; -retry,
// -timeout; a server in resolv.conf that is given by name; lines of more than 511 bytes.
import { askOn, call, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { ResolvConf, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { REFUSED_PORT, type Cause, type DnsQuery, type Rcode } from '../dns/message.ts'
import { absolute, isDomainName } from '../dns/name.ts'
import { glibcAddress } from './stub-address.ts'
import { addressesOf, causeOf, replyOf } from './stub-reply.ts'
import type { StubQuery } from './stub-query.ts'
import { answered, excerpt, RCODE_RESULTS } from './stub-result.ts'
import { defaultServer, hostDomain, serverOf, type StubServer } from './stub-settings.ts'
import { atLeast, stubVersion, type StubVersion } from './stub-version.ts'

interface Setup {
  readonly id: string
  readonly servers: readonly StubServer[]
  readonly hops: readonly string[]
  readonly search: readonly string[]
  readonly ad: boolean
  readonly version: StubVersion
  /** A server that is no address ends the program. */
  readonly bad?: string
}

type Question = { readonly shown: string; readonly name: string; readonly type: string }
/** The reply to one question, by its number. */
type Answer = { readonly rcode: Rcode; readonly empty: boolean; readonly addresses: readonly string[]; readonly cause?: Cause }
type Waiting = { readonly of: number; readonly ticket: Plain }

/** One instant of one server's turn. */
type Instant = {
  readonly questions: readonly Question[]
  readonly server: number
  readonly round: number
  readonly have: { readonly [of: string]: Answer | undefined }
  /** In the order of arrival. */
  readonly heard: readonly number[]
  readonly send: readonly number[]
  readonly open: readonly Waiting[]
  readonly landed?: { readonly of: number; readonly value: Plain }
  readonly leftMs: number
  readonly repeats: number
}

const INTERVAL_MS = 2500
const ROUNDS = 2

export function busyboxStub(model: StubModel, reach: Reach): HopEntries {
  const id = hopId.stub(model.place)
  const settings = settingsOf(model.resolvConf, hostDomain(model.hostname))
  const setup: Setup = { id, ...settings, version: stubVersion(model.version), hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  return [[id, root], [`${id} turn`, query => instant(setup, query as unknown as Instant)]]
}

const plain = (value: StubResult | Instant | DnsQuery | Omit<Instant, 'landed'>): Plain => value as unknown as Plain

function settingsOf(conf: ResolvConf, ownDomain: string | undefined): Pick<Setup, 'servers' | 'search' | 'ad' | 'bad'> {
  const servers: StubServer[] = []
  let [search, byDirective]: [readonly string[] | undefined, boolean] = [undefined, false]
  let [ad, bad]: [boolean, string | undefined] = [false, undefined]
  for (const { keyword, words } of conf.lines) {
    const [word] = words
    if (!word) continue
    const address = keyword === 'nameserver' ? glibcAddress(word.value) : undefined
    if (address) servers.push(serverOf(address, word.value, word.source))
    else if (keyword === 'nameserver') bad ??= word.value
    if (keyword === 'search' || (keyword === 'domain' && !byDirective)) search = words.map(w => w.value)
    byDirective ||= keyword === 'search'
    if (keyword === 'options') ad ||= words.some(w => w.value === 'trust-ad')
  }
  const domains = search ?? (ownDomain === undefined ? [] : [ownDomain])
  return { servers: servers.length > 0 ? servers : [defaultServer(conf, '127.0.0.1')], search: domains.join() === '.' ? [] : domains, ad, ...(bad !== undefined && { bad }) }
}

function* lookUp(setup: Setup, { name, family }: StubQuery): HopRun {
  const types = family === 'inet' ? ['A'] : family === 'inet6' ? ['AAAA'] : ['A', 'AAAA']
  const names = name.includes('.') || setup.search.length === 0 ? [name] : setup.search.map(domain => `${name}.${domain}`)
  const questions = types.flatMap(type => names.map((shown): Question => ({ shown, name: absolute(shown), type })))
  if (setup.bad !== undefined) return plain({ result: 'error', addresses: [], code: 'exit 1', says: `nslookup: bad address '${excerpt(setup.bad)}'` })
  return yield* call(`${setup.id} turn`, plain(nextRound({ ...FIRST, questions })))
}

const FIRST = { server: 0, round: -1, have: {}, heard: [], open: [] } as const

const isWritable = ({ name }: Question): boolean => isDomainName(name) && !name.endsWith('..')

const nobody = (cause: Cause): StubResult =>
  ({ result: 'timeout', addresses: [], code: 'exit 1', says: ';; connection timed out; no servers could be reached', cause })

const unanswered = ({ questions, have }: Pick<Instant, 'questions' | 'have'>): number[] => questions.flatMap((_, of) => (have[of] ? [] : [of]))

const nextRound = (q: Omit<Instant, 'landed' | 'send' | 'leftMs' | 'repeats'>): Instant =>
  ({ ...q, round: q.round + 1, send: unanswered(q), leftMs: INTERVAL_MS, repeats: 2 * q.questions.length })

function packet(setup: Setup, q: Instant, of: number): Ask {
  const { name, type } = q.questions[of] as Question
  const query: DnsQuery = { name, type, transport: 'udp', rd: true, flow: `${setup.id}|${q.server}`, ...(setup.ad && { ad: true }) }
  return { hop: setup.hops[q.server] as string, query: plain(query) }
}

function* instant(setup: Setup, q: Instant): HopRun {
  const hop = setup.hops[q.server] as string
  const unwritable = q.send.findIndex(of => !isWritable(q.questions[of] as Question))
  const sent = unwritable < 0 ? q.send : q.send.slice(0, unwritable)
  const heard = yield* askOn(sent.map(of => packet(setup, q, of)), q.open.map(waiting => waiting.ticket), 0, () => false)
  // A name that cannot be written ends the turn of the server; what went before is on its way.
  if (unwritable >= 0) return yield* nextServer(setup, q, { kind: 'failed', by: 'busybox', detail: 'a name of the search list cannot be asked for' })
  const whose = (from: number): number => (from < q.send.length ? q.send[from] as number : (q.open[from - q.send.length] as Waiting).of)
  // What comes at one instant is read in the order of the questions.
  const came = [...(q.landed ? [q.landed] : []), ...heard.arrivals.map(({ from, value }) => ({ of: whose(from), value }))].sort((a, b) => a.of - b.of)
  if (q.send.length > 1 && came.some(({ value }) => value === REFUSED_PORT)) return yield* nextServer(setup, q, causeOf(REFUSED_PORT, hop))
  let { repeats } = q
  const have: Record<string, Answer | undefined> = { ...q.have }
  const order = [...q.heard]
  const send: number[] = []
  for (const { of, value } of came) {
    const reply = replyOf(value)
    if (!reply || have[of]) continue
    if (reply.rcode === 'SERVFAIL' && repeats > 0) {
      repeats--
      send.push(of)
      continue
    }
    const addresses = reply.rcode === 'NOERROR' ? [...addressesOf(reply, 'A'), ...addressesOf(reply, 'AAAA')] : []
    have[of] = { rcode: reply.rcode, empty: reply.answer.length === 0, addresses, ...(addresses.length === 0 && { cause: causeOf(value, hop) }) }
    order.push(of)
  }
  const { landed: _, ...rest } = q
  const next = { ...rest, have, heard: order, send, repeats, open: heard.open.map(({ from, ticket }) => ({ of: whose(from), ticket })) }
  if (unanswered(next).length === 0) return plain(told(setup, next))
  return send.length > 0 ? yield* call(`${setup.id} turn`, plain(next)) : yield* waited(setup, next)
}

function* waited(setup: Setup, q: Omit<Instant, 'landed'>): HopRun {
  const { arrivals, open } = yield* askOn([], q.open.map(waiting => waiting.ticket), q.leftMs, () => true)
  const still = open.map(({ from, ticket }) => ({ of: (q.open[from] as Waiting).of, ticket }))
  const [first] = arrivals
  if (first) {
    const landed = { of: (q.open[first.from] as Waiting).of, value: first.value }
    return yield* call(`${setup.id} turn`, plain({ ...q, open: still, landed, leftMs: q.leftMs - first.atMs }))
  }
  if (q.round < ROUNDS - 1) return yield* call(`${setup.id} turn`, plain(nextRound({ ...q, open: still })))
  if (q.heard.length > 0) return plain(told(setup, q))
  return yield* nextServer(setup, q, causeOf(undefined, setup.hops[q.server] as string))
}

function* nextServer(setup: Setup, { questions, server }: Pick<Instant, 'questions' | 'server'>, cause: Cause): HopRun {
  if (server + 1 >= setup.hops.length) return plain(nobody(cause))
  const start = nextRound({ ...FIRST, questions, server: server + 1 })
  return yield* call(`${setup.id} turn`, plain(start))
}

/** What it prints, in the order of arrival, and the addresses in it. */
function told({ version }: Setup, { questions, have, heard }: Pick<Instant, 'questions' | 'have' | 'heard'>): StubResult {
  const shownOf = (of: number): string => questions[of]?.shown ?? ''
  const remarksEmpty = atLeast(version, 1, 32) && !atLeast(version, 1, 34)
  const bad = heard.flatMap(of => (have[of]?.rcode === 'NOERROR' ? [] : [of]))
  const printed = heard.flatMap(of => {
    const answer = have[of] as Answer
    if (answer.rcode !== 'NOERROR') return [`server can't find ${shownOf(of)}: ${answer.rcode}`]
    return answer.empty && remarksEmpty ? [`Can't find ${shownOf(of)}: No answer`] : []
  })
  const silent = unanswered({ questions, have }).map(of => `Can't find ${shownOf(of)}: No answer`)
  const addresses = heard.flatMap(of => have[of]?.addresses ?? [])
  const [code, says] = [bad.length > 0 && atLeast(version, 1, 31) ? 'exit 1' : 'OK', [...printed, ...silent].join('\n')]
  if (addresses.length > 0) return { ...answered(addresses, code), says }
  const worst = have[bad[0] ?? heard[0] as number]
  const result = worst?.rcode === 'NOERROR' ? 'nodata' : RCODE_RESULTS[worst?.rcode ?? ''] ?? 'servfail'
  return { result, addresses: [], code, says, ...(worst?.cause && { cause: worst.cause }) }
}
