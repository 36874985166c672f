// `--from`, `-n` and `--pod` → who asks.
import type { Asker } from '../chain/asked.ts'
import { usage } from './operating-error.ts'

const RESOURCES = new Map<string, Extract<Asker, { kind: 'workload' }>['resource']>([
  ['deploy', 'deploy'], ['deployment', 'deploy'], ['deployments', 'deploy'], ['sts', 'sts'], ['statefulset', 'sts'], ['statefulsets', 'sts'],
  ['ds', 'ds'], ['daemonset', 'ds'], ['daemonsets', 'ds'], ['yurtappset', 'yurtappset'], ['yurtappsets', 'yurtappset'], ['yas', 'yurtappset'],
])

/** A name of the Kubernetes API (RFC 1123 subdomain), checked here so that a typing error is not looked for in vain. */
const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/

export function asker(options: { readonly from?: string; readonly namespace?: string; readonly pod?: string }): Asker | undefined {
  const { from, namespace, pod } = options
  if (from !== undefined && pod !== undefined) throw usage('--from and --pod name the asker twice', '--from 与 --pod 重复指定了提问者')
  if (pod !== undefined) return { kind: 'pod', namespace: named(namespace ?? 'default'), name: named(pod.replace(/^pods?\//, '')) }
  if (from === undefined) return undefined
  const parts = from.split('/')
  const [first = '', second = '', third = ''] = parts
  if (parts.length === 1 && namespace !== undefined) return { kind: 'pod', namespace: named(namespace), name: named(first) }
  if (parts.length === 2) {
    if (first === 'node' || first === 'nodes') return { kind: 'node', name: named(second) }
    const resource = namespace === undefined ? undefined : RESOURCES.get(first)
    if (resource !== undefined) return { kind: 'workload', resource, namespace: named(namespace as string), name: named(second) }
    return { kind: 'pod', namespace: named(first), name: named(second) }
  }
  const resource = RESOURCES.get(second)
  if (parts.length === 3 && (second === 'pod' || second === 'pods')) return { kind: 'pod', namespace: named(first), name: named(third) }
  if (parts.length === 3 && resource !== undefined) return { kind: 'workload', resource, namespace: named(first), name: named(third) }
  throw usage(`\`--from ${from}\` is none of NS/POD, NS/deploy/X (sts, ds, yurtappset), node/N`, `\`--from ${from}\` 不是 NS/POD、NS/deploy/X（sts、ds、yurtappset）或 node/N`)
}

function named(name: string): string {
  if (!OBJECT_NAME.test(name)) throw usage(`\`${name}\` cannot be the name of a Kubernetes object`, `\`${name}\` 不可能是 Kubernetes 对象的名字`)
  return name
}
