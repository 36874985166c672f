// mixed-upstreams: one forward line, servers that do not know the same names. findings.md F01.
import type { Source } from '../chain/source.ts'
import { absolute, nameKey } from '../dns/name.ts'
import { bothSeen } from './both-seen.ts'
import type { Case } from './case.ts'
import type { Certainty } from './diagnosis.ts'
import type { Finding, Hit, LabelledSource } from './finding.ts'
import { linesToEdit } from './lines-to-edit.ts'
import { areTwins } from './twins.ts'
import { nodesToMend, ownServersForZone, serversOffTheNode, serversOutOfTheLine } from './upstream-cures.ts'
import { asksOthersAfterDenial, fixedOrder, isPrivateAddress, upstreamChoices, viewsOf, type UpstreamChoice, type UpstreamOption } from './upstream-choice.ts'
import { packetProofs, proofText, type PacketProof } from './upstream-packets.ts'
import { zoneOf } from './zone-of.ts'

export const mixedUpstreams: Finding = {
  id: 'mixed-upstreams',
  needs: ['question', 'corefile'],
  page: {
    title: {
      en: 'upstreams that do not know the same names are used as if they were equal',
      zh: '把并不认识同一批域名的上游服务器当作等价的上游使用',
    },
    shows: {
      en: 'An internal name resolves, then is unknown, then resolves: in spells as long as the cache keeps an answer. The share of bad spells is close to the share of servers that do not know the name. Two CoreDNS pods disagree at the same second.',
      zh: '内部域名时而可解析、时而“不存在”，每一段持续的时间等于缓存时间；失败所占的比例接近“不认识该域名的服务器”所占的比例；同一秒内两个 CoreDNS Pod 的答案可能不同。',
    },
    proved: {
      en: 'Ask every server of the list directly, several times, from where CoreDNS runs: the split follows the server, not the time. Then the share of NXDOMAIN among cache fills must match the share of such servers.',
      zh: '从 CoreDNS 所在位置多次直接询问列表中的每个服务器：结果随服务器而不同，而不随时间变化；并且缓存填充中 NXDOMAIN 的比例应与这类服务器所占的比例相符。',
    },
    refuted: {
      en: 'One and the same server gives both answers (then its own data flaps), or all servers agree now (then a record changed within the window), or one CoreDNS pod is always bad and another always good.',
      zh: '同一个服务器给出两种答案（说明其自身数据在变化），或所有服务器现在一致（说明记录在此期间变更过），或某个 CoreDNS Pod 总是坏而另一个总是好。',
    },
    wrong: '. {\n    forward . 10.0.0.2 223.5.5.5\n}',
    right: 'corp.example {\n    forward . 10.0.0.2\n}\n. {\n    forward . 223.5.5.5\n}',
    seeAlso: ['fix-that-does-not-fix', 'too-many-nameservers', 'split-dns-lost', 'negative-cache'],
  },
  find: c => upstreamChoices(c).flatMap(choice => hitOf(c, choice)),
}

function hitOf(c: Case, choice: UpstreamChoice): Hit[] {
  const mix = mixOf(c, choice)
  if (!mix) return []
  const { good, bad, all, proved } = mix
  const name = absolute(c.question.name)
  const packets = proved ? packetProofs(c, choice.server.pod, [...good, ...bad].map(o => o.address)) : []
  const direct = proved && good.some(o => asked(c, o)) && bad.some(o => asked(c, o))
  const seen = bothSeen(c, choice.server.pod)
  const certainty: Certainty = direct && seen ? 'confirmed' : direct || (seen && choice.deciding !== undefined) ? 'likely' : 'possible'
  const cut = zoneOf(c.model, name, [...good, ...bad].map(o => o.address))
  const zone = cut.zone.replace(/\.$/, '')
  const given = c.cluster.given.get(choice.server.pod)
  const dropped = (given?.dropped ?? []).filter(d => choice.forward.args.some(a => a.value.startsWith('/')) && !good.some(o => o.address === d.value))
  const cured: UpstreamChoice = { ...choice, knows: good, denies: bad }
  const nodes = nodesToMend(c, choice.server.node, [...bad.map(o => o.address), ...dropped.map(d => d.value)])
  return [{
    level: certainty === 'possible' || c.explanation.verdict === 'works' ? 'warning' : 'error',
    certainty,
    message: {
      en: proved || seen ? `upstreams that disagree about \`${zone}\` are used as if they were equal` : `private and public upstreams are used as if both knew \`${zone}\``,
      zh: proved || seen ? `对 \`${zone}\` 答案不一致的上游被当作等价的上游使用` : `内网和公网上游被混用，仿佛都认识 \`${zone}\``,
    },
    fingerprint: `mixed-upstreams:${cut.zone}:${good.map(o => o.address).sort().join(',')}|${bad.map(o => o.address).sort().join(',')}`,
    sources: sourcesOf(choice, good, bad, dropped),
    evidence: evidenceOf(c, choice, name, packets),
    notes: [
      {
        kind: 'why', said: {
          en: `NXDOMAIN is an answer, not a failure: forward tries another server after a timeout, never after an NXDOMAIN. ${bad.length} of ${all} servers ${proved ? 'do not know' : 'can hardly know'} the name, and the cache keeps whichever answer came first.`,
          zh: `NXDOMAIN 是“答案”而不是“故障”：forward 只在超时后才换下一个服务器，收到 NXDOMAIN 不会再试。${all} 个服务器中有 ${bad.length} 个${proved ? '不认识' : '多半不认识'}该域名，而缓存会保留先到的那个答案。`,
        },
      },
      ...(direct ? [{
        kind: 'confirmed' as const, said: {
          en: `asked directly: ${good.map(o => o.address).join(', ')} know the name, ${bad.map(o => o.address).join(', ')} ${bad.length === 1 ? 'says' : 'say'} it does not exist`,
          zh: `直接询问：${good.map(o => o.address).join('、')} 认识该域名，${bad.map(o => o.address).join('、')} 说它不存在`,
        },
      }] : []),
      ...(packets.length > 0 ? [{ kind: 'confirmed' as const, said: proofText(packets) }] : []),
      ...(!direct ? [{
        kind: 'note' as const, said: {
          en: 'nobody asked these servers for the name: judged by private and public addresses only; `whydns probe` would tell',
          zh: '没有人向这些服务器询问过该域名：仅按内网/公网地址判断；直接探测可以确定',
        },
      }] : []),
    ],
    fixes: [
      ownServersForZone(c, cured, cut),
      serversOutOfTheLine(c, cured),
      serversOffTheNode(c, nodes, [...bad.map(o => o.address), ...dropped.map(d => d.value)]),
    ].filter(f => f !== undefined),
  }]
}

interface Mix {
  readonly good: readonly UpstreamOption[]
  readonly bad: readonly UpstreamOption[]
  readonly all: number
  /** Some were seen to know the name and some to deny it; else judged by their addresses. */
  readonly proved: boolean
}

function mixOf(c: Case, choice: UpstreamChoice): Mix | undefined {
  const { knows, denies, untold } = choice
  const all = knows.length + denies.length + untold.length
  if (asksOthersAfterDenial(choice.forward) && c.explanation.verdict === 'works') return undefined
  if (knows.length > 0 && denies.length > 0) return areTwins(c, knows, denies) ? undefined : { good: knows, bad: denies, all, proved: true }
  // Nobody told: a public server can hardly know a private name. One that does know it refutes that, and so does a private one that denies it.
  const good = [...knows, ...untold].filter(o => isPrivateAddress(o.address))
  const bad = [...denies, ...untold].filter(o => !isPrivateAddress(o.address))
  const told = knows.some(o => !isPrivateAddress(o.address)) || denies.some(o => isPrivateAddress(o.address))
  return good.length > 0 && bad.length > 0 && !told ? { good, bad, all, proved: false } : undefined
}

const asked = (c: Case, option: UpstreamOption): boolean => viewsOf(c, option.address).length > 0

function sourcesOf(choice: UpstreamChoice, good: readonly UpstreamOption[], bad: readonly UpstreamOption[], dropped: readonly { value: string; source: Source }[]): LabelledSource[] {
  const total = choice.knows.length + choice.denies.length + choice.untold.length
  const order = fixedOrder(choice.forward)
  const cache = choice.block.directives.find(d => d.name === 'cache')
  return [
    { source: choice.forward.source, primary: true, label: order === 'sequential'
      ? { en: `${total} servers in order; the next one after a timeout`, zh: `${total} 个服务器依次尝试；超时后才换下一个` }
      : { en: `one of ${total} servers, chosen anew for each question`, zh: `每次查询从 ${total} 个服务器中选一个` } },
    ...(cache ? [{ source: cache.source, label: { en: 'keeps whichever answer came first, NXDOMAIN too', zh: '保留先到的答案，NXDOMAIN 也不例外' } }] : []),
    ...bad.flatMap(o => linesToEdit(o.source).map(source => ({ source, primary: true, label: { en: `${o.address}: does not know the name`, zh: `${o.address}：不认识该域名` } }))),
    ...good.flatMap(o => linesToEdit(o.source).map(source => ({ source, label: { en: `${o.address}: knows the name`, zh: `${o.address}：认识该域名` } }))),
    ...dropped.flatMap(d => linesToEdit(d.source).map(source => ({
      source, label: { en: `${d.value}: left out by kubelet (three at most); moves up when one before it goes`, zh: `${d.value}：被 kubelet 丢弃（最多三个）；前面的去掉一个它就补上` },
    }))),
  ]
}

function evidenceOf(c: Case, choice: UpstreamChoice, name: string, packets: readonly PacketProof[]): string[] {
  const ids = packets.map(p => p.tx)
  for (const { address } of [...choice.knows, ...choice.denies]) {
    const direct = c.observations.find(o => o.kind === 'direct' && o.tx === undefined && o.server === address && nameKey(o.query.name) === nameKey(name))
    if (direct) ids.push(`${direct.source.file}:${direct.source.line}`)
  }
  for (const rcode of ['NOERROR', 'NXDOMAIN']) {
    const line = c.observations.find(o => o.kind === 'served' && o.place === choice.server.pod && o.rcode === rcode && nameKey(o.name) === nameKey(name))
    if (line?.kind === 'served') ids.push(line.tx ?? `${line.source.file}:${line.source.line}`)
  }
  return ids
}
