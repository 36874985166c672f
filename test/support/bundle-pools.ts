// Two node pools behind YurtHub, for tests of openyurt.io/topologyKeys on the DNS Service.
import type { EvidenceFiles } from '../../src/chain/evidence-files.ts'
import { bundle, client, coredns, corefile, dnsService, log, node, probe, resolvConf, VIP, type Piece } from './bundle.ts'

export const NAME = 'db.corp.example'
export const NODE_FILE = resolvConf(['10.0.0.2'])
export const POOL = 'openyurt.io/nodepool'
export const TIMEOUT = log('default/web', `dial tcp: lookup ${NAME} on ${VIP}:53: read udp 10.244.0.9:41382->${VIP}:53: i/o timeout`)

/** A pool with the client's node n1, another pool with n2; YurtHub on both. */
const POOLS: Piece[] = ['hangzhou n1', 'shanghai n2'].map(words => {
  const [pool, on] = words.split(' ')
  return {
    'cluster/nodepools.yaml': `apiVersion: apps.openyurt.io/v1beta1\nkind: NodePool\nmetadata: {name: ${pool}}\nspec: {type: Edge}\nstatus: {nodes: [${on}], readyNodeNum: 1}\n`,
    'cluster/pods.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: yurt-hub-${on}, namespace: kube-system}\nspec:\n  nodeName: ${on}\n  hostNetwork: true\n  containers:\n  - {name: yurt-hub, image: openyurt/yurthub:v1.4.0, command: [yurthub, --v=2]}\nstatus: {phase: Running}\n`,
  }
})

export interface PoolSettings {
  readonly topology?: string
  /** Where CoreDNS runs. */
  readonly on: readonly ('n1' | 'n2')[]
  readonly more?: readonly Piece[]
}

export function poolCluster({ topology, on, more = [] }: PoolSettings): EvidenceFiles {
  const address = { n1: '10.244.1.3', n2: '10.244.2.3' }
  return bundle(
    node('n1', { pool: 'hangzhou', resolvConf: NODE_FILE }), node('n2', { pool: 'shanghai', resolvConf: NODE_FILE }), ...POOLS, corefile(),
    ...on.map(name => coredns(`coredns-${name}`, { node: name, address: address[name], resolvConf: NODE_FILE })),
    dnsService(on.map(name => [address[name], name] as const), topology === undefined ? {} : { topology }),
    client('web'), probe('10.0.0.2', NAME, '10.9.0.7'), ...more,
  )
}

/** kube-proxy's rules on n1 for the UDP port. */
export const rules = (...endpoints: string[]): Piece => ({
  'nodes/n1/iptables-save.txt': `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-TCOU7JCQXEZGVUNU - [0:0]
${endpoints.map((_, i) => `:KUBE-SEP-AAAAAAAAAAAAAAA${i} - [0:0]\n`).join('')}-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-SERVICES -d ${VIP}/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
${endpoints.map((endpoint, i) => `-A KUBE-SEP-AAAAAAAAAAAAAAA${i} -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination ${endpoint}:53\n`).join('')}${endpoints.map((endpoint, i) => `-A KUBE-SVC-TCOU7JCQXEZGVUNU -m comment --comment "kube-system/kube-dns:dns -> ${endpoint}:53"${i < endpoints.length - 1 ? ` -m statistic --mode random --probability ${(1 / (endpoints.length - i)).toFixed(11)}` : ''} -j KUBE-SEP-AAAAAAAAAAAAAAA${i}\n`).join('')}COMMIT
`,
})
