// unequal-twins: servers of one kind that should say the same and do not: a copy of the zone is out of step. findings.md F60.
import { absolute, nameKey } from '../dns/name.ts'
import type { DirectAnswer } from '../evidence/observation.ts'
import { bothSeen } from './both-seen.ts'
import type { Case } from './case.ts'
import type { Certainty, Said } from './diagnosis.ts'
import type { Finding, Hit, LabelledSource, ProposedFix } from './finding.ts'
import { forwardLinesFor, targetsOf, type ForwardLine } from './forward-targets.ts'
import { isOwn } from './lines-met.ts'
import { linesToEdit } from './lines-to-edit.ts'
import { serversOut } from './servers-out.ts'
import { areTwins } from './twins.ts'
import { asksOthersAfterDenial, isPrivateAddress, upstreamChoices, viewsOf, type UpstreamOption } from './upstream-choice.ts'
import { zoneOf } from './zone-of.ts'

export const unequalTwins: Finding = {
  id: 'unequal-twins',
  needs: ['question', 'corefile'],
  page: {
    title: { en: 'two servers of one zone, one of them out of step', zh: '同一区域的两个服务器，其中一个没有同步' },
    shows: { en: 'As with mixed upstreams an internal name resolves only sometimes (or to an old address), but all servers are internal, often domain controllers.', zh: '与混用上游相似：内部域名时好时坏（或得到旧地址），但所有上游都是内部服务器，常见于域控制器。' },
    proved: { en: 'Each server asked 20 times always says the same, and they differ from each other; the serial of the SOA is lower at the one that is behind.', zh: '对每个服务器各询问 20 次：每个服务器自身始终一致，但彼此不同；落后的那个 SOA 序列号较小。' },
    refuted: { en: 'The denial comes with the SOA of the root or of a parent: that server does not have the zone at all (mixed upstreams). Or all agree now: a record was just changed.', zh: '“不存在”的应答带的是根或上级区域的 SOA：该服务器根本没有这个区域（属于混用上游）。或者现在都一致：记录刚刚变更过。' },
    wrong: 'forward . 10.0.0.2 10.0.0.3\n# dig @10.0.0.2 corp.example SOA +short   ns1.corp.example. … 2024090301 …\n# dig @10.0.0.3 corp.example SOA +short   ns1.corp.example. … 2024081900 …',
    right: 'forward . 10.0.0.2 10.0.0.3\n# both: ns1.corp.example. … 2024090301 …',
    seeAlso: ['mixed-upstreams', 'negative-cache'],
  },
  find: c => {
    const choices = upstreamChoices(c)
    const split = choices.flatMap(choice => (choice.knows.length > 0 && choice.denies.length > 0 && areTwins(c, choice.knows, choice.denies) ? splitHit(c, choice, choice.knows, choice.denies) : []))
    const judged = new Set(choices.filter(choice => choice.denies.length > 0).map(choice => choice.forward))
    const bare = nameKey(absolute(c.question.name))
    const others = c.servers.filter(server => !isOwn(server, bare)).flatMap(server => forwardLinesFor(server, bare).slice(0, 1)).filter(line => !judged.has(line.forward))
    return [...split, ...others.flatMap(line => answersHit(c, line))]
  },
}

/** Some answer, some deny. */
function splitHit(c: Case, line: ForwardLine, knows: readonly UpstreamOption[], denies: readonly UpstreamOption[]): Hit[] {
  const good = knows.filter(o => viewsOf(c, o.address).length > 0)
  const bad = denies.filter(o => viewsOf(c, o.address).length > 0)
  // Who was not asked was not seen to differ.
  if (good.length === 0 || bad.length === 0) return []
  if (asksOthersAfterDenial(line.forward) && c.explanation.verdict === 'works') return []
  const zone = zoneOf(c.model, absolute(c.question.name), [...good, ...bad].map(o => o.address)).zone
  const serials = serialsOf(c, zone, [...good, ...bad])
  const seen = bothSeen(c, line.server.pod)
  return [{
    level: c.explanation.verdict === 'works' ? 'warning' : 'error',
    certainty: seen || differ(serials) ? 'confirmed' : 'likely',
    message: {
      en: `copies of \`${zone.replace(/\.$/, '')}\` are out of step: ${list(bad)} ${bad.length > 1 ? 'lack' : 'lacks'} the name that ${list(good)} ${good.length > 1 ? 'have' : 'has'}`,
      zh: `\`${zone.replace(/\.$/, '')}\` 的各副本不一致：${list(good)} 有该域名，而 ${list(bad)} 没有`,
    },
    fingerprint: `unequal-twins:${zone}:${addresses(good)}|${addresses(bad)}`,
    sources: sourcesOf(line, [
      ...bad.map(o => ({ option: o, primary: true, label: { en: `${o.address}: does not have the record`, zh: `${o.address}：没有该记录` } })),
      ...good.map(o => ({ option: o, primary: false, label: { en: `${o.address}: has the record`, zh: `${o.address}：有该记录` } })),
    ]),
    evidence: evidenceOf(c, [...good, ...bad], zone),
    notes: notesOf(c, [...good, ...bad], serials),
    fixes: [...serversOut(c, line, bad), syncAgain(zone, bad, good)],
  }]
}

/** All answer, with other addresses. Public servers do that by design, and a name server that hands out a few of many addresses as well. */
function answersHit(c: Case, line: ForwardLine): Hit[] {
  const options = distinct(targetsOf(line.server, line.forward).filter(t => t.port === 53).map(t => ({ address: t.address, source: t.source })))
  for (const type of ['A', 'AAAA']) {
    const sets = options.flatMap(option => {
      const replies = viewsOf(c, option.address).filter(v => v.type === type).flatMap(v => v.replies)
      const said = replies[0]?.reply.answer.filter(r => r.type === type).map(r => r.data).sort() ?? []
      return replies.length === 1 && said.length > 0 ? [{ option, said, count: replies[0]?.count ?? 0 }] : []
    })
    const groups = new Map<string, typeof sets>()
    for (const set of sets) groups.set(set.said.join(' '), [...groups.get(set.said.join(' ')) ?? [], set])
    if (groups.size < 2 || sets.some(s => !isPrivateAddress(s.option.address))) continue
    const zone = zoneOf(c.model, absolute(c.question.name), sets.map(s => s.option.address)).zone
    const serials = serialsOf(c, zone, sets.map(s => s.option))
    const overlap = sets.some(a => sets.some(b => a.said.join() !== b.said.join() && a.said.some(word => b.said.includes(word))))
    const steady = sets.every(s => s.count >= 2)
    if (overlap && !differ(serials)) continue
    const certainty: Certainty = differ(serials) ? (steady ? 'confirmed' : 'likely') : steady ? 'likely' : 'possible'
    const all = sets.map(s => s.option)
    const old = behind(serials, all)
    const words = [...groups].map(([said, of]) => ({ en: `${list(of.map(s => s.option))}: ${said}`, zh: `${list(of.map(s => s.option))}：${said}` }))
    return [{
      level: certainty === 'possible' ? 'info' : 'warning', certainty,
      message: { en: `servers that should be alike give \`${c.question.name}\` other addresses (${words.map(w => w.en).join('; ')})`, zh: `本应一致的上游对 \`${c.question.name}\` 给出不同地址（${words.map(w => w.zh).join('；')}）` },
      fingerprint: `unequal-twins:${zone}:${addresses(all)}`,
      sources: sourcesOf(line, sets.map(s => ({ option: s.option, primary: old.includes(s.option), label: { en: `${s.option.address}: says ${s.said.join(' ')}`, zh: `${s.option.address}：回答 ${s.said.join(' ')}` } }))),
      evidence: evidenceOf(c, all, zone),
      notes: notesOf(c, all, serials),
      fixes: [...(old.length > 0 ? serversOut(c, line, old) : []), syncAgain(zone, old, all.filter(o => !old.includes(o)))],
    }]
  }
  return []
}

const list = (options: readonly UpstreamOption[]): string => options.map(o => o.address).join(', ')
const addresses = (options: readonly UpstreamOption[]): string => options.map(o => o.address).sort().join(',')
const distinct = (options: readonly UpstreamOption[]): UpstreamOption[] => [...new Map(options.map(o => [o.address, o])).values()]

type Serials = ReadonlyMap<string, { readonly primary: string; readonly serial: number; readonly at: DirectAnswer }>

/** The serial that each server shows of the zone, where it shows only one. */
function serialsOf(c: Case, zone: string, options: readonly UpstreamOption[]): Serials {
  const found = new Map<string, { primary: string; serial: number; at: DirectAnswer } | undefined>()
  for (const o of c.observations) {
    if (o.kind !== 'direct' || !options.some(option => option.address === o.server)) continue
    const soa = [...o.reply?.answer ?? [], ...o.reply?.authority ?? []].find(r => r.type === 'SOA' && nameKey(r.name) === nameKey(zone))
    const [primary = '', , serial] = soa?.data.trim().split(/\s+/) ?? []
    if (!soa || !/^\d{1,10}$/.test(serial ?? '')) continue
    const before = found.get(o.server)
    const now = { primary: nameKey(primary), serial: Number(serial), at: before?.at ?? o }
    found.set(o.server, !found.has(o.server) || (before?.serial === now.serial && before.primary === now.primary) ? now : undefined)
  }
  return new Map([...found].flatMap(([address, value]) => (value ? [[address, value] as const] : [])))
}

/** Serials compare between copies of one primary; masters that replicate among themselves each count alone. */
const onePrimary = (serials: Serials): boolean => new Set([...serials.values()].map(s => s.primary)).size === 1
const differ = (serials: Serials): boolean => onePrimary(serials) && new Set([...serials.values()].map(s => s.serial)).size > 1

/** RFC 1982: a is older than b. */
const older = (a: number, b: number): boolean => a !== b && ((b - a) >>> 0) < 0x8000_0000

function behind(serials: Serials, options: readonly UpstreamOption[]): UpstreamOption[] {
  if (!differ(serials)) return []
  const all = [...serials.values()].map(s => s.serial)
  return options.filter(o => {
    const own = serials.get(o.address)?.serial
    return own !== undefined && all.some(serial => older(own, serial))
  })
}

function notesOf(c: Case, options: readonly UpstreamOption[], serials: Serials): Hit['notes'] {
  const counts = options.map(o => `${o.address}: ${viewsOf(c, o.address).flatMap(v => v.replies).reduce((sum, r) => sum + r.count, 0)}`).join(', ')
  const shown = [...serials].map(([address, { serial }]) => `${address}: ${serial}`).join(', ')
  return [
    { kind: 'why', said: { en: 'forward takes the servers of a line for copies of each other: whichever is asked has the last word, and the cache keeps it', zh: 'forward 把同一行的上游视为彼此的副本：问到哪一个就以哪一个为准，缓存还会保留它的答案' } },
    { kind: 'seen', said: { en: `asked directly, no server contradicted itself (replies of ${counts})`, zh: `直接询问时，没有服务器自相矛盾（应答数 ${counts}）` } },
    ...(differ(serials) ? [{ kind: 'confirmed' as const, said: { en: `serials of the SOA: ${shown}: one copy is behind`, zh: `SOA 序列号：${shown}：有副本落后` } }] : []),
  ]
}

function sourcesOf(line: ForwardLine, servers: readonly { readonly option: UpstreamOption; readonly primary: boolean; readonly label: Said }[]): LabelledSource[] {
  const cache = line.block.directives.find(d => d.name === 'cache')
  return [
    { source: line.forward.source, primary: true, label: { en: 'takes these servers for copies of each other', zh: '把这些上游视为彼此的副本' } },
    ...(cache ? [{ source: cache.source, label: { en: 'keeps whichever answer came first', zh: '保留先到的答案' } }] : []),
    ...servers.flatMap(({ option, primary, label }) => linesToEdit(option.source).map(source => ({ source, primary, label }))),
  ]
}

function evidenceOf(c: Case, options: readonly UpstreamOption[], zone: string): string[] {
  const name = nameKey(absolute(c.question.name))
  const ids = options.flatMap(o => c.observations.filter(d => d.kind === 'direct' && d.server === o.address && d.reply !== undefined && nameKey(d.query.name) === name).slice(0, 2))
  const serials = [...serialsOf(c, zone, options).values()].map(s => s.at)
  return [...new Set([...ids, ...serials].map(o => `${o.source.file}:${o.source.line}`))]
}

function syncAgain(zone: string, old: readonly UpstreamOption[], good: readonly UpstreamOption[]): ProposedFix {
  const name = zone.replace(/\.$/, '')
  const whom = old.length > 0 ? list(old) : list(good)
  return {
    title: { en: `bring the copies of \`${name}\` in step again (${whom})`, zh: `让 \`${name}\` 的各副本重新同步（${whom}）` },
    applicability: 'byHand', edits: [],
    steps: [
      { en: `compare: dig @SERVER ${name} SOA +norecurse at each server; then have the zone transferred anew (rndc retransfer ${name}; Active Directory: repadmin /syncall, scavenging)`, zh: `比较：对每个服务器执行 dig @SERVER ${name} SOA +norecurse；然后重新传送该区域（rndc retransfer ${name}；Active Directory：repadmin /syncall，并检查清理设置）` },
    ],
    caution: { en: '`policy sequential` only hides it until the first server is gone', zh: '`policy sequential` 只是把问题掩盖到第一个服务器失效为止' },
  }
}
