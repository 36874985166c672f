// A cluster in twenty lines: stock pieces of evidence, each a few files as `kubectl` and `cp` would have brought them, put together
// into one bundle. A test states what differs from the stock cluster and nothing else.
import type { EvidenceFile, EvidenceFiles } from '../../src/chain/evidence-files.ts'
import type { Edit } from '../../src/chain/source.ts'
import { diagnose } from '../../src/diagnose.ts'
import type { Diagnosis, FindingReport } from '../../src/findings/diagnosis.ts'
import { applyEdits, editsByFile } from '../../src/fixes/patch.ts'

/** Path in the bundle → text. */
export type Piece = Readonly<Record<string, string>>

export const VIP = '10.96.0.10'
export const STOCK_COREFILE = `.:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        fallthrough in-addr.arpa ip6.arpa
    }
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
}
`

/** Pieces put together. Of one file: objects become documents, lines are appended. */
export function bundle(...pieces: readonly Piece[]): EvidenceFiles {
  const texts = new Map<string, string>()
  for (const piece of pieces) {
    for (const [path, text] of Object.entries(piece)) {
      const before = texts.get(path)
      texts.set(path, before === undefined ? text : path.endsWith('.yaml') ? `${before}---\n${text}` : before + text)
    }
  }
  return evidenceOf(texts)
}

export const evidenceOf = (texts: ReadonlyMap<string, string>, name = 'test'): EvidenceFiles =>
  ({ name, files: new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, text]) => [path, fileOf(path, text)])), problems: [] })

const fileOf = (path: string, text: string): EvidenceFile => ({ path, sizeBytes: text.length, text: () => text, chunks: () => [text] })

/** One line is another one. Throws where the old text is not, so that no test passes by changing nothing. */
export function changed(files: EvidenceFiles, path: string, from: string, to: string): EvidenceFiles {
  const text = files.files.get(path)?.text()
  if (text === undefined || !text.includes(from)) throw new Error(`${path} does not hold: ${from}`)
  return evidenceOf(new Map([...textsOf(files), [path, text.replaceAll(from, () => to)]]), files.name)
}

export const without = (files: EvidenceFiles, gone: RegExp): EvidenceFiles =>
  evidenceOf(new Map([...textsOf(files)].filter(([path]) => !gone.test(path))), files.name)

export const textsOf = (files: EvidenceFiles): Map<string, string> => new Map([...files.files].map(([path, file]) => [path, file.text()]))

/** The bundle after somebody made the change and every program wrote its files again. */
export function patched(files: EvidenceFiles, edits: readonly Edit[]): EvidenceFiles {
  const texts = textsOf(files)
  for (const [path, of] of editsByFile(edits)) texts.set(path, applyEdits(texts.get(path) ?? '', of))
  return evidenceOf(texts, files.name)
}

export interface NodeSettings {
  readonly pool?: string
  /** Text of the file kubelet hands on; with `kubelet` naming another path that file is written by `files`. */
  readonly resolvConf?: string
  /** kubelet's configuration; null = not in the evidence. */
  readonly kubelet?: string | null
  /** Absolute path → text. */
  readonly files?: Piece
}

export const kubeletConfig = (lines = `clusterDNS:\n- ${VIP}\nresolvConf: /etc/resolv.conf\n`): string =>
  `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nclusterDomain: cluster.local\n${lines}`

export function node(name: string, { pool, resolvConf, kubelet = kubeletConfig(), files = {} }: NodeSettings = {}): Piece {
  return {
    'cluster/nodes.yaml': `apiVersion: v1
kind: Node
metadata:
  name: ${name}
  labels:
    kubernetes.io/hostname: ${name}
${pool === undefined ? '' : `    apps.openyurt.io/nodepool: ${pool}\n    openyurt.io/is-edge-worker: "true"\n`}status:
  nodeInfo: {kubeletVersion: v1.28.4}
`,
    ...(kubelet !== null && { [`nodes/${name}/var/lib/kubelet/config.yaml`]: kubelet }),
    ...(resolvConf !== undefined && { [`nodes/${name}/etc/resolv.conf`]: resolvConf }),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`nodes/${name}${path}`, text])),
  }
}

export const resolvConf = (servers: readonly string[], search: readonly string[] = []): string =>
  `${servers.map(s => `nameserver ${s}\n`).join('')}${search.length > 0 ? `search ${search.join(' ')}\n` : ''}`

export interface ServerSettings {
  readonly node?: string
  readonly address?: string
  readonly version?: string
  /** What the pod was given; absent = not in the evidence. */
  readonly resolvConf?: string
  readonly hostNetwork?: boolean
}

/** A CoreDNS pod of kube-system, started with the ConfigMap of `corefile()`. */
export function coredns(name: string, { node: on = 'n1', address = '10.244.0.3', version = '1.11.1', resolvConf: given, hostNetwork = false }: ServerSettings = {}): Piece {
  return {
    'cluster/pods.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: kube-system
  labels: {k8s-app: kube-dns}
spec:
  dnsPolicy: Default
  nodeName: ${on}
${hostNetwork ? '  hostNetwork: true\n' : ''}  containers:
  - name: coredns
    image: registry.k8s.io/coredns/coredns:v${version}
    args: [-conf, /etc/coredns/Corefile]
    volumeMounts: [{name: config-volume, mountPath: /etc/coredns}]
  volumes:
  - name: config-volume
    configMap: {name: coredns, items: [{key: Corefile, path: Corefile}]}
status:
  phase: Running
  podIP: ${address}
  conditions: [{type: Ready, status: "True"}]
`,
    ...(given !== undefined && { [`pods/kube-system/${name}/etc/resolv.conf`]: given }),
  }
}

export const CONFIG_MAP = 'cluster/configmaps.yaml'

export const corefile = (text: string = STOCK_COREFILE): Piece => ({
  [CONFIG_MAP]: `apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |
${text.trimEnd().split('\n').map(line => `    ${line}`.trimEnd()).join('\n')}
`,
})

export interface ServiceSettings {
  readonly address?: string
  /** `openyurt.io/topologyKeys`. */
  readonly topology?: string
}

/** The Service kube-dns with its slice: address and node of each endpoint. */
export const dnsService = (endpoints: readonly (readonly [address: string, node: string])[], { address = VIP, topology }: ServiceSettings = {}): Piece => ({
  'cluster/services.yaml': `apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  namespace: kube-system
${topology === undefined ? '' : `  annotations:\n    openyurt.io/topologyKeys: ${topology}\n`}spec:
  clusterIP: ${address}
  selector: {k8s-app: kube-dns}
  ports:
  - {name: dns, port: 53, protocol: UDP, targetPort: 53}
  - {name: dns-tcp, port: 53, protocol: TCP, targetPort: 53}
`,
  'cluster/endpointslices.yaml': `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: kube-dns-x
  namespace: kube-system
  labels: {kubernetes.io/service-name: kube-dns}
addressType: IPv4
endpoints:
${endpoints.map(([endpoint, on]) => `- addresses: [${endpoint}]\n  nodeName: ${on}\n  conditions: {ready: true, serving: true, terminating: false}\n`).join('')}ports:
- {name: dns, port: 53, protocol: UDP}
- {name: dns-tcp, port: 53, protocol: TCP}
`,
  'cluster/namespaces.yaml': ['default', 'kube-system'].map(name => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`).join('---\n'),
})

export interface ClientSettings {
  readonly node?: string
  readonly address?: string
  /** `alpine 3.12`, `debian 12`: its /etc/os-release. */
  readonly os?: string
  /** Absent = as kubelet writes it for ClusterFirst; null = not in the evidence. */
  readonly resolvConf?: string | null
  readonly search?: readonly string[]
  /** More lines of the spec. */
  readonly spec?: string
}

/** An application's pod in the namespace default. */
export function client(name: string, { node: on = 'n1', address = '10.244.0.9', os = 'debian 12', search = [], resolvConf: given, spec = '  dnsPolicy: ClusterFirst\n' }: ClientSettings = {}): Piece {
  const [id, version] = os.split(' ') as [string, string]
  const stock = `search ${['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', ...search].join(' ')}\nnameserver ${VIP}\noptions ndots:5\n`
  return {
    'cluster/pods.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: default
spec:
${spec}  nodeName: ${on}
  containers:
  - {name: app, image: registry.example/app:1}
status:
  phase: Running
  podIP: ${address}
  conditions: [{type: Ready, status: "True"}]
`,
    [`pods/default/${name}/etc/os-release`]: `ID=${id}\nVERSION_ID=${version}\n`,
    ...(given !== null && { [`pods/default/${name}/etc/resolv.conf`]: given ?? stock }),
  }
}

/** The smallest cluster in which everything is seen: a node, a CoreDNS pod, the Service, a client; to `name` as `default/NAME`. */
export const stockCluster = (servers: readonly string[], { corefile: text = STOCK_COREFILE, version, client: settings = {} }: { readonly corefile?: string; readonly version?: string; readonly client?: ClientSettings } = {}): Piece[] => [
  node('n1', { resolvConf: resolvConf(servers) }),
  corefile(text),
  coredns('coredns-a', { resolvConf: resolvConf(servers), ...(version !== undefined && { version }) }),
  dnsService([['10.244.0.3', 'n1']]),
  client('web', settings),
]

const SOA = (zone: string, primary = `ns1.${zone}`): object => ({ name: zone, type: 'SOA', ttl: 300, data: `${primary} hostmaster.${zone} 1 3600 900 604800 300` })

/** Asked directly: an address (for A; AAAA has no data), an rcode, NODATA or `timeout`; for A and AAAA alike. */
export function probe(server: string, name: string, says: string, { zone, primary, from = 'pod kube-system/coredns-a' }: { readonly zone?: string; readonly primary?: string; readonly from?: string } = {}): Piece {
  const full = name.endsWith('.') ? name : `${name}.`
  const cut = zone ?? full.split('.').slice(1).join('.')
  const line = (type: 'A' | 'AAAA'): string => {
    const common = { at: '2024-09-03T08:00:00.000Z', from, server, name: full, type, transport: 'udp' }
    if (says === 'timeout') return `${JSON.stringify({ ...common, rcode: null, error: 'timeout' })}\n`
    const address = /^[\d.]+$/.test(says) && type === 'A'
    const rcode = /^[\d.]+$/.test(says) || says === 'NODATA' ? 'NOERROR' : says
    const answers = address ? [{ name: full, type, ttl: 300, data: says }] : []
    return `${JSON.stringify({ ...common, rcode, flags: ['qr', 'rd', 'ra'], answers, authority: address || /SERVFAIL|REFUSED/.test(says) ? [] : [SOA(cut, primary)], rttMs: 3 })}\n`
  }
  return { 'probes/upstreams.jsonl': line('A') + line('AAAA') }
}

/** Lines of one pod's log. */
export const log = (place: string, ...lines: readonly string[]): Piece => ({ [`logs/${place}.log`]: lines.map(line => `${line}\n`).join('') })

/** A query line of CoreDNS' log; `cached`: answered in microseconds with `aa`. */
export function served(at: string, type: string, name: string, rcode: string, { client: from = '10.244.0.9', cached = false }: { readonly client?: string; readonly cached?: boolean } = {}): string {
  const full = name.endsWith('.') ? name : `${name}.`
  const size = 12 + full.length + 1 + 4
  const reply = rcode === 'NOERROR' ? size + full.length + 1 + 10 + (type === 'A' ? 4 : 16) : size + 61
  return `2024-09-03T${at}Z [INFO] ${from}:41382 - 2 "${type} IN ${full} udp ${size} false 512" ${rcode} qr${cached ? ',aa' : ''},rd,ra ${reply} ${cached ? '0.000045' : '0.031942'}s`
}

/** The diagnosis of one lookup; from `default/web` unless said. `stub`: `musl@1.2.2`. */
export function why(files: EvidenceFiles, name: string, { from = 'default/web', stub }: { readonly from?: string; readonly stub?: string } = {}): Diagnosis {
  const [namespace, pod] = from.split('/') as [string, string]
  const [kind, version] = (stub ?? '').split('@') as [string, string | undefined]
  const asker = namespace === 'node' ? { kind: 'node', name: pod } as const : { kind: 'pod', namespace, name: pod } as const
  const [found] = diagnose(files, { name, types: [], from: asker, ...(stub !== undefined && { stub: { kind, version } }) })
  if (!found) throw new Error(`no diagnosis of ${name} from ${from}`)
  return found
}

export const hits = (diagnosis: Diagnosis, id: string): readonly FindingReport[] => diagnosis.status.findings.filter(f => f.id === id)

/** The only hit of a finding; throws with what was found instead. */
export function hit(diagnosis: Diagnosis, id: string): FindingReport {
  const [one, ...more] = hits(diagnosis, id)
  if (!one || more.length > 0) {
    const { findings, verdict, problems } = diagnosis.status
    throw new Error(`${more.length + (one ? 1 : 0)} hits of ${id}; ${verdict}; found: ${findings.map(brief).join(', ')}; problems: ${problems.map(p => p.message).join('; ')}`)
  }
  return one
}

/** `error confirmed mixed-upstreams`. */
export const brief = (f: FindingReport): string => `${f.level} ${f.certainty} ${f.id}`

/** `* file: text`; a star at the lines to change. The text is cut at its first line. */
export const lines = (finding: FindingReport): string[] =>
  finding.sources.map(s => `${s.primary ? '*' : ' '} ${s.file}: ${s.text.split('\n')[0]}`)

/** Outcome → odds. */
export const odds = (diagnosis: Diagnosis): Readonly<Record<string, string>> => diagnosis.status.prediction
