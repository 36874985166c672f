// A change proved before anybody makes it: apply, re-read, re-link, re-explore, compare; for the asker and for everybody else.
import { text } from '../chain/effects.ts'
import type { ResolvConf } from '../chain/model.ts'
import type { Edit } from '../chain/source.ts'
import { compare, formatRational } from '../chain/rational.ts'
import type { Ending, Explanation } from '../findings/case.ts'
import type { Proof, Verdict } from '../findings/diagnosis.ts'
import { classes } from './askers.ts'
import { ask, reopened, type Session } from './session.ts'
import { settle } from './settle.ts'

export interface Proved {
  readonly proof: Proof
  readonly after: Session
  readonly explanation: Explanation
  /** Files that programs write once the change is made. */
  readonly derived: readonly Edit[]
}

/** Classes of askers that are compared, at most. */
const CLASSES = 40

/** Undefined: the change cannot be read back, or the asker is no longer in the model. */
export function prove(session: Session, edits: readonly Edit[], place: string, family: 'unspec' | 'inet' | 'inet6', before: Explanation, whom: 'everybody' | 'asker' = 'everybody'): Proved | undefined {
  const { evidence, derived } = settle(session.gathered, edits)
  const after = reopened(session, evidence)
  const explained = ask(after, place, session.name, family)
  if (!explained) return undefined
  // A change that does nothing for the asker is dropped: nobody needs to know what else it does.
  const changes = explained.explanation.verdict !== 'inconclusive' && explained.explanation.verdict !== before.verdict
  return { proof: { ...compared(before, explained.explanation), ...(whom === 'everybody' && changes ? others(session, after, place) : { gains: [], losses: [] }) }, after, explanation: explained.explanation, derived }
}

export const compared = (before: Explanation, after: Explanation): Pick<Proof, 'before' | 'after'> => ({ before: oddsOf(before), after: oddsOf(after) })

export function oddsOf(explanation: Explanation): Record<string, string> {
  return Object.fromEntries(explanation.endings.map(e => [e.key, oddsText(e)]))
}

/** `1/3`, or `1/3–2/3` where worlds differ. */
export function oddsText({ odds }: Ending): string {
  return compare(odds.min, odds.max) === 0 ? formatRational(odds.min) : `${formatRational(odds.min)}–${formatRational(odds.max)}`
}

/** Better to worse; `inconclusive` compares with nothing. */
const RANK: Readonly<Record<Verdict, number | undefined>> = { works: 0, slow: 1, intermittent: 2, absent: 3, fails: 3, inconclusive: undefined }

function others(before: Session, after: Session, asker: string): Pick<Proof, 'gains' | 'losses'> {
  const gains: string[] = []
  const losses: string[] = []
  const ours = new Set(before.servers.map(s => s.place))
  const stubs = before.model.stubs.filter(s => !ours.has(s.place)).sort((a, b) => Number(b.place === asker) - Number(a.place === asker))
  for (const { stub: { place }, count } of classes(before, stubs).slice(0, CLASSES)) {
    if (dependsOn(before, place) === dependsOn(after, place)) continue
    const was = ask(before, place, before.name)?.explanation
    // What is open before cannot be said to become better or worse.
    if (!was || RANK[was.verdict] === undefined) continue
    const is = ask(after, place, before.name)?.explanation
    if (!is || was.verdict === is.verdict) continue
    const [from, to] = [RANK[was.verdict], RANK[is.verdict]]
    if (from === undefined || to === undefined || from === to) continue
    ;(to < from ? gains : losses).push(`${place}${count > 1 ? ` and ${count - 1} like it` : ''} ${before.name}: ${was.verdict} -> ${is.verdict}`)
  }
  return { gains, losses }
}

/** All of the configuration that an answer at this place can depend on: equal before and after = the change does not reach it. */
function dependsOn(session: Session, place: string): string {
  const { model } = session
  const stub = model.stubs.find(s => s.place === place)
  if (!stub) return ''
  const onNode = place.startsWith('node/')
  const words = (conf: ResolvConf | undefined): unknown => conf?.lines.map(l => [l.keyword, l.words.map(w => w.value)])
  // A node asks its own servers; what stands behind a Service concerns its pods.
  const services = onNode ? [] : model.services.filter(s => s.node === stub.node)
  // A server may be asked by its own address, without a Service before it.
  const asked = stub.resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.map(w => w.value))
  const endpoints = new Set([...asked, ...services.flatMap(s => s.endpoints.map(e => e.value.address))])
  const servers = model.coredns.filter(c => (c.hostNetwork && c.node === stub.node) || c.addresses.some(a => endpoints.has(a)))
  return text([
    words(stub.resolvConf), services.map(s => [s.address, s.endpoints.map(e => e.value.address)]),
    servers.map(c => [c.pod, c.corefile.text, words(c.resolvConf), c.down?.value]),
    model.resolved.filter(r => r.node === stub.node).map(r => r.scopes.map(s => [s.name, s.servers.map(w => w.value), s.domains.map(w => w.value)])),
  ])
}
