// What `rewrite` does to a reply on its way out: plugin/rewrite/reverter.go, 1.9.3 to 1.15.0. The question is the client's again; then the
// response rules run over every record of authority, answer and additional (the OPT is one of them), in the order in which they were
// collected, since 1.11.4 from the last to the first. `rcode` works once a record, since 1.14.7 also on a reply without one.
import type { HopRun } from '../../chain/effects.ts'
import { FLAG_ORDER, type DnsQuery, type Edns, type Rcode, type Reply, type ResourceRecord } from '../../dns/message.ts'
import { internalLookup } from './internal-lookup.ts'
import { since, type PluginSetup } from './plugin.ts'
import { rcodeNumber, rcodeOfNumber } from './rcode-number.ts'
import { ednsWith } from './rewrite-edns0.ts'
import type { ResponseRule } from './rewrite-rule.ts'

type Draft = { -readonly [Key in keyof ResourceRecord]: ResourceRecord[Key] }

interface Work {
  readonly setup: PluginSetup
  rcode: number
  edns: Edns | undefined
  answer: Draft[]
  truncated: boolean
  /** The query, whose name an alias rule changes. */
  query: DnsQuery
  failure: 'loop' | 'panic' | undefined
}

type Reverted = { readonly reply: Reply; readonly query: DnsQuery } | { readonly failure: 'loop' | 'panic' }

/** `ordered`: the rules in the order in which they run. */
export function* reverted(setup: PluginSetup, before: DnsQuery, query: DnsQuery, reply: Reply, ordered: readonly ResponseRule[]): HopRun<Reverted> {
  const drafts = (records: readonly ResourceRecord[]): Draft[] => records.map(r => ({ ...r }))
  const [authority, additional] = [drafts(reply.authority), drafts(reply.additional)]
  const work: Work = { setup, rcode: rcodeNumber(reply.rcode), edns: reply.edns, answer: drafts(reply.answer), truncated: reply.flags.includes('tc'), query, failure: undefined }
  for (const record of [...authority, ...work.answer, ...additional]) {
    yield* rewriteRecord(work, record, ordered)
    if (work.failure) return { failure: work.failure }
  }
  if (reply.edns) rewriteOpt(work, ordered)
  const isBare = authority.length + reply.answer.length + additional.length === 0 && !reply.edns
  if (isBare && since(setup.version, 1, 14, 7)) for (const rule of ordered) if (rule.kind === 'rcode') rewriteRcode(work, rule)
  const { question: _, edns: __, cause, ...rest } = reply
  const rcode: Rcode = rcodeOfNumber(work.rcode)
  return {
    query: work.query,
    reply: {
      ...rest, rcode, answer: work.answer, authority, additional, flags: flagsOf(reply, work.truncated), ...questionOf(before, query),
      ...(work.edns && { edns: work.edns }), ...(cause && rcode === reply.rcode && { cause }),
    },
  }
}

/** A question that is said, because the query behind the reply is another; `beside` = the other one. */
export function questionOf(query: DnsQuery, beside: DnsQuery): { readonly question: NonNullable<Reply['question']> } {
  const hasClass = query.class !== undefined || beside.class !== undefined
  return { question: { name: query.name, type: query.type, ...(hasClass && { class: query.class ?? 'IN' }) } }
}

const flagsOf = (reply: Reply, truncated: boolean): readonly string[] =>
  reply.flags.includes('tc') === truncated ? reply.flags : FLAG_ORDER.filter(f => (f === 'tc' ? truncated : reply.flags.includes(f)))

function* rewriteRecord(work: Work, record: Draft, rules: readonly ResponseRule[]): HopRun<void> {
  for (const rule of rules) {
    switch (rule.kind) {
      case 'name': record.name = rule.rewrite(record.name); break
      case 'value': rewriteValue(record, rule.rewrite, work); break
      case 'ttl': record.ttlS = Math.min(Math.max(record.ttlS, rule.minS), rule.maxS); break
      case 'rcode': rewriteRcode(work, rule); break
      case 'edns0': revertOption(work, rule); break
      case 'cname': if (record.type === 'CNAME') yield* retarget(work, record, rule.retarget)
    }
    if (work.failure) return
  }
}

function rewriteRcode(work: Work, rule: Extract<ResponseRule, { kind: 'rcode' }>): void {
  if (work.rcode === rule.from) work.rcode = rule.to
}

/** Place of the name in the data; PTR since 1.9.4. */
const NAME_AT: ReadonlyMap<string, number> = new Map([['CNAME', 0], ['DNAME', 0], ['NS', 0], ['PTR', 0], ['SOA', 0], ['MX', 1], ['SRV', 3]])

function rewriteValue(record: Draft, rewrite: (text: string) => string, work: Work): void {
  if (record.type === 'PTR' && !since(work.setup.version, 1, 9, 4)) return
  const words = record.data.split(' ')
  const at = record.type === 'NAPTR' ? words.length - 1 : NAME_AT.get(record.type)
  const name = at === undefined ? undefined : words[at]
  if (at === undefined || name === undefined || name === '') return
  record.data = words.with(at, rewrite(name)).join(' ')
}

function revertOption(work: Work, rule: Extract<ResponseRule, { kind: 'edns0' }>): void {
  // Up to 1.14.4 a reply without an OPT is a nil pointer.
  if (work.edns) work.edns = revertedEdns(work.edns, [rule])
  else if (!since(work.setup.version, 1, 14, 5)) work.failure = 'panic'
}

/** The first option of the code goes, or is what it was. */
export function revertedEdns(edns: Edns, rules: readonly ResponseRule[]): Edns {
  let options = [...edns.options ?? []]
  for (const rule of rules) {
    if (rule.kind !== 'edns0') continue
    const at = options.findIndex(([code]) => code === rule.code)
    if (at < 0) continue
    options = rule.hex === undefined ? options.toSpliced(at, 1) : options.with(at, [rule.code, rule.hex])
  }
  return ednsWith(edns, options)
}

const DO_BIT = 0x8000

/** The TTL of an OPT holds its flags: a TTL rule can set or clear DO. */
function rewriteOpt(work: Work, rules: readonly ResponseRule[]): void {
  for (const rule of rules) {
    if (rule.kind === 'rcode') rewriteRcode(work, rule)
    if (rule.kind === 'edns0') revertOption(work, rule)
    if (rule.kind !== 'ttl' || !work.edns) continue
    const { do: isDo, ...rest } = work.edns
    const ttl = Math.min(Math.max(isDo ? DO_BIT : 0, rule.minS), rule.maxS)
    work.edns = { ...rest, ...((ttl & DO_BIT) !== 0 && { do: true }) }
  }
}

/** The alias gets another target, and what the server itself answers for that stands behind it. */
function* retarget(work: Work, record: Draft, targetOf: (target: string) => string | undefined): HopRun<void> {
  const old = record.data
  const target = targetOf(old)
  if (target === undefined) return
  const { version } = work.setup
  work.query = { ...work.query, name: target }
  const found = yield* internalLookup(work.setup, work.query, target, work.query.type)
  if (found === 'loop') {
    work.failure = 'loop'
    return
  }
  if (found === 'nothing') {
    if (!since(version, 1, 12, 4)) work.failure = 'panic'
    return
  }
  const answers = found.answer.map((r): Draft => ({ ...r }))
  if (since(version, 1, 14, 2)) {
    const aliases = work.answer.filter(r => r.type === 'CNAME')
    const at = aliases.findIndex(r => r.data === old)
    if (at >= 0) (aliases[at] as Draft).data = target
    work.answer = [...at >= 0 ? aliases.slice(0, at + 1) : aliases, ...answers]
  } else {
    const aliases = work.answer.filter(r => r.type === 'CNAME')
    for (const alias of aliases) alias.data = target
    work.answer = [...aliases, ...answers.filter(r => r.name === target)]
  }
  if (since(version, 1, 12, 2)) work.truncated = found.flags.includes('tc')
}
