// ndots-amplification: a name with fewer dots than ndots is tried with every search suffix first. findings.md F02.
import { compare, ZERO } from '../chain/rational.ts'
import { absolute, isAbsolute, labelsOf, nameKey } from '../dns/name.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'

export const ndotsAmplification: Finding = {
  id: 'ndots-amplification',
  needs: ['question'],
  page: {
    title: { en: 'one lookup costs many questions: the search list is tried first', zh: '一次解析产生多次查询：先尝试搜索列表' },
    shows: { en: 'CoreDNS serves several times the questions that the applications ask; most replies are NXDOMAIN for `name.suffix`.', zh: 'CoreDNS 收到的查询数是应用发起解析数的数倍；大部分回复是 `名称.后缀` 的 NXDOMAIN。' },
    proved: { en: 'Count: (suffixes + 1) × 2 record types. In the log the same client asks name.suffix1, name.suffix2, … within milliseconds.', zh: '计数：（后缀数 + 1）× 2 种记录类型。日志中同一客户端在几毫秒内依次询问 名称.后缀1、名称.后缀2……' },
    refuted: { en: 'The name ends in a dot, or has at least `ndots` dots, or its first candidate answers (then the list is what finds it).', zh: '名称以点结尾，或点数不少于 `ndots`，或第一个候选就有答案（此时正是靠搜索列表找到的）。' },
    wrong: 'search shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n# lookup of api.example.com: 8 questions',
    right: 'options ndots:2\n# or the name written with its dot: api.example.com.',
    seeAlso: ['musl-stops-searching', 'negative-cache'],
  },
  find: hits,
}

function hits(c: Case): Hit[] {
  const { name, stub } = c.question
  if (isAbsolute(name)) return []
  const search = stub.resolvConf.lines.filter(l => l.keyword === 'search').at(-1)
  const option = stub.resolvConf.lines.filter(l => l.keyword === 'options').flatMap(l => l.words).filter(w => w.value.startsWith('ndots:')).at(-1)
  const ndots = Number(option?.value.slice(6) ?? 1)
  const dots = labelsOf(name).length - 1
  const suffixes = search?.words ?? []
  if (!search || dots >= ndots || suffixes.length === 0 || dots === 0) return []
  // The list is doing its work when a candidate with a suffix is what resolves.
  const candidates = suffixes.map(s => absolute(`${name}.${s.value}`))
  const types = c.question.family === 'inet6' ? (['AAAA'] as const) : (['A', 'AAAA'] as const)
  const found = candidates.findIndex(candidate => types.some(type => compare(c.replies(candidate, type).get('answer')?.min ?? ZERO, ZERO) > 0))
  const wasted = (found < 0 ? suffixes.length : found) * (c.question.family === 'unspec' ? 2 : 1)
  if (wasted < 4) return []
  const seen = c.observations.filter(o => o.kind === 'served' && candidates.slice(0, found < 0 ? undefined : found).some(candidate => nameKey(candidate) === nameKey(o.name)))
  return [{
    level: 'info',
    certainty: seen.length > 0 ? 'confirmed' : 'likely',
    message: { en: `each lookup of \`${name}\` sends ${wasted} questions before the one that counts`, zh: `每次解析 \`${name}\` 在真正有用的查询之前要多发 ${wasted} 个查询` },
    fingerprint: `ndots-amplification:${stub.place}:${name}`,
    sources: [
      { source: search.source, primary: true, label: { en: `${suffixes.length} suffixes are tried first`, zh: `先依次尝试 ${suffixes.length} 个后缀` } },
      ...(option ? [{ source: option.source, label: { en: `the name has ${dots} dot${dots === 1 ? '' : 's'}, fewer than ${ndots}`, zh: `该名称只有 ${dots} 个点，少于 ${ndots}` } }] : []),
    ],
    evidence: seen.slice(0, 3).map(o => `${o.source.file}:${o.source.line}`),
    notes: [],
    fixes: [{
      title: { en: 'write the name with a trailing dot, or set ndots:2 for this workload', zh: '把名称写成以点结尾，或为该工作负载设置 ndots:2' },
      applicability: 'byHand', edits: [],
      steps: [{ en: 'spec.template.spec.dnsConfig.options: [{name: ndots, value: "2"}]', zh: 'spec.template.spec.dnsConfig.options: [{name: ndots, value: "2"}]' }],
      caution: { en: 'short names with two or more dots (`svc.ns.svc`) then go out as written first', zh: '含两个及以上点的短名称（如 `svc.ns.svc`）会先按原样查询' },
    }],
  }]
}
