// dig, host and nslookup of BIND (bin/dig/dighost.c, host.c, nslookup.c; 9.16.50, 9.18.49 and 9.20.30 were run): no hosts file, no library, their own
// search. A name with enough dots, or a final one, is asked as it is and nothing follows; else the list, then the bare name, and only NXDOMAIN
// goes on. host and nslookup ask the next server after SERVFAIL and after a reply without recursion; dig takes any reply. nslookup asks AAAA too,
// host AAAA and MX (since 9.20 HTTPS) of the name that A led to, if A's rcode was NOERROR. Once a reply was cut that lookup begins anew with TCP, and what follows it stays there.
// Since 9.18 the first server gets all the tries (three or `attempts`; host: two), each of the others one, with `timeout`; what a candidate uses
// up is gone for the next. Before: a second for each server but the last, which has five, in turn, three rounds, deaf to a closed port.
// Recorded: test/fidelity/rows/stub-applications.jsonl.gz. Not modelled: other types than addresses, names that are not ASCII,
// the second asking for more of a name without a dot that has no AAAA, a late reply of a server that was left.
import { ask, call, sleep, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { StubKind, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { hasFlag, isNodata, REFUSED_PORT, type Cause, type DnsQuery, type Reply } from '../dns/message.ts'
import { absolute, isDomainName } from '../dns/name.ts'
import { isForOther } from '../dns/question-match.ts'
import { rcodeNumber } from '../dns/wire-numbers-table.ts'
import { bindToolSettings, isSince918, type BindToolSettings } from './bind-tool-settings.ts'
import { isCellOf } from './stub-cells.ts'
import { causeOf, addressesOf, replyOf, STRAY } from './stub-reply.ts'
import type { StubQuery } from './stub-query.ts'
import { answered, excerpt, RCODE_RESULTS } from './stub-result.ts'
import { atLeast, stubVersion, type StubVersion } from './stub-version.ts'

export type BindTool = Extract<StubKind, 'dig' | 'dig-search' | 'host' | 'nslookup'>

interface Setup {
  readonly tool: BindTool
  readonly version: StubVersion
  readonly id: string
  readonly settings: BindToolSettings
  readonly hops: readonly string[]
}

/** One question, and what is left to try. `said`: lines printed so far. */
type Question = {
  readonly name: string
  readonly type: string
  readonly server: number
  readonly triesLeft: number
  readonly tcp: boolean
  readonly said: readonly string[]
}
type Replied = Pick<Question, 'triesLeft' | 'tcp' | 'said'> & { readonly reply?: Reply; readonly cause?: Cause; readonly hop: string }

const SERVER_MS = 1000
const LAST_SERVER_MS = { udp: 5000, tcp: 10_000 } as const

export const bindToolStub = (tool: BindTool) => (model: StubModel, reach: Reach): HopEntries => {
  const id = hopId.stub(model.place)
  const version = stubVersion(model.version)
  const settings = bindToolSettings(model.resolvConf, version, tool === 'host' ? 2 : undefined)
  const setup: Setup = { tool, version, id, settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  const question: Hop = query => asked(setup, query as unknown as Question)
  question.forgets = (query, key) => isCellOf((query as unknown as Question).name, key)
  return [[id, root], [`${id} question`, question]]
}

const plain = (value: StubResult | Question | Replied | DnsQuery | Reply): Plain => value as unknown as Plain
const isDig = (tool: BindTool): boolean => tool === 'dig' || tool === 'dig-search'

/** Candidates in order: as asked, and as printed. */
function namesOf({ tool, settings }: Setup, name: string): readonly (readonly [fqdn: string, shown: string])[] {
  const asIs = [absolute(name), tool === 'nslookup' && name !== '.' ? name.replace(/\.$/, '') : name] as const
  if (tool === 'dig' || name.endsWith('.') || name.split('.').length - 1 >= settings.ndots) return [asIs]
  const suffixed = settings.search.map(({ value }) => `${name}.${value.replace(/^\./, '')}`)
  return [...suffixed.map(candidate => [absolute(candidate), candidate.replace(/\.$/, '')] as const), asIs]
}

function illegal(tool: BindTool, name: string): StubResult {
  const why = /^\.|\.\./.test(name) ? 'empty label' : name.split('.').some(label => label.length > 63) ? 'label too long' : 'ran out of space'
  const code = isDig(tool) ? 'no reply' : tool === 'host' ? 'exit 1' : 'exit 10'
  return { result: 'error', addresses: [], code, says: `${tool.replace('-search', '')}: '${name}' is not a legal name (${why})` }
}

type Last = { readonly found: Replied; readonly fqdn: string; readonly shown: string }

function* lookUp(setup: Setup, { name, family }: StubQuery): HopRun {
  const { tool, version, settings } = setup
  if (settings.broken) {
    const cause: Cause = { kind: 'failed', by: tool, detail: `resolv.conf: ${excerpt(settings.broken.source.text)}` }
    return plain({ result: 'error', addresses: [], code: isDig(tool) ? 'no reply' : tool === 'nslookup' && !isSince918(version) ? 'exit 10' : 'exit 1', says: `${tool.replace('-search', '')}: parse of /etc/resolv.conf failed`, cause })
  }
  const type = family === 'inet6' ? 'AAAA' : 'A'
  let last: Last | undefined
  for (const [fqdn, shown] of namesOf(setup, name)) {
    if (!isDomainName(fqdn)) continue
    const { triesLeft = settings.tries, tcp = false, said = [] } = last?.found ?? {}
    const found = yield* question(setup, { name: fqdn, type, triesLeft, tcp, said })
    last = { found, fqdn, shown }
    if (found.reply?.rcode !== 'NXDOMAIN') break
  }
  if (!last) return plain(illegal(tool, name))
  if (isDig(tool)) return plain(digResult(last.found, type))
  return plain(yield* withMore(setup, last, { name, type, all: family === 'unspec' }))
}

const question = function* (setup: Setup, start: Omit<Question, 'server'>): HopRun<Replied> {
  return (yield* call(`${setup.id} question`, plain({ ...start, server: 0 }))) as unknown as Replied
}

function digResult({ reply, cause, hop, said }: Replied, type: string): StubResult {
  if (!reply) return { result: 'timeout', addresses: [], code: 'no reply', says: said.join('\n'), ...(cause && { cause }) }
  const addresses = addressesOf(reply, type)
  if (addresses.length > 0) return { ...answered(addresses, reply.rcode), says: said.join('\n') }
  return { result: resultOf(reply), addresses: [], code: reply.rcode, says: said.join('\n'), cause: causeOf(plain(reply), hop) }
}

const resultOf = (reply: Reply): StubResult['result'] => (isNodata(reply) ? 'nodata' : RCODE_RESULTS[reply.rcode] ?? 'error')

const bare = (fqdn: string): string => (fqdn === '.' ? fqdn : fqdn.replace(/\.$/, ''))

/** What is printed of one reply that says why there is none. */
const complaint = (tool: BindTool, { rcode }: Reply, name: string): string =>
  (tool === 'host' ? `Host ${name} not found: ${rcodeNumber(rcode)}(${rcode})` : `server can't find ${name}: ${rcode}`)

type Asked = { readonly name: string; readonly type: string; readonly all: boolean }

/** host and nslookup: what follows the first question, and what is printed of all. The exit code is that of the replies; without any it is 1. */
function* withMore(setup: Setup, { found, fqdn, shown }: Last, { name, type, all }: Asked): HopRun<StubResult> {
  const { tool, version, settings } = setup
  const { reply, cause, hop } = found
  const said = [...found.said]
  const replies = [{ reply, name: shown, type }]
  if (reply?.rcode === 'NOERROR' && all) {
    const canonical = reply.answer.filter(record => record.type === 'CNAME').at(-1)?.data ?? fqdn
    for (const next of tool === 'nslookup' ? ['AAAA'] : ['AAAA', 'MX', ...(atLeast(version, 9, 20) ? ['HTTPS'] : [])]) {
      const more = yield* question(setup, { name: canonical, type: next, triesLeft: settings.tries, tcp: found.tcp, said: [] })
      said.push(...more.said, ...(more.reply && more.reply.rcode !== 'NOERROR' ? [complaint(tool, more.reply, bare(canonical))] : []))
      replies.push({ reply: more.reply, name: bare(canonical), type: next })
      if (tool === 'nslookup' && isNodata(reply) && more.reply && isNodata(more.reply)) said.push(`Can't find ${bare(canonical)}: No answer`)
    }
  } else if (reply && reply.rcode !== 'NOERROR') said.push(complaint(tool, reply, reply.rcode === 'NXDOMAIN' ? shown : bare(fqdn)))
  else if (reply && isNodata(reply)) said.push(tool === 'host' ? `${bare(fqdn)} has no ${type} record` : `Can't find ${name}: No answer`)
  const heard = replies.flatMap(one => (one.reply ? [one.reply] : []))
  const code = heard.length > 0 && heard.every(one => one.rcode === 'NOERROR') ? 'OK' : 'exit 1'
  const says = said.join('\n')
  const addresses = replies.flatMap(one => (one.reply?.rcode === 'NOERROR' && one.type.startsWith('A') ? addressesOf(one.reply, one.type) : []))
  if (addresses.length > 0) return { ...answered(addresses, code), says }
  return { result: reply ? resultOf(reply) : 'timeout', addresses: [], code, says, cause: cause ?? (reply ? causeOf(plain(reply), hop) : { kind: 'lost', by: hop }) }
}

const again = (setup: Setup, q: Question, next: Partial<Question>): HopRun => call(`${setup.id} question`, plain({ ...q, ...next }))

function* asked(setup: Setup, q: Question): HopRun {
  const { tool, version, settings, hops, id } = setup
  const hop = hops[q.server] as string
  const more = q.server + 1 < hops.length
  const isNew = isSince918(version)
  const transport = q.tcp ? 'tcp' : 'udp'
  const limitMs = isNew ? settings.timeoutMs : more ? SERVER_MS : LAST_SERVER_MS[transport]
  const query: DnsQuery = {
    name: q.name, type: q.type, transport, rd: true, flow: `${id}|${q.name}|${q.type} ${q.server} ${q.triesLeft} ${transport}`,
    ...(isDig(tool) && { ad: true, edns: { sizeBytes: isNew ? 1232 : 4096 } }),
  }
  const [arrival] = yield* ask([{ hop, query: plain(query) }], limitMs)
  const reply = replyOf(arrival?.value)
  if (arrival && reply && isForOther(reply, q)) return yield* mismatched(setup, q, reply, limitMs - arrival.atMs)
  if (!reply) {
    const cause = causeOf(arrival?.value, hop)
    if (!isNew && arrival?.value === REFUSED_PORT && !q.tcp) yield* sleep(limitMs)
    return yield* isNew ? unanswered(setup, q, cause) : inTurn(setup, q, cause)
  }
  // The whole lookup begins anew.
  if (hasFlag(reply, 'tc') && !q.tcp) return yield* again(setup, q, { tcp: true, server: 0 })
  const isServfail = reply.rcode === 'SERVFAIL'
  const next = more ? ', trying next server' : ''
  const unwanted = !isDig(tool) && (isServfail || !hasFlag(reply, 'ra'))
  const said = unwanted && tool === 'nslookup' && (more || isNew) ? [...q.said, `;; Got ${isServfail ? 'SERVFAIL reply' : 'recursion not available'} from ${shownAt(setup, q)}${next}`] : q.said
  if (unwanted && more) return yield* again(setup, q, { server: q.server + 1, said })
  return plain({ reply, hop, tcp: q.tcp, triesLeft: q.triesLeft, said })
}

/** It is said and waited on, over UDP; over TCP that is the end. Since 9.18 it is said with a prefix in front of its own. */
function* mismatched(setup: Setup, q: Question, { question: got }: Reply, leftMs: number): HopRun {
  const isNew = isSince918(setup.version)
  const said = [...q.said, `${isNew ? ';; ' : ''};; Question section mismatch: got ${bare(got?.name ?? '.')}/${got?.type}/${got?.class ?? 'IN'}`]
  const hop = setup.hops[q.server] as string
  const cause = causeOf(STRAY, hop)
  if (q.tcp) return plain({ cause, hop, tcp: true, triesLeft: q.triesLeft, said })
  yield* sleep(leftMs)
  return yield* isNew ? unanswered(setup, { ...q, said }, cause) : inTurn(setup, { ...q, said }, cause)
}

const shownAt = ({ settings }: Setup, { server }: Question): string => settings.servers[server]?.shown.replace(/^\[|\]?:53$/g, '') ?? ''

function* unanswered(setup: Setup, q: Question, cause: Cause): HopRun {
  const said = [...q.said, `;; communications error to ${shownAt(setup, q)}#53: ${cause.kind === 'refused' ? 'connection refused' : 'timed out'}`]
  if (q.triesLeft > 1) return yield* again(setup, q, { said, triesLeft: q.triesLeft - 1, ...(q.tcp && { server: 0 }) })
  if (q.server + 1 < setup.hops.length) return yield* again(setup, q, { said, server: q.server + 1 })
  return plain({ cause, hop: setup.hops[q.server] as string, tcp: q.tcp, triesLeft: q.triesLeft, said: [...said, ';; no servers could be reached'] })
}

/** Before 9.18. */
function* inTurn(setup: Setup, q: Question, cause: Cause): HopRun {
  if (q.server + 1 < setup.hops.length) return yield* again(setup, q, { server: q.server + 1 })
  if (q.triesLeft > 1) return yield* again(setup, q, { server: 0, triesLeft: q.triesLeft - 1 })
  return plain({ cause, hop: setup.hops[q.server] as string, tcp: q.tcp, triesLeft: q.triesLeft, said: [...q.said, ';; connection timed out; no servers could be reached'] })
}
