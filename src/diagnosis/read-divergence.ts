// Servers that contradict one another about a name, by what they answer and not by their addresses: `mixed-upstreams`, or `unequal-twins` where both show
// one zone of one primary. What a server says that asks others itself is no word of its own: its clients seeing both results is the effect.
import { labelsOf, nameKey, withoutDot } from '../dns/name.ts'
import { isPrivateAddress } from '../findings/upstream-choice.ts'
import type { Said } from '../findings/diagnosis.ts'
import type { Ask } from './read-asks.ts'
import { zoneShown, type Labelled, type ReadEvidence, type ReadHit } from './read-evidence.ts'
import { byAddress, soaName, soaOf } from './read-matrix.ts'

interface Word {
  readonly answers: Ask[]
  readonly denials: Ask[]
  readonly others: Ask[]
}

/** Names that one asker has answered by servers which disagree in the same way. */
interface Division {
  readonly zone: string
  readonly names: Set<string>
  readonly askers: Set<string>
  readonly good: readonly string[]
  readonly bad: readonly string[]
  /** Questions that a client waited for: to those who deny, to those who know. */
  toBad: number
  toGood: number
  /** The asker forwards, and its clients were seen. */
  isServing: boolean
}

/** All from servers that know: with two denying servers among three, (1/3)^8 would be luck. */
const ENOUGH_FILLS = 8
const NAMES_KEPT = 2000
const HITS_KEPT = 20

export function divergenceHits(e: ReadEvidence): ReadHit[] {
  const words = wordsOf(e)
  const hits: ReadHit[] = []
  for (const division of divisions(e, words)) {
    const hit = hits.length < HITS_KEPT ? hitOf(e, words, division) : undefined
    if (hit) hits.push(hit)
  }
  return hits
}

type Words = ReadonlyMap<string, ReadonlyMap<string, Word>>

/** name → server → what it said. */
function wordsOf({ asks, forwarders }: ReadEvidence): Words {
  const words = new Map<string, Map<string, Word>>()
  for (const ask of asks) {
    if (forwarders.has(ask.server) || ask.result === undefined || (ask.type !== 'A' && ask.type !== 'AAAA')) continue
    const name = nameKey(ask.name)
    const ofName = words.get(name) ?? new Map<string, Word>()
    if (words.size >= NAMES_KEPT && !words.has(name)) continue
    words.set(name, ofName)
    const word = ofName.get(ask.server) ?? { answers: [], denials: [], others: [] }
    ofName.set(ask.server, word)
    ;(ask.result === 'answer' ? word.answers : ask.result === 'nxdomain' ? word.denials : word.others).push(ask)
  }
  return words
}

const knows = (word: Word | undefined): boolean => word !== undefined && word.answers.length > 0 && word.denials.length === 0
const denies = (word: Word | undefined): boolean => word !== undefined && word.denials.length > 0 && word.answers.length === 0

/** By asker, as only he who uses both servers has the trouble; what somebody asked by hand is held against itself. */
function divisions(e: ReadEvidence, words: Words): Division[] {
  const found = new Map<string, Division>()
  for (const [name, ofName] of words) {
    if (![...ofName.values()].some(knows) || ![...ofName.values()].some(denies)) continue
    const all = [...ofName.values()].flatMap(word => [...word.answers, ...word.denials, ...word.others])
    const askers = Map.groupBy(all, ask => (ask.byHand || (ask.asDig && !e.forwarders.has(ask.client)) ? '' : ask.client))
    // By hand alone: nobody was seen to use them.
    if (askers.size > 1) askers.delete('')
    for (const [asker, own] of askers) {
      const servers = [...new Set((asker === '' ? all : own).map(ask => ask.server))].sort(byAddress)
      const good = servers.filter(server => knows(ofName.get(server)))
      const bad = servers.filter(server => denies(ofName.get(server)))
      if (good.length === 0 || bad.length === 0) continue
      const zone = zoneShown(name, [...good, ...bad].flatMap(server => everyAsk(ofName.get(server) as Word)))
      const key = `${zone}|${good.join(',')}|${bad.join(',')}`
      const division = found.get(key) ?? { zone, names: new Set(), askers: new Set(), good, bad, toBad: 0, toGood: 0, isServing: false }
      found.set(key, division)
      division.names.add(name)
      if (asker !== '') division.askers.add(asker)
      division.isServing ||= e.forwarders.has(asker)
      for (const ask of own.filter(e.isForwarded)) {
        if (bad.includes(ask.server)) division.toBad++
        else if (good.includes(ask.server)) division.toGood++
      }
    }
  }
  return inOneZone([...found.values()]).sort((a, b) => b.toBad - a.toBad || b.names.size - a.names.size || (a.zone < b.zone ? -1 : 1))
}

/** One zone, one finding: names of which not every server was asked join those of which more were, unless a server knows here and denies there. */
function inOneZone(all: readonly Division[]): Division[] {
  const merged: Division[] = []
  for (const division of [...all].sort((a, b) => b.good.length + b.bad.length - a.good.length - a.bad.length)) {
    const same = merged.findIndex(other => other.zone === division.zone && !other.bad.some(s => division.good.includes(s)) && !other.good.some(s => division.bad.includes(s)))
    const other = merged[same]
    if (!other) merged.push(division)
    else merged[same] = {
      zone: other.zone, names: new Set([...other.names, ...division.names]), askers: new Set([...other.askers, ...division.askers]),
      good: union(other.good, division.good), bad: union(other.bad, division.bad), toBad: other.toBad + division.toBad, toGood: other.toGood + division.toGood,
      isServing: other.isServing || division.isServing,
    }
  }
  return merged
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort(byAddress)

const everyAsk = (word: Word): Ask[] => [...word.others, ...word.answers, ...word.denials]

function hitOf(e: ReadEvidence, words: Words, division: Division): ReadHit | undefined {
  const { zone, names, good, bad } = division
  const isUnused = division.isServing && division.toBad === 0
  if (isUnused && division.toGood >= ENOUGH_FILLS) return undefined
  const effect = effectOf(e, division)
  const twins = twinsOf(words, division)
  const shown = withoutDot(zone)
  const certainty = isUnused ? 'possible' : twins ? (effect || twins.serials.length > 1 ? 'confirmed' : 'likely') : effect ? 'confirmed' : 'likely'
  const proofs = proofsOf(words, division)
  return {
    id: twins ? 'unequal-twins' : 'mixed-upstreams', level: certainty === 'possible' ? 'warning' : 'error', certainty,
    message: twins
      ? { en: `servers of one zone are out of step about \`${shown}\`: ${list(good, 'en')} know what ${list(bad, 'en')} deny`, zh: `同一区域的服务器对 \`${shown}\` 的数据不同步：${list(good, 'zh')} 认识，${list(bad, 'zh')} 否认` }
      : division.askers.size === 0
      ? { en: `servers disagree about \`${shown}\`: ${list(good, 'en')} know it, ${list(bad, 'en')} deny it`, zh: `服务器对 \`${shown}\` 的答案不一致：${list(good, 'zh')} 认识，${list(bad, 'zh')} 否认` }
      : { en: `upstreams that disagree about \`${shown}\` are used as if they were equal: ${list(good, 'en')} know it, ${list(bad, 'en')} deny it`, zh: `对 \`${shown}\` 答案不一致的上游被当作等价的上游使用：${list(good, 'zh')} 认识，${list(bad, 'zh')} 否认` },
    fingerprint: `${twins ? 'unequal-twins' : 'mixed-upstreams'}:${zone}:${good.join(',')}|${bad.join(',')}`,
    sources: proofs.sources, evidence: proofs.evidence,
    notes: [
      { kind: 'why', said: whyOf(division, twins) },
      { kind: 'seen', said: { en: proofs.counts.map(c => c.en).join('; '), zh: proofs.counts.map(c => c.zh).join('；') } },
      ...(effect ? [{ kind: 'confirmed' as const, said: effect }] : []),
      ...(isUnused ? [{ kind: 'note' as const, said: { en: `no question that a client waited for was seen to go to ${list(bad, 'en')}: they were asked by hand only`, zh: `没有看到客户端等待的查询被发往 ${list(bad, 'zh')}：它们只被手工询问过` } }] : []),
      ...(names.size > 1 ? [{ kind: 'note' as const, said: namesNote(names) }] : []),
    ],
    suggestion: suggestionOf(division, twins !== undefined),
  }
}

const times = (n: number): string => (n === 1 ? 'once' : `${n} times`)
const list = (servers: readonly string[], lang: 'en' | 'zh'): string => servers.slice(0, 4).join(lang === 'zh' ? '、' : ', ') + (servers.length > 4 ? ', …' : '')

function namesNote(names: ReadonlySet<string>): Said {
  const sorted = [...names].map(withoutDot).sort()
  const more = sorted.length > 5 ? ', …' : ''
  return { en: `${names.size} names: ${sorted.slice(0, 5).join(', ')}${more}`, zh: `共 ${names.size} 个域名：${sorted.slice(0, 5).join('、')}${more}` }
}

function whyOf({ good, bad }: Division, twins: Twins | undefined): Said {
  const all = good.length + bad.length
  if (twins) return {
    en: `${twins.soa === '' ? 'servers of one kind' : `both show zone and primary ${twins.soa}`}${twins.serials.length > 1 ? `, with serials ${twins.serials.join(' and ')}` : ''}: copies of one zone, and the answer depends on which is asked`,
    zh: `${twins.soa === '' ? '同一类的服务器' : `两边给出的区域和主服务器都是 ${twins.soa}`}${twins.serials.length > 1 ? `，序列号为 ${twins.serials.join(' 和 ')}` : ''}：是同一区域的副本，答案取决于问到哪一个`,
  }
  return {
    en: `NXDOMAIN is an answer, not a failure: a forwarder tries another server after a timeout, never after an NXDOMAIN. ${bad.length} of ${all} servers do not know the name, and a cache keeps whichever answer came first.`,
    zh: `NXDOMAIN 是“答案”而不是“故障”：转发器只在超时后才换下一个服务器，收到 NXDOMAIN 不会再试。${all} 个服务器中有 ${bad.length} 个不认识该域名，而缓存会保留先到的那个答案。`,
  }
}

function suggestionOf({ zone, good }: Division, isTwins: boolean): NonNullable<ReadHit['suggestion']> {
  if (isTwins) return { title: { en: 'mend the zone transfer, or take the stale server out', zh: '修复区域传送，或移除数据陈旧的服务器' }, steps: [] }
  const block = `${withoutDot(zone)}:53 { errors; cache 30; forward . ${good.join(' ')} }`
  return {
    title: { en: `give \`${withoutDot(zone)}\` the servers that know it`, zh: `让 \`${withoutDot(zone)}\` 使用认识它的服务器` },
    steps: [{ en: `in a Corefile: ${block}`, zh: `在 Corefile 中：${block}` }],
  }
}

/** One packet or line for each server: who said what. */
function proofsOf(words: Words, { names, good, bad }: Division): { sources: Labelled[]; evidence: string[]; counts: Said[] } {
  const sources: Labelled[] = []
  const evidence: string[] = []
  const counts: Said[] = []
  const often = (name: string): number => [...words.get(name)?.values() ?? []].reduce((sum, word) => sum + word.answers.length + word.denials.length, 0)
  const ordered = [...names].sort((a, b) => often(b) - often(a) || (a < b ? -1 : 1))
  for (const [servers, isBad] of [[bad, true], [good, false]] as const) {
    for (const server of servers) {
      const said = ordered.flatMap(name => words.get(name)?.get(server) ?? [])
      const own = said.flatMap(word => (isBad ? word.denials : word.answers))
      const first = own[0] as Ask
      const soa = soaOf(first.reply)
      const n = own.length
      sources.push({ source: first.source, primary: isBad, label: isBad
        ? { en: `${server}: NXDOMAIN${soa ? `, SOA ${soaName(soa)}` : ', no SOA'}`, zh: `${server}：NXDOMAIN${soa ? `，SOA ${soaName(soa)}` : '，没有 SOA'}` }
        : { en: `${server}: knows the name`, zh: `${server}：认识该域名` } })
      evidence.push(first.id)
      counts.push(isBad ? { en: `${server} NXDOMAIN ${times(n)}`, zh: `${server} NXDOMAIN ${n} 次` } : { en: `${server} answers ${times(n)}`, zh: `${server} 答出 ${n} 次` })
    }
  }
  return { sources, evidence, counts }
}

interface Twins {
  readonly soa: string
  readonly serials: readonly string[]
}

type Shown = readonly { readonly zone: string; readonly name: string; readonly serial: string }[]

/** As `whydns why` has it (findings/twins.ts): a denial with the zone's own SOA is that of a copy which lacks the record; the root's or a parent's is the word of
 * a server without the zone. Masters that replicate among themselves each name themselves as primary: then both must be of one kind. */
function twinsOf(words: Words, { names, good, bad }: Division): Twins | undefined {
  const shownBy = (server: string): Shown => [...names].flatMap(name => words.get(name)?.get(server) ?? []).flatMap(everyAsk).flatMap(ask => soaOf(ask.reply) ?? [])
    .map(soa => ({ zone: nameKey(soa.name), name: soaName(soa), serial: soa.data.split(' ')[2] ?? '' }))
  const known = good.flatMap(shownBy)
  const zones = new Set(known.map(soa => soa.zone))
  const isOneKind = new Set([...good, ...bad].map(isPrivateAddress)).size === 1
  const isTwin = bad.every(server => {
    const own = shownBy(server)
    if (own.some(soa => known.some(other => other.name === soa.name))) return true
    return isOneKind && (own.length === 0 || own.some(soa => zones.has(soa.zone)) || (zones.size === 0 && own.every(soa => labelsOf(soa.zone).length >= 2)))
  })
  if (!isTwin) return undefined
  const denied = bad.flatMap(shownBy)
  const common = denied.filter(soa => known.some(other => other.name === soa.name))
  const serials = common.length > 0 ? [...known, ...denied].filter(soa => soa.name === common[0]?.name).map(soa => soa.serial) : []
  return { soa: common[0]?.name ?? '', serials: [...new Set(serials)].sort() }
}

/** Somebody who asks through a forwarder, or an application, was told both. */
function effectOf(e: ReadEvidence, { names }: Division): Said | undefined {
  const told = new Map<string, { answers: number; denials: number }>()
  const count = (who: string, isAnswer: boolean): void => {
    const counted = told.get(who) ?? { answers: 0, denials: 0 }
    if (isAnswer) counted.answers++
    else counted.denials++
    told.set(who, counted)
  }
  const isIt = (name: string): boolean => names.has(nameKey(name))
  const captured = new Set(e.asks.filter(ask => !ask.byHand).map(ask => ask.server))
  const onlyOne = (server: string): boolean => e.forwarders.has(server) || !captured.has(server)
  for (const ask of e.asks) if (ask.type === 'A' && isIt(ask.name) && onlyOne(ask.server) && (ask.result === 'answer' || ask.result === 'nxdomain')) count(ask.server, ask.result === 'answer')
  for (const line of e.lines) if (line.type === 'A' && isIt(line.name) && (line.rcode === 'NOERROR' || line.rcode === 'NXDOMAIN')) count(line.place ?? line.source.file, line.rcode === 'NOERROR')
  for (const seen of e.application) if (isIt(seen.name) && (seen.ok || seen.result === 'nxdomain')) count(seen.place ?? seen.source.file, seen.ok)
  const both = [...told].filter(([, { answers, denials }]) => answers > 0 && denials > 0).sort(([a], [b]) => byAddress(a, b))
  if (both.length === 0) return undefined
  const [who, { answers, denials }] = both[0] as (typeof both)[number]
  return {
    en: `${who} gives both: ${answers} answers and ${denials} NXDOMAIN to questions of type A`,
    zh: `${who} 两种结果都给过：类型 A 的查询有 ${answers} 次答案、${denials} 次 NXDOMAIN`,
  }
}

/** Names whose servers are known to disagree: their changes elsewhere are explained. */
export function dividedNames(e: ReadEvidence): ReadonlySet<string> {
  return new Set([...wordsOf(e)].filter(([, ofName]) => [...ofName.values()].some(knows) && [...ofName.values()].some(denies)).map(([name]) => name))
}
