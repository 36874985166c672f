// fix-that-does-not-fix: a change somebody made against unequal upstreams that leaves them unequal. findings.md F46.
import { absolute } from '../dns/name.ts'
import type { Observation } from '../evidence/observation.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'
import { forwardLinesFor, targetsOf } from './forward-targets.ts'
import { asksOthersAfterDenial, fixedOrder, isPrivateAddress, saysOf } from './upstream-choice.ts'

/** Not in stock CoreDNS images: the server refuses to start. */
const EXTERNAL = new Set(['alternate', 'fanout'])

export const fixThatDoesNotFix: Finding = {
  id: 'fix-that-does-not-fix',
  needs: ['corefile'],
  page: {
    title: { en: 'a change that looks like the cure and is none', zh: '看似解决、其实没有解决的改动' },
    shows: { en: 'Somebody set `policy sequential`, added `alternate`, or edited the generated resolv.conf, and the NXDOMAIN stays or comes back.', zh: '有人设置了 `policy sequential`、添加了 `alternate`，或修改了自动生成的 resolv.conf，而 NXDOMAIN 依旧存在或又回来了。' },
    proved: { en: 'The list is still made of servers that do not know the same names: another policy changes the order only; the next server is tried after a network error, never after NXDOMAIN. A generated file is written anew at the next change of the link.', zh: '列表中的服务器仍然不认识同一批域名：策略只改变顺序，且只有网络错误才会换下一个服务器，NXDOMAIN 不会。生成的文件会在链路变化时被重写。' },
    refuted: { en: 'All servers of the list know the same names; or `failover NXDOMAIN` (CoreDNS ≥ 1.13.0) or `next NXDOMAIN` with a second forward (≥ 1.11.4) is set.', zh: '列表中所有服务器认识同一批域名；或设置了 `failover NXDOMAIN`（CoreDNS ≥ 1.13.0），或 `next NXDOMAIN` 加第二个 forward（≥ 1.11.4）。' },
    wrong: 'forward . 10.0.0.2 223.5.5.5 {\n    policy sequential\n}',
    right: 'corp.example {\n    forward . 10.0.0.2\n}',
    seeAlso: ['mixed-upstreams'],
  },
  find: c => [...policies(c), ...externals(c), ...generatedEdits(c)],
}

function policies(c: Case): Hit[] {
  const name = absolute(c.question.name)
  return c.servers.flatMap(server => forwardLinesFor(server, name).slice(0, 1)).flatMap((line): Hit[] => {
    const { server, forward } = line
    const policy = fixedOrder(forward)
    const written = forward.properties.find(p => p.name === 'policy')
    if (!policy || !written || asksOthersAfterDenial(forward)) return []
    const addresses = [...new Set(targetsOf(server, forward).map(t => t.address))]
    const says = new Set(addresses.map(address => saysOf(c, address)))
    const proved = says.has('answer') && says.has('denial')
    const mixed = new Set(addresses.map(isPrivateAddress)).size === 2 && !addresses.some(a => saysOf(c, a) === (isPrivateAddress(a) ? 'denial' : 'answer'))
    if (!proved && !mixed) return []
    return [{
      level: 'warning', certainty: proved ? 'likely' : 'possible',
      message: { en: `\`policy ${policy}\` does not make unequal upstreams equal`, zh: `\`policy ${policy}\` 不能让不等价的上游变得等价` },
      fingerprint: `fix-that-does-not-fix:policy-${policy}:${addresses.toSorted().join(',')}`,
      sources: [
        { source: written.source, primary: true, label: { en: 'changes the order only', zh: '只改变顺序' } },
        { source: forward.source, label: { en: 'still a list of servers that do not know the same names', zh: '列表中的服务器仍然不认识同一批域名' } },
      ],
      evidence: [], fixes: [],
      notes: [{ kind: 'why', said: { en: 'the next server is asked after a network error, never after NXDOMAIN; one slow moment of the first servers, and the NXDOMAIN is cached', zh: '只有网络错误才会询问下一个服务器，NXDOMAIN 不会；前面的服务器一旦变慢，NXDOMAIN 就会进入缓存' } }],
    }]
  })
}

function externals(c: Case): Hit[] {
  // A server that answers was built with the plugin.
  const serves = (pod: string): boolean => c.observations.some(o => o.kind === 'served' && o.place === pod)
  const refused = (pod: string, name: string): Observation | undefined =>
    c.observations.find(o => o.kind === 'server-event' && o.place === pod && o.event === 'corefile-error' && o.text.includes(name))
  return c.model.coredns.filter(server => !serves(server.pod)).flatMap(server => server.corefile.blocks.flatMap(block => block.directives.filter(d => EXTERNAL.has(d.name)).map((d): Hit => ({
    level: refused(server.pod, d.name) ? 'error' : 'warning', certainty: refused(server.pod, d.name) ? 'confirmed' : 'likely',
    message: { en: `\`${d.name}\` is not in stock CoreDNS images`, zh: `官方 CoreDNS 镜像不含 \`${d.name}\`` },
    fingerprint: `fix-that-does-not-fix:${d.name}`,
    sources: [{ source: d.source, primary: true, label: { en: 'a stock image refuses this Corefile: `Unknown directive`', zh: '官方镜像会拒绝该 Corefile：`Unknown directive`' } }],
    evidence: [refused(server.pod, d.name)].flatMap(o => (o ? [`${o.source.file}:${o.source.line}`] : [])), notes: [], fixes: [],
  }))))
}

function generatedEdits(c: Case): Hit[] {
  return c.servers.flatMap((server): Hit[] => {
    const node = c.cluster.nodeDns.get(server.node)
    if (!node?.generatedBy || node.strayLines.length + node.missing.length === 0) return []
    return [{
      level: 'warning', certainty: 'likely',
      message: { en: `${node.file} on ${server.node} was edited; ${node.generatedBy} writes it and will write it again`, zh: `${server.node} 上的 ${node.file} 被手工修改过；它由 ${node.generatedBy} 生成，还会被重写` },
      fingerprint: `fix-that-does-not-fix:generated:${server.node}`,
      sources: [
        ...node.strayLines.slice(0, 4).map(source => ({ source, primary: true, label: { en: 'not what its sources would produce', zh: '与其来源所生成的内容不符' } })),
        ...node.missing.slice(0, 4).map(({ value, source }) => ({ source, primary: true, label: { en: `${value} was taken out of the file; this line puts it there again`, zh: `${value} 已从该文件中删除；这一行会把它写回去` } })),
      ],
      evidence: [], notes: [], fixes: [],
    }]
  })
}
