// missing-cluster-dns: kubelet has no clusterDNS, so ClusterFirst pods get the node's file. findings.md F83.
import { nodeLocalAt } from '../chain/hop.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'

export const missingClusterDns: Finding = {
  id: 'missing-cluster-dns',
  needs: ['question', 'node-files'],
  page: {
    title: { en: 'kubelet does not know the cluster DNS', zh: 'kubelet 未配置集群 DNS 地址' },
    shows: { en: 'Event `MissingClusterDNS … Falling back to "Default" policy`; on that node alone no cluster name resolves.', zh: '出现事件 `MissingClusterDNS … Falling back to "Default" policy`；仅该节点上的 Pod 无法解析集群内名称。' },
    proved: { en: 'The running kubelet’s configuration has no `clusterDNS`, and the pod’s resolv.conf is the node’s.', zh: '运行中的 kubelet 配置没有 `clusterDNS`，且 Pod 的 resolv.conf 就是节点的。' },
    refuted: { en: '`clusterDNS` is set (in the file or by the flag `--cluster-dns`), or the pod has another dnsPolicy.', zh: '已设置 `clusterDNS`（在配置文件中或用 `--cluster-dns` 参数），或 Pod 使用其他 dnsPolicy。' },
    wrong: 'kind: KubeletConfiguration\nclusterDomain: cluster.local',
    right: 'kind: KubeletConfiguration\nclusterDNS: [10.96.0.10]\nclusterDomain: cluster.local',
    seeAlso: ['hostnetwork-dns-policy'],
  },
  find: hits,
}

function hits(c: Case): Hit[] {
  const { place, node } = c.question.stub
  const given = c.cluster.given.get(place)
  const list = c.cluster.clusterDns.get(node)
  const event = c.cluster.objects.find(o => o.kind === 'Event' && o.body['reason'] === 'MissingClusterDNS' && JSON.stringify(o.body['involvedObject'] ?? {}).includes(`"${c.question.pod ?? node}"`))
  const wantsCluster = given !== undefined && given.policy.value === 'ClusterFirst' && !given.hostNetwork.value || given?.policy.value === 'ClusterFirstWithHostNet'
  if (!wantsCluster || given === undefined) return []
  const empty = list !== undefined && list.length === 0
  if (!empty && !event) return []
  // The flag --cluster-dns stands in no file: a pod that was given the cluster's address has it.
  const isDns = (address: string): boolean => c.cluster.dnsServices.some(s => s.service.address === address) || nodeLocalAt(c.model, node, address) !== undefined
  if (given.obtained === 'snapshot' && given.resolvConf.lines.some(l => l.keyword === 'nameserver' && isDns(l.words[0]?.value ?? ''))) return []
  const kubelet = c.cluster.kubeletSource(node)
  const source = kubelet ?? event?.source
  if (!source) return []
  const vip = c.cluster.dnsServices[0]?.service.address
  return [{
    level: c.explanation.verdict === 'works' ? 'warning' : 'error',
    certainty: empty && kubelet && (event !== undefined || given.obtained === 'snapshot') ? 'confirmed' : 'likely',
    message: { en: `kubelet on ${node} has no clusterDNS: ${place} was given the node’s name servers instead of the cluster’s`, zh: `${node} 上的 kubelet 没有 clusterDNS：${place} 得到的是节点的名称服务器，而不是集群的` },
    fingerprint: `missing-cluster-dns:${node}`,
    sources: [
      { source, primary: true, label: { en: 'no `clusterDNS` here', zh: '此处没有 `clusterDNS`' } },
      { source: given.policy.source, label: { en: 'asks for the cluster DNS; falls back to Default', zh: '要求使用集群 DNS；实际退回 Default' } },
    ],
    evidence: event ? [`${event.source.file}:${event.source.line}`] : [],
    notes: [],
    fixes: [{
      title: { en: `set clusterDNS${vip ? `: [${vip}]` : ''} in kubelet’s configuration on ${node}`, zh: `在 ${node} 的 kubelet 配置中设置 clusterDNS${vip ? `: [${vip}]` : ''}` },
      applicability: vip && kubelet ? 'likely' : 'byHand',
      edits: vip && kubelet && !kubelet.file.endsWith('.json') ? [{ file: kubelet.file, start: kubelet.start, end: kubelet.start, text: `clusterDNS:\n- ${vip}\n` }] : [],
      steps: [{ en: 'restart kubelet on that node, then make the pod anew', zh: '重启该节点的 kubelet，然后重建 Pod' }],
    }],
  }]
}
