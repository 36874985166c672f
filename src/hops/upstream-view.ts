// What the seen replies of one upstream prove: about a question, about a name, about names below it (RFC 8020: below a name that does not
// exist nothing exists; above a name that exists everything does) and about the names inside an alias chain.
// A server that broke RFC 8020 before our eyes (NXDOMAIN above a name it answers) gets nothing derived from that NXDOMAIN.
import type { UpstreamModel } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import type { Reply, ResourceRecord } from '../dns/message.ts'
import { labelsOf, nameKey } from '../dns/name.ts'

export interface SeenReply {
  readonly reply: Reply
  readonly source?: Source | undefined
}
export interface SeenQuestion {
  readonly type: string
  /** Most frequent first. */
  readonly replies: readonly SeenReply[]
}

export interface View {
  /** Address, with the port if it is not 53. */
  readonly label: string
  readonly names: ReadonlyMap<string, ReadonlyMap<string, SeenQuestion>>
  /** Names that exist in every world, because something at or below them does. */
  readonly certain: ReadonlySet<string>
  /** Names below which something exists, at least sometimes. */
  readonly inhabited: ReadonlySet<string>
  /** SOA records of denials, by owner. */
  readonly soas: ReadonlyMap<string, ResourceRecord>
}

/** What a reply says about the name asked; undefined = nothing (SERVFAIL, REFUSED, a referral). */
export function existence(reply: Reply): 'exists' | 'absent' | undefined {
  if (reply.rcode === 'NXDOMAIN') return reply.answer.length > 0 ? 'exists' : 'absent'
  if (reply.rcode !== 'NOERROR') return undefined
  const isReferral = reply.answer.length === 0 && reply.authority.some(r => r.type === 'NS') && !reply.authority.some(r => r.type === 'SOA')
  return isReferral ? undefined : 'exists'
}

/** The one thing that all replies of the question say; undefined = they say nothing, or not the same. */
export function agreed(question: SeenQuestion): 'exists' | 'absent' | undefined {
  const said = new Set(question.replies.map(r => existence(r.reply)))
  return said.size === 1 ? [...said][0] : undefined
}

/** Proper ancestors, nearest first, without the root. */
export function ancestors(key: string): string[] {
  const labels = labelsOf(key)
  return labels.slice(1).map((_, i) => `${labels.slice(i + 1).join('.')}.`)
}

export function viewOf(model: UpstreamModel): View {
  const names = new Map<string, Map<string, SeenQuestion>>()
  const typesOf = (name: string): Map<string, SeenQuestion> => {
    const types = names.get(nameKey(name)) ?? new Map<string, SeenQuestion>()
    names.set(nameKey(name), types)
    return types
  }
  const seen = model.view.filter(e => e.replies.length > 0)
  for (const { name, type, replies } of seen) {
    const types = typesOf(name)
    types.set(type, { type, replies: [...types.get(type)?.replies ?? [], ...replies.map(r => ({ reply: r.reply, source: r.sources[0] }))] })
  }
  for (const { type, replies } of seen) {
    const [only, ...more] = replies
    if (!only || more.length > 0) continue
    for (const [name, reply] of insideChain(only.reply)) {
      if (!typesOf(name).has(type)) typesOf(name).set(type, { type, replies: [{ reply }] })
    }
  }
  const certain = new Set<string>()
  const inhabited = new Set<string>()
  const soas = new Map<string, ResourceRecord>()
  for (const [key, types] of names) {
    const above = ancestors(key)
    const questions = [...types.values()]
    if (questions.some(q => agreed(q) === 'exists')) for (const name of [key, ...above]) certain.add(name)
    if (questions.some(q => q.replies.some(r => existence(r.reply) === 'exists'))) for (const name of above) inhabited.add(name)
    for (const soa of questions.flatMap(q => q.replies).flatMap(r => r.reply.authority).filter(r => r.type === 'SOA')) {
      if (!soas.has(nameKey(soa.name))) soas.set(nameKey(soa.name), soa)
    }
  }
  return { label: model.port === 53 ? model.address : `${model.address}:${model.port}`, names, certain, inhabited, soas }
}

/** The reply as each later name of its alias chain would have got it. */
function insideChain(reply: Reply): [string, Reply][] {
  const out: [string, Reply][] = []
  for (const [at, record] of reply.answer.entries()) {
    if (record.type === 'CNAME') out.push([record.data, { ...reply, answer: reply.answer.slice(at + 1) }])
  }
  return out
}

/** The alias at a name, when every reply of one of its questions begins with the same one. */
export function aliasAt(view: View, key: string): ResourceRecord | undefined {
  for (const question of view.names.get(key)?.values() ?? []) {
    const firsts = question.replies.map(r => r.reply.answer[0])
    const record = firsts[0]
    if (record?.type !== 'CNAME' || nameKey(record.name) !== key) continue
    if (firsts.every(f => f?.type === 'CNAME' && nameKey(f.data) === nameKey(record.data))) return record
  }
  return undefined
}
