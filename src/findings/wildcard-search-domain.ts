// wildcard-search-domain: a search suffix under which everything exists answers in place of the name. findings.md F10.
import { absolute, isSubdomain, nameKey } from '../dns/name.ts'
import type { Sourced } from '../chain/source.ts'
import type { DirectAnswer, ServedQuery } from '../evidence/observation.ts'
import { resultBySize } from '../evidence/served-size.ts'
import type { Case } from './case.ts'
import type { Certainty } from './diagnosis.ts'
import type { Finding, Hit, ProposedFix } from './finding.ts'
import { keysOf } from './forward-targets.ts'
import { isOwn, questionsOf } from './lines-met.ts'
import { suffixRemoval } from './suffix-removal.ts'

export const wildcardSearchDomain: Finding = {
  id: 'wildcard-search-domain',
  needs: ['question'],
  page: {
    title: { en: 'a wildcard under a search domain answers in place of the real name', zh: '搜索域下的通配记录抢在真正的域名之前应答' },
    shows: { en: '`github.com` resolves to the company’s load balancer, TLS does not trust the issuer; Service names with their full suffix lead to a bastion. With a wildcard for AAAA only, just IPv6 is wrong.', zh: '`github.com` 解析到公司的负载均衡，TLS 报证书颁发者不受信任；完整的 Service 域名指向堡垒机。若只有 AAAA 通配记录，则只有 IPv6 出错。' },
    proved: { en: 'A random label under the suffix is answered with an address; the name with the suffix has another address than the name itself.', zh: '该后缀下的随机标签也能得到地址；带后缀的名称与名称本身的地址不同。' },
    refuted: { en: 'A random label says NXDOMAIN: then it is a record of its own, and meant. Or names under every domain are answered: then the upstream rewrites NXDOMAIN.', zh: '随机标签返回 NXDOMAIN：那就是专门的记录，本意如此。或任何域名下都有应答：那是上游改写了 NXDOMAIN。' },
    wrong: 'search default.svc.cluster.local svc.cluster.local cluster.local corp.example\n# *.corp.example. A 10.9.0.9: github.com is looked up as github.com.corp.example first',
    right: 'search default.svc.cluster.local svc.cluster.local cluster.local',
    seeAlso: ['ndots-amplification', 'musl-stops-searching'],
  },
  find: hits,
}

interface Told {
  readonly addresses: ReadonlySet<string>
  readonly seen: readonly DirectAnswer[]
}

function hits(c: Case): Hit[] {
  const bare = nameKey(absolute(c.question.name))
  const before = questionsOf(c)
  const early = new Set(before.slice(0, before.indexOf(bare)))
  const words = c.question.stub.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  const suffixes = words.filter(w => early.has(nameKey(absolute(`${c.question.name}.${w.value}`))))
  return suffixes.flatMap(suffix => hitOf(c, bare, suffix)).slice(0, 1)
}

function hitOf(c: Case, bare: string, suffix: Sourced<string>): Hit[] {
  const candidate = nameKey(absolute(`${c.question.name}.${suffix.value}`))
  if (c.servers.length > 0 && c.servers.every(server => isOwn(server, candidate))) return []
  const taken = toldOf(c, name => name === candidate)
  const real = toldOf(c, name => name === bare)
  const others = othersUnder(c, nameKey(absolute(suffix.value)), [candidate, bare])
  const inPlace = taken.addresses.size > 0 ? taken : others.told
  const wildcard = others.nonsense || others.alike >= 2
  // A name with the suffix that has a record of its own is what the search list is for, unless the name itself means somebody else.
  const elsewhere = real.addresses.size > 0 && ![...real.addresses].some(a => inPlace.addresses.has(a))
  if (taken.addresses.size === 0 && (!wildcard || !elsewhere || denied(c, candidate))) return []
  if (taken.addresses.size > 0 && (real.addresses.size > 0 ? !elsewhere : !wildcard || others.alike === 0 || ![...taken.addresses].every(a => others.told.addresses.has(a)))) return []
  if (taken.addresses.size > 0 && !c.explanation.endings.some(e => e.addresses.some(a => taken.addresses.has(a)))) return []
  const logged = servedWithData(c, candidate)
  const connected = c.observations.filter(o => o.kind === 'application' && o.place === c.question.stub.place && o.addresses.some(a => inPlace.addresses.has(a)) && [bare, candidate].includes(nameKey(absolute(o.name))))
  const ways = [taken.seen.length > 0, logged.length > 0, connected.length > 0, wildcard].filter(Boolean).length
  const certainty: Certainty = ways >= 2 ? 'confirmed' : 'likely'
  const addresses = [...inPlace.addresses].join(', ')
  const short = candidate.replace(/\.$/, '')
  return [{
    level: elsewhere ? 'error' : 'warning', certainty,
    message: elsewhere
      ? { en: `\`${c.question.name}\` gets ${addresses}, the address of \`${short}\`; its own is ${[...real.addresses].join(', ')}`, zh: `\`${c.question.name}\` 得到的是 \`${short}\` 的地址 ${addresses}，而它自己的地址是 ${[...real.addresses].join(', ')}` }
      : { en: `\`${c.question.name}\` gets ${addresses}: everything under \`${suffix.value}\` has that address`, zh: `\`${c.question.name}\` 得到 ${addresses}：\`${suffix.value}\` 下的任何名称都是这个地址` },
    fingerprint: `wildcard-search-domain:${c.question.stub.place}:${suffix.value}`,
    sources: [
      { source: suffix.source, primary: true, label: { en: `is tried before the name itself, and answers ${addresses}`, zh: `先于名称本身被尝试，并应答 ${addresses}` } },
      ...(suffix.source.behind ?? []).map(source => ({ source, label: { en: 'it comes from here', zh: '它来自这里' } })),
    ],
    evidence: [...new Set([...taken.seen.slice(0, 2), ...real.seen.slice(0, 1), ...others.told.seen.slice(0, 2), ...logged.slice(0, 2), ...connected.slice(0, 1)].map(o => `${o.source.file}:${o.source.line}`))],
    notes: [
      { kind: 'why', said: { en: 'the first candidate of the search that is answered is taken; nothing tells the application that a suffix was added', zh: '搜索中第一个得到应答的候选即被采用；应用程序无从知道后面加了后缀' } },
      ...(wildcard ? [{ kind: 'confirmed' as const, said: { en: `${others.names.slice(0, 3).join(', ')} ${others.names.length > 1 ? 'are' : 'is'} answered as well: a wildcard`, zh: `${others.names.slice(0, 3).join('、')} 也有应答：是通配记录` } }] : [{
        kind: 'note' as const, said: { en: `ask for a random label under \`${suffix.value}\`: an address proves the wildcard, NXDOMAIN a record of its own`, zh: `查询 \`${suffix.value}\` 下的随机标签：得到地址即证明是通配记录，NXDOMAIN 则说明是专门的记录` },
      }]),
    ],
    fixes: [suffixOut(c, suffix)],
  }]
}

/** Addresses that somebody was told for these names. */
function toldOf(c: Case, holds: (name: string) => boolean): Told {
  const seen = c.observations.filter((o): o is DirectAnswer => o.kind === 'direct' && o.reply !== undefined && holds(nameKey(o.query.name)) && addressesOf(o).length > 0)
  return { seen, addresses: new Set(seen.flatMap(addressesOf)) }
}

const addressesOf = (o: DirectAnswer): string[] => (o.reply?.answer ?? []).filter(r => r.type === 'A' || r.type === 'AAAA').map(r => r.data)

interface Others {
  readonly told: Told
  readonly names: readonly string[]
  /** Names that share the addresses of the most usual ones. */
  readonly alike: number
  /** One of them nobody would create: a cluster name with the suffix behind it. */
  readonly nonsense: boolean
}

/** What other names under the suffix get. */
function othersUnder(c: Case, suffix: string, except: readonly string[]): Others {
  const told = toldOf(c, name => isSubdomain(suffix, name) && name !== suffix && !except.includes(name))
  const byAddress = new Map<string, Set<string>>()
  for (const o of told.seen) for (const a of addressesOf(o)) byAddress.set(a, (byAddress.get(a) ?? new Set<string>()).add(nameKey(o.query.name)))
  const [most] = [...byAddress].sort((a, b) => b[1].size - a[1].size)
  const names = [...most?.[1] ?? []]
  const clusterZones = new Set(c.servers.flatMap(s => s.corefile.blocks).flatMap(b => [...b.directives.filter(d => d.name === 'kubernetes').flatMap(d => d.args.map(a => a.value)), ...keysOf(b).map(k => k.zone)])
    .filter(zone => zone !== '.' && !zone.includes('/') && !isSubdomain(suffix, zone)))
  const nonsense = names.some(name => [...clusterZones].some(zone => isSubdomain(`${zone.replace(/\.$/, '')}.${suffix}`, name)))
  const seen = told.seen.filter(o => names.includes(nameKey(o.query.name)))
  return { told: { seen, addresses: new Set(seen.flatMap(addressesOf)) }, names, alike: names.length, nonsense }
}

const denied = (c: Case, name: string): boolean => c.observations.some(o => (o.kind === 'direct' && nameKey(o.query.name) === name && o.reply?.rcode === 'NXDOMAIN') || (o.kind === 'served' && nameKey(o.name) === name && o.rcode === 'NXDOMAIN'))

/** Query lines whose size is that of equal address records. */
const servedWithData = (c: Case, name: string): ServedQuery[] => c.observations.filter((o): o is ServedQuery =>
  o.kind === 'served' && o.rcode === 'NOERROR' && nameKey(o.name) === name && (o.type === 'A' || o.type === 'AAAA') && resultBySize(o) === 'answer')

function suffixOut(c: Case, suffix: Sourced<string>): ProposedFix {
  const edits = suffixRemoval(c, suffix)
  const { value } = suffix
  return {
    title: { en: `take \`${value}\` out of the search list (node file or dnsConfig), or write the name with a trailing dot`, zh: `从搜索列表中去掉 \`${value}\`（节点文件或 dnsConfig），或把名称写成以点结尾` },
    applicability: edits.length > 0 ? 'likely' : 'byHand',
    edits,
    steps: [
      { en: 'then make the pod anew: it keeps the resolv.conf it was created with', zh: '然后重建 Pod：它会一直使用创建时得到的 resolv.conf' },
      { en: `or remove \`*.${value}\` from the zone; or dnsConfig options ndots:1 for this workload (short names \`svc.ns\` then need their full form)`, zh: `或从区域中删除 \`*.${value}\`；或为该工作负载设置 dnsConfig options ndots:1（此后 \`svc.ns\` 这类短名称须写全）` },
    ],
    caution: { en: `short names under \`${value}\` must then be written out`, zh: `此后 \`${value}\` 下的短名称必须写全` },
  }
}
