// busybox nslookup since 1.30 with FEATURE_NSLOOKUP_BIG (networking/nslookup.c), which is what Alpine and the busybox images have: no library, no
// hosts file, every server of the file. A name without a dot is asked with every search domain and never bare; any other name as it is. A of all
// names, then AAAA, go to one server at once, again after 2.5 s, and after 5 s the next server's turn comes, unless anything was answered; the
// options of the file count for nothing but trust-ad. SERVFAIL is asked again at once, as often as twice the questions in a round; any other
// reply is final, a cut one too.
// Recorded: test/fidelity/rows/stub-applications.jsonl.gz. Not modelled: 1.29 and older, which ask the C library, and -retry, -timeout.
import { askOn, call, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { ResolvConf, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { REFUSED_PORT, type Cause, type DnsQuery, type Rcode } from '../dns/message.ts'
import { absolute, isDomainName } from '../dns/name.ts'
import { glibcAddress } from './stub-address.ts'
import { addressesOf, causeOf, replyOf } from './stub-reply.ts'
import type { StubQuery } from './stub-query.ts'
import { answered } from './stub-result.ts'
import { defaultServer, serverOf, type StubServer } from './stub-settings.ts'

interface Setup {
  readonly id: string
  readonly servers: readonly StubServer[]
  readonly hops: readonly string[]
  readonly search: readonly string[]
  readonly ad: boolean
}

type Question = { readonly shown: string; readonly name: string; readonly type: string }
/** The reply to one question, by its number. */
type Answer = { readonly rcode: Rcode; readonly addresses: readonly string[]; readonly cause?: Cause }
type Waiting = { readonly of: number; readonly ticket: Plain }

/** One instant of one server's turn. */
type Instant = {
  readonly questions: readonly Question[]
  readonly server: number
  readonly round: number
  readonly have: { readonly [of: string]: Answer | undefined }
  readonly send: readonly number[]
  readonly open: readonly Waiting[]
  readonly landed?: { readonly of: number; readonly value: Plain }
  readonly leftMs: number
  readonly repeats: number
  readonly cause?: Cause
}

const INTERVAL_MS = 2500
const ROUNDS = 2

export function busyboxStub(model: StubModel, reach: Reach): HopEntries {
  const id = hopId.stub(model.place)
  const settings = settingsOf(model.resolvConf)
  const setup: Setup = { id, ...settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  return [[id, root], [`${id} turn`, query => instant(setup, query as unknown as Instant)]]
}

const plain = (value: StubResult | Instant | DnsQuery | Omit<Instant, 'landed'>): Plain => value as unknown as Plain

function settingsOf(conf: ResolvConf): Pick<Setup, 'servers' | 'search' | 'ad'> {
  const servers: StubServer[] = []
  let search: readonly string[] = []
  let ad = false
  for (const { keyword, words } of conf.lines) {
    const [word] = words
    const address = keyword === 'nameserver' && word ? glibcAddress(word.value) : undefined
    if (address && word) servers.push(serverOf(address, word.value, word.source))
    if (keyword === 'search' || keyword === 'domain') search = words.map(w => w.value)
    if (keyword === 'options') ad ||= words.some(w => w.value === 'trust-ad')
  }
  return { servers: servers.length > 0 ? servers : [defaultServer(conf, '127.0.0.1')], search, ad }
}

function* lookUp(setup: Setup, { name, family }: StubQuery): HopRun {
  const types = family === 'inet' ? ['A'] : family === 'inet6' ? ['AAAA'] : ['A', 'AAAA']
  const names = name.includes('.') || setup.search.length === 0 ? [name] : setup.search.map(domain => `${name}.${domain}`)
  const questions = types.flatMap(type => names.map((shown): Question => ({ shown, name: absolute(shown), type })))
  // A name that cannot be written stops the sending, at every server.
  if (!questions.every(({ name: whole }) => isDomainName(whole) && !whole.endsWith('..'))) return plain(nobody({ kind: 'failed', by: 'busybox', detail: 'a name of the search list cannot be asked for' }))
  return yield* call(`${setup.id} turn`, plain(nextRound({ questions, server: 0, round: -1, have: {}, send: [], open: [], leftMs: 0, repeats: 0 })))
}

const nobody = (cause: Cause): StubResult =>
  ({ result: 'timeout', addresses: [], code: 'exit 1', says: ';; connection timed out; no servers could be reached', cause })

const unanswered = ({ questions, have }: Pick<Instant, 'questions' | 'have'>): number[] => questions.flatMap((_, of) => (have[of] ? [] : [of]))

const nextRound = (q: Omit<Instant, 'landed'>): Instant =>
  ({ ...q, round: q.round + 1, send: unanswered(q), leftMs: INTERVAL_MS, repeats: 2 * q.questions.length })

function packet(setup: Setup, q: Instant, of: number): Ask {
  const { name, type } = q.questions[of] as Question
  const query: DnsQuery = { name, type, transport: 'udp', rd: true, flow: `${setup.id}|${q.server}`, ...(setup.ad && { ad: true }) }
  return { hop: setup.hops[q.server] as string, query: plain(query) }
}

function* instant(setup: Setup, q: Instant): HopRun {
  const hop = setup.hops[q.server] as string
  const heard = yield* askOn(q.send.map(of => packet(setup, q, of)), q.open.map(waiting => waiting.ticket), 0, () => false)
  const whose = (from: number): number => (from < q.send.length ? q.send[from] as number : (q.open[from - q.send.length] as Waiting).of)
  const came = [...(q.landed ? [q.landed] : []), ...heard.arrivals.map(({ from, value }) => ({ of: whose(from), value }))]
  if (came.some(({ value }) => value === REFUSED_PORT)) return yield* nextServer(setup, { ...q, cause: causeOf(REFUSED_PORT, hop) })
  let { repeats } = q
  const have: Record<string, Answer | undefined> = { ...q.have }
  const send: number[] = []
  for (const { of, value } of came) {
    const reply = replyOf(value)
    if (!reply || have[of]) continue
    if (reply.rcode === 'SERVFAIL' && repeats > 0) {
      repeats--
      send.push(of)
      continue
    }
    const addresses = addressesOf(reply, (q.questions[of] as Question).type)
    have[of] = { rcode: reply.rcode, addresses, ...(addresses.length === 0 && { cause: causeOf(value, hop) }) }
  }
  const { landed: _, ...rest } = q
  const next = { ...rest, have, send, repeats, open: heard.open.map(({ from, ticket }) => ({ of: whose(from), ticket })) }
  if (unanswered(next).length === 0) return plain(told(next))
  return send.length > 0 ? yield* call(`${setup.id} turn`, plain(next)) : yield* waited(setup, next)
}

function* waited(setup: Setup, q: Omit<Instant, 'landed'>): HopRun {
  const { arrivals, open } = yield* askOn([], q.open.map(waiting => waiting.ticket), q.leftMs, got => got.length > 0)
  const still = open.map(({ from, ticket }) => ({ of: (q.open[from] as Waiting).of, ticket }))
  const [first] = arrivals
  if (first) {
    const landed = { of: (q.open[first.from] as Waiting).of, value: first.value }
    return yield* call(`${setup.id} turn`, plain({ ...q, open: still, landed, leftMs: q.leftMs - first.atMs }))
  }
  if (q.round < ROUNDS - 1) return yield* call(`${setup.id} turn`, plain(nextRound({ ...q, open: still })))
  if (Object.keys(q.have).length > 0) return plain(told(q))
  return yield* nextServer(setup, { ...q, cause: causeOf(undefined, setup.hops[q.server] as string) })
}

function* nextServer(setup: Setup, { questions, server, cause }: Pick<Instant, 'questions' | 'server' | 'cause'>): HopRun {
  if (server + 1 >= setup.hops.length) return plain(nobody(cause as Cause))
  const start = nextRound({ questions, server: server + 1, round: -1, have: {}, send: [], open: [], leftMs: 0, repeats: 0, ...(cause && { cause }) })
  return yield* call(`${setup.id} turn`, plain(start))
}

/** What it prints, and the addresses in it. */
function told({ questions, have }: Pick<Instant, 'questions' | 'have'>): StubResult {
  const answers = questions.map((question, of) => ({ question, answer: have[of] }))
  const bad = answers.flatMap(({ question, answer }) => (answer && answer.rcode !== 'NOERROR' ? [`server can't find ${question.shown}: ${answer.rcode}`] : []))
  const silent = answers.flatMap(({ question, answer }) => (answer ? [] : [`Can't find ${question.shown}: No answer`]))
  const addresses = answers.flatMap(({ answer }) => answer?.addresses ?? [])
  const [code, says] = [bad.length > 0 ? 'exit 1' : 'OK', [...bad, ...silent].join('\n')]
  if (addresses.length > 0) return { ...answered(addresses, code), says }
  const worst = answers.find(({ answer }) => answer && answer.rcode !== 'NOERROR') ?? answers.find(({ answer }) => answer)
  const rcode = worst?.answer?.rcode
  const result = rcode === 'NOERROR' ? 'nodata' : rcode === 'NXDOMAIN' ? 'nxdomain' : rcode === 'REFUSED' ? 'refused' : 'servfail'
  return { result, addresses: [], code, says, ...(worst?.answer?.cause && { cause: worst.answer.cause }) }
}
