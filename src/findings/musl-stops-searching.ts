// musl-stops-searching: an empty or failing answer on one suffix ends musl's search. findings.md F09.
import { compare, ZERO } from '../chain/rational.ts'
import type { Sourced } from '../chain/source.ts'
import { libcOf } from '../chain/stub-libc.ts'
import { absolute, isAbsolute, nameKey } from '../dns/name.ts'
import type { Observation } from '../evidence/observation.ts'
import type { Case, ReplyResult } from './case.ts'
import type { Finding, Hit, ProposedFix } from './finding.ts'
import { suffixRemoval } from './suffix-removal.ts'

export const muslStopsSearching: Finding = {
  id: 'musl-stops-searching',
  needs: ['question'],
  page: {
    title: { en: 'musl ends its search at a suffix that answers without data or with an error', zh: 'musl 在某个后缀返回空应答或错误时就停止搜索' },
    shows: { en: 'The Alpine pod fails (`bad address`, `Try again`), a Debian pod on the same node works. On SERVFAIL it also waits 5 s.', zh: 'Alpine 的 Pod 失败（`bad address`、`Try again`），同一节点上的 Debian Pod 正常。遇到 SERVFAIL 还会等待 5 秒。' },
    proved: { en: 'One suffix is answered NOERROR without data, SERVFAIL or REFUSED, and no later candidate is asked.', zh: '某个后缀得到无数据的 NOERROR、SERVFAIL 或 REFUSED，之后的候选不再被询问。' },
    refuted: { en: 'Every suffix says NXDOMAIN; or the image is glibc; or `busybox nslookup` was used, which has its own rules.', zh: '每个后缀都返回 NXDOMAIN；或镜像使用 glibc；或用的是 `busybox nslookup`（它有自己的规则）。' },
    wrong: 'search default.svc.cluster.local svc.cluster.local cluster.local mydomain.com   # *.mydomain.com: NOERROR, empty',
    right: 'search default.svc.cluster.local svc.cluster.local cluster.local',
    seeAlso: ['ndots-amplification', 'wildcard-search-domain'],
  },
  find: hits,
}

/** What ends musl's search although a server answered. Silence ends every library's. */
const STOPS: readonly ReplyResult[] = ['nodata', 'servfail', 'refused']

function hits(c: Case): Hit[] {
  const { stub, name } = c.question
  const musl = libcOf(stub)
  if (musl?.kind !== 'musl' || isAbsolute(name)) return []
  const at = stopOf(c)
  if (!at || !glibcDoesBetter(c)) return []
  const { suffix, results, always } = at
  const seen = repliesSeen(c, absolute(`${name}.${suffix.value}`), results)
  const failed = c.observations.some(o => o.kind === 'application' && o.place === stub.place && !o.ok)
  const words = results.map(r => r.toUpperCase()).join(', ')
  const candidate = `${name}.${suffix.value.replace(/\.$/, '')}`
  return [{
    level: 'error',
    certainty: seen.length > 0 && failed && stub.certainty !== 'possible' ? 'confirmed' : (always || seen.length > 0) && stub.certainty !== 'possible' ? 'likely' : 'possible',
    message: { en: `musl stops at \`${candidate}\` (${words}) and never asks for \`${name}\` itself`, zh: `musl 在 \`${candidate}\`（${words}）处停止，从未查询 \`${name}\` 本身` },
    fingerprint: `musl-stops-searching:${stub.place}:${suffix.value}`,
    sources: [
      { source: suffix.source, primary: true, label: { en: `this suffix is answered ${words}`, zh: `该后缀得到 ${words}` } },
      ...(suffix.source.behind ?? []).map(source => ({ source, label: { en: 'it comes from here', zh: '它来自这里' } })),
      ...(stub.kindSource ? [{ source: stub.kindSource, label: { en: `musl ${musl.version}`, zh: `musl ${musl.version}` } }] : []),
    ],
    evidence: seen.slice(0, 3).map(o => `${o.source.file}:${o.source.line}`),
    notes: [{ kind: 'why', said: { en: 'glibc goes on to the next candidate and can find the name; musl takes an empty NOERROR, SERVFAIL or REFUSED as the end', zh: 'glibc 会继续尝试下一个候选，因而能找到该名称；musl 把空的 NOERROR、SERVFAIL 或 REFUSED 当作终点' } }],
    fixes: [suffixOut(c, suffix)],
  }]
}

interface Stop {
  readonly suffix: Sourced<string>
  readonly results: readonly ReplyResult[]
  /** It never says NXDOMAIN, in no world that the evidence leaves. */
  readonly always: boolean
}

/** The first candidate of the search list that may end the search; those before it say NXDOMAIN. */
function stopOf(c: Case): Stop | undefined {
  const { stub, name, family } = c.question
  const suffixes = stub.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  for (const suffix of suffixes) {
    const replies = c.replies(absolute(`${name}.${suffix.value}`), family === 'inet6' ? 'AAAA' : 'A')
    const possible = (result: ReplyResult): boolean => compare(replies.get(result)?.max ?? ZERO, ZERO) > 0
    const results = STOPS.filter(possible)
    if (results.length > 0) return { suffix, results, always: !possible('nxdomain') && !possible('answer') }
    if (!possible('nxdomain')) return undefined
  }
  return undefined
}

function glibcDoesBetter(c: Case): boolean {
  const { success } = c.explanation
  const other = c.explain(c.question.name, c.question.stub.place, 'glibc@2.36')?.success
  return other !== undefined && (compare(other.max, success.max) > 0 || compare(other.min, success.min) > 0)
}

/** Replies to the candidate itself, from a log or from somebody who asked. */
function repliesSeen(c: Case, candidate: string, results: readonly ReplyResult[]): Observation[] {
  const rcodes = new Set(results.map(r => (r === 'nodata' ? 'NOERROR' : r.toUpperCase())))
  return c.observations.filter(o => (o.kind === 'served' && nameKey(o.name) === nameKey(candidate) && rcodes.has(o.rcode))
    || (o.kind === 'direct' && nameKey(o.query.name) === nameKey(candidate) && o.reply !== undefined && o.reply.answer.length === 0 && rcodes.has(o.reply.rcode)))
}

function suffixOut(c: Case, suffix: Sourced<string>): ProposedFix {
  const edits = suffixRemoval(c, suffix)
  return {
    title: { en: `take \`${suffix.value}\` out of the search list (node file or dnsConfig), write the name with a trailing dot, or use a glibc image`, zh: `从搜索列表中去掉 \`${suffix.value}\`（节点文件或 dnsConfig），或把名称写成以点结尾，或换用 glibc 镜像` },
    applicability: edits.length > 0 ? 'likely' : 'byHand',
    edits,
    steps: [{ en: 'then make the pod anew: it keeps the resolv.conf it was created with', zh: '然后重建 Pod：它会一直使用创建时得到的 resolv.conf' }],
    caution: { en: `short names under \`${suffix.value}\` must then be written out`, zh: `此后 \`${suffix.value}\` 下的短名称必须写全` },
  }
}
