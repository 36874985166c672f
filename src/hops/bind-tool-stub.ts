// dig, host and nslookup of BIND 9.18 (bin/dig/dighost.c): no hosts file, no library, their own search. The file's first three servers; the first
// gets all the tries (dig and nslookup: `attempts`, else three; host: two), each of the others one, all with `timeout` (else five seconds). A name
// with enough dots, or a final one, is asked as it is and nothing follows; else the list, then the bare name, and only NXDOMAIN goes on.
// SERVFAIL and an answer that looks lame make host and nslookup ask the next server; dig takes any reply. nslookup asks AAAA, host AAAA and MX,
// of the name that A led to, if A's rcode was NOERROR. Once a reply was cut they stay with TCP. Of the options ndots, timeout and attempts count.
// Recorded: test/fidelity/rows/stub-applications.jsonl.gz. Not modelled: .digrc, HTTPS (host of 9.20), other types than addresses.
import { ask, call, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { StubKind, StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { hasFlag, isNodata, REFUSED_PORT, type Cause, type DnsQuery, type Reply } from '../dns/message.ts'
import { absolute, isDomainName } from '../dns/name.ts'
import { bindToolSettings, type BindToolSettings } from './bind-tool-settings.ts'
import { isCellOf } from './stub-cells.ts'
import { causeOf, addressesOf, looksLame, replyOf } from './stub-reply.ts'
import type { StubQuery } from './stub-query.ts'
import { answered } from './stub-result.ts'

export type BindTool = Extract<StubKind, 'dig' | 'dig-search' | 'host' | 'nslookup'>

interface Setup {
  readonly tool: BindTool
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
type Replied = { readonly reply?: Reply; readonly cause?: Cause; readonly hop: string; readonly tcp: boolean; readonly said: readonly string[] }

export const bindToolStub = (tool: BindTool) => (model: StubModel, reach: Reach): HopEntries => {
  const id = hopId.stub(model.place)
  const settings = bindToolSettings(model.resolvConf, tool === 'host' ? 2 : undefined)
  const setup: Setup = { tool, id, settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  const question: Hop = query => asked(setup, query as unknown as Question)
  question.forgets = (query, key) => isCellOf((query as unknown as Question).name, key)
  return [[id, root], [`${id} question`, question]]
}

const plain = (value: StubResult | Question | Replied | DnsQuery | Reply): Plain => value as unknown as Plain

/** Candidates in order: as asked, and as printed. */
function namesOf({ tool, settings }: Setup, name: string): readonly (readonly [fqdn: string, shown: string])[] {
  const asIs = [absolute(name), tool === 'nslookup' ? name.replace(/\.$/, '') : name] as const
  if (tool === 'dig' || name.endsWith('.') || name.split('.').length - 1 >= settings.ndots) return [asIs]
  const suffixed = settings.search.map(({ value }) => `${name}.${value.replace(/^\./, '')}`)
  return [...suffixed.map(candidate => [absolute(candidate), candidate.replace(/\.$/, '')] as const), asIs]
}

function* lookUp(setup: Setup, { name, family }: StubQuery): HopRun {
  const type = family === 'inet6' ? 'AAAA' : 'A'
  let last: { readonly found: Replied; readonly fqdn: string; readonly shown: string } | undefined
  for (const [fqdn, shown] of namesOf(setup, name)) {
    if (!isDomainName(fqdn)) continue
    const found = yield* question(setup, fqdn, type, false)
    last = { found, fqdn, shown }
    if (found.reply?.rcode !== 'NXDOMAIN') break
  }
  if (!last) return plain({ result: 'error', addresses: [], code: 'no name', says: '' })
  if (setup.tool === 'dig' || setup.tool === 'dig-search') return plain(digResult(last.found, type))
  return plain(yield* withMore(setup, last, type, family === 'unspec'))
}

const question = function* (setup: Setup, name: string, type: string, tcp: boolean): HopRun<Replied> {
  const first: Question = { name, type, server: 0, triesLeft: setup.settings.tries, tcp, said: [] }
  return (yield* call(`${setup.id} question`, plain(first))) as unknown as Replied
}

function digResult({ reply, cause, hop, said }: Replied, type: string): StubResult {
  if (!reply) return { result: 'timeout', addresses: [], code: 'no reply', says: said.join('\n'), ...(cause && { cause }) }
  const addresses = addressesOf(reply, type)
  if (addresses.length > 0) return { ...answered(addresses, reply.rcode), says: said.join('\n') }
  return { result: resultOf(reply), addresses: [], code: reply.rcode, says: said.join('\n'), cause: causeOf(plain(reply), hop) }
}

const resultOf = (reply: Reply): StubResult['result'] =>
  isNodata(reply) ? 'nodata' : reply.rcode === 'NXDOMAIN' ? 'nxdomain' : reply.rcode === 'REFUSED' ? 'refused' : reply.rcode === 'SERVFAIL' ? 'servfail' : 'error'

const NUMBERS: Readonly<Record<string, number>> = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, NOTAUTH: 9 }

/** host and nslookup: what follows the first question, and what is printed of all. */
function* withMore(setup: Setup, { found, fqdn, shown }: { found: Replied; fqdn: string; shown: string }, type: string, both: boolean): HopRun<StubResult> {
  const { tool } = setup
  const said = [...found.said]
  const bare = fqdn.replace(/\.$/, '')
  let failed = found.reply === undefined
  const complain = (reply: Reply, name: string): void => {
    failed = true
    said.push(tool === 'host' ? `Host ${name} not found: ${NUMBERS[reply.rcode] ?? 0}(${reply.rcode})` : `server can't find ${name}: ${reply.rcode}`)
  }
  const addresses: string[] = []
  if (found.reply && found.reply.rcode !== 'NOERROR') complain(found.reply, found.reply.rcode === 'NXDOMAIN' ? shown : bare)
  else if (found.reply) {
    addresses.push(...addressesOf(found.reply, type))
    const canonical = found.reply.answer.filter(record => record.type === 'CNAME').at(-1)?.data ?? fqdn
    let { tcp } = found
    for (const next of both ? (tool === 'host' ? ['AAAA', 'MX'] : ['AAAA']) : []) {
      const more = yield* question(setup, canonical, next, tcp)
      tcp = more.tcp
      said.push(...more.said)
      if (!more.reply) failed ||= tool === 'host'
      else if (more.reply.rcode !== 'NOERROR') complain(more.reply, canonical.replace(/\.$/, ''))
      else addresses.push(...addressesOf(more.reply, next))
    }
    if (addresses.length === 0 && tool === 'nslookup' && !failed) said.push(`Can't find ${bare}: No answer`)
  }
  const code = failed ? 'exit 1' : 'OK'
  const says = said.join('\n')
  if (addresses.length > 0) return { ...answered(addresses, code), says }
  const { reply, cause, hop } = found
  return { result: reply ? resultOf(reply) : 'timeout', addresses: [], code, says, cause: cause ?? (reply ? causeOf(plain(reply), hop) : { kind: 'lost', by: hop }) }
}

function* asked(setup: Setup, q: Question): HopRun {
  const { tool, settings, hops, id } = setup
  const isDig = tool === 'dig' || tool === 'dig-search'
  const hop = hops[q.server] as string
  const shown = settings.servers[q.server]?.shown.replace(/^\[|\]?:53$/g, '') ?? ''
  const query: DnsQuery = {
    name: q.name, type: q.type, transport: q.tcp ? 'tcp' : 'udp', rd: true, flow: `${id}|${q.name}|${q.type} ${q.server} ${q.triesLeft} ${q.tcp ? 'tcp' : 'udp'}`,
    ...(isDig && { ad: true, edns: { sizeBytes: 1232 } }),
  }
  const [arrival] = yield* ask([{ hop, query: plain(query) }], settings.timeoutMs)
  const reply = replyOf(arrival?.value)
  const more = q.server + 1 < hops.length
  const again = (next: Partial<Question>): HopRun => call(`${id} question`, plain({ ...q, ...next }))
  if (!reply) {
    const said = [...q.said, `;; communications error to ${shown}#53: ${arrival?.value === REFUSED_PORT ? 'connection refused' : 'timed out'}`]
    if (q.triesLeft > 1) return yield* again({ triesLeft: q.triesLeft - 1, said })
    if (more) return yield* again({ server: q.server + 1, said })
    return plain({ cause: causeOf(arrival?.value, hop), hop, tcp: q.tcp, said: [...said, ';; no servers could be reached'] })
  }
  if (hasFlag(reply, 'tc') && !q.tcp) return yield* again({ tcp: true })
  const isServfail = reply.rcode === 'SERVFAIL'
  const said = isServfail && tool === 'nslookup' ? [...q.said, `;; Got SERVFAIL reply from ${shown}${more ? ', trying next server' : ''}`] : q.said
  if (!isDig && more && (isServfail || looksLame(reply))) return yield* again({ server: q.server + 1, said })
  return plain({ reply, hop, tcp: q.tcp, said })
}
