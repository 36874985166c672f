// How kube-proxy draws among a Service's endpoints: ConfigMap kube-system/kube-proxy, key config.conf (KubeProxyConfiguration v1alpha1), as
// kubeadm installs it; resolver-chain.md §8.1. iptables and nftables (`numgen random`) draw uniformly for each flow. ipvs does not draw: its
// scheduler, `rr` by default, gives the next endpoint in line, and whose turn it is depends on every other client of the node. `sh` goes by
// the client's address, so a client always meets the same one; the weights that `wrr` and its kin would heed are all 1.
// Not modelled: kube-proxy's command line, `ipvsadm` and `nft` dumps of a node, eBPF data planes.
import type { ServiceModel } from '../chain/model.ts'
import { textOf } from './fields.ts'
import type { Inventory } from './inventory.ts'

/** Undefined: the cluster's evidence does not say, or it draws at random. */
export function ipvsDraws(cluster: Inventory): ServiceModel['affinity'] | undefined {
  if (kubeProxyMode(cluster) !== 'ipvs') return undefined
  return valueOf(configOf(cluster), 'scheduler') === 'sh' ? 'client' : 'turn'
}

/** Undefined: the evidence does not say, or kube-proxy chooses itself. */
export const kubeProxyMode = (cluster: Inventory): string | undefined => valueOf(configOf(cluster), 'mode')

const configOf = (cluster: Inventory): string => textOf(cluster.get('ConfigMap', 'kube-proxy', 'kube-system')?.body, 'data', 'config.conf') ?? ''

const valueOf = (config: string, key: string): string | undefined => new RegExp(`^[ \\t]*${key}:[ \\t]*["']?([\\w-]+)`, 'm').exec(config)?.[1]
