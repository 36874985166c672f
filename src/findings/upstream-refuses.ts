// upstream-refuses: an upstream says REFUSED to CoreDNS: it does not serve this asker, or does no recursion. findings.md F57.
import type { CorednsModel } from '../chain/model.ts'
import { absolute, nameKey } from '../dns/name.ts'
import type { DirectAnswer, ServedQuery } from '../evidence/observation.ts'
import { addOption } from '../fixes/corefile-edit.ts'
import type { Case } from './case.ts'
import type { Certainty } from './diagnosis.ts'
import type { Finding, Hit, LabelledSource, ProposedFix } from './finding.ts'
import { forwardLinesFor, targetsOf, type ForwardLine } from './forward-targets.ts'
import { isOwn } from './lines-met.ts'
import { linesToEdit } from './lines-to-edit.ts'
import { serversOut } from './servers-out.ts'
import type { UpstreamOption } from './upstream-choice.ts'

export const upstreamRefuses: Finding = {
  id: 'upstream-refuses',
  needs: ['question', 'corefile'],
  page: {
    title: { en: 'an upstream refuses to answer CoreDNS', zh: '上游拒绝为 CoreDNS 应答' },
    shows: { en: 'REFUSED for names outside the cluster, from some nodes or some of the time; `Got recursion not available` from nslookup.', zh: '集群外域名得到 REFUSED，只在部分节点或部分时间出现；nslookup 提示 `Got recursion not available`。' },
    proved: { en: 'The server says REFUSED when asked directly from where CoreDNS runs, and the log of CoreDNS has REFUSED for the name. From the node, whose address its access list knows, it may well answer.', zh: '从 CoreDNS 所在位置直接询问，该服务器返回 REFUSED，且 CoreDNS 日志中该域名也是 REFUSED。而从节点（其地址在访问列表内）询问可能有正常应答。' },
    refuted: { en: 'CoreDNS itself refused: `concurrent queries exceeded maximum` beside it (max_concurrent), an `acl` line, or no server block for the zone.', zh: '是 CoreDNS 自己拒绝：旁边有 `concurrent queries exceeded maximum`（max_concurrent）、有 `acl` 行，或没有对应区域的 server block。' },
    wrong: 'allow-recursion { 10.1.0.0/24; };            # nodes only; pods come from 10.244.0.0/16',
    right: 'allow-recursion { 10.1.0.0/24; 10.244.0.0/16; };',
    seeAlso: ['upstream-unreachable', 'mixed-upstreams', 'max-concurrent'],
  },
  find: c => {
    const name = nameKey(absolute(c.question.name))
    return c.servers.filter(server => !isOwn(server, name)).flatMap(server => forwardLinesFor(server, name).slice(0, 1)).flatMap(line => hitOf(c, line, name))
  },
}

interface Refusal extends UpstreamOption {
  readonly refused: readonly DirectAnswer[]
  /** Answers to the same question, of this server. */
  readonly served: readonly DirectAnswer[]
  /** Fills of CoreDNS' log that name it. */
  readonly logged: readonly ServedQuery[]
}

function hitOf(c: Case, line: ForwardLine, name: string): Hit[] {
  const all = refusalsOf(c, line, name)
  const logged = loggedRefusals(c, line, name)
  const asked = all.filter(r => r.refused.length + r.logged.length > 0)
  // Nobody asked a server: a line with one server leaves no doubt who it was.
  const blamed = asked.length > 0 ? asked : logged.length > 0 && all.length === 1 ? all : []
  if (blamed.length === 0 && logged.length === 0) return []
  // Who is refused matters: where CoreDNS itself gets answers, others may be refused.
  const { pod } = line.server
  if (logged.length === 0 && blamed.every(r => r.served.some(o => o.place === pod) && !r.refused.some(o => o.place === pod))) return []
  const direct = blamed.some(r => r.refused.length > 0)
  const certainty: Certainty = direct && logged.length > 0 ? 'confirmed' : direct || blamed.length > 0 ? 'likely' : 'possible'
  const words = (blamed.length > 0 ? blamed : all).map(r => r.address).join(', ')
  const answering = all.filter(r => !blamed.includes(r))
  return [{
    level: c.explanation.verdict === 'works' || certainty === 'possible' ? 'warning' : 'error', certainty,
    message: blamed.length > 0
      ? { en: `${words} ${blamed.length > 1 ? 'refuse' : 'refuses'} the questions of ${pod} for \`${c.question.name}\``, zh: `${words} 拒绝 ${pod} 对 \`${c.question.name}\` 的查询` }
      : { en: `one of ${words} refuses the questions of ${pod} for \`${c.question.name}\``, zh: `${words} 之一拒绝 ${pod} 对 \`${c.question.name}\` 的查询` },
    fingerprint: `upstream-refuses:${(blamed.length > 0 ? blamed : all).map(r => r.address).sort().join(',')}`,
    sources: sourcesOf(line, blamed, logged),
    evidence: [...blamed.flatMap(r => [...r.refused.slice(0, 2), ...r.served.slice(0, 1)]), ...logged.slice(0, 2)].map(o => `${o.source.file}:${o.source.line}`),
    notes: notesOf(blamed),
    fixes: [
      ...(blamed.length > 0 && answering.length > 0 ? [...serversOut(c, line, blamed), failover(c, line)] : []), allow(line.server, blamed.length > 0 ? blamed : all),
    ].filter(f => f !== undefined),
  }]
}

function refusalsOf(c: Case, line: ForwardLine, name: string): Refusal[] {
  const options = new Map(targetsOf(line.server, line.forward).filter(t => t.port === 53).map(t => [t.address, t.source]))
  return [...options].map(([address, source]) => {
    const direct = c.observations.filter((o): o is DirectAnswer => o.kind === 'direct' && o.server === address && o.reply !== undefined && nameKey(o.query.name) === name)
    return {
      address, source,
      refused: direct.filter(o => o.reply?.rcode === 'REFUSED'), served: direct.filter(o => o.reply?.rcode === 'NOERROR' || o.reply?.rcode === 'NXDOMAIN'),
      logged: c.observations.filter((o): o is ServedQuery => o.kind === 'served' && o.place === line.server.pod && o.upstream === address && o.rcode === 'REFUSED' && nameKey(o.name) === name),
    }
  })
}

/** REFUSED that CoreDNS passed on. Its own refusals (acl, max_concurrent) are somebody else's fault. */
function loggedRefusals(c: Case, { server, block, forward }: ForwardLine, name: string): ServedQuery[] {
  if (block.directives.some(d => d.name === 'acl' || d.name === 'template' || d.name === 'erratic')) return []
  const limited = forward.properties.some(p => p.name === 'max_concurrent') && c.observations.some(o => o.kind === 'server-error' && o.place === server.pod && o.text.includes('concurrent queries exceeded'))
  if (limited) return []
  return c.observations.filter((o): o is ServedQuery => o.kind === 'served' && o.place === server.pod && o.rcode === 'REFUSED' && nameKey(o.name) === name)
}

function notesOf(blamed: readonly Refusal[]): Hit['notes'] {
  const others = blamed.flatMap(r => {
    const refusedAt = new Set(r.refused.map(o => o.place ?? ''))
    const servedAt = [...new Set(r.served.map(o => o.place ?? ''))].filter(place => place !== '' && !refusedAt.has(place))
    return servedAt.length > 0 && !refusedAt.has('') ? [{ address: r.address, refusedAt: [...refusedAt].join(', '), servedAt: servedAt.join(', ') }] : []
  })
  const noRecursion = blamed.filter(r => r.refused.length > 0 && r.served.length === 0 && r.refused.every(o => !o.reply?.flags.includes('ra'))).map(r => r.address)
  return [
    { kind: 'why', said: { en: 'REFUSED is a reply: forward passes it on and asks no other server; it is not cached, so the next question may fare better', zh: 'REFUSED 也是应答：forward 会直接转给客户端而不问其他上游；它不被缓存，下一次查询结果可能不同' } },
    ...others.map(o => ({ kind: 'confirmed' as const, said: { en: `${o.address} refuses ${o.refusedAt} and answers ${o.servedAt}: its access list knows one address and not the other`, zh: `${o.address} 拒绝 ${o.refusedAt}，却为 ${o.servedAt} 应答：其访问列表只认识后者的地址` } })),
    ...(noRecursion.length > 0 ? [{ kind: 'note' as const, said: { en: `${noRecursion.join(', ')}: the refusal says "no recursion available": an authoritative-only server, or recursion not for this asker`, zh: `${noRecursion.join('、')}：拒绝应答中没有 ra 标志：只做权威应答，或不为该客户端递归` } }] : []),
  ]
}

function sourcesOf(line: ForwardLine, blamed: readonly Refusal[], logged: readonly ServedQuery[]): LabelledSource[] {
  return [
    { source: line.forward.source, primary: true, label: { en: 'a REFUSED of any of these servers is passed on', zh: '任何一个上游的 REFUSED 都会被转给客户端' } },
    ...blamed.flatMap(r => linesToEdit(r.source).map(source => ({ source, primary: true, label: { en: `${r.address}: refuses`, zh: `${r.address}：拒绝` } }))),
    ...logged.slice(0, 1).map(o => ({ source: o.source, label: { en: 'passed on to a client', zh: '已转给客户端' } })),
  ]
}

/** `failover` came with 1.13.0. */
function failover(c: Case, { server, blockIndex, directiveIndex, forward }: ForwardLine): ProposedFix | undefined {
  const corefile = c.cluster.corefiles.get(server.pod)
  const block = corefile?.blocks[blockIndex]
  const directive = block?.directives[directiveIndex]
  const [, minor = '0'] = /^1\.(\d+)/.exec(server.version ?? '') ?? []
  if (!corefile || !block || !directive || forward.name !== 'forward' || Number(minor) < 13 || forward.properties.some(p => p.name === 'failover')) return undefined
  return {
    title: { en: 'ask the next server after a REFUSED', zh: '收到 REFUSED 后询问下一个上游' },
    applicability: 'likely',
    edits: [addOption(corefile, block, directive, 'failover REFUSED')],
    steps: [{ en: 'kubectl apply the ConfigMap; the reload plugin takes it up within about 2 minutes', zh: '用 kubectl apply 更新 ConfigMap；reload 插件约 2 分钟内生效' }],
    caution: { en: 'the refusing server is still asked first by its share of the questions', zh: '拒绝的上游仍会先收到它那一份查询' },
  }
}

function allow(server: CorednsModel, blamed: readonly UpstreamOption[]): ProposedFix {
  const words = blamed.map(r => r.address).join(', ')
  const address = server.addresses[0] ?? server.pod
  return {
    title: { en: `let ${words} serve ${server.pod}`, zh: `让 ${words} 为 ${server.pod} 服务` },
    applicability: 'byHand', edits: [],
    steps: [
      { en: `at ${words}: allow recursion for ${address} and its pod network (BIND allow-query and allow-recursion, unbound access-control)`, zh: `在 ${words} 上：允许 ${address} 及其 Pod 网段递归（BIND allow-query、allow-recursion，unbound access-control）` },
      { en: `or let ${server.node} masquerade pod addresses towards it; or forward to it only the zones that it is authoritative for`, zh: `或让 ${server.node} 对发往它的 Pod 地址做地址伪装；或只把它负责的区域转发给它` },
    ],
  }
}
