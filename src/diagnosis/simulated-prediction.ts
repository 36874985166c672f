// What is expected of a simulation before it runs: odds from the explorer, in one world; spells in closed form.
import type { Plain } from '../chain/effects.ts'
import { hopId } from '../chain/hop.ts'
import type { Outcome } from '../chain/outcome.ts'
import { ZERO } from '../chain/rational.ts'
import { absolute, nameKey } from '../dns/name.ts'
import type { Reply } from '../dns/message.ts'
import { explore } from '../drivers/explore.ts'
import { spells, type Requests, type SpellFill, type Spells } from '../drivers/spells.ts'
import { oddsByClass, restrict, worldsOf } from '../drivers/worlds.ts'
import type { Case } from '../findings/case.ts'
import type { Probability } from '../findings/diagnosis.ts'
import { endingKey, isAnswer } from './ending.ts'
import { probability } from './outcome-report.ts'
import type { Session } from './session.ts'
import type { Arrivals } from './simulated-schedule.ts'
import { fillOf } from './spells-of.ts'

export type WorldSetting = ReadonlyMap<string, Plain>

export const compatible = (world: WorldSetting, settled: WorldSetting): boolean =>
  [...world].every(([key, is]) => !settled.has(key) || settled.get(key) === is)

/** Odds that a lookup fails in this world; a range where it leaves something open. */
export function failing(outcomes: readonly Outcome[], settled: WorldSetting): Probability {
  const { classes } = oddsByClass(restrict(outcomes, world => compatible(world, settled)), value => (isAnswer(endingKey(value)) ? 'good' : 'bad'))
  return probability(classes.get('bad') ?? { min: ZERO, max: ZERO })
}

/** Undefined where the question has no one cache to alternate in. */
export function predictedSpells(session: Session, c: Case, settled: WorldSetting, arrivals: Arrivals): Spells | undefined {
  const [server] = c.servers
  if (!server || c.servers.length > 1) return undefined
  const type = c.question.family === 'inet6' ? 'AAAA' : 'A'
  const ask = { hop: hopId.coredns(server.pod), query: { name: nameKey(absolute(c.question.name)), type, transport: 'udp', rd: true } }
  const { worlds } = worldsOf(restrict(explore(session.chain, ask, { start: 'cold' }).outcomes, world => compatible(world, settled)))
  const [world] = worlds
  if (!world || worlds.length > 1) return undefined
  const fills: SpellFill[] = world.outcomes.map(o => ({ odds: o.odds, ...fillOf(o.value as unknown as Reply) }))
  return fills.some(f => f.bad) && fills.some(f => !f.bad) ? spells(fills, requestsOf(arrivals)) : undefined
}

const requestsOf = (arrivals: Arrivals): Requests =>
  arrivals.kind === 'every' ? { kind: 'every', everyMs: arrivals.everyMs } : { kind: 'poisson', perS: arrivals.perSecond }
