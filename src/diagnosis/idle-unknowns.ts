// Unknowns that make no difference to what is reported are taken out of the worlds: in every surrounding, each of their values
// gives the same distribution of endings. Nothing is summed over them; one value stands for all.
import { text, type Plain } from '../chain/effects.ts'
import { addTo } from '../drivers/tally.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { Rational } from '../chain/rational.ts'

/** More outcomes than this come of so many open unknowns that one less helps nobody; orders of arrival are looked at all the same. */
const OUTCOMES = 300

export function withoutIdleUnknowns(outcomes: readonly Outcome[], project: (value: Plain) => string): readonly Outcome[] {
  const all = new Set(outcomes.flatMap(o => [...o.world.keys()]))
  const keys = outcomes.length <= OUTCOMES ? all : [...all].filter(key => key.startsWith('order of '))
  // Orders first: they are many, and seldom matter.
  const ordered = [...keys].sort((a, b) => Number(b.startsWith('order of ')) - Number(a.startsWith('order of ')))
  return ordered.reduce<readonly Outcome[]>((left, key) => (isIdle(left, key, project) ? withoutKey(left, key) : left), outcomes)
}

function isIdle(outcomes: readonly Outcome[], key: string, project: (value: Plain) => string): boolean {
  const byValue = new Map<string, Map<string, Rational>>()
  for (const o of outcomes) {
    if (!o.world.has(key)) continue
    const value = text(o.world.get(key))
    let tally = byValue.get(value)
    if (!tally) byValue.set(value, (tally = new Map()))
    // Elapsed time counts: a slow answer is another ending than a fast one.
    addTo(tally, `${text([...o.world].filter(([k]) => k !== key))} ${project(o.value)} ${o.elapsedMs}`, o.odds)
  }
  const [first, ...others] = [...byValue.values()].map(tally => text([...tally].map(([name, [n, d]]) => `${name} ${n}/${d}`).sort()))
  return others.every(other => other === first)
}

function withoutKey(outcomes: readonly Outcome[], key: string): readonly Outcome[] {
  const kept = outcomes.find(o => o.world.has(key))?.world.get(key)
  const value = text(kept)
  return outcomes.filter(o => !o.world.has(key) || text(o.world.get(key)) === value)
    .map(o => (o.world.has(key) ? { ...o, world: new Map([...o.world].filter(([k]) => k !== key)) } : o))
}
