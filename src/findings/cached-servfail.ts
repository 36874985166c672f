// cached-servfail: one SERVFAIL of an upstream is repeated from the cache for seconds. findings.md F18b.
import type { CorednsModel, Directive } from '../chain/model.ts'
import { libcOf } from '../chain/stub-libc.ts'
import { nameKey } from '../dns/name.ts'
import type { DirectAnswer, ServedQuery } from '../evidence/observation.ts'
import { addOption } from '../fixes/corefile-edit.ts'
import type { Case } from './case.ts'
import type { Finding, Hit, ProposedFix } from './finding.ts'
import { blockFor, forwardLinesFor, targetsOf } from './forward-targets.ts'
import { questionsOf } from './lines-met.ts'

/** plugin/cache README: how long without the `servfail` option. */
const DEFAULT_S = 5
/** A hit takes tens of microseconds, the nearest upstream some hundreds. */
const FROM_CACHE_MS = 1

export const cachedServfail: Finding = {
  id: 'cached-servfail',
  needs: ['question', 'corefile', 'observations'],
  page: {
    title: { en: 'a SERVFAIL is repeated from the cache', zh: 'SERVFAIL 被缓存并重复返回' },
    shows: { en: 'After one failure of an upstream everybody gets SERVFAIL for 5 s, retries included; a musl client ends its search there.', zh: '上游失败一次之后，5 秒内所有人（包括重试）都得到 SERVFAIL；musl 客户端会就此停止搜索。' },
    proved: { en: 'In the log: SERVFAIL in milliseconds without `aa`, then within 5 s SERVFAIL in microseconds (with `aa` before CoreDNS 1.15); the upstream itself said SERVFAIL.', zh: '日志中先有毫秒级、不带 `aa` 的 SERVFAIL，随后 5 秒内有微秒级的 SERVFAIL（CoreDNS 1.15 之前带 `aa`）；且上游本身返回过 SERVFAIL。' },
    refuted: { en: 'Each SERVFAIL took milliseconds or seconds: then each was a failure of its own. A timeout of forward is not kept before CoreDNS 1.15.', zh: '每个 SERVFAIL 都耗时毫秒或数秒：那么每次都是独立的失败。CoreDNS 1.15 之前 forward 的超时不会被缓存。' },
    wrong: 'cache 30                      # SERVFAIL kept for 5 s',
    right: 'cache 30 {\n    servfail 0\n}',
    seeAlso: ['negative-cache', 'upstream-unreachable', 'musl-stops-searching'],
  },
  find: c => c.servers.flatMap(server => questionsOf(c).flatMap(name => hitOf(c, server, name))).slice(0, 2),
}

function hitOf(c: Case, server: CorednsModel, name: string): Hit[] {
  const cache = blockFor(server, name)?.directives.find(d => d.name === 'cache')
  const keptS = cache ? servfailLifeS(cache) : 0
  if (!cache || keptS <= 0) return []
  const lines = c.observations.filter((o): o is ServedQuery => o.kind === 'served' && o.place === server.pod && nameKey(o.name) === name)
  const { fills, copies } = copiesOf(server, lines, keptS)
  const first = fills[0]
  if (!first || copies.length === 0) return []
  const upstreams = new Set(forwardLinesFor(server, name).slice(0, 1).flatMap(line => targetsOf(server, line.forward)).map(t => t.address))
  const direct = c.observations.filter((o): o is DirectAnswer => o.kind === 'direct' && upstreams.has(o.server) && nameKey(o.query.name) === name && o.reply !== undefined)
  const said = direct.filter(o => o.reply?.rcode === 'SERVFAIL')
  const alsoAnswered = lines.some(o => o.rcode === 'NOERROR') || direct.some(o => o.reply?.rcode === 'NOERROR')
  return [{
    level: alsoAnswered ? 'warning' : 'info',
    certainty: said.length > 0 ? 'confirmed' : 'likely',
    message: {
      en: `${server.pod} repeated a SERVFAIL for \`${name}\` from its cache: ${copies.length} of ${fills.length + copies.length} (kept ${keptS} s)`,
      zh: `${server.pod} 从缓存中重复返回 \`${name}\` 的 SERVFAIL：${fills.length + copies.length} 次中有 ${copies.length} 次（保留 ${keptS} 秒）`,
    },
    fingerprint: `cached-servfail:${server.pod.replace(/-[a-z0-9]+$/, '')}:${name}`,
    sources: [
      { source: cache.source, primary: true, label: { en: `keeps a SERVFAIL for ${keptS} s`, zh: `SERVFAIL 保留 ${keptS} 秒` } },
      { source: first.source, label: { en: 'the failure itself', zh: '失败本身' } },
      ...copies.slice(0, 1).map(o => ({ source: o.source, label: { en: 'a copy of it', zh: '它的副本' } })),
    ],
    evidence: [...fills.slice(0, 1), ...copies.slice(0, 3), ...said.slice(0, 1)].map(o => `${o.source.file}:${o.source.line}`),
    notes: [
      { kind: 'why', said: { en: 'copies are no failures of their own: what has to be mended is the upstream that said SERVFAIL; the cache makes one such reply last', zh: '副本并不是新的失败：要修复的是返回 SERVFAIL 的上游；缓存只是把一次失败延长了' } },
      ...(said.length > 0 ? [{ kind: 'confirmed' as const, said: { en: `asked directly, ${[...new Set(said.map(o => o.server))].join(', ')} said SERVFAIL`, zh: `直接询问时，${[...new Set(said.map(o => o.server))].join('、')} 返回 SERVFAIL` } }] : []),
      ...(libcOf(c.question.stub)?.kind === 'musl' ? [{ kind: 'note' as const, said: { en: 'musl asks again at once, gets the copy, waits out its 5 s and ends the search', zh: 'musl 会立即重试而得到副本，等满 5 秒后停止搜索' } }] : []),
    ],
    fixes: [notKept(c, server, name, cache)].filter(f => f !== undefined),
  }]
}

/** SERVFAILs in microseconds within the time that one in milliseconds is kept; A and AAAA are entries of their own. */
function copiesOf(server: CorednsModel, lines: readonly ServedQuery[], keptS: number): { readonly fills: readonly ServedQuery[]; readonly copies: readonly ServedQuery[] } {
  const minor = /^1\.(\d+)/.exec(server.version ?? '')?.[1]
  const setsAa = minor !== undefined && Number(minor) < 15
  const fills: ServedQuery[] = []
  const copies: ServedQuery[] = []
  const last = new Map<string, ServedQuery>()
  for (const line of lines.filter(o => o.rcode === 'SERVFAIL')) {
    const entry = `${line.type} ${line.do === true ? 'do' : ''}`
    const fill = last.get(entry)
    const cached = line.durationMs < FROM_CACHE_MS && (!setsAa || line.flags.includes('aa'))
    const inTime = fill?.atMs !== undefined && line.atMs !== undefined && line.atMs - fill.atMs <= keptS * 1000 && line.atMs >= fill.atMs
    if (cached && inTime) copies.push(line)
    else if (!cached && !line.flags.includes('aa')) {
      fills.push(line)
      last.set(entry, line)
    }
  }
  return { fills, copies }
}

/** Seconds that this `cache` keeps a SERVFAIL. Go durations; one of minutes is over the limit anyway. */
export function servfailLifeS(cache: Directive): number {
  const written = cache.properties.find(p => p.name === 'servfail')?.args[0]?.value
  if (written === undefined) return DEFAULT_S
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m)?$/.exec(written) ?? []
  if (number === '') return DEFAULT_S
  return Number(number) * (unit === 'ms' ? 0.001 : unit === 'm' ? 60 : 1)
}

/** `servfail` came with 1.9.4. */
function notKept(c: Case, server: CorednsModel, name: string, cache: Directive): ProposedFix | undefined {
  const block = blockFor(server, name)
  const corefile = c.cluster.corefiles.get(server.pod)
  const own = block && corefile?.blocks[server.corefile.blocks.indexOf(block)]
  const directive = own?.directives[block?.directives.indexOf(cache) ?? -1]
  const [, minor = '0', patch = '0'] = /^1\.(\d+)(?:\.(\d+))?/.exec(server.version ?? '') ?? []
  const knowsOption = Number(minor) > 9 || (Number(minor) === 9 && Number(patch) >= 4)
  if (!corefile || !own || !directive || !knowsOption || cache.properties.some(p => p.name === 'servfail')) return undefined
  return {
    title: { en: 'do not keep SERVFAIL', zh: '不缓存 SERVFAIL' },
    applicability: 'likely',
    edits: [addOption(corefile, own, directive, 'servfail 0')],
    steps: [{ en: 'kubectl apply the ConfigMap; then find out why the upstream fails (DNSSEC, a dead authoritative server, a loop)', zh: '用 kubectl apply 更新 ConfigMap；然后查明上游失败的原因（DNSSEC、权威服务器失效、环路）' }],
    caution: { en: 'every retry then reaches the failing upstream', zh: '此后每次重试都会到达失败的上游' },
  }
}
