// Hits in the words of the output contract; their fixes with a proof, or none.
import type { Edit, Source } from '../chain/source.ts'
import type { Case } from '../findings/case.ts'
import type { Certainty, FindingReport, FixReport, Level, SourceReport } from '../findings/diagnosis.ts'
import type { Finding, Hit, LabelledSource, ProposedFix } from '../findings/finding.ts'
import { findings } from '../findings/index.ts'
import { prove } from './prove.ts'
import type { Session } from './session.ts'

const LEVELS: readonly Level[] = ['error', 'warning', 'info']
const CERTAINTIES: readonly Certainty[] = ['confirmed', 'likely', 'possible']

/** All findings of the case: gravest first, then surest, then by id. */
export function findingReports(session: Session, c: Case): FindingReport[] {
  const hits = findings.flatMap(finding => finding.find(c).map(hit => ({ finding, hit })))
  const seen = new Set<string>()
  return hits.filter(({ hit }) => !seen.has(hit.fingerprint) && seen.add(hit.fingerprint))
    .map(({ finding, hit }) => reportOf(session, c, finding, hit)).sort(byGravity)
}

const byGravity = (a: FindingReport, b: FindingReport): number =>
  LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || CERTAINTIES.indexOf(a.certainty) - CERTAINTIES.indexOf(b.certainty) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

function reportOf(session: Session, c: Case, finding: Finding, hit: Hit): FindingReport {
  return {
    id: finding.id, level: hit.level, certainty: hit.certainty, message: hit.message.en, message_zh: hit.message.zh, fingerprint: hit.fingerprint,
    sources: hit.sources.map(s => sourceReport(c, s)), evidence: hit.evidence,
    notes: hit.notes.map(n => ({ kind: n.kind, ...n.said })),
    fixes: hit.fixes.map(fix => fixReport(session, c, fix)),
  }
}

function sourceReport(c: Case, { source, label, primary }: LabelledSource): SourceReport {
  const place = placeOf(c, source)
  return { ...source, label: label.en, label_zh: label.zh, primary: primary === true, ...(place !== undefined && { place }) }
}

/** `configmap/coredns -n kube-system`: the object that begins last before this place. */
export function placeOf(c: Case, source: Source): string | undefined {
  let found: { readonly kind: string; readonly name: string; readonly namespace: string; readonly start: number } | undefined
  for (const o of c.cluster.objects) {
    if (o.source.file === source.file && o.source.start <= source.start && (!found || o.source.start >= found.start)) found = { kind: o.kind, name: o.name, namespace: o.namespace, start: o.source.start }
  }
  return found && `${found.kind.toLowerCase()}/${found.name}${found.namespace === '' ? '' : ` -n ${found.namespace}`}, ${source.file}`
}

function fixReport(session: Session, c: Case, fix: ProposedFix): FixReport {
  const own = fix.edits.filter(e => e.madeBy === undefined)
  const proved = own.length > 0 ? prove(session, own, c.question.stub.place, c.question.family, c.explanation) : undefined
  const better = proved !== undefined && isBetter(c.explanation.verdict, proved.explanation.verdict)
  const edits: Edit[] = [...fix.edits, ...(better ? proved.derived : [])]
  return {
    title: fix.title.en, title_zh: fix.title.zh, applicability: fix.applicability, edits,
    steps: fix.steps, ...(fix.caution && { caution: fix.caution }), proof: better ? proved.proof : null,
  }
}

const RANK = { works: 0, slow: 1, inconclusive: 2, intermittent: 3, absent: 4, fails: 4 } as const
const isBetter = (before: keyof typeof RANK, after: keyof typeof RANK): boolean => RANK[after] < RANK[before] && after !== 'inconclusive'
