// topology-no-local-endpoint: the topology filter leaves the DNS Service without an endpoint on this node. findings.md F30.
import { nodeLocalAt } from '../chain/hop.ts'
import type { ServiceAtNode } from '../cluster/endpoints.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'
import { targets } from './forward-targets.ts'

export const topologyNoLocalEndpoint: Finding = {
  id: 'topology-no-local-endpoint',
  needs: ['question', 'objects'],
  page: {
    title: { en: 'the topology filter leaves this node without a DNS endpoint', zh: '拓扑过滤后，该节点没有任何 DNS 端点' },
    shows: { en: 'In one node pool every lookup times out or is refused; other pools are fine. `kubectl get endpoints` looks healthy.', zh: '某个节点池内所有解析都超时或被拒绝，其他节点池正常；`kubectl get endpoints` 看上去是健康的。' },
    proved: { en: 'Annotation × pool of the node × nodeName of each endpoint = empty. The filter does not fall back to the whole cluster.', zh: '注解 × 节点所在池 × 各端点的 nodeName = 空集。该过滤器不会退回到整个集群。' },
    refuted: { en: 'The Service has no ready endpoint anywhere (then its selector or the pods are wrong), or the node’s rules do hold an endpoint.', zh: '该 Service 在任何地方都没有就绪端点（那是选择器或 Pod 的问题），或节点规则中确有端点。' },
    wrong: 'openyurt.io/topologyKeys: openyurt.io/nodepool   # and no CoreDNS pod in pool `shanghai`',
    right: 'a CoreDNS DaemonSet, or at least one replica in each pool',
    seeAlso: ['topology-not-in-effect'],
  },
  find: c => servicesAsked(c).flatMap(s => hitOf(c, s)),
}

/** The DNS Services that the asker's resolv.conf names, as its node sees them; behind NodeLocal DNSCache those that it sends to. */
export function servicesAsked(c: Case): ServiceAtNode[] {
  const { node, resolvConf } = c.question.stub
  const named = resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1).map(w => w.value))
  const asked = new Set(named.flatMap(address => {
    const inFront = nodeLocalAt(c.model, node, address)
    return inFront ? targets(inFront).map(t => t.address) : [address]
  }))
  return c.cluster.dnsServices.filter(s => s.service.node === node && asked.has(s.service.address))
}

function hitOf(c: Case, at: ServiceAtNode): Hit[] {
  const { service, removed, unused, topology } = at
  if (service.endpoints.length > 0 || removed.length === 0 || !topology) return []
  const refused = c.observations.some(o => o.kind === 'application' && o.place === c.question.stub.place && !o.ok && (o.result === 'timeout' || o.result === 'refused'))
  const where = at.pool ? `pool ${at.pool}` : `node ${service.node}`
  return [{
    level: 'error',
    certainty: (at.installed !== undefined && at.installed.length === 0) || refused ? 'confirmed' : 'likely',
    message: { en: `${service.name} has no endpoint for ${service.node}: ${removed.length} left out by \`${topology.value}\``, zh: `${service.name} 在 ${service.node} 上没有端点：${removed.length} 个被 \`${topology.value}\` 过滤掉` },
    fingerprint: `topology-no-local-endpoint:${service.name}:${at.pool ?? service.node}`,
    sources: [
      { source: topology.source, primary: true, label: { en: `only endpoints of ${where} count here`, zh: `此处只有 ${where} 的端点有效` } },
      ...unused.slice(0, 2).map(u => ({ source: u.source, label: { en: `${u.address}${u.node ? ` on ${u.node}` : ''} would count, but ${u.because}`, zh: `${u.address}${u.node ? `（在 ${u.node} 上）` : ''} 本可使用，但 ${u.because}` } })),
      ...removed.slice(0, 4).map(r => ({ source: r.source, label: { en: `${r.address}${r.node ? ` on ${r.node}` : ''}: ${r.because}`, zh: `${r.address}${r.node ? `（在 ${r.node} 上）` : ''}：${r.because}` } })),
    ],
    evidence: [],
    notes: [{ kind: 'why', said: { en: 'YurtHub’s filter hands kube-proxy an empty slice when nothing is left; unlike topology hints it never falls back', zh: '没有剩余端点时，YurtHub 的过滤器交给 kube-proxy 一个空的 slice；与拓扑提示不同，它不会回退' } }],
    fixes: [{
      title: { en: `run CoreDNS in ${where} (DaemonSet, or one replica per pool)`, zh: `在 ${where} 中运行 CoreDNS（DaemonSet，或每个池至少一个副本）` },
      applicability: 'byHand', edits: [], steps: [],
    }],
  }]
}
