// Public incidents, told by others (test/cases/README.md): bundle and truth. What our findings cover must be found with the right
// verdict; whatever is not covered yet must not be explained by something else.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { diagnose } from '../src/diagnose.ts'
import type { Diagnosis } from '../src/findings/diagnosis.ts'
import { findings } from '../src/findings/index.ts'
import { findingIds } from './support/finding-catalogue.ts'
import { read, ROOT } from './support/source-files.ts'

interface Truth {
  readonly question: { readonly name: string; readonly namespace: string; readonly pod: string }
  readonly verdict: string
  readonly verdictAlso?: readonly string[]
  readonly findings: readonly { readonly id?: string; readonly anyOf?: readonly string[]; readonly required: boolean }[]
  readonly mustNotClaim: readonly string[]
  readonly healthy: boolean
}

const CASES = readdirSync(join(ROOT, 'test/cases'), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => entry.name)
const OURS: ReadonlySet<string> = new Set(findings.map(f => f.id))
const truthOf = (folder: string): Truth => JSON.parse(read(`test/cases/${folder}/truth.yaml`)) as Truth
const idsOf = (finding: Truth['findings'][number]): readonly string[] => finding.anyOf ?? (finding.id === undefined ? [] : [finding.id])
const required = (truth: Truth): (readonly string[])[] => truth.findings.filter(f => f.required).map(idsOf)

/** What the README means by the words of a truth. */
const verdictsOf = ({ verdict, verdictAlso = [] }: Truth): string[] =>
  [verdict, ...verdictAlso].flatMap(word => (word === 'cannot-tell' ? ['inconclusive'] : word === 'absent' ? ['absent', 'fails'] : [word]))

async function diagnosisOf(folder: string, { question }: Truth): Promise<Diagnosis> {
  const files = await loadBundle(join(ROOT, 'test/cases', folder, 'bundle'))
  const [diagnosis] = diagnose(files, { name: question.name, types: [], from: { kind: 'pod', namespace: question.namespace, name: question.pod } })
  if (!diagnosis) throw new Error(`no diagnosis of ${folder}`)
  return diagnosis
}

test('there are twelve, and every id in them is one of the catalogue', () => {
  expect(CASES).toHaveLength(12)
  const named = CASES.map(truthOf).flatMap(truth => [...truth.findings.flatMap(idsOf), ...truth.mustNotClaim])
  expect(named.filter(id => !findingIds.has(id))).toEqual([])
})

describe.each(CASES)('%s', folder => {
  const truth = truthOf(folder)
  const covered = required(truth).every(ids => ids.some(id => OURS.has(id)))

  test(covered ? 'is explained as it was' : 'is not explained by something else', async () => {
    const { status } = await diagnosisOf(folder, truth)
    const grave = status.findings.filter(f => f.level !== 'info').map(f => f.id)
    const errors = status.findings.filter(f => f.level === 'error').map(f => f.id)
    const allowed = new Set(truth.findings.flatMap(idsOf))
    expect(grave.filter(id => truth.mustNotClaim.includes(id))).toEqual([])
    expect(errors.filter(id => truth.healthy || !allowed.has(id))).toEqual([])
    if (!covered) return
    expect(verdictsOf(truth)).toContain(status.verdict)
    expect(required(truth).filter(ids => !ids.some(id => grave.includes(id)))).toEqual([])
  })
})
