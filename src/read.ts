// The facade of `whydns read`: evidence without a cluster in, a Reading out. Pure: what it says depends on its arguments alone.
import { GENERATED_BY, boundedProblems } from './diagnose.ts'
import { applicationReadings, FILLS_LISTED, fillReadings, UNANSWERED_LISTED, unansweredOf, windowOf } from './diagnosis/read-counts.ts'
import { readEvidenceOf, reportOfHit } from './diagnosis/read-evidence.ts'
import { readHits } from './diagnosis/read-findings.ts'
import { gatherEvidence } from './diagnosis/read-gather.ts'
import { lookupReadings } from './diagnosis/read-lookups.ts'
import { matrixOf, ROWS_KEPT, serversOf } from './diagnosis/read-matrix.ts'
import { namePattern } from './diagnosis/read-pattern.ts'
import { summaryOf, verdictOf } from './diagnosis/read-summary.ts'
import type { EvidenceFile } from './chain/evidence-files.ts'
import type { Problem } from './chain/source.ts'
import type { Reading } from './findings/reading.ts'

export interface ReadSettings {
  /** What the evidence is called: the file names, or the bundle. */
  readonly name: string
  /** Names with `*`; undefined = all. A name with a suffix of a search list matches too. */
  readonly pattern?: string
  /** What opening the files met; asked when they have been read. */
  readonly problems?: () => readonly Problem[]
}

const LOOKUPS_LISTED = 5000

const listCut = (list: string, length: number, limit: number): Problem[] =>
  (length < limit ? [] : [{ code: 'reading-list-cut', message: `${list}: only the first ${limit} are listed; --name narrows them`, state: 'ignored' }])

export function readEvidence(files: readonly EvidenceFile[], settings: ReadSettings): Reading {
  const gathered = gatherEvidence(files, namePattern(settings.pattern))
  const evidence = readEvidenceOf(gathered)
  const findings = readHits(evidence).map(reportOfHit)
  const matrix = matrixOf(evidence.asks, evidence.forwarders)
  const allLookups = lookupReadings(evidence.lookups)
  const lookups = allLookups.slice(0, LOOKUPS_LISTED)
  const fills = fillReadings(evidence)
  const unanswered = unansweredOf(evidence)
  const applications = applicationReadings(evidence)
  const verdict = verdictOf({ evidence, findings, matrix, lookups, applications })
  const cut = [
    ...listCut('matrix', matrix.length, ROWS_KEPT), ...listCut('lookups', allLookups.length, LOOKUPS_LISTED), ...listCut('fills', fills.length, FILLS_LISTED),
    ...listCut('unanswered', unanswered.length, UNANSWERED_LISTED),
  ]
  return {
    apiVersion: 'whydns/v1', kind: 'Reading',
    metadata: { name: settings.name, bundle: settings.name, generatedBy: GENERATED_BY },
    spec: { files: gathered.files, pattern: settings.pattern ?? null, window: windowOf(evidence) },
    status: {
      verdict, summary: summaryOf(verdict, { evidence, findings, matrix, lookups, applications }),
      servers: serversOf(evidence.asks, evidence.forwarders), matrix, lookups, unanswered, fills, applications, findings,
      problems: boundedProblems([...settings.problems?.() ?? [], ...gathered.problems, ...cut]),
    },
  }
}
