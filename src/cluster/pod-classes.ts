// Classes of pods that a lookup cannot tell apart: the same node, or the same pool where nothing on the way differs by node, the same DNS
// settings, the same image (hence the same stub). One answer then stands for all of them: "31 of 40 pods".
import type { KubeObject } from '../chain/model.ts'
import { fieldOf, listOf, textOf } from './fields.ts'
import { isHostNetwork, type Inventory } from './inventory.ts'
import type { NodePools } from './node-pools.ts'
import { usesClusterDns } from './placement.ts'

export interface PodClass {
  /** `hangzhou ClusterFirst order-sync`: what its members have in common, for people. */
  readonly name: string
  readonly pods: readonly KubeObject[]
}

/** In the order of their first pod. Pods that have no node yet, or are over, belong to none. */
export function podClasses(cluster: Inventory, pools: NodePools): readonly PodClass[] {
  const classes = new Map<string, { readonly name: string; readonly pods: KubeObject[] }>()
  for (const pod of cluster.pods) {
    const node = textOf(pod.body, 'spec', 'nodeName')
    if (node === undefined || node === '' || ['Succeeded', 'Failed'].includes(textOf(pod.body, 'status', 'phase') ?? '')) continue
    const dns = dnsOf(pod)
    // Without cluster DNS a pod has its own node's servers.
    const place = dns.policy === 'ClusterFirst' ? pools.poolOf(node)?.value ?? node : node
    const workload = cluster.ownersOf(pod).at(-1)?.name ?? pod.name
    // The search list holds the namespace, so pods of two namespaces ask different names.
    const images = listOf(pod.body, 'spec', 'containers').map(container => textOf(container, 'image'))
    const key = JSON.stringify([place, pod.namespace, dns, isHostNetwork(pod), images])
    const known = classes.get(key)
    if (known) known.pods.push(pod)
    else classes.set(key, { name: `${place} ${dns.policy} ${workload}`, pods: [pod] })
  }
  return [...classes.values()]
}

/** The class that a pod belongs to. */
export const classOf = (classes: readonly PodClass[], pod: KubeObject): PodClass | undefined => classes.find(one => one.pods.includes(pod))

function dnsOf(pod: KubeObject): { readonly policy: string; readonly config: unknown } {
  const written = textOf(pod.body, 'spec', 'dnsPolicy') ?? 'ClusterFirst'
  const policy = written === 'None' ? 'None' : usesClusterDns(pod) ? 'ClusterFirst' : 'Default'
  return { policy, config: fieldOf(pod.body, 'spec', 'dnsConfig') ?? null }
}
