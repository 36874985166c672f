// os.Hostname of a CoreDNS process: the pod's name, or its node's where it shares the node's network.
// Not modelled: `hostname` of a pod's specification, a node whose host name is not its name.
import type { CorednsModel } from '../../chain/model.ts'

/** kubelet cuts it there. */
const LONGEST = 63

export const hostNameOf = ({ machine, hostNetwork, node, pod }: CorednsModel): string =>
  machine?.hostName ?? (hostNetwork ? node : pod.slice(pod.indexOf('/') + 1).slice(0, LONGEST).replace(/[.-]+$/, ''))
