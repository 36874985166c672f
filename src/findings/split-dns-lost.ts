// split-dns-lost: a routing domain of systemd-resolved is flattened away on the way to CoreDNS. findings.md F40.
import { absolute, isSubdomain, labelsOf } from '../dns/name.ts'
import type { Case, NodeServers } from './case.ts'
import type { Finding, Hit } from './finding.ts'
import { forwardLinesFor, targetsOf, type ForwardLine } from './forward-targets.ts'
import { ownServersForZone } from './upstream-cures.ts'
import { saysOf } from './upstream-choice.ts'

export const splitDnsLost: Finding = {
  id: 'split-dns-lost',
  needs: ['question', 'node-files'],
  page: {
    title: { en: 'the node routes a domain to its own servers; the file handed to pods forgets that', zh: '节点把某个域路由到专用服务器，而交给 Pod 的文件丢失了这一规则' },
    shows: { en: '`resolvectl query host.corp` works on the node, pods get NXDOMAIN, sometimes only now and then.', zh: '节点上 `resolvectl query host.corp` 正常，Pod 却得到 NXDOMAIN，有时是时好时坏。' },
    proved: { en: '`resolvectl status` shows the domain on one link; the uplink file lists that link’s servers beside others, or, for a routing-only `~domain`, leaves them out.', zh: '`resolvectl status` 显示某链路上有该域；而 uplink 文件把该链路的服务器与其他服务器并排列出，若是仅路由的 `~域名` 则根本不列出。' },
    refuted: { en: 'The Corefile has a server block for the domain with these servers, or all servers of the file know it.', zh: 'Corefile 中已有该域及其服务器的 server block，或文件中所有服务器都认识它。' },
    wrong: 'Link 3 (tun0): DNS Servers: 10.8.0.1, DNS Domain: ~corp\n# and what CoreDNS was given:\nnameserver 223.5.5.5',
    right: 'corp {\n    forward . 10.8.0.1\n}',
    seeAlso: ['mixed-upstreams'],
  },
  find: hits,
}

function hits(c: Case): Hit[] {
  if (c.explanation.verdict === 'works' || c.explanation.verdict === 'slow') return []
  const name = absolute(c.question.name)
  return c.servers.flatMap(server => forwardLinesFor(server, name).slice(0, 1).flatMap(line => hitOf(c, line, name)))
}

type Route = NodeServers['routes'][number]

function hitOf(c: Case, line: ForwardLine, name: string): Hit[] {
  const { server } = line
  const route = routeFor(c.cluster.nodeDns.get(server.node)?.routes ?? [], name)
  if (!route) return []
  const right = route.servers.map(s => s.value)
  const others = targetsOf(server, line.forward).filter(t => !right.includes(t.address))
  // A block whose servers are the route's own is the rule made anew.
  if (others.length === 0 || right.length === 0) return []
  const domain = domainOf(route)
  const split = right.some(address => saysOf(c, address) === 'answer') && others.some(t => saysOf(c, t.address) === 'denial')
  const open = c.explanation.verdict === 'inconclusive'
  const knows = route.servers.map(s => ({ address: s.value, source: s.source }))
  return [{
    level: open ? 'warning' : 'error',
    certainty: split ? 'confirmed' : open ? 'possible' : 'likely',
    message: { en: `${server.node} sends \`${domain}\` to ${right.join(', ')} only; the file CoreDNS was given does not`, zh: `${server.node} 只把 \`${domain}\` 发给 ${right.join('、')}；CoreDNS 得到的文件却没有这个规则` },
    fingerprint: `split-dns-lost:${server.node}:${domain}`,
    sources: [
      { source: route.domain.source, primary: true, label: { en: `systemd-resolved: link ${route.link} alone serves this domain`, zh: `systemd-resolved：仅链路 ${route.link} 负责该域` } },
      { source: line.forward.source, label: { en: 'sends the name to all servers of the file alike', zh: '把该域名不加区分地发给文件中的所有服务器' } },
      ...others.slice(0, 3).flatMap(t => (t.source ? [{ source: t.source, label: { en: `${t.address}: asked as well`, zh: `${t.address}：也会被询问` } }] : [])),
    ],
    evidence: [],
    notes: [{ kind: 'why', said: { en: 'routing by domain lives inside systemd-resolved: its file lists the servers of default-route links in one row, and leaves out those of a link with a routing-only domain', zh: '按域路由只存在于 systemd-resolved 内部：它写的文件把各默认路由链路的服务器排成一列，而带有仅路由域的链路的服务器则不写入' } }],
    fixes: [ownServersForZone(c, { ...line, knows, denies: [], untold: [] }, { zone: domain, shownBy: undefined })].filter(fix => fix !== undefined)
      .map(fix => ({ ...fix, caution: { en: `these servers must be reachable from the CoreDNS pod, not only through link ${route.link} of the node`, zh: `这些服务器必须能从 CoreDNS Pod 访问到，而不仅仅经由节点的链路 ${route.link}` } })),
  }]
}

/** As systemd-resolved chooses: the longest domain that holds the name. The root routes everything and is no split. */
function routeFor(routes: readonly Route[], name: string): Route | undefined {
  const fitting = routes.filter(route => domainOf(route) !== '' && isSubdomain(domainOf(route), name))
  return fitting.sort((a, b) => labelsOf(domainOf(b)).length - labelsOf(domainOf(a)).length)[0]
}

const domainOf = (route: Route): string => route.domain.value.replace(/^~/, '').replace(/\.$/, '')
