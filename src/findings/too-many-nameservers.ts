// too-many-nameservers: the node's file lists more servers than a pod is given. findings.md F16.
import type { Case } from './case.ts'
import type { Finding, Hit } from './finding.ts'
import { saysOf } from './upstream-choice.ts'

export const tooManyNameservers: Finding = {
  id: 'too-many-nameservers',
  needs: ['node-files'],
  page: {
    title: { en: 'more name servers than a pod can be given', zh: '名称服务器数量超过 Pod 所能得到的上限' },
    shows: {
      en: 'Event `DNSConfigForming … Nameserver limits were exceeded`. Usually harmless; harmful when the server left out was the one that knows, or when removing one lets a worse one move up.',
      zh: '出现事件 `DNSConfigForming … Nameserver limits were exceeded`。通常无害；但若被丢弃的恰好是认识该域名的服务器，或删掉一个后更差的补上来，就会出问题。',
    },
    proved: { en: 'Count the `nameserver` lines of the file kubelet reads; compare with the first three that the pod has.', zh: '数一数 kubelet 所读文件中的 `nameserver` 行数，与 Pod 中实际的前三个比较。' },
    refuted: { en: 'kubelet reads another file (`resolvConf`), or the pod has `dnsPolicy: None`.', zh: 'kubelet 读取的是另一个文件（`resolvConf`），或 Pod 使用 `dnsPolicy: None`。' },
    wrong: 'nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 223.5.5.5\nnameserver 223.6.6.6',
    right: 'nameserver 10.0.0.1\nnameserver 10.0.0.2',
    seeAlso: ['mixed-upstreams'],
  },
  find: c => [c.question.stub.place, ...c.servers.map(s => s.pod)].flatMap(place => hitOf(c, place)),
}

function hitOf(c: Case, place: string): Hit[] {
  const given = c.cluster.given.get(place)
  if (!given || given.dropped.length === 0) return []
  const kept = given.resolvConf.lines.filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1).map(w => w.value))
  const left = given.dropped.filter(d => !kept.includes(d.value))
  if (left.length === 0) return []
  const lost = left.map(d => d.value)
  const pod = place.slice(place.indexOf('/') + 1)
  const event = c.cluster.objects.find(o => o.kind === 'Event' && o.body['reason'] === 'DNSConfigForming' && (o.body['involvedObject'] as { readonly name?: unknown } | undefined)?.name === pod)
  const harmful = isWorse(c, kept, lost)
  return [{
    level: harmful ? 'error' : 'info',
    certainty: event || given.obtained === 'snapshot' ? 'confirmed' : 'likely',
    message: {
      en: `${place} was given ${kept.length} of ${kept.length + lost.length} name servers: ${lost.join(', ')} left out`,
      zh: `${place} 只得到 ${kept.length + lost.length} 个名称服务器中的 ${kept.length} 个：${lost.join('、')} 被丢弃`,
    },
    fingerprint: `too-many-nameservers:${place}:${lost.join(',')}`,
    sources: left.flatMap((d, index) => [d.source, ...(d.source.behind ?? [])].map((source, depth) => ({
      source, primary: index === 0 && depth === 0,
      label: { en: `${d.value}: over the limit of three`, zh: `${d.value}：超出三个的上限` },
    }))),
    evidence: event ? [`${event.source.file}:${event.source.line}`] : [],
    notes: [...(harmful ? [{
      kind: 'why' as const, said: {
        en: `${lost.filter(address => saysOf(c, address) === 'answer').join(', ')} knows the name, and none of those kept does`,
        zh: `${lost.filter(address => saysOf(c, address) === 'answer').join('、')} 认识该域名，而保留下来的服务器都不认识`,
      },
    }] : []), {
      kind: 'why', said: {
        en: 'kubelet and libc keep the first three; order decides which survive, and a server left out moves up when one before it is removed',
        zh: 'kubelet 和 libc 只保留前三个；由顺序决定谁留下，删掉前面的一个，被丢弃的就会补上',
      },
    }],
    fixes: [],
  }]
}

/** The server that knows the name is among those left out. */
const isWorse = (c: Case, kept: readonly string[], lost: readonly string[]): boolean =>
  c.explanation.verdict !== 'works' && lost.some(address => saysOf(c, address) === 'answer') && !kept.some(address => saysOf(c, address) === 'answer')
