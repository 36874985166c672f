// hostnetwork-dns-policy: `hostNetwork: true` turns ClusterFirst into Default without a word. findings.md F15.
import { absolute, isAbsolute, isSubdomain, labelsOf, nameKey } from '../dns/name.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'
import { blockFor, forwardLinesFor, keysOf, targetsOf } from './forward-targets.ts'

export const hostnetworkDnsPolicy: Finding = {
  id: 'hostnetwork-dns-policy',
  needs: ['question', 'objects'],
  page: {
    title: { en: 'a pod on the host network does not ask the cluster DNS', zh: '使用主机网络的 Pod 没有询问集群 DNS' },
    shows: { en: '`lookup svc.ns.svc.cluster.local on 10.0.0.2:53: no such host` from agents, CNI or storage drivers; names of stub zones unknown too.', zh: '代理、CNI 或存储驱动等报 `lookup svc.ns.svc.cluster.local on 10.0.0.2:53: no such host`；存根区域中的域名同样不认识。' },
    proved: { en: 'The pod has `hostNetwork: true` and `dnsPolicy: ClusterFirst`, and its resolv.conf is the node’s.', zh: 'Pod 设置了 `hostNetwork: true` 和 `dnsPolicy: ClusterFirst`，且其 resolv.conf 就是节点的。' },
    refuted: { en: '`dnsPolicy: ClusterFirstWithHostNet`, or the name is one that the node’s servers know.', zh: '`dnsPolicy: ClusterFirstWithHostNet`，或该域名本来就由节点的服务器认识。' },
    wrong: 'hostNetwork: true\ndnsPolicy: ClusterFirst',
    right: 'hostNetwork: true\ndnsPolicy: ClusterFirstWithHostNet',
    seeAlso: ['missing-cluster-dns'],
  },
  find: hits,
}

function hits(c: Case): Hit[] {
  const { place } = c.question.stub
  const given = c.cluster.given.get(place)
  if (!given || !given.hostNetwork.value || given.policy.value !== 'ClusterFirst' || given.effectivePolicy !== 'Default') return []
  if (c.explanation.verdict === 'works' || c.explanation.verdict === 'slow') return []
  const why = clusterKnowsBetter(c)
  if (!why) return []
  const failed = c.observations.some(o => o.kind === 'application' && o.place === place && !o.ok)
  const pod = c.cluster.podObject(place)
  const policyWritten = pod !== undefined && given.policy.source.text.includes('ClusterFirst')
  return [{
    level: why === 'other-servers' ? 'warning' : 'error',
    certainty: why === 'other-servers' ? 'possible' : failed && given.obtained === 'snapshot' ? 'confirmed' : 'likely',
    message: { en: `${place} is on the host network: its \`dnsPolicy: ClusterFirst\` acts as \`Default\`, it never asks the cluster DNS`, zh: `${place} 使用主机网络：其 \`dnsPolicy: ClusterFirst\` 实际等同 \`Default\`，从不询问集群 DNS` },
    fingerprint: `hostnetwork-dns-policy:${place}`,
    sources: [
      { source: given.policy.source, primary: true, label: { en: 'acts as Default here', zh: '此处等同 Default' } },
      { source: given.hostNetwork.source, label: { en: 'because of this', zh: '原因在此' } },
      ...given.resolvConf.lines.filter(l => l.keyword === 'nameserver').slice(0, 3).map(l => ({ source: l.source, label: { en: 'what it asks instead', zh: '它实际询问的服务器' } })),
    ],
    evidence: c.observations.filter(o => o.kind === 'application' && o.place === place && !o.ok).slice(0, 3).map(o => `${o.source.file}:${o.source.line}`),
    notes: [{ kind: 'why', said: { en: 'kubelet gives a host-network pod with ClusterFirst the node’s own resolv.conf', zh: 'kubelet 把节点自己的 resolv.conf 给了使用 ClusterFirst 的主机网络 Pod' } }],
    fixes: [{
      title: { en: 'set dnsPolicy: ClusterFirstWithHostNet', zh: '设置 dnsPolicy: ClusterFirstWithHostNet' },
      applicability: 'likely',
      edits: policyWritten ? [{ file: given.policy.source.file, start: given.policy.source.start, end: given.policy.source.end, text: given.policy.source.text.replace('ClusterFirst', 'ClusterFirstWithHostNet') }] : [],
      steps: [{ en: 'change it in the workload that makes the pod (its template), not in the pod itself', zh: '在创建该 Pod 的工作负载模板中修改，而不是直接改 Pod' }],
      caution: { en: 'from then on every name of this pod goes through the cluster DNS; it must be reachable from the host network', zh: '此后该 Pod 的所有域名都经由集群 DNS；须能从主机网络访问到它' },
    }],
  }]
}

/** Why the cluster DNS might answer this name otherwise than the node's servers do: its own zone, a block of its own, or other upstreams. */
function clusterKnowsBetter(c: Case): 'cluster-name' | 'own-block' | 'other-servers' | undefined {
  const { name, stub } = c.question
  const candidates = isAbsolute(name) ? [name] : [absolute(name), ...['', `${c.question.namespace}.svc.`, 'svc.'].flatMap(part => clusterDomains(c).map(domain => `${name}.${part}${domain}`))]
  if (clusterDomains(c).some(domain => isSubdomain(domain, absolute(name))) || namesService(c, candidates)) return 'cluster-name'
  const nodes = new Set(stub.resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1).map(w => w.value)))
  for (const server of c.model.coredns) {
    const block = blockFor(server, absolute(name))
    if (block && keysOf(block).every(key => key.zone !== '.')) return 'own-block'
    if (forwardLinesFor(server, absolute(name)).some(line => targetsOf(server, line.forward).some(t => !nodes.has(t.address)))) return 'other-servers'
  }
  return undefined
}

/** The zones of the kubernetes plugin that are no reverse zones. */
const clusterDomains = (c: Case): string[] => [...new Set(c.model.coredns.flatMap(s => s.corefile.blocks).flatMap(b => b.directives)
  .filter(d => d.name === 'kubernetes').flatMap(d => d.args.map(a => absolute(a.value))).filter(zone => !zone.endsWith('.arpa.')))]

/** One of these is `service.namespace.svc.…` of a Service that exists. */
const namesService = (c: Case, candidates: readonly string[]): boolean => candidates.some(candidate => {
  const [service, namespace, svc] = labelsOf(nameKey(candidate))
  return svc === 'svc' && c.cluster.objects.some(o => o.kind === 'Service' && o.name === service && o.namespace === namespace)
})
