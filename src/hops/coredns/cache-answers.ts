// Whether a NOERROR reply with records answers what was asked: plugin/cache/cache.go of 1.14.7 (answersQuestion, isNODATA). Since then
// `cache` takes one that does not for a denial if a SOA bounds it, and else does not keep it.
import type { DnsQuery, Reply, ResourceRecord } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'

type Question = Pick<DnsQuery, 'name' | 'type' | 'class'>

/** A reply without records is taken for an answer: `whoami` puts its own elsewhere. */
export const isNonAnswer = (reply: Pick<Reply, 'rcode' | 'answer'>, query: Question): boolean =>
  reply.rcode === 'NOERROR' && reply.answer.length > 0 && !answers(reply.answer, query)

function answers(all: readonly ResourceRecord[], { name, type, class: asked = 'IN' }: Question): boolean {
  const records = all.filter(r => asked === 'ANY' || (r.class ?? 'IN') === asked)
  const owned = (owner: string): readonly ResourceRecord[] => records.filter(r => nameKey(r.name) === owner)
  const first = nameKey(name)
  if (type === 'ANY') return owned(first).length > 0
  if (type === 'CNAME') return targetsOf(owned(first)).size === 1
  const last = endOfChain(first, owned)
  return last !== undefined && owned(last).some(r => r.type === type)
}

const targetsOf = (records: readonly ResourceRecord[]): ReadonlySet<string> =>
  new Set(records.filter(r => r.type === 'CNAME').map(r => nameKey(r.data)))

/** Undefined: two targets of one alias, or a circle. */
function endOfChain(first: string, owned: (owner: string) => readonly ResourceRecord[]): string | undefined {
  const seen = new Set<string>()
  for (let name = first; !seen.has(name);) {
    seen.add(name)
    const targets = targetsOf(owned(name))
    if (targets.size === 0) return name
    if (targets.size > 1) return undefined
    name = [...targets][0] as string
  }
  return undefined
}
