// Loose files → the bundle they would be part of. A bare Corefile is one CoreDNS pod, a resolv.conf with cluster search domains
// is what the asker was given, another one what CoreDNS was given (or, without a Corefile, what the asker has). The objects that
// say so are made here, so that all else reads an ordinary bundle. Whatever was assumed is a Problem; what several could own is
// not placed. Pure: texts in, paths and made texts out.
import type { KubeObject, ResolvConf } from './chain/model.ts'
import type { Problem } from './chain/source.ts'
import { corednsPods } from './cluster/coredns-pods.ts'
import { textOf } from './cluster/fields.ts'
import { inventory } from './cluster/inventory.ts'
import { readObjects } from './cluster/objects.ts'
import { generateUplink, UPLINK } from './cluster/uplink-file.ts'
import { isGenerated } from './config/generated-file.ts'
import { readResolvConf } from './config/resolv-conf.ts'
import { recognise, type FileKind } from './evidence/recognise.ts'

export interface LooseFile {
  /** The file's own name, without folders. */
  readonly name: string
  /** The whole text, but of a log or a large file the beginning. */
  readonly text: string
}

export interface LoosePlan {
  /** Where each file stands in the bundle, in the order given; no two alike. */
  readonly paths: readonly string[]
  /** Files that nobody gave. */
  readonly made: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

const OWN = 'loose'
const ASKER = `pods/${OWN}/pod`
const NODE = `nodes/${OWN}`
/** Of TEST-NET-1 (RFC 5737): nobody's. */
const SERVER_ADDRESS = '192.0.2.53'
const RESOLV_CONF = '/etc/resolv.conf'
const KUBELET_CONFIG = `${NODE}/var/lib/kubelet/config.yaml`

/** Files of a node that have one place each. */
const NODE_PLACES: Partial<Record<FileKind, (name: string) => string>> = {
  netplan: name => `/etc/netplan/${/\.ya?ml$/.test(name) ? name : `${name}.yaml`}`,
  networkd: name => `/etc/systemd/network/${/\.(?:network|netdev|link)$/.test(name) ? name : `${name}.network`}`,
  'resolved.conf': () => '/etc/systemd/resolved.conf', 'iptables-save': () => '/iptables-save.txt', conntrack: () => '/conntrack.txt',
  'resolvectl-status': () => '/resolvectl-status.txt',
}
const CAPTURES: readonly FileKind[] = ['pcap', 'pcapng', 'fstrm']

interface Known {
  readonly kinds: readonly FileKind[]
  readonly objects: readonly KubeObject[]
  /** `NS/POD` of those that the files or the bundle speak of. */
  readonly pods: readonly string[]
  readonly beside: ReadonlySet<string>
  /** There are real pods: whose a file is, somebody would have to say. */
  readonly hasPods: boolean
  /** Namespace of the one CoreDNS pod that is made; undefined = none is. */
  readonly server: { readonly namespace: string; readonly configMap: string | undefined } | undefined
}

/** `beside`: the paths of a bundle that the files are added to; then nothing is made up. */
export function looseCluster(files: readonly LooseFile[], beside: readonly string[] = []): LoosePlan {
  const kinds = files.map(kindOf)
  const objects = files.flatMap((file, at) => (kinds[at] === 'kubernetes' ? readObjects(file.name, file.text).value : []))
  const pods = [...objects.filter(object => object.kind === 'Pod').map(pod => `${pod.namespace}/${pod.name}`), ...beside.flatMap(path => /^(?:pods\/([^/]+\/[^/]+)\/|logs\/([^/]+\/[^/]+)\.log$)/.exec(path)?.slice(1, 3).filter(Boolean) ?? [])]
  const hasPods = pods.length > 0 || beside.length > 0
  const placing = new Placing(files, { kinds, objects, pods: [...new Set(pods)], beside: new Set(beside), hasPods, server: hasPods ? undefined : serverOf(kinds, objects) })
  for (const at of files.keys()) placing.place(at)
  placing.complete()
  return { paths: placing.paths, made: placing.made, problems: placing.problems }
}

/** Pasted JSON and lists are objects to us, too. */
function kindOf({ name, text }: LooseFile): FileKind {
  const kind = recognise(name, text)
  return kind === 'unknown' && /^\s{0,8}"?apiVersion"?\s*:/m.test(text.slice(0, 65_536)) ? 'kubernetes' : kind
}

function serverOf(kinds: readonly FileKind[], objects: readonly KubeObject[]): Known['server'] {
  const maps = objects.filter(object => object.kind === 'ConfigMap' && textOf(object.body, 'data', 'Corefile') !== undefined)
  const map = maps.find(object => object.name === 'coredns') ?? maps[0]
  if (map) return { namespace: map.namespace === '' ? 'default' : map.namespace, configMap: map.name }
  return kinds.includes('corefile') ? { namespace: OWN, configMap: undefined } : undefined
}

/** kubelet writes such search lists, and nobody else does. */
const isOfPod = (conf: ResolvConf): boolean => conf.lines.some(line =>
  (line.keyword === 'search' && line.words.some(word => /(?:^|\.)svc\./.test(word.value))) || (line.keyword === 'options' && line.words.some(word => word.value === 'ndots:5')))

class Placing {
  readonly paths: string[] = []
  readonly made = new Map<string, string>()
  readonly problems: Problem[] = []
  private readonly files: readonly LooseFile[]
  private readonly known: Known
  private readonly servers: readonly string[]
  private corefile = false

  constructor(files: readonly LooseFile[], known: Known) {
    this.files = files
    this.known = known
    this.servers = known.server ? [`${known.server.namespace}/coredns`] : corednsPods(inventory(known.objects)).value.map(server => server.place)
  }

  place(at: number): void {
    const { name, text } = this.files[at] as LooseFile
    const path = this.pathOf(this.known.kinds[at] as FileKind, name, text)
    let unique = path
    for (let n = 2; this.paths.includes(unique) || this.known.beside.has(unique); n++) unique = path.replace(/((?:\.[a-z]{2,5})?)$/, `.${n}$1`)
    this.paths.push(unique)
  }

  private pathOf(kind: FileKind, name: string, text: string): string {
    const stem = name.replace(/\.[^.]*$/, '') || name
    const onNode = NODE_PLACES[kind]
    if (kind === 'kubernetes') return `cluster/${/\.(?:ya?ml|json)$/.test(name) ? name : `${name}.yaml`}`
    if (kind === 'bundle') return 'bundle.yaml'
    if (kind === 'pasted') return `text/${stem}.txt`
    if (kind === 'probes') return `probes/${stem}.jsonl`
    if (kind === 'metrics') return `metrics/${name}`
    if (CAPTURES.includes(kind)) return `captures/${OWN}/${name}`
    if (kind === 'coredns-log') return this.logPath(stem, this.servers, 'loose-log-of-coredns', 'CoreDNS')
    if (kind === 'application-log') return this.logPath(stem, this.known.hasPods ? [] : [`${OWN}/pod`], 'loose-log-of-asker', 'the asker')
    if (this.known.hasPods) return this.unplaced(name, 'with pods among the files nothing tells whose it is')
    if (onNode) return this.free(NODE + onNode(name), name)
    if (kind === 'kubelet-config') return this.free(/"kubeletconfig"/.test(text.slice(0, 65_536)) ? `${NODE}/configz.json` : KUBELET_CONFIG, name)
    if (kind === 'corefile') return this.corefilePath(name)
    if (kind === 'resolv.conf') return this.resolvConfPath(name, text)
    if (kind === 'hosts' || kind === 'nsswitch') return this.free(`${this.isAskerPod() ? ASKER : NODE}/etc/${kind === 'hosts' ? 'hosts' : 'nsswitch.conf'}`, name)
    return this.unplaced(name, kind === 'gzip' || kind === 'zstd' ? 'it is compressed: unpack it first' : kind === 'empty' ? 'it is empty' : 'it is no kind of file that is known')
  }

  /** A log that is named after a pod is that pod's; else it is the only candidate's. */
  private logPath(stem: string, candidates: readonly string[], code: string, who: string): string {
    const { pods, hasPods } = this.known
    const nameOf = (pod: string): string => pod.slice(pod.indexOf('/') + 1)
    const named = pods.find(pod => stem === nameOf(pod)) ?? pods.find(pod => stem.includes(nameOf(pod)))
    if (named !== undefined) return `logs/${named}.log`
    const [only] = candidates
    if (only !== undefined && candidates.length === 1) {
      this.assume(code, `${stem}: taken for the log of ${who}, the only one there is`)
      return `logs/${only}.log`
    }
    if (!hasPods) return `logs/${OWN}/coredns.log`
    this.problems.push({ code: 'loose-file-not-placed', message: `${stem}: nothing tells which pod wrote this log; name the file after its pod`, state: 'unknown' })
    return `logs/unknown/${stem}.log`
  }

  private corefilePath(name: string): string {
    const { server } = this.known
    if (this.corefile || server?.configMap !== undefined) return this.unplaced(name, 'there is another Corefile')
    this.corefile = true
    return `pods/${OWN}/coredns/etc/coredns/Corefile`
  }

  private resolvConfPath(name: string, text: string): string {
    const { server } = this.known
    const conf = readResolvConf(name, text).value
    const [ofServer, uplink] = [`pods/${this.servers[0] ?? ''}${RESOLV_CONF}`, NODE + UPLINK]
    const taken = (path: string): boolean => this.paths.includes(path)
    if (isOfPod(conf)) return this.free(ASKER + RESOLV_CONF, name)
    if (server && isGenerated(text)?.resolved === 'uplink' && !taken(uplink) && !taken(ofServer)) return uplink
    if (server && !taken(uplink) && !taken(ofServer)) {
      this.assume('loose-resolv-conf-of-coredns', `${name}: taken for the /etc/resolv.conf that the CoreDNS pod was given`)
      return ofServer
    }
    if (server) return this.unplaced(name, 'CoreDNS has been given another one')
    return this.free(this.isAskerPod() ? ASKER + RESOLV_CONF : NODE + RESOLV_CONF, name)
  }

  /** Else it is a node: a resolv.conf alone says nothing of pods. */
  private isAskerPod(): boolean {
    const { kinds, server } = this.known
    const podLike = this.files.some((file, at) => kinds[at] === 'resolv.conf' && isOfPod(readResolvConf(file.name, file.text).value))
    return server !== undefined || podLike || kinds.includes('application-log')
  }

  private free(path: string, name: string): string {
    return this.paths.includes(path) ? this.unplaced(name, 'there is another one like it') : path
  }

  private unplaced(name: string, why: string): string {
    this.problems.push({ code: 'loose-file-not-placed', message: `${name} is not read: ${why}. In a bundle (--bundle) its folder says whose it is: nodes/<node>/, pods/<namespace>/<pod>/`, state: 'unknown' })
    return `loose/${name}`
  }

  private assume(code: string, message: string): void {
    this.problems.push({ code, message, state: 'partly-modelled' })
  }

  /** What the files do not say and the model cannot do without. */
  complete(): void {
    if (this.known.hasPods) return
    this.completeNode()
    const { server } = this.known
    if (!server) return
    const confs = [`pods/${this.servers[0]}${RESOLV_CONF}`, NODE + UPLINK]
    this.made.set('cluster/loose.yaml', podsYaml(server))
    this.assume('loose-coredns-assumed', 'the Corefile is taken to be that of one CoreDNS pod; its release is not known: the newest known is taken')
    if (!confs.some(path => this.paths.includes(path) || this.made.has(path)))
      this.problems.push({ code: 'loose-resolv-conf-missing', message: 'no /etc/resolv.conf of CoreDNS is among the files: where `forward . /etc/resolv.conf` leads is not known', state: 'unknown' })
    if (this.paths.includes(ASKER + RESOLV_CONF)) return
    this.made.set(ASKER + RESOLV_CONF, `nameserver ${SERVER_ADDRESS}\n`)
    this.assume('loose-asker-assumed', 'no resolv.conf of a pod is among the files: the asker is taken to ask CoreDNS for the name alone, without a search list')
  }

  /** netplan alone says what systemd-resolved writes, and that is what kubelet hands on. */
  private completeNode(): void {
    const files = new Map<string, { file: string; text: string }>()
    for (const [at, path] of this.paths.entries()) if (path.startsWith(`${NODE}/`)) files.set(path.slice(NODE.length), { file: path, text: (this.files[at] as LooseFile).text })
    const configured = this.paths.some(path => /^nodes\/loose\/etc\/(?:netplan|systemd)\//.test(path))
    if (configured && !files.has(UPLINK)) {
      const { text } = generateUplink(files)
      this.made.set(NODE + UPLINK, text)
      if (!this.known.server && !files.has(RESOLV_CONF) && !this.isAskerPod()) this.made.set(NODE + RESOLV_CONF, text)
      this.assume('loose-uplink-assumed', 'the node is taken to run systemd-resolved: its resolv.conf is worked out from the network configuration')
    }
    if (this.known.server && (configured || files.has(UPLINK)) && !this.paths.includes(KUBELET_CONFIG) && !files.has('/configz.json')) {
      this.made.set(KUBELET_CONFIG, `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nresolvConf: ${UPLINK}\n`)
      this.assume('loose-kubelet-assumed', `kubelet is taken to hand on ${UPLINK}, as it does on nodes with systemd-resolved`)
    }
  }
}

/** CoreDNS with dnsPolicy Default, as every distribution installs it, and one pod that asks. */
function podsYaml({ namespace, configMap }: NonNullable<Known['server']>): string {
  const mounted = configMap === undefined ? '' : `
  - name: config
    configMap:
      name: ${configMap}`
  return `apiVersion: v1
kind: Pod
metadata:
  name: coredns
  namespace: ${namespace}
  labels:
    k8s-app: kube-dns
spec:
  nodeName: ${OWN}
  dnsPolicy: Default
  containers:
  - name: coredns
    image: coredns
    args: [-conf, /etc/coredns/Corefile]${mounted === '' ? '' : `
    volumeMounts:
    - name: config
      mountPath: /etc/coredns
  volumes:${mounted}`}
status:
  phase: Running
  podIP: ${SERVER_ADDRESS}
---
apiVersion: v1
kind: Pod
metadata:
  name: pod
  namespace: ${OWN}
spec:
  nodeName: ${OWN}
  dnsPolicy: ClusterFirst
  containers:
  - name: app
status:
  phase: Running
`
}
