// forward-loop: CoreDNS forwards to itself. findings.md F03.
import type { Source } from '../chain/source.ts'
import type { CorednsModel } from '../chain/model.ts'
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'

export const forwardLoop: Finding = {
  id: 'forward-loop',
  needs: ['corefile'],
  page: {
    title: { en: 'CoreDNS forwards to itself', zh: 'CoreDNS 把查询转发给了自己' },
    shows: { en: 'CrashLoopBackOff with `plugin/loop: Loop (…) detected for zone "."` (older: `Seen "HINFO IN …" more than twice`); without the loop plugin: CPU and memory climb until the pod is killed.', zh: 'CrashLoopBackOff，日志为 `plugin/loop: Loop (…) detected for zone "."`（旧版：`Seen "HINFO IN …" more than twice`）；没有 loop 插件时 CPU 和内存一直上升直到被杀死。' },
    proved: { en: 'A server of the file that CoreDNS forwards to is loopback, the DNS Service, or the pod itself: seen from the pod that is CoreDNS.', zh: 'CoreDNS 转发所用文件中的某个服务器是回环地址、DNS Service 或该 Pod 自己：从 Pod 内看就是 CoreDNS 本身。' },
    refuted: { en: 'kubelet reads another file (`/run/systemd/resolve/resolv.conf`), or CoreDNS is on the host network and another program has the address.', zh: 'kubelet 读取的是另一个文件（`/run/systemd/resolve/resolv.conf`），或 CoreDNS 使用主机网络而该地址属于别的程序。' },
    wrong: 'forward . /etc/resolv.conf   # whose server is 127.0.0.53',
    right: 'resolvConf: /run/systemd/resolve/resolv.conf   # kubelet; its servers are the uplink’s',
    seeAlso: ['mixed-upstreams'],
  },
  find: c => c.servers.flatMap(server => hitOf(c, server)),
}

function hitOf(c: Case, server: CorednsModel): Hit[] {
  const event = c.observations.find(o => o.kind === 'server-event' && o.event === 'loop-detected' && o.place === server.pod)
  const own = new Set([...server.addresses, ...c.cluster.dnsServices.map(s => s.service.address)])
  const target = targets(server).find(t => (!server.hostNetwork && (t.address.startsWith('127.') || t.address === '::1')) || own.has(t.address))
  if (!target && !event) return []
  const line = target?.directive ?? server.corefile.blocks.flatMap(b => b.directives).find(d => d.name === 'forward' || d.name === 'proxy')?.source
  if (!line) return []
  const node = c.cluster.nodeDns.get(server.node)
  return [{
    level: 'error',
    certainty: target && event ? 'confirmed' : 'likely',
    message: {
      en: target ? `${server.pod} forwards to ${target.address}, which is itself` : `${server.pod} found that it forwards to itself`,
      zh: target ? `${server.pod} 转发到 ${target.address}，也就是它自己` : `${server.pod} 发现自己在向自己转发`,
    },
    fingerprint: `forward-loop:${server.pod.replace(/-[a-z0-9]+(-[a-z0-9]{5})?$/, '')}:${target?.address ?? 'seen'}`,
    sources: [
      { source: line, primary: true, label: { en: 'forwards to the servers of the file the pod was given', zh: '转发到 Pod 所得文件中的服务器' } },
      ...(target?.source ? [target.source, ...(target.source.behind ?? [])].map(source => ({ source, primary: true, label: { en: 'in the pod this address is CoreDNS itself', zh: '在 Pod 内该地址就是 CoreDNS 自己' } })) : []),
      ...(event ? [{ source: event.source, label: { en: 'the loop plugin saw it', zh: 'loop 插件发现了它' } }] : []),
    ],
    evidence: event ? [`${event.source.file}:${event.source.line}`] : [],
    notes: [{ kind: 'why', said: { en: 'kubelet copies the node’s file into the pod; 127.0.0.53 is systemd-resolved on the node, and CoreDNS in the pod', zh: 'kubelet 把节点的文件复制进 Pod；127.0.0.53 在节点上是 systemd-resolved，在 Pod 里却是 CoreDNS' } }],
    fixes: [{
      title: { en: `let kubelet on ${server.node} read /run/systemd/resolve/resolv.conf`, zh: `让 ${server.node} 上的 kubelet 读取 /run/systemd/resolve/resolv.conf` },
      applicability: node && node.generatedBy ? 'likely' : 'byHand',
      edits: [],
      steps: [
        { en: 'in /var/lib/kubelet/config.yaml: resolvConf: /run/systemd/resolve/resolv.conf', zh: '在 /var/lib/kubelet/config.yaml 中：resolvConf: /run/systemd/resolve/resolv.conf' },
        { en: 'systemctl restart kubelet, then make the CoreDNS pods anew; do not just delete `loop`', zh: 'systemctl restart kubelet，然后重建 CoreDNS Pod；不要只是删掉 `loop`' },
      ],
    }],
  }]
}

/** What the forward and proxy lines name: addresses, and the servers of the pod's resolv.conf. */
export function targets(server: CorednsModel): { address: string; directive: Source; source: Source | undefined }[] {
  const own = (server.resolvConf?.lines ?? []).filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1))
  return server.corefile.blocks.flatMap(b => b.directives).filter(d => d.name === 'forward' || d.name === 'proxy').flatMap(d => d.args.slice(1).flatMap(arg =>
    arg.value.startsWith('/') ? own.map(w => ({ address: w.value, directive: d.source, source: w.source as Source | undefined }))
      : [{ address: arg.value.replace(/^(dns|tls|https|grpc):\/\//, '').replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1'), directive: d.source, source: arg.source as Source | undefined }]))
}
