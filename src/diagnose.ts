// The facade: evidence and a question in, diagnoses out. Pure: what it says depends on its arguments alone.
import type { Asked } from './chain/asked.ts'
import type { EvidenceFiles } from './chain/evidence-files.ts'
import type { Problem } from './chain/source.ts'
import { askersOf, type Asker } from './diagnosis/askers.ts'
import { caseOf } from './diagnosis/case-of.ts'
import { explainLookup, type Lookup } from './diagnosis/explain.ts'
import { findingReports } from './diagnosis/finding-report.ts'
import { notCures } from './diagnosis/not-cures.ts'
import { countObserved } from './diagnosis/observed.ts'
import { decidedReport, openWorlds, outcomeReport } from './diagnosis/outcome-report.ts'
import { oddsOf } from './diagnosis/prove.ts'
import { notLooked, ruledOut } from './diagnosis/ruled-out.ts'
import { lookupOf, openSession, withStub, type Session } from './diagnosis/session.ts'
import { spellsOf } from './diagnosis/spells-of.ts'
import { summaryOf } from './diagnosis/summary.ts'
import type { Explanation, Question } from './findings/case.ts'
import type { Diagnosis, Observed, Said, Verdict } from './findings/diagnosis.ts'
import { isDomainName } from './dns/name.ts'
import { NEWEST_STUB } from './hops/stub-from.ts'
import { isStubKind } from './hops/stub.ts'

export { stubFrom } from './hops/stub-from.ts'

export const GENERATED_BY = 'whydns 0.1.0'

/** One diagnosis for each class of askers. */
export function diagnose(files: EvidenceFiles, asked: Asked): readonly Diagnosis[] {
  if (!isDomainName(asked.name)) return [unanswered(files, asked, 'not-a-name', { en: 'not a domain name: at most 255 octets, 63 a label', zh: '不是合法域名：总长不超过 255 字节，每个标签不超过 63 字节' }, [])]
  const session = openSession(files, asked.name)
  const found = askersOf(session, asked)
  if ('missing' in found) {
    const { said, message } = noAsker(found, asked)
    return [unanswered(files, asked, 'asker-not-found', said, session.problems, message)]
  }
  return found.askers.map(asker => diagnosisOf(session, asked, asker))
}

/** What is missing, in one sentence, and what there is instead. */
export function noAsker({ missing, known }: { readonly missing: string; readonly known: readonly string[] }, asked: Asked): { readonly said: Said; readonly message: string } {
  if (asked.from === undefined) {
    return {
      said: { en: 'nothing tells whom the application asks: no resolv.conf of a pod or node is in the evidence', zh: '无法得知应用向谁查询：证据中没有任何 Pod 或节点的 resolv.conf' },
      message: 'a resolv.conf is wanted: as one more file, or in a bundle as pods/<namespace>/<pod>/etc/resolv.conf or nodes/<node>/etc/resolv.conf',
    }
  }
  return {
    said: { en: `${missing} is not in the evidence, or nothing tells its resolv.conf`, zh: `证据中没有 ${missing}，或无法得知其 resolv.conf` },
    message: known.length > 0 ? `known are ${known.join(', ')}` : 'no pod or node of the evidence has a resolv.conf',
  }
}

function diagnosisOf(opened: Session, asked: Asked, asker: Asker): Diagnosis {
  const { session, question, lookup } = questionOf(opened, asked, asker)
  const explained = explainLookup(lookup)
  const c = caseOf(session, question, explained)
  const counted = countObserved(session, c)
  const steady = c.decidedBy.length > 0 ? explainLookup(lookup, 'steady').explanation : undefined
  const findings = findingReports(session, c)
  const verdict = finalVerdict(heldAgainst(explained.explanation, counted.observed), findings.some(f => f.level === 'error'))
  const explanation = { ...explained.explanation, verdict }
  return {
    apiVersion: 'whydns/v1', kind: 'Diagnosis',
    metadata: { name: asked.name, bundle: session.gathered.evidence.name, generatedBy: GENERATED_BY },
    spec: { name: asked.name, type: asked.types.join(',') || 'A,AAAA', from: fromOf(asked, asker, question), window: counted.window },
    status: {
      verdict, summary: summaryOf(explanation, counted.observed), basis: 'fill',
      outcomes: explanation.endings.map(e => outcomeReport(e, explanation, steady)), complete: explanation.complete,
      decidedBy: decidedReport(c.decidedBy), worlds: openWorlds(explanation), spells: spellsOf(session, c, counted.perSecond),
      observed: counted.observed, prediction: oddsOf(explanation), findings,
      notCures: notCures(session, c), ruledOut: ruledOut(session, c), notLooked: notLooked(session, c),
      problems: boundedProblems([...files(session), ...session.problems]),
    },
  }
}

export interface OpenQuestion {
  /** With the stub that the user named, if any. */
  readonly session: Session
  readonly question: Question
  readonly lookup: Lookup
}

export function questionOf(opened: Session, asked: Asked, asker: Asker): OpenQuestion {
  const kind = asked.stub && isStubKind(asked.stub.kind) ? asked.stub.kind : undefined
  const place = asker.stub.place
  const version = asked.stub?.version ?? (kind === asker.stub.kind ? asker.stub.version : kind && NEWEST_STUB[kind])
  const session = kind && version !== undefined ? withStub(opened, place, { kind, version, ...(asked.stub?.libc && { libc: asked.stub.libc }) }) : opened
  const stub = session.model.stubs.find(s => s.place === place) ?? asker.stub
  const question: Question = { name: asked.name, family: familyOf(asked.types), stub, ...placeParts(place) }
  // Evidence of the application belongs to the library it ran with: another one is explored without it.
  return { session, question, lookup: lookupOf(session, place, asked.name, question.family, session === opened) }
}

/** A verdict that takes something for granted gives way to what was seen: failures beside answers are `intermittent`, failures alone leave it open. */
function heldAgainst({ verdict, assumed }: Explanation, observed: Observed | null): Verdict {
  if (!observed || observed.failed === 0 || (verdict !== 'inconclusive' && (assumed.length === 0 || verdict !== 'works'))) return verdict
  return observed.failed < observed.lookups ? 'intermittent' : 'inconclusive'
}

/** `absent` means that nothing is wrong; with an error found, the name fails. */
const finalVerdict = (verdict: Verdict, wrong: boolean): Verdict => (verdict === 'absent' && wrong ? 'fails' : verdict)

const files = (session: Session): readonly Problem[] => session.gathered.evidence.problems

/** The same words about the same place once; at most so many that a person may read them. */
export function boundedProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  const kept = problems.filter(p => {
    const key = `${p.code} ${p.message} ${p.source?.file ?? ''}:${p.source?.line ?? 0}`
    return !seen.has(key) && seen.add(key)
  })
  const limit = 100
  return kept.length <= limit ? kept : [...kept.slice(0, limit), { code: 'more-problems', message: `${kept.length - limit} more problems are not listed`, state: 'unknown' }]
}

function familyOf(types: readonly string[]): Question['family'] {
  const [a, aaaa] = [types.includes('A'), types.includes('AAAA')]
  return a === aaaa ? 'unspec' : a ? 'inet' : 'inet6'
}

const placeParts = (place: string): Pick<Question, 'namespace' | 'pod'> =>
  place.startsWith('node/') ? { namespace: '', pod: undefined } : { namespace: place.slice(0, place.indexOf('/')), pod: place.slice(place.indexOf('/') + 1) }

export function fromOf(asked: Asked, asker: Asker, { stub, namespace, pod }: Question): Diagnosis['spec']['from'] {
  const below = stub.libc ? ` + ${stub.libc.kind} ${stub.libc.version}` : ''
  const klass = [`${stub.kind} ${stub.version}${below} (${asked.stub ? 'supposed' : stub.certainty})`, asker.klass, asker.count > 1 ? `pods=${asker.count}` : ''].filter(w => w !== '').join(' ')
  return { kind: pod === undefined ? 'Node' : 'Pod', name: pod ?? stub.node, namespace, node: stub.node, class: klass }
}

function unanswered(evidence: EvidenceFiles, asked: Asked, code: string, said: Said, problems: readonly Problem[], message = said.en): Diagnosis {
  return {
    apiVersion: 'whydns/v1', kind: 'Diagnosis',
    metadata: { name: asked.name.slice(0, 300), bundle: evidence.name, generatedBy: GENERATED_BY },
    spec: { name: asked.name.slice(0, 300), type: asked.types.join(',') || 'A,AAAA', from: { kind: '', name: '', namespace: '', node: '', class: '' }, window: null },
    status: {
      verdict: 'inconclusive', summary: { en: `inconclusive: ${said.en}`, zh: `无法定论：${said.zh}` }, basis: 'fill', outcomes: [], complete: false, decidedBy: [], worlds: [],
      spells: null, observed: null, prediction: {}, findings: [], notCures: [], ruledOut: [], notLooked: [],
      problems: boundedProblems([{ code, message, state: 'unknown' }, ...evidence.problems, ...problems]),
    },
  }
}
