// The resolv.conf of a pod: as it is in the evidence, else as kubelet makes it; and in both cases what stands behind each server.
import type { KubeObject, ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Problem, Sourced } from '../chain/source.ts'
import { fieldOf, listOf, textOf, textsOf } from '../cluster/fields.ts'
import { isHostNetwork } from '../cluster/inventory.ts'
import { podDns, type PodDns, type PodDnsFields } from '../cluster/pod-dns.ts'
import { readResolvConf } from '../config/resolv-conf.ts'
import type { GivenResolvConf } from '../findings/case.ts'
import type { Gathered } from './gather.ts'
import type { LinkedNode } from './link-nodes.ts'
import { nowhere } from './link-nodes.ts'

export const placeOf = (pod: KubeObject): string => `${pod.namespace}/${pod.name}`
export const RESOLV_CONF = '/etc/resolv.conf'

export interface LinkedPod {
  readonly given: GivenResolvConf
  /** What kubelet would write today. */
  readonly inferred: PodDns
}

/** Undefined: neither the file nor what it is made from is known. */
export function linkPod(gathered: Gathered, pod: KubeObject, node: LinkedNode, problems: Problem[]): LinkedPod | undefined {
  const place = placeOf(pod)
  const fields = fieldsOf(pod)
  const file = `pods/${place}${RESOLV_CONF}`
  const inferred = podDns({ kubelet: node.settings, pod: fields, file, ...(node.dns.etcResolvConf && { runtimeResolvConf: node.dns.etcResolvConf }) })
  const snapshot = gathered.layout.podFiles.get(place)?.get(RESOLV_CONF)
  const hostNetwork = { value: fields.hostNetwork, source: pod.at('spec', 'hostNetwork') }
  const common = {
    policy: fields.dnsPolicy, effectivePolicy: inferred.effectivePolicy, hostNetwork, dropped: inferred.droppedServers,
    nodeFile: node.settings.host.state === 'present' ? node.settings.resolvConf.value : undefined,
  }
  if (snapshot) {
    const read = readResolvConf(snapshot.path, snapshot.text())
    problems.push(...read.problems)
    return { inferred, given: { ...common, resolvConf: withOrigins(read.value, inferred), obtained: 'snapshot' } }
  }
  problems.push(...inferred.problems)
  const unknown = inferred.resolvConf === undefined || (node.settings.host.state === 'unknown' && inferred.effectivePolicy !== 'None' && inferred.servers.length === 0)
  if (unknown || !inferred.resolvConf) return undefined
  return { inferred, given: { ...common, resolvConf: inferred.resolvConf, obtained: 'inferred' } }
}

/** Gives each word of the pod's own file the lines that the same word has behind it in what kubelet would write today. */
function withOrigins(conf: ResolvConf, inferred: PodDns): ResolvConf {
  const origins = new Map<string, Sourced<string>>()
  for (const word of [...inferred.servers, ...inferred.searches, ...inferred.options]) if (!origins.has(word.value)) origins.set(word.value, word)
  const lines = conf.lines.map((line): ResolvConfLine => ({
    ...line,
    words: line.words.map(word => {
      const origin = origins.get(word.value)
      return origin ? { value: word.value, source: { ...word.source, behind: [origin.source, ...(origin.source.behind ?? [])].filter(s => s.file !== word.source.file) } } : word
    }),
  }))
  return { ...conf, lines }
}

function fieldsOf(pod: KubeObject): PodDnsFields {
  const config = fieldOf(pod.body, 'spec', 'dnsConfig')
  const sourced = (values: readonly string[], ...path: string[]): Sourced<string>[] => values.map((value, index) => ({ value, source: pod.at(...path, index) }))
  return {
    namespace: pod.namespace, name: pod.name, uid: textOf(pod.body, 'metadata', 'uid') ?? '',
    dnsPolicy: { value: textOf(pod.body, 'spec', 'dnsPolicy') ?? 'ClusterFirst', source: pod.at('spec', 'dnsPolicy') },
    hostNetwork: isHostNetwork(pod),
    ...(config !== undefined && config !== null && {
      dnsConfig: {
        nameservers: sourced(textsOf(config, 'nameservers'), 'spec', 'dnsConfig', 'nameservers'),
        searches: sourced(textsOf(config, 'searches'), 'spec', 'dnsConfig', 'searches'),
        options: listOf(config, 'options').flatMap((option, index) => {
          const name = textOf(option, 'name')
          const value = textOf(option, 'value')
          return name === undefined ? [] : [{ value: { name, ...(value !== undefined && { value }) }, source: pod.at('spec', 'dnsConfig', 'options', index) }]
        }),
      },
    }),
  }
}

/** A pod of which only files are in the bundle, no object. */
export function filesOnlyPod(gathered: Gathered, place: string, problems: Problem[]): GivenResolvConf | undefined {
  const file = gathered.layout.podFiles.get(place)?.get(RESOLV_CONF)
  if (!file) return undefined
  const read = readResolvConf(file.path, file.text())
  problems.push(...read.problems)
  const source = nowhere(`cluster/pods (${place})`)
  return { resolvConf: read.value, obtained: 'snapshot', policy: { value: '', source }, effectivePolicy: '', hostNetwork: { value: false, source }, dropped: [], nodeFile: undefined }
}
