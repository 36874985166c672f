// negative-cache: a denial from before the record existed lives on in a cache. findings.md F18.
import type { CorednsModel, Directive } from '../chain/model.ts'
import { absolute, nameKey } from '../dns/name.ts'
import type { ServedQuery } from '../evidence/observation.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'

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
  find: c => c.servers.flatMap(server => hitOf(c, server)),
}

function hitOf(c: Case, server: CorednsModel): Hit[] {
  const cache = server.corefile.blocks.flatMap(b => b.directives).find(d => d.name === 'cache')
  if (!cache) return []
  const name = nameKey(absolute(c.question.name))
  const served = c.observations.filter((o): o is ServedQuery => o.kind === 'served' && o.place === server.pod && o.type === 'A' && nameKey(o.name) === name)
  const lastDenied = served.findLastIndex(o => o.rcode === 'NXDOMAIN')
  const firstAnswer = served.findIndex(o => o.rcode === 'NOERROR')
  // One change for the better, and never back: anything else is not the age of a denial.
  if (lastDenied < 0 || firstAnswer < lastDenied) return []
  const denied = served[lastDenied] as ServedQuery
  const cached = served.slice(0, lastDenied + 1).filter(o => o.rcode === 'NXDOMAIN' && o.flags.includes('aa') && o.durationMs < 1)
  const bad = c.model.upstreams.some(u => u.view.some(v => nameKey(v.name) === name && v.replies.some(r => r.reply.rcode === 'NXDOMAIN')))
  const knows = c.model.upstreams.some(u => u.view.some(v => nameKey(v.name) === name && v.replies.some(r => r.reply.answer.length > 0)))
  if (bad || (firstAnswer < 0 && !knows) || cached.length === 0) return []
  const denialS = denialLifeS(cache)
  return [{
    level: 'warning',
    certainty: firstAnswer > lastDenied && knows ? 'confirmed' : 'likely',
    message: { en: `${server.pod} went on denying \`${name}\` from its cache after the name existed (up to ${denialS} s)`, zh: `域名 \`${name}\` 已存在后，${server.pod} 仍从缓存中返回“不存在”（最长 ${denialS} 秒）` },
    fingerprint: `negative-cache:${server.pod.replace(/-[a-z0-9]+$/, '')}:${name}`,
    sources: [
      { source: cache.source, primary: true, label: { en: `keeps a denial up to ${denialS} s`, zh: `“不存在”最长保留 ${denialS} 秒` } },
      { source: denied.source, label: { en: 'the last denial', zh: '最后一次“不存在”' } },
    ],
    evidence: cached.slice(0, 3).map(o => `${o.source.file}:${o.source.line}`),
    notes: [],
    fixes: [],
  }]
}

/** Upper bound in seconds that this `cache` keeps a denial. */
export function denialLifeS(cache: Directive): number {
  const denial = cache.properties.find(p => p.name === 'denial')
  const own = Number(denial?.args[1]?.value)
  if (Number.isFinite(own) && own > 0) return own
  const all = Number(cache.args[0]?.value)
  return Number.isFinite(all) && all > 0 ? all : DEFAULT_DENIAL_S
}
