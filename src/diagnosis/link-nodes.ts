// A node's part of the model: what kubelet hands on, where its servers come from, whether YurtHub filters for it, and the rules it has.
import type { EvidenceFile } from '../chain/evidence-files.ts'
import type { KubeObject, ResolvConf } from '../chain/model.ts'
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { textOf } from '../cluster/fields.ts'
import { readIptablesRules, type IptablesRules } from '../cluster/iptables-rules.ts'
import { kubeletVersionOf, type HostFile, type KubeletDnsSettings, type KubeletVersion } from '../cluster/kubelet-resolv-conf.ts'
import { nodeDns, type NodeDns, type NodeResolvConf } from '../cluster/node-dns.ts'
import { yurtHubOf, type YurtHub } from '../cluster/yurthub.ts'
import { KUBELET_DEFAULT_RESOLV_CONF, readKubeletConfig, type KubeletConfig } from '../config/kubelet.ts'
import type { NodeFile } from '../config/netplan.ts'
import type { Gathered } from './gather.ts'

export interface LinkedNode {
  readonly name: string
  readonly files: ReadonlyMap<string, NodeFile>
  readonly dns: NodeDns
  readonly kubelet: KubeletConfig
  /** Undefined: nothing of kubelet's configuration is in the evidence. */
  readonly settings: KubeletDnsSettings
  /** The resolv.conf kubelet reads, if it is in the evidence. */
  readonly handedOn: NodeResolvConf | undefined
  readonly hub: YurtHub
  readonly rules: IptablesRules | undefined
}

/** The newest release whose rules were recorded; used, and said, where the Node object names none. */
const KUBELET_ASSUMED: KubeletVersion = [1, 32, 0]
/** Readings of one node that are kept: a handful of cures are tried. */
const READINGS = 8
/** Files of a node are small; a longer one is not configuration. */
const FILE_LIMIT = 4 * 1024 * 1024

export function nodeNames(gathered: Gathered): string[] {
  const names = new Set<string>(gathered.inventory.nodes.map(node => node.name))
  for (const name of gathered.layout.nodeFiles.keys()) names.add(name)
  for (const name of gathered.layout.nodeOutput.keys()) names.add(name)
  for (const pod of gathered.inventory.pods) {
    const node = textOf(pod.body, 'spec', 'nodeName')
    if (node) names.add(node)
  }
  return [...names].sort()
}

export function nodeFilesOf(gathered: Gathered, name: string): ReadonlyMap<string, NodeFile> {
  const files = new Map<string, NodeFile>()
  for (const [path, file] of gathered.layout.nodeFiles.get(name) ?? []) if (file.sizeBytes <= FILE_LIMIT) files.set(path, { file: file.path, text: file.text() })
  for (const [name_, file] of gathered.layout.nodeOutput.get(name) ?? []) if (file.sizeBytes <= FILE_LIMIT) files.set(`/${name_}`, { file: file.path, text: file.text() })
  return files
}

/** What the files of one node say, whatever the rest of the evidence is. */
interface NodeTexts {
  readonly from: readonly EvidenceFile[]
  readonly files: ReadonlyMap<string, NodeFile>
  readonly kubelet: Read<KubeletConfig>
  /** The file kubelet reads. */
  readonly path: string
  readonly dns: NodeDns
}

/** By the first file of the node: a proof reads everything again, and most nodes have not changed. */
const readBefore = new WeakMap<EvidenceFile, NodeTexts[]>()

function readNode(gathered: Gathered, name: string): NodeTexts {
  const from = [...gathered.layout.nodeFiles.get(name)?.values() ?? [], ...gathered.layout.nodeOutput.get(name)?.values() ?? []]
  const [first] = from
  const known = first && readBefore.get(first)
  const same = known?.find(k => k.from.length === from.length && k.from.every((file, i) => file === from[i]))
  if (same) return same
  const files = nodeFilesOf(gathered, name)
  const kubelet = readKubeletConfig(files)
  const path = kubelet.value.resolvConf?.value ?? KUBELET_DEFAULT_RESOLV_CONF
  const texts: NodeTexts = { from, files, kubelet, path, dns: nodeDns(files, { node: name, more: path === '' ? [] : [path] }) }
  if (first) readBefore.set(first, [...(known ?? []).slice(-READINGS), texts])
  return texts
}

export function linkNode(gathered: Gathered, name: string, clusterDns: readonly Sourced<string>[], problems: Problem[]): LinkedNode {
  const { files, kubelet, path, dns } = readNode(gathered, name)
  const object = gathered.inventory.get('Node', name)
  problems.push(...kubelet.problems, ...dns.problems)
  const hub = yurtHubOf(gathered.inventory, name, gathered.evidence.files)
  problems.push(...hub.problems)
  const iptables = files.get('/iptables-save.txt')
  const rules = iptables && readIptablesRules(iptables.file, iptables.text)
  if (rules) problems.push(...rules.problems)
  const handedOn = dns.files.get(path)
  return {
    name, files, dns, kubelet: kubelet.value, handedOn, hub: hub.value, rules: rules?.value,
    settings: settingsOf(object, name, kubelet.value, path, handedOn?.resolvConf, files.size > 0, clusterDns),
  }
}

function settingsOf(object: KubeObject | undefined, name: string, kubelet: KubeletConfig, path: string, conf: ResolvConf | undefined, looked: boolean, clusterDns: readonly Sourced<string>[]): KubeletDnsSettings {
  const source = kubelet.source ?? object?.source ?? nowhere(`nodes/${name}`)
  const host: HostFile = path === '' ? { state: 'unset' } : conf ? { state: 'present', resolvConf: conf } : { state: looked && kubelet.resolvConf ? 'missing' : 'unknown' }
  return {
    version: kubeletVersionOf(object) ?? KUBELET_ASSUMED,
    ...(kubelet.expandedDnsConfig && { expandedDnsConfig: kubelet.expandedDnsConfig.value }),
    resolvConf: kubelet.resolvConf ?? { value: path, source },
    // A file that nobody collected is unknown, not missing: a bundle need not hold all of a node.
    host: host.state === 'missing' ? { state: 'unknown' } : host,
    clusterDNS: kubelet.clusterDNS ?? clusterDns,
    clusterDomain: kubelet.clusterDomain ?? (kubelet.source ? undefined : { value: 'cluster.local', source }),
    nodeIPs: [],
  }
}

/** A place for what no text says: the file that would. */
export const nowhere = (file: string): Source => ({ file, start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1, text: '', obtained: 'inferred' })
