// A live cluster is not read by this version; what can be done instead is said in full.
import { OperatingError, untranslated } from './operating-error.ts'

/** kubectl's flags, taken so that they give a clear answer instead of "unknown option". */
export const KUBECTL_FLAGS = [
  '--context <name>', '--kubeconfig <file>', '--cluster <name>', '--user <name>', '--as <user>', '--as-group <group>', '--as-uid <uid>', '--token <token>',
  '-s, --server <address>', '--certificate-authority <file>', '--client-certificate <file>', '--client-key <file>', '--insecure-skip-tls-verify',
  '--tls-server-name <name>', '--request-timeout <time>', '--cache-dir <folder>', '-A, --all-namespaces',
] as const

export function noLiveCluster(): OperatingError {
  return new OperatingError(4, { en: 'this version reads evidence, not a live cluster: give --bundle, or files', zh: '此版本只读取证据，不连接集群：请用 --bundle 或给出文件' }, [
    { en: 'a bundle is a folder, and every part of it is optional; by hand:', zh: '证据包就是一个目录，每一部分都可以没有；手工制作：' },
    untranslated('mkdir -p site/cluster site/logs/kube-system'),
    untranslated('kubectl get ns,no,po,svc,ep,endpointslices,cm,deploy,ds,sts,events -A -o yaml > site/cluster/objects.yaml'),
    untranslated('kubectl -n kube-system logs --timestamps COREDNS_POD > site/logs/kube-system/COREDNS_POD.log'),
    { en: 'of each node, /etc/resolv.conf as site/nodes/NODE/etc/resolv.conf; so too run/systemd/resolve/resolv.conf, etc/netplan, var/lib/kubelet/config.yaml', zh: '每个节点的 /etc/resolv.conf 存为 site/nodes/NODE/etc/resolv.conf；run/systemd/resolve/resolv.conf、etc/netplan、var/lib/kubelet/config.yaml 同样处理' },
    untranslated('whydns why NAME --from NAMESPACE/POD --bundle site'),
  ])
}
