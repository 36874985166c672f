// forward-loop: CoreDNS forwards to itself. findings.md F03.
import type { Edit } from '../chain/source.ts'
import type { CorednsModel } from '../chain/model.ts'
import type { ServerEvent } from '../evidence/observation.ts'
import type { Case } from './case.ts'
import type { Finding, Hit, ProposedFix } from './finding.ts'
import { comesBack, forwardLines, targetsOf, type ForwardLine, type ForwardTarget } from './forward-targets.ts'

export { targets } from './forward-targets.ts'

const UPLINK = '/run/systemd/resolve/resolv.conf'

export const forwardLoop: Finding = {
  id: 'forward-loop',
  needs: ['corefile'],
  page: {
    title: { en: 'CoreDNS forwards to itself', zh: 'CoreDNS 把查询转发给了自己' },
    shows: { en: 'CrashLoopBackOff with `plugin/loop: Loop (…) detected for zone "."` (older: `Seen "HINFO IN …" more than twice`); without the loop plugin: CPU and memory climb until the pod is killed.', zh: 'CrashLoopBackOff，日志为 `plugin/loop: Loop (…) detected for zone "."`（旧版：`Seen "HINFO IN …" more than twice`）；没有 loop 插件时 CPU 和内存一直上升直到被杀死。' },
    proved: { en: 'A server of the file that CoreDNS forwards to is loopback, the DNS Service, or the pod itself: seen from the pod that is CoreDNS.', zh: 'CoreDNS 转发所用文件中的某个服务器是回环地址、DNS Service 或该 Pod 自己：从 Pod 内看就是 CoreDNS 本身。' },
    refuted: { en: 'kubelet reads another file (`/run/systemd/resolve/resolv.conf`), or CoreDNS is on the host network and another program has the address, or the port belongs to another program or to a block that forwards elsewhere.', zh: 'kubelet 读取的是另一个文件（`/run/systemd/resolve/resolv.conf`），或 CoreDNS 使用主机网络而该地址属于别的程序，或该端口属于别的程序，或属于转发到别处的 server block。' },
    wrong: 'forward . /etc/resolv.conf   # whose server is 127.0.0.53',
    right: 'resolvConf: /run/systemd/resolve/resolv.conf   # kubelet; its servers are the uplink’s',
    seeAlso: ['mixed-upstreams'],
  },
  find: c => c.servers.flatMap(server => hitOf(c, server)),
}

interface Loop {
  readonly line: ForwardLine
  readonly target: ForwardTarget
}

function hitOf(c: Case, server: CorednsModel): Hit[] {
  const event = loopSeen(c, server)
  const loop = loopOf(c, server)
  if (!loop && !event) return []
  const line = loop?.line ?? forwardLines(server)[0]
  if (!line) return []
  const target = loop?.target
  const harmless = c.explanation.verdict === 'works' && !server.down
  const behind = target?.source ? [target.source, ...(target.source.behind ?? [])] : []
  return [{
    level: harmless ? 'warning' : 'error',
    certainty: target && event ? 'confirmed' : 'likely',
    message: {
      en: target ? `${server.pod} forwards to ${target.address}, which is itself` : `${server.pod} found that it forwards to itself`,
      zh: target ? `${server.pod} 转发到 ${target.address}，也就是它自己` : `${server.pod} 发现自己在向自己转发`,
    },
    fingerprint: `forward-loop:${server.pod.replace(/-[a-z0-9]+(-[a-z0-9]{5})?$/, '')}:${target?.address ?? 'seen'}`,
    sources: [
      { source: line.forward.source, primary: true, label: { en: 'forwards to the servers of the file the pod was given', zh: '转发到 Pod 所得文件中的服务器' } },
      ...behind.map(source => ({ source, primary: true, label: { en: 'in the pod this address is CoreDNS itself', zh: '在 Pod 内该地址就是 CoreDNS 自己' } })),
      ...(event ? [{ source: event.source, label: { en: 'the loop plugin saw it', zh: 'loop 插件发现了它' } }] : []),
    ],
    evidence: event ? [`${event.source.file}:${event.source.line}`] : [],
    notes: [{ kind: 'why', said: { en: 'kubelet copies the node’s file into the pod; 127.0.0.53 is systemd-resolved on the node, and CoreDNS in the pod', zh: 'kubelet 把节点的文件复制进 Pod；127.0.0.53 在节点上是 systemd-resolved，在 Pod 里却是 CoreDNS' } }],
    fixes: [target && target.source?.file === line.forward.source.file ? otherServers(server, target) : uplinkForKubelet(c, server)],
  }]
}

/** The loop plugin ended this process; lines of a process before the last one say nothing about it. */
function loopSeen(c: Case, server: CorednsModel): ServerEvent | undefined {
  const events = c.observations.filter((o): o is ServerEvent => o.kind === 'server-event' && o.place === server.pod)
  const at = events.findLastIndex(o => o.event === 'loop-detected')
  return at >= 0 && !events.slice(at + 1).some(o => o.event === 'started' || o.event === 'version') ? events[at] : undefined
}

function loopOf(c: Case, server: CorednsModel): Loop | undefined {
  for (const line of forwardLines(server)) {
    const target = targetsOf(server, line.forward).find(t => comesBack(line, t) || comesBackThroughService(c, line, t))
    if (target) return { line, target }
  }
  return undefined
}

/** The Service leads, from this server's node, to the server itself, or to one that sends it to the Service again. */
function comesBackThroughService(c: Case, line: ForwardLine, target: ForwardTarget): boolean {
  const { server } = line
  const at = c.cluster.dnsServices.find(s => s.service.node === server.node && s.service.address === target.address && s.service.port === target.port)
  const sendsOn = (address: string): boolean => c.model.coredns.some(other =>
    other.addresses.includes(address) && forwardLines(other).some(l => targetsOf(other, l.forward).some(t => t.address === target.address)))
  return at !== undefined && at.service.endpoints.some(e => comesBack(line, { ...target, ...e.value }) || (!server.addresses.includes(e.value.address) && sendsOn(e.value.address)))
}

function uplinkForKubelet(c: Case, server: CorednsModel): ProposedFix {
  const { node } = server
  const lists = /^nameserver +(?!127\.|::1)/m.test(c.textOf(`nodes/${node}${UPLINK}`) ?? '')
  const edit = lists ? resolvConfEdit(c, node) : undefined
  return {
    title: { en: `let kubelet on ${node} read ${UPLINK}`, zh: `让 ${node} 上的 kubelet 读取 ${UPLINK}` },
    applicability: edit ? 'likely' : 'byHand',
    edits: edit ? [edit] : [],
    steps: [
      { en: `in /var/lib/kubelet/config.yaml: resolvConf: ${UPLINK}`, zh: `在 /var/lib/kubelet/config.yaml 中：resolvConf: ${UPLINK}` },
      { en: 'systemctl restart kubelet, then make the CoreDNS pods anew; do not just delete `loop`', zh: 'systemctl restart kubelet，然后重建 CoreDNS Pod；不要只是删掉 `loop`' },
    ],
    caution: { en: 'every pod of this node with `dnsPolicy: Default` is given these servers from then on', zh: '此后该节点上所有 `dnsPolicy: Default` 的 Pod 都会得到这些服务器' },
  }
}

function resolvConfEdit(c: Case, node: string): Edit | undefined {
  const source = c.cluster.kubeletSource(node)
  const text = source && !source.file.endsWith('.json') ? c.textOf(source.file) : undefined
  if (!source || text === undefined) return undefined
  const line = /^resolvConf:.*$/m.exec(text)
  const wanted = `resolvConf: ${UPLINK}`
  if (line?.[0] === wanted) return undefined
  return line
    ? { file: source.file, start: line.index, end: line.index + line[0].length, text: wanted }
    : { file: source.file, start: text.length, end: text.length, text: `${text.endsWith('\n') || text === '' ? '' : '\n'}${wanted}\n` }
}

const otherServers = (server: CorednsModel, target: ForwardTarget): ProposedFix => ({
  title: { en: `take ${target.address} out of the forward line and name the servers that are meant`, zh: `从 forward 行去掉 ${target.address}，写上真正要用的服务器` },
  applicability: 'byHand', edits: [],
  steps: [{ en: `seen from ${server.pod} that address is CoreDNS itself; do not just delete \`loop\``, zh: `从 ${server.pod} 看，该地址就是 CoreDNS 自己；不要只是删掉 \`loop\`` }],
})
