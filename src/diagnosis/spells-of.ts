// How long it goes well and how long badly: the fills of the A question at the asker's server, their odds and lifetimes, and
// the rate at which it is asked.
import { hopId } from '../chain/hop.ts'
import { explore } from '../drivers/explore.ts'
import { spells, type Requests, type SpellFill } from '../drivers/spells.ts'
import { absolute, nameKey } from '../dns/name.ts'
import type { Reply } from '../dns/message.ts'
import type { Case } from '../findings/case.ts'
import type { Spells } from '../findings/diagnosis.ts'
import { evidenceWorlds } from './evidence-worlds.ts'
import { restrict, worldsOf } from '../drivers/worlds.ts'
import type { Session } from './session.ts'

/** Null where there is nothing to alternate, or where worlds differ. */
export function spellsOf(session: Session, c: Case, perSecond: number | undefined): Spells | null {
  const server = c.servers[0]
  if (!server || c.explanation.verdict !== 'intermittent') return null
  const type = c.question.family === 'inet6' ? 'AAAA' : 'A'
  const { outcomes } = explore(session.chain, { hop: hopId.coredns(server.pod), query: { name: nameKey(absolute(c.question.name)), type, transport: 'udp', rd: true } }, { start: 'cold' })
  const holds = evidenceWorlds(session.chain, session.model, session.observations, c.question.stub.place, c.question.name)
  const { worlds } = worldsOf(restrict(outcomes, holds))
  if (worlds.length !== 1) return null
  const fills: SpellFill[] = (worlds[0]?.outcomes ?? []).map(o => ({ odds: o.odds, ...fillOf(o.value as unknown as Reply) }))
  const requests: Requests = perSecond === undefined ? { kind: 'busy' } : { kind: 'poisson', perS: perSecond }
  const s = spells(fills, requests)
  const round = (ms: number): number => Math.round(ms / 100) / 10
  return { failingShare: s.failingShare, meanBadS: round(s.meanBadMs), meanGoodS: round(s.meanGoodMs), worstRecoveryS: round(s.worstRecoveryMs) }
}

/** The first reply after a fill already shows the time it is kept. */
export function fillOf(reply: Reply | undefined): { lifeMs: number; bad: boolean } {
  if (typeof reply !== 'object' || reply === null) return { lifeMs: 0, bad: true }
  const records = [...(reply.answer ?? []), ...(reply.authority ?? [])]
  const least = records.length > 0 ? Math.min(...records.map(r => r.ttlS)) : 0
  return { lifeMs: least * 1000, bad: !(reply.rcode === 'NOERROR' && reply.answer.length > 0) }
}
