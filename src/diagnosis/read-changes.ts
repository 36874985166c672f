// Results that change to and fro where nobody shows which server gave them: fills of a CoreDNS log, replies of a server whose own questions were not
// captured. Fills come from upstreams, so that changes of fills are `mixed-upstreams`, likely. One change from denials to answers and never back is
// `negative-cache`, where the denials came from a cache.
import { nameKey, withoutDot } from '../dns/name.ts'
import type { Source } from '../chain/source.ts'
import { zoneShown, type ReadEvidence, type ReadHit } from './read-evidence.ts'
import { fillsByPlace } from './read-counts.ts'
import type { Ask } from './read-asks.ts'

interface Sequence {
  readonly where: string
  readonly name: string
  readonly basis: 'fills' | 'replies'
  readonly results: readonly { readonly isAnswer: boolean; readonly source: Source; readonly id: string }[]
}

/** Once there and back could be a record that was taken out for a moment. */
const CHANGES_PROVE = 3
const HITS_KEPT = 10
/** Below this nobody notices. */
const NOTICED_MS = 5000
/** A cache answers within this. */
const CACHED_MS = 1.5

/** `explained`: names whose servers are known to disagree. */
export function changeHits(e: ReadEvidence, explained: ReadonlySet<string>): ReadHit[] {
  const changing = [...fillSequences(e), ...replySequences(e)].filter(each => !explained.has(each.name))
    .map(each => ({ ...each, changes: changesIn(each) })).filter(({ changes, basis }) => changes >= (basis === 'fills' ? 2 : CHANGES_PROVE))
  const byPlace = Map.groupBy(changing, each => `${each.where}\n${each.basis}\n${zoneShown(each.name, [])}`)
  return [...byPlace.values()].map(group => {
    group.sort((a, b) => b.changes - a.changes || (a.name < b.name ? -1 : 1))
    return hitOf(group)
  }).slice(0, HITS_KEPT)
}

const changesIn = ({ results }: Sequence): number => results.slice(1).filter((each, i) => each.isAnswer !== results[i]?.isAnswer).length

function fillSequences(e: ReadEvidence): Sequence[] {
  return fillsByPlace(e).flatMap(({ place, fills }) => fills.filter(f => f.type === 'A').map((f): Sequence => ({
    where: place, name: nameKey(f.name), basis: 'fills',
    results: f.fills.filter(fill => !fill.doubtful && (fill.rcode === 'NOERROR' || fill.rcode === 'NXDOMAIN'))
      .map(fill => ({ isAnswer: fill.rcode === 'NOERROR', source: fill.source, id: `${fill.source.file}:${fill.source.line}` })),
  })))
}

/** Each server by itself, in order of time. */
function replySequences(e: ReadEvidence): Sequence[] {
  return [...servedBy(e)].map(([key, asks]): Sequence => ({
    where: (asks[0] as Ask).server, name: key.slice(key.indexOf('\n') + 1), basis: 'replies',
    results: asks.map(ask => ({ isAnswer: ask.result === 'answer', source: ask.source, id: ask.id })),
  }))
}

function servedBy(e: ReadEvidence): Map<string, Ask[]> {
  const told = e.asks.filter(ask => ask.type === 'A' && ask.fromMs !== undefined && (ask.result === 'answer' || ask.result === 'nxdomain'))
  return Map.groupBy(told.sort((a, b) => (a.fromMs as number) - (b.fromMs as number)), ask => `${ask.server}\n${nameKey(ask.name)}`)
}

function hitOf(group: readonly (Sequence & { readonly changes: number })[]): ReadHit {
  const [first] = group as [Sequence & { readonly changes: number }]
  const { where, basis, results, changes } = first
  const name = withoutDot(first.name)
  const isProved = basis === 'fills' && changes >= CHANGES_PROVE
  const denied = results.filter(each => !each.isAnswer)
  const answered = results.filter(each => each.isAnswer)
  const shown = [denied[0], answered[0]].flatMap(each => each ?? [])
  return {
    id: 'mixed-upstreams', level: isProved ? 'error' : 'warning', certainty: isProved ? 'likely' : 'possible',
    message: basis === 'fills'
      ? { en: `the upstreams of ${where} disagree about \`${name}\`: ${denied.length} of ${results.length} cache fills are NXDOMAIN, by turns`, zh: `${where} 的上游对 \`${name}\` 答案不一致：${results.length} 次缓存填充中有 ${denied.length} 次是 NXDOMAIN，交替出现` }
      : { en: `what ${where} says of \`${name}\` changes to and fro: ${denied.length} of ${results.length} replies are NXDOMAIN`, zh: `${where} 对 \`${name}\` 的答复反复变化：${results.length} 次回复中有 ${denied.length} 次是 NXDOMAIN` },
    fingerprint: `mixed-upstreams:${where}:${zoneShown(first.name, [])}`,
    sources: shown.map(each => ({ source: each.source, primary: !each.isAnswer, label: each.isAnswer ? { en: 'an answer', zh: '有答案' } : { en: 'NXDOMAIN', zh: 'NXDOMAIN' } })),
    evidence: shown.map(each => each.id),
    notes: [
      { kind: 'seen', said: { en: `the result changed ${changes} times`, zh: `结果变化了 ${changes} 次` } },
      { kind: 'note', said: { en: 'nothing here shows which server said which: a capture of its questions to the upstreams would, or every server asked directly', zh: '这里看不出各个结果来自哪个服务器：抓取它发往上游的查询，或直接询问每个服务器，即可得知' } },
      ...(group.length > 1 ? [{ kind: 'note' as const, said: { en: `the same of ${group.slice(1, 5).map(each => withoutDot(each.name)).join(', ')}`, zh: `同样的还有 ${group.slice(1, 5).map(each => withoutDot(each.name)).join('、')}` } }] : []),
    ],
  }
}

interface Served {
  readonly isAnswer: boolean
  readonly atMs: number
  readonly isCached: boolean
  readonly source: Source
  readonly id: string
}

export function negativeCacheHits(e: ReadEvidence, explained: ReadonlySet<string>): ReadHit[] {
  const sequences = new Map<string, Served[]>()
  const put = (where: string, name: string, seen: Served): void => {
    const key = `${where}\n${nameKey(name)}`
    const list = sequences.get(key)
    if (list) list.push(seen)
    else sequences.set(key, [seen])
  }
  for (const line of e.lines) {
    const isLocal = line.flags.includes('aa') && !line.flags.includes('ra')
    if (line.type !== 'A' || isLocal || line.atMs === undefined || (line.rcode !== 'NOERROR' && line.rcode !== 'NXDOMAIN')) continue
    put(line.place ?? line.source.file, line.name, { isAnswer: line.rcode === 'NOERROR', atMs: line.atMs, isCached: line.durationMs < 1, source: line.source, id: `${line.source.file}:${line.source.line}` })
  }
  const covered = new Set(e.lines.map(line => nameKey(line.name)))
  for (const [key, asks] of servedBy(e)) {
    for (const ask of asks) {
      if (!e.forwarders.has(ask.server) || covered.has(nameKey(ask.name)) || ask.reply?.flags.includes('ra') === false) continue
      put(ask.server, key.slice(key.indexOf('\n') + 1), { isAnswer: ask.result === 'answer', atMs: ask.fromMs as number, isCached: (ask.rttMs ?? Infinity) < CACHED_MS, source: ask.source, id: ask.id })
    }
  }
  const answers = Map.groupBy(e.asks.filter(ask => ask.type === 'A' && ask.result === 'answer' && ask.toMs !== undefined && !e.forwarders.has(ask.server)), ask => nameKey(ask.name))
  return [...sequences].flatMap(([key, served]) => staleHit(answers, key, served, explained) ?? []).slice(0, HITS_KEPT)
}

function staleHit(answers: ReadonlyMap<string, readonly Ask[]>, key: string, served: Served[], explained: ReadonlySet<string>): ReadHit | undefined {
  const [where = '', name = ''] = key.split('\n')
  served.sort((a, b) => a.atMs - b.atMs)
  const lastDenied = served.findLastIndex(each => !each.isAnswer)
  const firstAnswer = served.findIndex(each => each.isAnswer)
  // One change for the better, and never back: anything else is not the age of a denial.
  if (explained.has(name) || lastDenied < 0 || firstAnswer < lastDenied) return undefined
  const denied = served[lastDenied] as Served
  const stale = served.slice(0, lastDenied + 1).filter(each => each.isCached)
  const spanMs = denied.atMs - (served[0] as Served).atMs
  const known = answers.get(name)?.find(ask => ask.server !== where && (ask.toMs as number) < denied.atMs)
  if (!stale.includes(denied) || spanMs < NOTICED_MS || (firstAnswer < 0 && !known)) return undefined
  const shown = withoutDot(name)
  return {
    id: 'negative-cache', level: 'warning', certainty: known && firstAnswer >= 0 ? 'confirmed' : 'likely',
    message: { en: `${where} went on denying \`${shown}\` from its cache for ${Math.round(spanMs / 1000)} s${known ? ' although a server knew it' : ', then knew it'}`, zh: `${where} 从缓存中否认 \`${shown}\` 长达 ${Math.round(spanMs / 1000)} 秒${known ? '，而此时已有服务器认识它' : '，之后才认识它'}` },
    fingerprint: `negative-cache:${where}:${name}`,
    sources: [
      { source: denied.source, primary: true, label: { en: 'the last denial, from the cache', zh: '最后一次“不存在”，来自缓存' } },
      ...(known ? [{ source: known.source, label: { en: `${known.server} knows it before that`, zh: `${known.server} 在此之前就认识它` } }] : []),
    ],
    evidence: stale.slice(0, 3).map(each => each.id),
    notes: [{ kind: 'why', said: { en: 'somebody asked before the name existed; the denial outlives its reason by the time that the cache keeps it', zh: '有人在域名创建之前查询过；“不存在”的答案在缓存保留期内一直有效' } }],
  }
}
