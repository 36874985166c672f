// The smallest scenario that still shows a difference: parts are left out, one at a time, while the last question still differs in the same fields.
import { nameKey } from '../../src/dns/name.ts'
import type { Scenario, ScenarioBlock, Script } from './scenario.ts'

export type StillDiffers = (scenario: Scenario) => Promise<boolean>

const MOST_ROUNDS = 40

/** `scenario` ends with the question that differs. */
export async function shrink(scenario: Scenario, stillDiffers: StillDiffers): Promise<Scenario> {
  let best = scenario
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const smaller = await firstOf(candidates(best), stillDiffers)
    if (!smaller) return best
    best = smaller
  }
  return best
}

const AT_ONCE = 8

async function firstOf(all: readonly Scenario[], stillDiffers: StillDiffers): Promise<Scenario | undefined> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    const some = all.slice(at, at + AT_ONCE)
    const differ = await Promise.all(some.map(stillDiffers))
    const first = differ.indexOf(true)
    if (first >= 0) return some[first]
  }
  return undefined
}

/** The largest cuts first. */
export function candidates(scenario: Scenario): readonly Scenario[] {
  if (scenario.lines) return fewerLines(scenario, scenario.lines)
  const { steps, blocks } = scenario
  const last = steps.length - 1
  const withSteps = (kept: (at: number) => boolean): Scenario => ({ ...scenario, steps: steps.filter((_, at) => at === last || kept(at)) })
  const withBlocks = (changed: readonly ScenarioBlock[]): Scenario => ({ ...scenario, blocks: changed })
  const halves = last > 1 ? [withSteps(at => at >= last / 2), withSteps(at => at < last / 2)] : []
  return [
    ...(last > 0 ? [withSteps(() => false)] : []), ...halves,
    ...(blocks.length > 1 ? blocks.map((_, i) => withBlocks(blocks.filter((__, j) => i !== j))) : []),
    ...blocks.flatMap((block, i) => block.directives.flatMap((directive, d) => (directive.plugin === 'bind' ? [] : [
      withBlocks(blocks.with(i, { ...block, directives: block.directives.filter((_, j) => j !== d) })),
      ...shorterTexts(directive.text).map(text => withBlocks(blocks.with(i, { ...block, directives: block.directives.with(d, { ...directive, text }) }))),
    ]))),
    ...(last > 1 ? steps.slice(0, last).map((_, out) => withSteps(at => at !== out)) : []),
    ...withoutRules(scenario), ...plainer(scenario),
  ]
}

/** Without a line; without a word of a line. */
function fewerLines(scenario: Scenario, lines: readonly string[]): readonly Scenario[] {
  const half = Math.ceil(lines.length / 2)
  const words = lines.flatMap((line, at) => {
    const all = line.trim().split(' ')
    return all.length < 2 ? [] : all.map((_, out) => lines.with(at, all.toSpliced(out, 1).join(' ')))
  })
  const all = [...lines.length > 3 ? [lines.slice(0, half), lines.slice(half)] : [], ...lines.map((_, out) => lines.toSpliced(out, 1)), ...words]
  return all.map(fewer => ({ ...scenario, lines: fewer }))
}

function shorterTexts(text: string): readonly string[] {
  const lines = text.split('\n')
  if (lines.length < 3) return lines.length === 2 ? lines : []
  const inner = lines.slice(1, -1)
  const bare = (lines[0] as string).replace(/ \{$/, '')
  return [bare, ...(inner.length > 1 ? inner.map((_, out) => [lines[0], ...inner.filter((__, at) => at !== out), lines.at(-1)].join('\n')) : [])]
}

function withoutRules(scenario: Scenario): readonly Scenario[] {
  const asked = new Set(scenario.steps.flatMap(step => ('query' in step ? [nameKey(step.query.name)] : [])))
  const needed: Script = Object.fromEntries(Object.entries(scenario.script).map(([address, rules]) => [address, rules.filter(({ when }) => when?.name === undefined || asked.has(nameKey(when.name)))]))
  const count = (script: Script): number => Object.values(script).flat().length
  return count(needed) < count(scenario.script) ? [{ ...scenario, script: needed }] : []
}

/** The last question without what may not matter. */
function plainer(scenario: Scenario): readonly Scenario[] {
  const last = scenario.steps.at(-1)
  if (!last || !('query' in last)) return []
  const { name, type, proto, ...more } = last.query
  return Object.keys(more).map(out => {
    const { [out as keyof typeof more]: _, ...rest } = more
    return { ...scenario, steps: scenario.steps.with(scenario.steps.length - 1, { query: { name, type, proto, ...rest } }) }
  })
}
