// docs/fidelity.md, made of a run over all rows.
import { ACCEPTED, acceptedFor } from './accepted.ts'
import type { Judged } from './judge.ts'
import { tallyOf } from './tally.ts'

const percent = (part: number, whole: number): string => `${(Math.floor(1000 * part / whole) / 10).toFixed(1)} %`

export function fidelityPage(judged: readonly Judged[]): string {
  const versions = tallyOf(judged, row => `${row.program}@${row.version}`).toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const unmodelled = tallyOf(judged.filter(row => row.verdict.kind === 'not modelled'), row => `${row.program}: ${row.verdict.kind === 'not modelled' ? row.verdict.why : ''}`)
  return [
    '# Fidelity', '',
    'What the real programs were recorded doing, replayed on the model. Written by `npm run fidelity -- --docs`; where the rows come from is in',
    '`test/fidelity/rows/README.md`. *Accepted* rows differ and are explained below; *not modelled* rows are said to be so, at the line that asks for it.', '',
    '| program | rows | equal | | accepted | other differences | not modelled |', '|---|---|---|---|---|---|---|',
    ...versions.map(v => `| ${v.name.replace('@', ' ')} | ${v.rows} | ${v.equal} | ${percent(v.equal, v.rows)} | ${v.accepted} | ${v.different - v.accepted} | ${v.notModelled} |`), '',
    '## Accepted differences', '',
    ...ACCEPTED.map(entry => {
      const rows = judged.filter(row => row.verdict.kind === 'different' && acceptedFor(row) === entry).length
      return `- ${entry.program} ${entry.version ?? '(every version)'}, \`${entry.id}\`, ${rows} ${rows === 1 ? 'row' : 'rows'}: ${entry.reason}. To mend it: ${entry.mend}.`
    }), '',
    '## Not modelled', '',
    ...(unmodelled.length === 0 ? ['Nothing of what the rows ask.'] : unmodelled.map(u => `- ${u.name}: ${u.rows} rows`)), '',
  ].join('\n')
}
