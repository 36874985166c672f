// What `npm run conform` says of a group of differences, and of the branches its cases reached.
import type { Group } from './conform.ts'
import { shortName } from './fingerprint.ts'
import type { Reached } from './reached.ts'
import { corefileOf } from './scenario.ts'

type Say = (line: string) => void

const IDS_SHOWN = 4
const WIDTH = 600

/** `whole`: nothing is cut short. */
export function printGroup({ name, found, smallest: { scenario, verdict } }: Group, say: Say, whole: boolean): void {
  const cut = (text: string): string => (whole || text.length <= WIDTH ? text : `${text.slice(0, WIDTH)}…`)
  say(`\n== ${shortName(name)}: ${found.length} × ${name}`)
  say(`   ${found.slice(0, IDS_SHOWN).map(one => `--case ${one.scenario.id}`).join('  ')}  CoreDNS ${scenario.version}`)
  say(corefileOf(scenario).replace(/^/gm, '   | '))
  for (const [path, text] of Object.entries(scenario.files)) if (corefileOf(scenario).includes(path.split('/')[0] as string)) say(cut(`   file ${path}: ${JSON.stringify(text)}`))
  for (const [address, rules] of Object.entries(scenario.script)) say(cut(`   ${address}: ${rules.map(rule => JSON.stringify(rule)).join(' ')}`))
  for (const step of scenario.steps) say(cut(`   ${JSON.stringify(step)}`))
  for (const text of verdict.what) say(cut(`   ${text}`))
}

export function printCoverage(reached: readonly Reached[], say: Say): void {
  const sum = (of: (one: Reached) => number): number => reached.reduce((all, one) => all + of(one), 0)
  say('\nbranches of the hops that the cases reached, and the lines of those they did not:')
  for (const { file, branches, reached: met, missed } of reached) say(`  ${file.padEnd(40)} ${String(met).padStart(4)} of ${String(branches).padStart(4)}  ${missed.join(' ')}`)
  say(`  ${'all'.padEnd(40)} ${String(sum(r => r.reached)).padStart(4)} of ${String(sum(r => r.branches)).padStart(4)}`)
}
