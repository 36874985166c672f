// npm run fidelity: replays what the real programs were seen to do on our hops and readers, and says where they differ.
//
//   node scripts/fidelity.ts [FILE… | --rows FILE…] [--only PROGRAM[@VERSION]] [--group G] [--list] [--json] [--docs] [--contract]
//
// One line a group. --list adds each difference, --docs writes docs/fidelity.md. --contract checks the driver contract on the rows as
// well: simulated and served lie within explored, every witness replays. Exit 1: a difference that test/fidelity/accepted.ts
// does not explain, an entry there that explains nothing any more, a broken contract; 2: a rows file that cannot be read, an option
// that is none.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { acceptedFor, isSurprise, outdated } from '../test/fidelity/accepted.ts'
import { fidelityPage } from '../test/fidelity/page.ts'
import { checkInParallel, judgeInParallel } from '../test/fidelity/parallel.ts'
import { DamagedRows, recordedFiles } from '../test/fidelity/rows.ts'
import { groupLine, tallyOf } from '../test/fidelity/tally.ts'

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: {
    rows: { type: 'string', multiple: true, default: [] }, only: { type: 'string' }, group: { type: 'string' },
    list: { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, docs: { type: 'boolean', default: false },
    contract: { type: 'boolean', default: false },
  } })
  const given = [...values.rows, ...positionals]
  const files = given.length > 0 ? given : recordedFiles().map(url => url.pathname)
  const { judged, strangers } = await judgeInParallel(files, { only: values.only, group: values.group })
  const contract = values.contract ? await checkInParallel(files, { only: values.only, group: values.group }) : undefined
  const groups = tallyOf(judged, row => `${row.program}@${row.version} ${row.group}`)
  const versions = tallyOf(judged, row => `${row.program}@${row.version}`)
  const surprises = judged.filter(row => row.verdict.kind === 'different' && isSurprise(row))
  const stale = outdated(judged)

  if (values.json) console.log(JSON.stringify({ groups, versions, rows: judged.filter(row => row.verdict.kind !== 'equal'), stale, strangers, contract }, undefined, 2))
  else {
    for (const each of [...groups, ...versions]) console.log(groupLine(each))
    for (const row of values.list ? judged : []) {
      if (row.verdict.kind === 'different') console.log(`different: ${row.program}@${row.version} ${row.id}${acceptedFor(row) ? ' (accepted)' : ''}\n  ${row.verdict.what.join('\n  ')}`)
      if (row.verdict.kind === 'not modelled') console.log(`not modelled: ${row.program}@${row.version} ${row.id}: ${row.verdict.why}${row.verdict.at === undefined ? '' : `: ${row.verdict.at}`}`)
    }
    for (const entry of stale) console.log(`accepted, but no longer different: ${entry.program} ${entry.version ?? ''} ${entry.id}`)
    for (const columns of new Set(strangers)) console.log(`rows of no known program, columns: ${columns}`)
    if (judged.length === 0) console.log('no row was replayed')
    for (const what of contract?.broken ?? []) console.log(`contract broken: ${what}`)
    if (contract) console.log(`driver contract: ${contract.checked} lookups checked, ${contract.incomplete} not explored to the end, ${contract.broken.length} broken`)
  }
  if (values.docs) writeFileSync(new URL('../docs/fidelity.md', import.meta.url), fidelityPage(judged))
  const isBroken = contract !== undefined && contract.broken.length > 0
  return isBroken || surprises.length > 0 || stale.length > 0 || strangers.length > 0 || judged.length === 0 ? 1 : 0
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true
  if (!(error instanceof DamagedRows) && !isUsage) throw error
  console.error((error as Error).message)
  process.exitCode = 2
}
