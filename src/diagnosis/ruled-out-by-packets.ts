// Suspects that packets clear, each with the numbers that clear it: the wire lost nothing, nothing was cut off.
import type { Exchange } from '../evidence/trace.ts'
import type { Case } from '../findings/case.ts'
import type { Diagnosis } from '../findings/diagnosis.ts'
import type { Session } from './session.ts'

type RuledOut = Diagnosis['status']['ruledOut'][number]

/** Questions about the name at the asker's CoreDNS pods, and of the pods to upstreams: all answered, none sent twice. */
export function packetLoss(session: Session, c: Case): RuledOut | undefined {
  const joined = session.captured?.joined
  if (!joined) return undefined
  const pods = new Set<string | undefined>(c.servers.map(s => s.pod))
  // A question to the Service that no pod was seen to get may have been lost on the way.
  const asked = joined.exchanges.filter(e => (e.role === 'served' ? pods.has(e.pod) : e.role === 'other' && isService(session, e)) && e.state !== 'open')
  const upstream = joined.upstream.map(a => a.exchange).filter(e => e.role === 'upstream' && pods.has(e.pod) && e.state !== 'open')
  const lost = (all: readonly Exchange[]): number => all.filter(e => !e.answer).length
  const again = [...asked, ...upstream].reduce((total, e) => total + e.main.repeats.length, 0)
  if (asked.length + upstream.length === 0 || lost(asked) + lost(upstream) + again > 0) return undefined
  return {
    id: 'packet-loss', because: {
      en: `0 of ${asked.length} questions of clients and 0 of ${upstream.length} questions to upstreams about this name went without an answer; 0 were sent again`,
      zh: `关于该域名，客户端的 ${asked.length} 次查询和发往上游的 ${upstream.length} 次查询中，0 次没有应答，0 次重传`,
    },
  }
}

const isService = (session: Session, e: Exchange): boolean => session.model.services.some(s => s.address === e.server.address)

/** The TC bit, in the packets of replies; else in CoreDNS' log. */
export function truncation(session: Session, c: Case): RuledOut | undefined {
  const pods = new Set<string | undefined>(c.servers.map(s => s.pod))
  const exchanges = [...session.captured?.joined.exchanges ?? []].filter(e => e.answer && pods.has(e.pod))
  const lines = session.observations.flatMap(o => (o.kind === 'served' && pods.has(o.place) && o.rcode !== '-' ? [o] : []))
  const cut = exchanges.filter(e => e.answer?.flags.includes('tc')).length + lines.filter(l => l.flags.includes('tc')).length
  const [count, where] = exchanges.length > 0 ? [exchanges.length, { en: 'captured', zh: '抓到的' }] as const : [lines.length, { en: 'logged', zh: '日志中的' }] as const
  if (count === 0 || cut > 0) return undefined
  return { id: 'truncation', because: { en: `0 of ${count} ${where.en} replies about this name are truncated (TC)`, zh: `${where.zh} ${count} 个关于该域名的应答中，0 个被截断（TC）` } }
}

/** `, and 1780 of 1780 captured ones went to them`: questions of the asker by the CoreDNS pod that got them. Undefined: some went elsewhere. */
export function capturedAt(session: Session, address: string, own: ReadonlySet<string>): { readonly all: number } | undefined {
  const asked = (session.captured?.joined.exchanges ?? []).filter(e => e.role === 'served' && (e.client.address === address || e.main.client.address === address))
  return asked.every(e => own.has(e.pod as string)) ? { all: asked.length } : undefined
}
