// upstream-unreachable: a server of the forward list that gives no answer where CoreDNS asks it. findings.md F12.
import type { Directive } from '../chain/model.ts'
import { absolute, nameKey } from '../dns/name.ts'
import { formatServer } from '../dns/socket-address.ts'
import type { DirectAnswer, Reachability, ServerError } from '../evidence/observation.ts'
import type { Case } from './case.ts'
import type { Certainty, Level, Said } from './diagnosis.ts'
import type { Finding, Hit, LabelledSource, ProposedFix } from './finding.ts'
import { targetsOf, type ForwardLine } from './forward-targets.ts'
import { linesMet, questionsOf } from './lines-met.ts'
import { linesToEdit } from './lines-to-edit.ts'
import { serversOut } from './servers-out.ts'
import type { UpstreamOption } from './upstream-choice.ts'

export const upstreamUnreachable: Finding = {
  id: 'upstream-unreachable',
  needs: ['question', 'corefile'],
  page: {
    title: { en: 'CoreDNS gets no answer from a server of its forward list', zh: 'CoreDNS 得不到转发列表中某个上游的应答' },
    shows: {
      en: 'Cluster names are fine; names that are forwarded take 2 s now and then (one dead server among several) or end in SERVFAIL after 4 to 6 s (all dead). The log says `read udp …->SERVER:53: i/o timeout`.',
      zh: '集群内域名正常；被转发的域名时常要等 2 秒（多个上游中有一个失效），或在 4 至 6 秒后得到 SERVFAIL（全部失效）。日志中有 `read udp …->上游:53: i/o timeout`。',
    },
    proved: { en: 'Errors in the log of CoreDNS name the server, and a question sent to it directly from the pod (or a ping) is not answered either. The same question from the node tells a dead server from a broken path.', zh: 'CoreDNS 日志中的错误指出该上游，并且从该 Pod 直接询问（或 ping）也没有应答。再从节点询问一次，可区分服务器失效与路径不通。' },
    refuted: { en: 'The server answers when asked from the pod of CoreDNS; or the timeouts are at the client only and the log of CoreDNS has none; or they come with load only.', zh: '从 CoreDNS 的 Pod 询问时该上游有应答；或只有客户端超时而 CoreDNS 日志没有错误；或仅在高负载时出现。' },
    wrong: 'forward . 10.0.0.2 10.0.0.3      # 10.0.0.3 was switched off\n# [ERROR] plugin/errors: 2 db.corp.example. A: read udp 10.244.0.3:46620->10.0.0.3:53: i/o timeout',
    right: 'forward . 10.0.0.2 10.0.0.4      # both answer',
    seeAlso: ['upstream-refuses', 'mixed-upstreams', 'forward-loop'],
  },
  find: c => c.servers.flatMap(server => linesMet(c, server).flatMap(line => hitOf(c, line))),
}

interface Silence extends UpstreamOption {
  readonly errors: readonly ServerError[]
  readonly unanswered: readonly DirectAnswer[]
  readonly answered: readonly DirectAnswer[]
  readonly pings: readonly Reachability[]
  /** It answered where CoreDNS runs, or a log line says that it did. */
  readonly alive: boolean
}

function hitOf(c: Case, line: ForwardLine): Hit[] {
  const suspects = silencesOf(c, line)
  const silent = suspects.filter(s => s.errors.length + s.unanswered.length > 0)
  const dead = silent.filter(s => !s.alive)
  // A packet may be lost; a server that answers too is blamed only for more than that, and never for the whole.
  const flaky = dead.length > 0 ? [] : silent.filter(s => s.errors.length + s.unanswered.length >= 3)
  const blamed = dead.length > 0 ? dead : flaky
  if (blamed.length === 0) return []
  const certainty = certaintyOf(blamed, dead.length > 0)
  const words = blamed.map(s => s.address).join(', ')
  const { length: m } = suspects
  return [{
    level: levelOf(c, blamed, dead.length > 0, certainty),
    certainty,
    message: dead.length > 0
      ? { en: `${words} of the ${m} server${m > 1 ? 's' : ''} of this line ${blamed.length > 1 ? 'give' : 'gives'} ${line.server.pod} no answer`, zh: `${line.server.pod} 得不到该行 ${m} 个上游中 ${words} 的应答` }
      : { en: `${words} ${blamed.length > 1 ? 'leave' : 'leaves'} some questions of ${line.server.pod} without an answer`, zh: `${words} 对 ${line.server.pod} 的部分查询没有应答` },
    fingerprint: `upstream-unreachable:${blamed.map(s => s.address).sort().join(',')}`,
    sources: sourcesOf(line, blamed, dead.length > 0),
    evidence: blamed.flatMap(s => [...s.errors.slice(0, 3), ...s.unanswered.slice(0, 2), ...s.pings.slice(0, 1), ...s.answered.slice(0, 1)]).map(o => `${o.source.file}:${o.source.line}`),
    notes: [
      { kind: 'why', said: costOf(line, blamed, m, dead.length > 0) },
      ...slowFills(c, line), { kind: 'seen', said: seenOf(blamed) }, ...elsewhere(blamed),
      ...(dead.length > 0 ? [{ kind: 'note' as const, said: markingOf(line) }] : []),
    ],
    fixes: [...(dead.length > 0 && dead.length < m ? serversOut(c, line, dead) : []), mendThePath(line, blamed)],
  }]
}

/** What was seen of each server from where this CoreDNS runs; what other places saw of it is their path. */
function silencesOf(c: Case, line: ForwardLine): Silence[] {
  const { pod, node } = line.server
  const nodeOf = new Map([...c.model.stubs.map(s => [s.place, s.node] as const), ...c.model.coredns.map(s => [s.pod, s.node] as const)])
  const near = (place: string | undefined): boolean => place === undefined || place === pod || nodeOf.get(place) === node
  // The node itself takes another way than the pod: masquerading, rules for pod addresses.
  const same = (place: string | undefined): boolean => near(place) && (place === undefined || !place.startsWith('node/') || line.server.hostNetwork)
  const options = new Map(targetsOf(line.server, line.forward).map(t => [formatServer(t), t.source]))
  return [...options].map(([address, source]) => {
    const known = c.model.upstreams.find(u => address === u.address || address === `${u.address}:${u.port}` || address === `[${u.address}]:${u.port}`)
    const all = known && (known.reachable === 'no' || known.reachable === 'sometimes') ? c.observations : []
    const direct = all.filter((o): o is DirectAnswer => o.kind === 'direct' && o.server === address)
    const answered = direct.filter(o => o.reply !== undefined)
    return {
      address, source, answered,
      errors: all.filter((o): o is ServerError => o.kind === 'server-error' && o.upstream === address && o.failure !== 'other' && o.failure !== 'loop' && near(o.place)),
      unanswered: direct.filter(o => o.reply === undefined && near(o.place)),
      pings: all.filter((o): o is Reachability => o.kind === 'reachability' && o.address === known?.address && o.received === 0),
      alive: answered.some(o => same(o.place)) || all.some(o => o.kind === 'served' && o.place === pod && o.upstream === address),
    }
  })
}

function certaintyOf(blamed: readonly Silence[], isDead: boolean): Certainty {
  const each = blamed.map((s): Certainty => {
    if (isDead && s.errors.length > 0 && s.unanswered.length + s.pings.length > 0) return 'confirmed'
    return s.errors.length + s.unanswered.length + s.pings.length > 1 ? 'likely' : 'possible'
  })
  return each.includes('possible') ? 'possible' : each.includes('likely') ? 'likely' : 'confirmed'
}

function levelOf(c: Case, blamed: readonly Silence[], isDead: boolean, certainty: Certainty): Level {
  const { verdict, endings } = c.explanation
  if (verdict === 'works') return 'info'
  if (!isDead || certainty === 'possible' || verdict === 'absent' || verdict === 'inconclusive') return 'warning'
  const names = new Set([...questionsOf(c), nameKey(absolute(c.question.name))])
  const ofThisName = blamed.some(s => [...s.errors.map(o => o.name), ...s.unanswered.map(o => o.query.name)].some(name => names.has(nameKey(name))))
  const silence = endings.some(e => e.result === 'timeout' || e.causes.some(cause => cause.kind === 'lost' || (cause.kind === 'failed' && cause.detail !== 'SERVFAIL')))
  return verdict === 'slow' || ofThisName || silence ? 'error' : 'warning'
}

function sourcesOf(line: ForwardLine, blamed: readonly Silence[], isDead: boolean): LabelledSource[] {
  const error = blamed.flatMap(s => s.errors)[0]
  return [
    { source: line.forward.source, primary: true, label: { en: 'its questions go to this list', zh: '查询被转发到这个列表' } },
    ...blamed.flatMap(s => linesToEdit(s.source).map(source => ({
      source, primary: true, label: isDead ? { en: `${s.address}: never answers here`, zh: `${s.address}：在此从不应答` } : { en: `${s.address}: does not always answer`, zh: `${s.address}：并非总有应答` },
    }))),
    ...(error ? [{ source: error.source, label: { en: 'CoreDNS names the server', zh: 'CoreDNS 指出了该上游' } }] : []),
  ]
}

const option = (forward: Directive, name: string): string | undefined => forward.properties.find(p => p.name === name)?.args[0]?.value

function costOf({ forward }: ForwardLine, blamed: readonly Silence[], m: number, isDead: boolean): Said {
  const n = blamed.length
  const wait = option(forward, 'read_timeout') ?? '2s'
  const atOnce = blamed.every(s => s.errors.length > 0 && [...s.errors, ...s.unanswered].every(o => o.failure === 'refused' || o.failure === 'unreachable'))
  if (!isDead) return { en: `each question that it leaves without an answer costs ${wait} before the next server is asked`, zh: `每个没有应答的查询都要等 ${wait} 才会换下一个上游` }
  if (n === m) return { en: 'no server is left: a question ends in SERVFAIL, after 4 to 6 s where packets just vanish; the client has given up or asked again by then', zh: '没有可用的上游：查询以 SERVFAIL 结束，若数据包只是消失则要 4 至 6 秒，此时客户端早已放弃或重试' }
  if (atOnce) return { en: `the refusal comes at once and the next server is asked: ${n} of ${m} servers cost attempts, hardly time`, zh: `拒绝会立即返回并换下一个上游：${m} 个上游中有 ${n} 个只浪费尝试次数，几乎不耗时` }
  const order = option(forward, 'policy')
  return order === 'sequential'
    ? { en: `the list is asked in order: a dead server costs ${wait} in each cache fill that gets to it, until it is marked down`, zh: `按顺序询问：每次轮到失效的上游都要等 ${wait}，直到它被标记为不可用` }
    : { en: `${n} of ${m} servers ${n > 1 ? 'are' : 'is'} dead: ${n} in ${m} cache fills begin there and take ${wait} longer, until it is marked down`, zh: `${m} 个上游中有 ${n} 个失效：每 ${m} 次缓存填充中有 ${n} 次从它开始，多花 ${wait}，直到它被标记为不可用` }
}

/** When CoreDNS itself stops asking the server, by plugin and version. */
function markingOf({ forward, server }: ForwardLine): Said {
  if (forward.name === 'proxy') return {
    en: `\`proxy\`${server.version === undefined ? '' : ` of CoreDNS ${server.version}`} leaves a failed server out for a short time only, then a client's question tries it again; \`forward\` probes it in the background`,
    zh: `\`proxy\`${server.version === undefined ? '' : `（CoreDNS ${server.version}）`} 只在很短时间内避开失败的上游，之后又用客户端的查询去试；\`forward\` 则在后台探测`,
  }
  if (option(forward, 'max_fails') === '0') return { en: '`max_fails 0`: it is never marked down, so the wait comes again and again', zh: '`max_fails 0`：它永远不会被标记为不可用，每次都要等待' }
  return {
    en: 'forward probes a server only after a failed question: three failed probes (about 4 s) mark it down, one reply of any kind makes it usable again; nothing of this is logged, and after a restart or reload it starts anew',
    zh: 'forward 只在查询失败之后才探测上游：三次探测失败（约 4 秒）后标记为不可用，任何一次应答又使其恢复；这些都不写日志，重启或重载后重新开始',
  }
}

function seenOf(blamed: readonly Silence[]): Said {
  const part = (s: Silence): [string, string] => [
    `${s.address}: ${s.errors.length} errors in the log, ${s.unanswered.length} direct questions without an answer${s.pings.length > 0 ? ', no answer to ping' : ''}`,
    `${s.address}：日志中 ${s.errors.length} 条错误，${s.unanswered.length} 次直接询问无应答${s.pings.length > 0 ? '，ping 无应答' : ''}`,
  ]
  return { en: blamed.map(s => part(s)[0]).join('; '), zh: blamed.map(s => part(s)[1]).join('；') }
}

/** Query lines of the asked names that took as long as a server that is waited for in vain. */
function slowFills(c: Case, { server, forward }: ForwardLine): { readonly kind: 'seen'; readonly said: Said }[] {
  const names = new Set(questionsOf(c))
  const waitMs = /^\d+(?:\.\d+)?s$/.test(option(forward, 'read_timeout') ?? '') ? 1000 * Number.parseFloat(option(forward, 'read_timeout') as string) : 2000
  const fills = c.observations.filter(o => o.kind === 'served' && o.place === server.pod && names.has(nameKey(o.name)) && o.durationMs > 1).map(o => (o.kind === 'served' ? o.durationMs : 0))
  const slow = fills.filter(ms => ms >= waitMs).length
  if (slow === 0) return []
  return [{ kind: 'seen', said: { en: `${slow} of ${fills.length} forwarded questions for the name took ${waitMs / 1000} s or longer`, zh: `该域名被转发的 ${fills.length} 次查询中有 ${slow} 次耗时 ${waitMs / 1000} 秒以上` } }]
}

/** It answers somebody else: the server lives, the way to it does not. */
function elsewhere(blamed: readonly Silence[]): { readonly kind: 'note'; readonly said: Said }[] {
  return blamed.filter(s => !s.alive && s.answered.length > 0).map(s => {
    const places = [...new Set(s.answered.map(o => o.place ?? ''))].join(', ')
    return { kind: 'note', said: { en: `${s.address} does answer ${places}: the server is up, the way from the pod is not (masquerading, firewall, route)`, zh: `${s.address} 对 ${places} 有应答：服务器正常，是 Pod 到它的路径不通（地址伪装、防火墙、路由）` } }
  })
}

function mendThePath({ server }: ForwardLine, blamed: readonly Silence[]): ProposedFix {
  const words = blamed.map(s => s.address).join(', ')
  const address = server.addresses[0] ?? server.pod
  return {
    title: { en: `make ${words} answer ${server.pod}`, zh: `让 ${words} 能应答 ${server.pod}` },
    applicability: 'byHand', edits: [],
    steps: [
      { en: `on ${server.node}: dig @${blamed[0]?.address} . NS +tries=1; an answer there and none in the pod means masquerading or a firewall that knows node addresses only`, zh: `在 ${server.node} 上执行：dig @${blamed[0]?.address} . NS +tries=1；若节点有应答而 Pod 没有，则是地址伪装缺失或防火墙只放行节点地址` },
      { en: `let UDP and TCP 53 from ${address} reach ${words}, or switch the server on again`, zh: `放行从 ${address} 到 ${words} 的 UDP 和 TCP 53 端口，或恢复该服务器` },
      { en: 'a site that goes offline: `failfast_all_unhealthy_upstreams` in forward (CoreDNS 1.12.1 or later) fails in milliseconds instead of seconds', zh: '会离线的站点：在 forward 中使用 `failfast_all_unhealthy_upstreams`（CoreDNS 1.12.1 及以上），失败只需毫秒而不是数秒' },
    ],
  }
}
