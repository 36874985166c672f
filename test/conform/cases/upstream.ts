// What scripted upstreams answer: one behaviour for each name, so that a cache in front of them has something to keep apart.
import type { Dice } from '../dice.ts'
import type { Rule } from '../scenario.ts'
import type { World } from '../world.ts'

type Answer = Rule['do']

const SOA = (zone: string, ttl: number, minimum: number): string => `${zone} ${ttl} IN SOA ${inside(zone, 'ns')} ${inside(zone, 'host')} 7 3600 600 86400 ${minimum}`
const TTLS = [0, 1, 2, 3, 5, 6, 30, 60, 300, 3600, 4000, 7200, 86_400]

const addresses = (count: number, ttl: number): string[] => Array.from({ length: count }, (_, i) => `@ ${ttl} IN A 10.0.0.${i + 1}`)
const parent = (name: string): string => name.slice(name.indexOf('.') + 1) || '.'
const inside = (zone: string, label: string): string => (zone === '.' ? `${label}.` : `${label}.${zone}`)
const below = (name: string, label: string): string => inside(parent(name), label)

/** By kind, with its weight. */
const BEHAVIOURS: readonly (readonly [weight: number, kind: string, make: (dice: Dice, name: string) => Answer])[] = [
  [10, 'answer', dice => ({ answer: addresses(dice.between(1, 3), dice.of(TTLS)) })],
  [3, 'several TTLs', dice => ({ answer: [`@ ${dice.of(TTLS)} IN A 10.0.0.1`, `@ ${dice.of(TTLS)} IN A 10.0.0.2`] })],
  [5, 'no such name', (dice, name) => ({ rcode: 'NXDOMAIN', authority: [SOA(parent(name), dice.of(TTLS), dice.of(TTLS))] })],
  [4, 'no such type', (dice, name) => ({ authority: [SOA(parent(name), dice.of(TTLS), dice.of(TTLS))] })],
  [1, 'no such name, no SOA', () => ({ rcode: 'NXDOMAIN' })],
  [1, 'empty', () => ({})],
  [2, 'failure', dice => ({ rcode: dice.of(['SERVFAIL', 'REFUSED', 'NOTIMP', 'FORMERR', 'SERVFAIL', 'YXDOMAIN'] as const) })],
  [3, 'alias', (dice, name) => ({ answer: [`@ ${dice.of(TTLS)} IN CNAME ${below(name, 'target')}`, `${below(name, 'target')} ${dice.of(TTLS)} IN A 10.0.1.1`] })],
  [1, 'aliases', (dice, name) => ({ answer: [
    `@ ${dice.of(TTLS)} IN CNAME ${below(name, 'one')}`, `${below(name, 'one')} ${dice.of(TTLS)} IN CNAME ${below(name, 'two')}`, `${below(name, 'two')} ${dice.of(TTLS)} IN A 10.0.1.2`,
  ] })],
  [1, 'alias alone', (dice, name) => ({ answer: [`@ ${dice.of(TTLS)} IN CNAME ${below(name, 'gone')}`] })],
  [1, 'alias to nothing', (dice, name) => ({ rcode: 'NXDOMAIN', answer: [`@ ${dice.of(TTLS)} IN CNAME ${below(name, 'gone')}`], authority: [SOA(parent(name), 60, dice.of(TTLS))] })],
  [2, 'all sections', (dice, name) => ({
    answer: addresses(2, dice.of(TTLS)), authority: [`${parent(name)} ${dice.of(TTLS)} IN NS ${below(name, 'ns')}`], additional: [`${below(name, 'ns')} ${dice.of(TTLS)} IN A 10.0.2.1`],
  })],
  [1, 'referral', (_, name) => ({ flags: [], authority: [`${parent(name)} 60 IN NS ${below(name, 'ns')}`], additional: [`${below(name, 'ns')} 60 IN A 10.0.2.1`] })],
  [2, 'large', dice => ({ answer: addresses(dice.between(20, 90), dice.of(TTLS)) })],
  [1, 'large text', dice => ({ answer: [`@ ${dice.of(TTLS)} IN TXT ${`"${'x'.repeat(200)}" `.repeat(dice.between(1, 6)).trim()}`] })],
  [2, 'odd flags', dice => ({ flags: dice.some(['aa', 'ra', 'ad'], 0.5), answer: addresses(1, dice.of(TTLS)) })],
  [1, 'cut', dice => ({ flags: ['ra', 'tc'], answer: dice.chance(0.5) ? addresses(1, 60) : [] })],
  [2, 'with EDNS', dice => ({ answer: addresses(1, dice.of(TTLS)), opt: dice.of(['echo', { size: 4096, do: true }, { size: 512 }, { size: 1400, options: [{ code: 10, hex: '0102030405060708' }] }] as const) })],
  [1, 'other records', (dice, name) => ({ answer: [`@ ${dice.of(TTLS)} IN MX 10 ${below(name, 'mx')}`, `@ 60 IN MX 20 ${below(name, 'mx2')}`], additional: [`${below(name, 'mx')} 60 IN A 10.0.3.1`] })],
  [1, 'service', (dice, name) => ({ answer: [`@ ${dice.of(TTLS)} IN SRV 0 5 8080 ${below(name, 'pod')}`], additional: [`${below(name, 'pod')} 60 IN A 10.0.3.2`] })],
  [1, 'slow', dice => ({ answer: addresses(1, 60), delayMs: dice.between(20, 400) })],
  [0.3, 'other name', () => ({ answer: ['other.test. 60 IN A 10.0.4.1'], question: 'other.test. A' })],
  [0.3, 'no question', () => ({ answer: addresses(1, 60), noQuestion: true })],
  [0.1, 'header only', () => ({ answer: addresses(1, 60), chop: 12 })],
  [0.05, 'silence', () => ({ drop: true })],
]
const WEIGHT = BEHAVIOURS.reduce((sum, [weight]) => sum + weight, 0)

function behaviourOf(dice: Dice, name: string, shuffles: boolean): Answer {
  let left = dice.below(10_000) / 10_000 * WEIGHT
  for (const [weight, kind, make] of BEHAVIOURS) {
    left -= weight
    if (left < 0) return shuffles && kind === 'large' ? { answer: addresses(2, 60) } : make(dice, name)
  }
  return {}
}

/** Rules for a name: by type, by transport, by turn, or one for all. */
export function scriptName(world: World, name: string): void {
  const { dice, rules } = world
  const behaviour = (): Answer => behaviourOf(dice, name, world.shuffles)
  if (dice.chance(0.2)) rules.push({ when: { name, type: 'AAAA' }, do: dice.chance(0.5) ? { answer: ['@ 60 IN AAAA fd00::1'] } : behaviour() })
  if (dice.chance(0.1)) rules.push({ when: { name, nth: [1] }, do: behaviour() })
  const usual = behaviour()
  if (usual.flags?.includes('tc')) rules.push({ when: { name, proto: 'udp' }, do: usual }, { when: { name, proto: 'tcp' }, do: { answer: addresses(3, 60) } })
  else rules.push({ when: { name }, do: usual })
}

/** What is answered to names without a rule. */
export const OTHERWISE: Rule = { do: { answer: ['@ 300 IN A 10.9.9.9'] } }
