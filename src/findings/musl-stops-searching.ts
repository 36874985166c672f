// musl-stops-searching: an empty or failing answer on one suffix ends musl's search. findings.md F09.
import { isAbsolute } from '../dns/name.ts'
import type { Case, Ending } from './case.ts'
import type { Finding, Hit } from './finding.ts'

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

const stops = (e: Ending): boolean => e.result === 'nodata' || e.result === 'servfail' || e.result === 'refused' || e.result === 'timeout'

function hits(c: Case): Hit[] {
  const { stub, name } = c.question
  if (stub.kind !== 'musl' || isAbsolute(name) || !c.explanation.endings.some(stops)) return []
  const suffixes = stub.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)?.words ?? []
  const bare = c.explain(`${name}.`, stub.place)
  for (const suffix of suffixes) {
    const tried = c.explain(`${name}.${suffix.value.replace(/\.$/, '')}.`, stub.place)
    const stopping = tried?.endings.filter(stops) ?? []
    if (stopping.length === 0) continue
    const always = stopping.length === tried?.endings.length
    const other = c.explain(name, stub.place, 'glibc@2.36')
    const glibcGoesOn = (other?.endings ?? []).some(e => e.result === 'answer') || (bare?.endings ?? []).some(e => e.result === 'answer')
    const seen = c.observations.some(o => o.kind === 'direct' && o.reply !== undefined && o.query.name.toLowerCase() === `${name}.${suffix.value}.`.toLowerCase().replace(/\.\.$/, '.'))
    const words = stopping.map(e => e.result.toUpperCase()).join(', ')
    return [{
      level: 'error',
      certainty: seen && always && stub.certainty === 'confirmed' ? 'confirmed' : always || seen ? 'likely' : 'possible',
      message: { en: `musl stops at \`${name}.${suffix.value}\` (${words}) and never asks for \`${name}\` itself`, zh: `musl 在 \`${name}.${suffix.value}\`（${words}）处停止，从未查询 \`${name}\` 本身` },
      fingerprint: `musl-stops-searching:${stub.place}:${suffix.value}`,
      sources: [
        { source: suffix.source, primary: true, label: { en: `this suffix is answered ${words}`, zh: `该后缀得到 ${words}` } },
        ...(suffix.source.behind ?? []).map(source => ({ source, label: { en: 'it comes from here', zh: '它来自这里' } })),
        ...(stub.kindSource ? [{ source: stub.kindSource, label: { en: `musl ${stub.version}`, zh: `musl ${stub.version}` } }] : []),
      ],
      evidence: [],
      notes: [{
        kind: 'why', said: glibcGoesOn
          ? { en: 'glibc goes on to the next candidate and finds the name; musl takes an empty NOERROR, SERVFAIL or REFUSED as the end', zh: 'glibc 会继续尝试下一个候选并找到该名称；musl 把空的 NOERROR、SERVFAIL 或 REFUSED 当作终点' }
          : { en: 'musl takes an empty NOERROR, SERVFAIL or REFUSED on a suffix as the end of the search', zh: 'musl 把后缀上的空 NOERROR、SERVFAIL 或 REFUSED 当作搜索的终点' },
      }],
      fixes: [{
        title: { en: `take \`${suffix.value}\` out of the search list (node file or dnsConfig), write the name with a trailing dot, or use a glibc image`, zh: `从搜索列表中去掉 \`${suffix.value}\`（节点文件或 dnsConfig），或把名称写成以点结尾，或换用 glibc 镜像` },
        applicability: 'byHand',
        edits: removal(suffix.source, stub.resolvConf.lines.find(l => l.words.some(w => w === suffix))?.source.text),
        steps: [{ en: 'the line above is the pod’s copy; change the file kubelet reads on the node (or dnsConfig) and make the pod anew', zh: '上面是 Pod 中的副本；请修改节点上 kubelet 所读的文件（或 dnsConfig）并重建 Pod' }],
      }],
    }]
  }
  return []
}

/** Takes the word and the blank before it out of its line. */
function removal(word: { file: string; start: number; end: number }, line: string | undefined): { file: string; start: number; end: number; text: string; madeBy: string }[] {
  return line === undefined ? [] : [{ file: word.file, start: word.start - 1, end: word.end, text: '', madeBy: 'kubelet' }]
}
