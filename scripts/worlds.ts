// npm run worlds: the explorer against its judge on random small worlds, as exact fractions in every world, and the
// mutants of the explorer against both.
//
//   node scripts/worlds.ts [--cases 10000] [--seed 1] [--limit 10000]
//
// Exit 0: all equal, fewer than 1 % too large for the judge, every mutant noticed.
import { parseArgs } from 'node:util'
import { compareWorlds, TELLING, tryMutants } from '../test/worlds/run.ts'

const { values } = parseArgs({ options: {
  cases: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, limit: { type: 'string', default: '10000' },
} })
const [cases, seed, limit] = [Number(values.cases), Number(values.seed), Number(values.limit)]

const began = performance.now()
const { tally, verdicts } = compareWorlds(seed, cases, limit, 3000)
const skippedShare = tally.skipped / (tally.compared + tally.skipped)
const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(1)} s`
console.log(`worlds ${cases} from seed ${seed}, starts cold and any: ${tally.compared - tally.different.length} equal, ` +
  `${tally.different.length} different, ${tally.skipped} too large for the judge (${(100 * skippedShare).toFixed(2)} %); ` +
  `${tally.branching} branch, ${tally.withWorlds} have unknowns, ${tally.incomplete} said to be incomplete; ` +
  `${tally.flats} flat paths; ${seconds()}`)
for (const d of tally.different.slice(0, 5)) {
  console.log(`different: seed ${d.seed} ${d.start}, ${d.where}\n explored ${d.explored}\n judged   ${d.judged}`)
}

// A mutant faces the worlds of this run, then those known to tell; 3,000 verdicts are kept, because they take memory.
const telling = TELLING.flatMap(world => compareWorlds(world, 1, limit, Infinity).verdicts)
const trials = await tryMutants([...verdicts, ...telling])
for (const { name, killedBy } of trials) {
  console.log(killedBy === undefined ? `mutant SURVIVED: ${name}` : `mutant killed: ${name} (world ${killedBy})`)
}
const survivors = trials.filter(t => t.killedBy === undefined)
console.log(`mutants: ${trials.length - survivors.length} of ${trials.length} killed; ${seconds()} in all`)

process.exitCode = tally.different.length === 0 && survivors.length === 0 && skippedShare < 0.01 ? 0 : 1
