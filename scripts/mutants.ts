// npm run mutants: small mistakes put into the sources of hops, one at a time, and whether the recorded rows and the tests of hops notice.
//
//   node scripts/mutants.ts [--count 120] [--seed 1] [--only src/hops/coredns/cache.ts] [--list]
//
// Prints every survivor with its line; --list prints every mutant, and what killed it. Exit 0: at least 95 % killed.
import { parseArgs } from 'node:util'
import { recordedFiles } from '../test/fidelity/rows.ts'
import { tryMutants } from '../test/mutants/run.ts'

const LEAST_SHARE = 0.95

async function main(): Promise<number> {
  const { values } = parseArgs({ options: {
    count: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' }, only: { type: 'string' }, list: { type: 'boolean', default: false },
  } })
  const began = performance.now()
  const wish = { count: Number(values.count), seed: Number(values.seed), only: values.only }
  const { verdicts, red } = await tryMutants(wish, recordedFiles().map(url => url.pathname), ({ mutant, was, is, killedBy }) => {
    const place = `${mutant.file}:${mutant.line} ${mutant.kind}`
    if (killedBy === undefined) console.log(`SURVIVED ${place}\n  was ${was}\n  is  ${is}`)
    else if (values.list) console.log(`killed ${place}, by ${killedBy.split('\n')[0]?.slice(0, 200)}\n  was ${was}\n  is  ${is}`)
  })
  if (verdicts.length === 0) {
    console.error('mutants: no place to change: --count is a number above 0, --only the beginning of a path such as src/hops/coredns/')
    return 2
  }
  for (const test of red) console.log(`fails without any mutant, so it judged none: ${test}`)
  const killed = verdicts.filter(verdict => verdict.killedBy !== undefined).length
  const share = killed / verdicts.length
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(`mutants: ${killed} of ${verdicts.length} killed (${(100 * share).toFixed(1)} %), seed ${values.seed}, ${seconds} s`)
  return share >= LEAST_SHARE ? 0 : 1
}

process.exitCode = await main()
