// Suspects that the evidence or the model clears, each with the number that clears it; and what nobody looked at.
import type { CorednsModel } from '../chain/model.ts'
import { absolute, isAbsolute, nameKey } from '../dns/name.ts'
import type { Observation, ServedQuery } from '../evidence/observation.ts'
import type { Case } from '../findings/case.ts'
import type { Diagnosis, Said } from '../findings/diagnosis.ts'
import { findings } from '../findings/index.ts'
import { capturedAt, packetLoss, truncation } from './ruled-out-by-packets.ts'
import type { Session } from './session.ts'

type RuledOut = Diagnosis['status']['ruledOut'][number]
type NotLooked = Diagnosis['status']['notLooked'][number]

export function ruledOut(session: Session, c: Case): RuledOut[] {
  if (c.explanation.verdict === 'works') return []
  return [searchList(session, c), crossPool(session, c), corefileZone(c), replicas(session, c), packetLoss(session, c), truncation(session, c)].filter(r => r !== undefined)
}

const served = (observations: readonly Observation[]): ServedQuery[] => observations.filter((o): o is ServedQuery => o.kind === 'served')

/** Candidates with a suffix never answer anything else than NXDOMAIN, so the bare name is always reached. */
function searchList(session: Session, c: Case): RuledOut | undefined {
  const { name, stub } = c.question
  const suffixes = (isAbsolute(name) ? [] : stub.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []).filter(s => s.value !== '.')
  if (suffixes.length === 0) return undefined
  const always = suffixes.every(s => {
    const tried = c.explain(`${name}.${s.value.replace(/\.$/, '')}.`, stub.place)
    return tried !== undefined && tried.endings.length === 1 && tried.endings[0]?.result === 'nxdomain'
  })
  if (!always) return undefined
  const keys = new Set(suffixes.map(s => nameKey(absolute(`${name}.${s.value}`))))
  const lines = served(session.observations).filter(o => keys.has(nameKey(o.name)))
  const denied = lines.filter(o => o.rcode === 'NXDOMAIN').length
  if (denied !== lines.length) return undefined
  return {
    id: 'search-list', because: lines.length > 0
      ? { en: `${denied} of ${lines.length} questions with a suffix were answered NXDOMAIN: the search always goes on to the name itself`, zh: `带后缀的 ${lines.length} 次查询中有 ${denied} 次得到 NXDOMAIN：搜索总会继续到该名称本身` }
      : { en: `all ${suffixes.length} suffixes end in NXDOMAIN in the model: the search always goes on to the name itself`, zh: `模型中全部 ${suffixes.length} 个后缀都得到 NXDOMAIN：搜索总会继续到该名称本身` },
  }
}

/** The asker's questions in the logs of CoreDNS pods that its node's rules do not lead to. */
function crossPool(session: Session, c: Case): RuledOut | undefined {
  const at = c.cluster.dnsServices.find(s => s.service.node === c.question.stub.node)
  const address = clientAddress(c)
  if (!at || at.service.endpoints.length === 0 || address === undefined) return undefined
  const own = new Set(c.servers.map(s => s.pod))
  const foreign = session.model.coredns.filter(s => !own.has(s.pod))
  if (foreign.length === 0) return undefined
  const lines = served(session.observations).filter(o => o.client === address && o.tx === undefined)
  const strayed = lines.filter(o => o.place !== undefined && !own.has(o.place)).length
  const captured = capturedAt(session, address, own)
  if (strayed > 0 || !captured) return undefined
  const left = at.removed.length
  const said: Said[] = []
  if (lines.length > 0 || captured.all === 0) said.push({
    en: `${strayed} of ${lines.length} questions of ${address} are in the logs of the ${foreign.length} other CoreDNS pods`,
    zh: `${address} 的 ${lines.length} 次查询中有 ${strayed} 次出现在另外 ${foreign.length} 个 CoreDNS Pod 的日志里`,
  })
  if (captured.all > 0) said.push({
    en: `${captured.all} of ${captured.all} captured questions of ${address} went to ${[...own].join(', ')}`,
    zh: `抓到的 ${address} 的 ${captured.all} 次查询中有 ${captured.all} 次发往 ${[...own].join('、')}`,
  })
  said.push({
    en: `the Service leads to ${at.service.endpoints.length} endpoint${at.service.endpoints.length > 1 ? 's' : ''} on ${c.question.stub.node}${left > 0 ? `, ${left} left out by topology` : ''}`,
    zh: `在 ${c.question.stub.node} 上该 Service 指向 ${at.service.endpoints.length} 个端点${left > 0 ? `，${left} 个被拓扑过滤` : ''}`,
  })
  return { id: 'cross-pool-coredns', because: { en: said.map(s => s.en).join('; '), zh: said.map(s => s.zh).join('；') } }
}

function clientAddress(c: Case): string | undefined {
  const pod = c.cluster.podObject(c.question.stub.place)
  const status = pod?.body['status'] as Record<string, unknown> | undefined
  return typeof status?.['podIP'] === 'string' ? status['podIP'] : undefined
}

/** Plugins that answer a name before `forward` does. */
const ANSWERING = new Set(['hosts', 'file', 'auto', 'template', 'rewrite', 'k8s_external', 'etcd', 'secondary', 'acl'])

function corefileZone(c: Case): RuledOut | undefined {
  const server: CorednsModel | undefined = c.servers[0]
  const decisive = c.decidedBy.find(d => d.source && (d.source.text.startsWith('forward') || d.source.text.startsWith('proxy')))
  const block = server?.corefile.blocks.find(b => b.directives.some(d => d.source.file === decisive?.source?.file && d.source.start === decisive.source.start))
  if (!server || !block) return undefined
  const others = server.corefile.blocks.length - 1
  const before = block.directives.filter(d => ANSWERING.has(d.name))
  if (before.length > 0) return undefined
  return {
    id: 'corefile-zone', because: {
      en: `${others} other server block${others === 1 ? '' : 's'}, none for \`${c.question.name}\`; 0 rewrite, hosts, file or template lines come before the forward line`,
      zh: `另有 ${others} 个 server block，没有一个匹配 \`${c.question.name}\`；forward 之前有 0 行 rewrite、hosts、file 或 template`,
    },
  }
}

function replicas(session: Session, c: Case): RuledOut | undefined {
  const name = nameKey(absolute(c.question.name))
  const counts = c.servers.map(server => {
    const own = new Map<string, number>()
    for (const o of served(session.observations)) if (o.place === server.pod && o.type === 'A' && nameKey(o.name) === name) own.set(o.rcode, (own.get(o.rcode) ?? 0) + 1)
    return { pod: server.pod, own }
  })
  const numbers = counts.map(({ pod, own }) => `${pod} ${[...own].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rcode, n]) => `${n} ${rcode}`).join(', ')}`).join('; ')
  if (c.servers.length === 1) {
    const told = (counts[0]?.own.size ?? 0) > 1 ? ` (${numbers})` : ''
    return { id: 'replicas-disagree', because: { en: `one CoreDNS pod answers this asker: it gives both results itself${told}`, zh: `只有一个 CoreDNS Pod 为该 Pod 应答：两种结果都由它给出${told}` } }
  }
  if (counts.length === 0 || !counts.every(({ own }) => own.size > 1)) return undefined
  return { id: 'replicas-disagree', because: { en: `each of the ${counts.length} CoreDNS pods gave both results: ${numbers}`, zh: `${counts.length} 个 CoreDNS Pod 都给出过两种结果：${numbers}` } }
}

export function notLooked(session: Session, c: Case): NotLooked[] {
  const { layout } = session.gathered
  const all: NotLooked[] = []
  const missing = (what: Said, flag: string): void => void all.push({ what, flag })
  if (layout.notRead.length > 0) missing({ en: `${layout.notRead.length} capture, dnstap or metrics files: not read yet`, zh: `${layout.notRead.length} 个抓包、dnstap 或指标文件：尚不支持读取` }, 'captures/')
  if (layout.logs.length === 0) missing({ en: 'no log of CoreDNS or of the application', zh: '没有 CoreDNS 或应用的日志' }, 'logs/<namespace>/<pod>.log')
  if (layout.probes.length === 0 && layout.pasted.length === 0) missing({ en: 'no server was asked directly', zh: '没有直接询问过任何服务器' }, 'probes/*.jsonl, text/*.txt')
  if (layout.nodeFiles.size === 0) missing({ en: 'no files of nodes: where their name servers come from is not known', zh: '没有节点文件：无法得知其名称服务器的来源' }, 'nodes/<node>/')
  if (layout.cluster.length === 0) missing({ en: 'no Kubernetes objects', zh: '没有 Kubernetes 对象' }, 'cluster/*.yaml')
  for (const node of new Set(c.servers.map(s => s.node))) {
    if (layout.nodeFiles.size > 0 && !layout.nodeFiles.has(node)) missing({ en: `no files of node ${node}, where CoreDNS runs`, zh: `没有 CoreDNS 所在节点 ${node} 的文件` }, `nodes/${node}/`)
  }
  for (const finding of findings) {
    const absent = finding.needs.filter(n => (n === 'observations' && layout.logs.length === 0 && layout.captures.length === 0) || (n === 'node-files' && layout.nodeFiles.size === 0) || (n === 'objects' && layout.cluster.length === 0) || (n === 'corefile' && c.servers.length === 0))
    if (absent.length > 0) missing({ en: `${finding.id}: not checked, ${absent.join(', ')} missing`, zh: `${finding.id}：未检查，缺少 ${absent.join('、')}` }, `explain ${finding.id}`)
  }
  return all
}
