// negative-cache: a denial from before the record existed lives on in a cache. findings.md F18.
import type { CorednsModel, Directive, ServerBlock } from '../chain/model.ts'
import { absolute, isAbsolute, labelsOf, nameKey } from '../dns/name.ts'
import type { ServedQuery } from '../evidence/observation.ts'
import { addOption } from '../fixes/corefile-edit.ts'
import type { Case } from './case.ts'
import type { Finding, Hit, ProposedFix } from './finding.ts'
import { blockFor, forwardLinesFor, targetsOf } from './forward-targets.ts'
import { isPrivateAddress, saysOf } from './upstream-choice.ts'

/** CoreDNS keeps a denial this long when `cache` names no time (plugin/cache README). */
const DEFAULT_DENIAL_S = 1800

export const negativeCache: Finding = {
  id: 'negative-cache',
  needs: ['question', 'corefile', 'observations'],
  page: {
    title: { en: 'a cached denial hides a name that exists by now', zh: '缓存中的“不存在”遮住了现在已存在的域名' },
    shows: { en: 'A freshly made Service or record is unknown for 5, 30, 900 or 1800 s, then appears and stays.', zh: '新建的 Service 或记录在 5、30、900 或 1800 秒内不可见，之后出现并一直正常。' },
    proved: { en: 'NXDOMAIN answered from the cache (microseconds), its SOA TTL counting down; all upstreams asked directly know the name; after the TTL only answers.', zh: 'NXDOMAIN 来自缓存（微秒级），SOA 的 TTL 在递减；直接询问所有上游都认识该域名；TTL 过后只有正确答案。' },
    refuted: { en: 'NXDOMAIN comes back after an answer (then upstreams disagree), or it never heals (then a watch is stuck).', zh: '得到答案之后又出现 NXDOMAIN（那是上游不一致），或一直不恢复（那是 watch 卡住）。' },
    wrong: 'cache                      # denials kept up to 1800 s',
    right: 'cache 30 {\n    denial 9984 5\n}',
    seeAlso: ['mixed-upstreams', 'ndots-amplification'],
  },
  find: c => c.servers.flatMap(server => candidatesOf(c).flatMap(name => hitOf(c, server, name))).slice(0, 4),
}

/** Below this nobody notices. */
const NOTICED_S = 5
/** A watch brings a new object to CoreDNS well within this. */
const WATCH_MS = 2000

/** The names that a lookup asks for, absolute, in the order in which they decide. */
function candidatesOf(c: Case): string[] {
  const { name, stub } = c.question
  const suffixes = isAbsolute(name) ? [] : stub.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  return [absolute(name), ...suffixes.map(s => absolute(`${name}.${s.value}`))].map(nameKey)
}

function hitOf(c: Case, server: CorednsModel, name: string): Hit[] {
  const block = blockFor(server, name)
  const cache = block?.directives.find(d => d.name === 'cache')
  const denialS = cache ? denialLifeS(cache) : 0
  if (!block || !cache || denialS <= NOTICED_S) return []
  const served = c.observations.filter((o): o is ServedQuery => o.kind === 'served' && o.place === server.pod && o.type === 'A' && nameKey(o.name) === name)
  const lastDenied = served.findLastIndex(o => o.rcode === 'NXDOMAIN')
  const firstAnswer = served.findIndex(o => o.rcode === 'NOERROR')
  // One change for the better, and never back: anything else is not the age of a denial.
  if (lastDenied < 0 || (firstAnswer >= 0 && firstAnswer < lastDenied)) return []
  const denied = served[lastDenied] as ServedQuery
  const made = createdAtMs(c, name)
  const stale = served.slice(0, lastDenied + 1).filter(o => o.rcode === 'NXDOMAIN' && (made !== undefined ? o.atMs !== undefined && o.atMs > made + WATCH_MS : isFromCache(server, o)))
  const exists = existsNow(c, server, name)
  if (stale.length === 0 || exists === 'no' || (firstAnswer < 0 && exists !== 'yes')) return []
  return [{
    level: 'warning',
    certainty: firstAnswer > lastDenied && exists === 'yes' ? 'confirmed' : 'likely',
    message: { en: `${server.pod} went on denying \`${name}\` from its cache after the name existed (up to ${denialS} s)`, zh: `域名 \`${name}\` 已存在后，${server.pod} 仍从缓存中返回“不存在”（最长 ${denialS} 秒）` },
    fingerprint: `negative-cache:${server.pod.replace(/-[a-z0-9]+$/, '')}:${name}`,
    sources: [
      { source: cache.source, primary: true, label: { en: `keeps a denial up to ${denialS} s`, zh: `“不存在”最长保留 ${denialS} 秒` } },
      { source: denied.source, label: { en: 'the last denial', zh: '最后一次“不存在”' } },
    ],
    evidence: stale.slice(0, 3).map(o => `${o.source.file}:${o.source.line}`),
    notes: [{ kind: 'why', said: { en: 'somebody asked before the name existed; the denial outlives its reason by the time that the cache keeps it', zh: '有人在域名创建之前查询过；“不存在”的答案在缓存保留期内一直有效' } }],
    fixes: [shorterDenial(c, server, block, cache)].filter(f => f !== undefined),
  }]
}

/** Creation of the Service that this cluster name means; the kubernetes plugin answers in microseconds with `aa`, cached or not. */
function createdAtMs(c: Case, name: string): number | undefined {
  const [service, namespace, svc] = labelsOf(name)
  const object = svc === 'svc' ? c.cluster.objects.find(o => o.kind === 'Service' && o.name === service && o.namespace === namespace) : undefined
  const at = (object?.body['metadata'] as { readonly creationTimestamp?: unknown } | undefined)?.creationTimestamp
  const ms = typeof at === 'string' ? Date.parse(at) : NaN
  return Number.isNaN(ms) ? undefined : ms
}

/** A forwarded name answered in microseconds; CoreDNS before 1.15 sets `aa` on what it takes from its cache. */
function isFromCache(server: CorednsModel, o: ServedQuery): boolean {
  const minor = Number(/^1\.(\d+)/.exec(server.version ?? '')?.[1] ?? 0)
  return o.durationMs < 1 && (minor >= 15 || o.flags.includes('aa')) && forwardLinesFor(server, nameKey(o.name)).length > 0
}

/** By the objects, or by every server that the name is forwarded to. `no`: one of them denies it, or is of a kind that may. */
function existsNow(c: Case, server: CorednsModel, name: string): 'yes' | 'no' | 'untold' {
  if (createdAtMs(c, name) !== undefined) return 'yes'
  const line = forwardLinesFor(server, name)[0]
  const addresses = line ? [...new Set(targetsOf(server, line.forward).map(t => t.address))] : []
  if (name !== nameKey(absolute(c.question.name))) return 'untold'
  const says = addresses.map(address => saysOf(c, address))
  if (says.includes('denial')) return 'no'
  if (says.length > 0 && says.every(word => word === 'answer')) return 'yes'
  // Private and public servers side by side that nobody asked: a denial may be the word of one of them.
  return new Set(addresses.map(isPrivateAddress)).size > 1 ? 'no' : 'untold'
}

function shorterDenial(c: Case, server: CorednsModel, block: ServerBlock, cache: Directive): ProposedFix | undefined {
  const corefile = c.cluster.corefiles.get(server.pod)
  const own = corefile?.blocks[server.corefile.blocks.indexOf(block)]
  const directive = own?.directives[block.directives.indexOf(cache)]
  if (!corefile || !own || !directive || cache.properties.some(p => p.name === 'denial')) return undefined
  return {
    title: { en: 'keep denials for 5 s only', zh: '“不存在”的答案只缓存 5 秒' },
    applicability: 'likely',
    edits: [addOption(corefile, own, directive, `denial 9984 ${NOTICED_S}`)],
    steps: [{ en: 'kubectl apply the ConfigMap; create names before the first client asks for them', zh: '用 kubectl apply 更新 ConfigMap；并在首个客户端查询之前创建域名' }],
    caution: { en: 'names that do not exist are asked upstream more often', zh: '不存在的域名会更频繁地被转发到上游' },
  }
}

/** Upper bound in seconds that this `cache` keeps a denial. */
export function denialLifeS(cache: Directive): number {
  if (cache.properties.some(p => p.name === 'disable' && p.args[0]?.value === 'denial')) return 0
  const denial = cache.properties.find(p => p.name === 'denial')
  const own = Number(denial?.args[1]?.value)
  if (Number.isFinite(own) && own > 0) return own
  const all = Number(cache.args[0]?.value)
  return Number.isFinite(all) && all > 0 ? all : DEFAULT_DENIAL_S
}
