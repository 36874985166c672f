// topology-not-in-effect: the DNS Service should stay inside the pool, and does not. findings.md F31.
import type { ServiceAtNode } from '../cluster/endpoints.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'
import { servicesAsked } from './topology-no-local-endpoint.ts'

export const topologyNotInEffect: Finding = {
  id: 'topology-not-in-effect',
  needs: ['question', 'objects', 'node-files'],
  page: {
    title: { en: 'DNS questions leave the node pool', zh: 'DNS 查询离开了本节点池' },
    shows: { en: 'Since an edge node joined, DNS works only sporadically: a share of the questions goes to a CoreDNS pod of another pool and is never answered.', zh: '自从边缘节点加入后，DNS 时好时坏：一部分查询被送到其他节点池的 CoreDNS，得不到回复。' },
    proved: { en: 'The node’s own rules hold endpoints that the annotation should have removed; or no annotation, and endpoints in several pools.', zh: '节点自身的规则中含有本应被注解过滤掉的端点；或没有注解，而端点分布在多个池中。' },
    refuted: { en: 'The rules hold only endpoints of the own pool, or all pools reach each other.', zh: '规则中只有本池的端点，或各池之间网络互通。' },
    wrong: 'kube-proxy reads from the API server instead of YurtHub (127.0.0.1:10261)',
    right: 'openyurt.io/topologyKeys: openyurt.io/nodepool   # and kube-proxy behind YurtHub',
    seeAlso: ['topology-no-local-endpoint'],
  },
  find: c => servicesAsked(c).flatMap(s => hitOf(c, s)),
}

function hitOf(c: Case, at: ServiceAtNode): Hit[] {
  const { service, topology, installed } = at
  if (topology) {
    const inUse = new Set(installed ?? service.endpoints.map(e => e.value.address))
    const foreign = at.removed.filter(r => inUse.has(r.address))
    if (foreign.length === 0) return []
    return [hit(c, at, topology.source, installed ? 'confirmed' : 'possible', foreign, {
      en: `${service.node} sends DNS to ${foreign.length} endpoint${foreign.length > 1 ? 's' : ''} that \`${topology.value}\` should have left out`,
      zh: `${service.node} 把 DNS 查询发往 ${foreign.length} 个本应被 \`${topology.value}\` 过滤掉的端点`,
    })]
  }
  if (at.pool === undefined) return []
  const foreign = service.endpoints.filter(e => e.value.node !== undefined && c.cluster.poolOf(e.value.node) !== undefined && c.cluster.poolOf(e.value.node) !== at.pool)
  if (foreign.length === 0) return []
  return [hit(c, at, service.source, 'possible', foreign.map(e => ({ address: e.value.address, ...(e.value.node !== undefined && { node: e.value.node }), because: '', source: e.source })), {
    en: `${service.name} has no topology annotation: ${foreign.length} of ${service.endpoints.length} endpoints are in other pools`,
    zh: `${service.name} 没有拓扑注解：${service.endpoints.length} 个端点中有 ${foreign.length} 个在其他节点池`,
  })]
}

function hit(c: Case, at: ServiceAtNode, source: Hit['sources'][number]['source'], certainty: Hit['certainty'], foreign: ServiceAtNode['removed'], message: Hit['message']): Hit {
  // Pools that reach each other lose nothing by it: only silence makes it a fault.
  const silent = c.observations.some(o => o.kind === 'application' && o.place === c.question.stub.place && o.result === 'timeout')
  return {
    level: silent ? (certainty === 'confirmed' ? 'error' : 'warning') : certainty === 'confirmed' ? 'warning' : 'info',
    certainty, message,
    fingerprint: `topology-not-in-effect:${at.service.name}:${at.service.node}`,
    sources: [
      { source, primary: true, label: { en: 'the Service', zh: '该 Service' } },
      ...foreign.slice(0, 4).map(f => ({ source: f.source, label: { en: `${f.address}${f.node ? ` on ${f.node}` : ''}: another pool`, zh: `${f.address}${f.node ? `（在 ${f.node} 上）` : ''}：属于其他节点池` } })),
    ],
    evidence: [],
    notes: [{ kind: 'why', said: { en: 'kube-proxy only sees the filtered list when it reads through YurtHub; reading from the API server it gets every endpoint', zh: '只有经由 YurtHub 读取时 kube-proxy 才会得到过滤后的列表；直接读 API server 会得到全部端点' } }],
    fixes: [{
      title: { en: 'annotate the DNS Service with openyurt.io/topologyKeys: openyurt.io/nodepool, and let kube-proxy read through YurtHub', zh: '为 DNS Service 加注解 openyurt.io/topologyKeys: openyurt.io/nodepool，并让 kube-proxy 经由 YurtHub 读取' },
      applicability: 'byHand', edits: [], steps: [],
      caution: { en: 'each pool then needs a CoreDNS pod of its own', zh: '此后每个节点池都需要自己的 CoreDNS Pod' },
    }],
  }
}
