// A Diagnosis made by hand after the recorded incident: what the report is written and looked at against. Not a result.
import { sourcesOf, type Source } from '../../src/chain/source.ts'
import type { Diagnosis, FindingReport, FixReport, SourceReport } from '../../src/findings/diagnosis.ts'

const CONFIGMAP = 'cluster/configmaps.yaml'
const NETPLAN = 'nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml'
const POD_RESOLV_CONF = 'pods/kube-system/coredns-edge-bz9bq/etc/resolv.conf'

export const sampleTexts: ReadonlyMap<string, string> = new Map([
  [CONFIGMAP, `apiVersion: v1
items:
- apiVersion: v1
  data:
    Corefile: |
      .:53 {
          errors
          log
          health {
             lameduck 15s
          }
          ready
          kubernetes cluster.local in-addr.arpa ip6.arpa {
             pods verified
             fallthrough in-addr.arpa ip6.arpa
             ttl 30
          }
          prometheus :9153
          forward . /etc/resolv.conf {
             prefer_udp
          }
          cache 30
          loop
          reload
          loadbalance
      }
  kind: ConfigMap
  metadata:
    name: coredns
    namespace: kube-system
`],
  [NETPLAN, `# 由 cloud-init 生成 (generated)
network:
    version: 2
    ethernets:
        eth0:
            addresses:
            - 10.53.33.21/24
            nameservers:
                addresses: [10.53.136.11, 10.53.136.12, 223.5.5.5, 223.6.6.6]
`],
  [POD_RESOLV_CONF, 'nameserver 10.53.136.11\nnameserver 10.53.136.12\nnameserver 223.5.5.5\n'],
])

export const textOf = (file: string): string | undefined => sampleTexts.get(file)

function sourceAt(file: string, piece: string): Source {
  const text = textOf(file) ?? ''
  const start = text.indexOf(piece)
  if (start < 0) throw new Error(`${piece} is not in ${file}`)
  return sourcesOf(file, text)(start, start + piece.length)
}

const labelled = (source: Source, label: string, label_zh: string, primary = false, place?: string): SourceReport =>
  ({ ...source, label, label_zh, primary, ...(place !== undefined && { place }) })

const insertAt = (textOf(CONFIGMAP) ?? '').indexOf('      .:53 {')
const list = sourceAt(NETPLAN, '[10.53.136.11, 10.53.136.12, 223.5.5.5, 223.6.6.6]')
const publicServer = { ...sourceAt(POD_RESOLV_CONF, '223.5.5.5'), behind: [sourceAt(NETPLAN, '223.5.5.5')] }
const proof = {
  before: { 'answer 10.53.33.38': '2/3', nxdomain: '1/3' },
  after: { 'answer 10.53.33.38': '1' },
  gains: ['alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9 a.corp-example.com.: intermittent -> works', 'alpha01/order-report-7b5f558c54-kllk6 a.corp-example.com.: intermittent -> works'],
  losses: [],
}

const fixes: readonly FixReport[] = [
  {
    title: 'give `corp-example.com` its own servers', title_zh: '让 `corp-example.com` 走自己的上游服务器', applicability: 'likely',
    edits: [{ file: CONFIGMAP, start: insertAt, end: insertAt, text: '      corp-example.com:53 {\n          errors\n          cache 30\n          forward . 10.53.136.11 10.53.136.12\n      }\n' }],
    steps: [{ en: 'nothing: the `reload` plugin takes it within about 2 minutes', zh: '无需操作：`reload` 插件会在约 2 分钟内生效' }],
    proof,
  },
  {
    title: 'take the public servers off the node', title_zh: '从节点上去掉公网服务器', applicability: 'byHand',
    edits: [{ file: NETPLAN, start: list.start, end: list.end, text: '[10.53.136.11, 10.53.136.12]' }],
    steps: [{ en: '`netplan apply` on hz-edge-1', zh: '在 hz-edge-1 上运行 `netplan apply`' }, { en: '`kubectl -n kube-system delete pod coredns-edge-bz9bq`', zh: '`kubectl -n kube-system delete pod coredns-edge-bz9bq`' }],
    caution: { en: 'public names are then resolved by the internal servers as well', zh: '此后公网域名也由内网服务器解析' },
    proof: null,
  },
]

const finding: FindingReport = {
  id: 'mixed-upstreams', level: 'error', certainty: 'confirmed',
  message: 'servers that disagree about `a.corp-example.com` are used as if they were equal',
  message_zh: '对 `a.corp-example.com` 答案不一致的服务器被当作等价的服务器使用',
  fingerprint: 'mixed-upstreams:corp-example.com:10.53.136.11,10.53.136.12|223.5.5.5',
  sources: [
    labelled(sourceAt(CONFIGMAP, 'forward . /etc/resolv.conf'), 'one of 3 servers, at random for each query', '每次查询从 3 个服务器中随机选一个', true, 'configmap/coredns -n kube-system'),
    labelled(sourceAt(CONFIGMAP, 'cache 30'), 'keeps whichever answer came first for 30 s, NXDOMAIN too', '先到的答案保留 30 秒，NXDOMAIN 也不例外', false, 'configmap/coredns -n kube-system'),
    labelled(sourceAt(NETPLAN, '10.53.136.11'), 'internal: 10.53.33.38', '内网：10.53.33.38'),
    labelled(sourceAt(NETPLAN, '10.53.136.12'), 'internal: 10.53.33.38', '内网：10.53.33.38'),
    labelled(sourceAt(NETPLAN, '223.5.5.5'), 'public: NXDOMAIN, always', '公网：总是 NXDOMAIN', true),
    labelled(sourceAt(NETPLAN, '223.6.6.6'), '4th: kubelet drops it', '第 4 个：被 kubelet 丢弃'),
    labelled(publicServer, 'what the CoreDNS pod got', 'CoreDNS 的 Pod 得到的内容'),
  ],
  evidence: ['probes/upstreams.jsonl:12', 'probes/upstreams.jsonl:40'],
  notes: [
    { kind: 'why', en: 'NXDOMAIN is an answer, not a failure. CoreDNS tries the next server after a timeout, never after an NXDOMAIN, so one query in three ends at a server that cannot know `corp-example.com`.', zh: 'NXDOMAIN 是“答案”而不是“故障”。CoreDNS 只在超时后才换下一个上游，收到 NXDOMAIN 不会再试，所以平均三次查询就有一次落到不可能认识 `corp-example.com` 的服务器上。' },
    { kind: 'seen', en: '10.53.136.11 and .12 answered 28 of 28, 223.5.5.5 none of 15.', zh: '10.53.136.11 和 .12 应答 28/28，223.5.5.5 应答 0/15。' },
    { kind: 'confirmed', en: 'each server asked 8 times from hz-edge-1, same split', zh: '从 hz-edge-1 对每个服务器各问 8 次，结果一致' },
  ],
  fixes,
}

export const sampleDiagnosis: Diagnosis = {
  apiVersion: 'whydns/v1', kind: 'Diagnosis',
  metadata: { name: 'a.corp-example.com', bundle: 'incident', generatedBy: 'whydns 0.1.0' },
  spec: {
    name: 'a.corp-example.com', type: 'A',
    from: { kind: 'pod', name: 'order-sync-hangzhou-k9v4t-545ddd789c-fl8b9', namespace: 'alpha01', node: 'hz-edge-1', class: 'go 1.21' },
    window: { from: '2026-11-25T23:31:21Z', to: '2026-11-25T23:40:37Z' },
  },
  status: {
    verdict: 'intermittent',
    summary: { en: 'resolves only sometimes: NXDOMAIN in 7 of 20 cache fills, 10.53.33.38 in 13', zh: '时好时坏：20 次缓存填充中 7 次返回 NXDOMAIN，13 次返回 10.53.33.38' },
    basis: 'fill',
    outcomes: [
      { result: 'answer', answers: ['10.53.33.38'], applicationSays: '', cause: '', probability: { exact: '2/3', value: 2 / 3 }, steady: { exact: '62/100', value: 0.62 }, worlds: [], witness: [{ choice: 'coredns-edge-bz9bq forward . server', taken: '10.53.136.11' }], elapsedMs: 0 },
      { result: 'nxdomain', answers: [], applicationSays: 'lookup a.corp-example.com on 192.168.0.10:53: no such host', cause: 'denied by upstream 223.5.5.5', probability: { min: { exact: '1/3', value: 1 / 3 }, max: { exact: '1/2', value: 0.5 } }, steady: { exact: '38/100', value: 0.38 }, worlds: [{ when: [{ unknown: 'upstream 10.53.136.12', is: 'down' }], exact: '1/2' }], witness: [{ choice: 'coredns-edge-bz9bq forward . server', taken: '223.5.5.5', source: publicServer }], elapsedMs: 0 },
    ],
    complete: true,
    decidedBy: [{ choice: 'coredns-edge-bz9bq forward . server', influence: 1, source: sourceAt(CONFIGMAP, 'forward . /etc/resolv.conf'), alternatives: [{ taken: '10.53.136.11', ends: 'answer' }, { taken: '223.5.5.5', ends: 'nxdomain', source: publicServer }] }],
    worlds: [{ unknown: 'upstream 10.53.136.12', options: ['up', 'down'], settledBy: { en: 'asking it directly from hz-edge-1', zh: '从 hz-edge-1 直接询问它' } }],
    spells: { failingShare: 0.38, meanBadS: 34.2, meanGoodS: 51, worstRecoveryS: 30 },
    observed: {
      lookups: 147, failed: 55,
      fills: { A: { n: 20, failed: 7, low: 0.181, high: 0.567 }, AAAA: { n: 20, failed: 11, low: 0.34, high: 0.74 } },
      servers: { '10.53.136.11': { forwarded: 0, probed: 8, answers: { '10.53.33.38': 8 } }, '223.5.5.5': { forwarded: 0, probed: 8, answers: { NXDOMAIN: 8 } } },
      outsideModel: 0,
      spells: [{ from: '2026-11-25T23:31:21Z', to: '2026-11-25T23:31:44Z', result: 'NOERROR', count: 14 }],
      raster: [
        { place: 'coredns-edge-bz9bq', type: 'A', from: '2026-11-25T23:31:21Z', to: '2026-11-25T23:40:37Z', letters: '+-++-++-+-++++-+--+-', legend: { '+': '10.53.33.38', '-': 'NXDOMAIN' } },
        { place: 'coredns-edge-m2cjd', type: 'A', from: '2026-11-25T23:31:21Z', to: '2026-11-25T23:40:37Z', letters: '+++++++++++++++++', legend: { '+': '10.53.33.38' } },
      ],
    },
    prediction: { 'answer 10.53.33.38': '66.7 %', nxdomain: '33.3 %' },
    findings: [finding],
    notCures: [
      { id: 'policy-sequential', title: { en: '`policy sequential`', zh: '`policy sequential`' }, because: { en: 'right until both internal servers are slow at once, then NXDOMAIN again', zh: '两个内网服务器同时变慢时，NXDOMAIN 会再次出现' }, proof },
      { id: 'more-replicas', title: { en: 'more CoreDNS pods', zh: '增加 CoreDNS 副本' }, because: { en: 'more caches that disagree with each other', zh: '只会多出几个互相矛盾的缓存' }, proof: null },
    ],
    ruledOut: [
      { id: 'truncation', because: { en: '0 of 3,477 responses had TC set', zh: '3,477 个应答中没有一个设置 TC' } },
      { id: 'topology-keys-ignored', because: { en: 'only the backend of the own node pool ever answered: 172.17.5.159, in 412 of 412 replies', zh: '只有本节点池的后端应答过：412 个应答全部来自 172.17.5.159' } },
    ],
    notLooked: [{ what: { en: 'packets', zh: '抓包' }, flag: '' }, { what: { en: 'metrics of CoreDNS', zh: 'CoreDNS 的指标' }, flag: '--metrics' }],
    problems: [{ code: 'capture-not-read', message: 'captures/hz-edge-1/any-port53.pcap.gz (123456 bytes) is not read yet: this version reads no captures', state: 'ignored' }],
  },
}
