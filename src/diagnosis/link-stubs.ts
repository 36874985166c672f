// Who resolves names at a place: the library of the pod's image, the node's libc; with the files that it reads.
import type { HostsLine, ResolvConf, StubModel } from '../chain/model.ts'
import { listOf, textOf } from '../cluster/fields.ts'
import { isHostNetwork } from '../cluster/inventory.ts'
import { stubOf, type StubEvidence } from '../cluster/stub-of.ts'
import { readHosts } from '../config/hosts.ts'
import { readNsswitch } from '../config/nsswitch.ts'
import type { Observation } from '../evidence/observation.ts'
import { hostsReaderOf } from '../hops/stub-hosts.ts'
import type { Gathered } from './gather.ts'
import type { LinkedNode } from './link-nodes.ts'

interface TextFile { readonly file: string; readonly text: string }

/** Several lines in one style prove no more than a few. */
const LOG_LINES = 20

export function stubOfPod(gathered: Gathered, place: string, resolvConf: ResolvConf, observations: readonly Observation[]): StubModel {
  const [namespace, name] = [place.slice(0, place.indexOf('/')), place.slice(place.indexOf('/') + 1)]
  const pod = gathered.inventory.get('Pod', name, namespace)
  const files = gathered.layout.podFiles.get(place)
  const fileAt = (path: string): TextFile | undefined => {
    const file = files?.get(path)
    return file && { file: file.path, text: file.text() }
  }
  const image = listOf(pod?.body, 'spec', 'containers').map(c => textOf(c, 'image'))[0]
  const lines = observations.filter(o => o.kind === 'application' && o.place === place && o.library !== undefined).slice(0, LOG_LINES)
  const osRelease = fileAt('/etc/os-release')
  const nsswitch = fileAt('/etc/nsswitch.conf')
  const evidence: StubEvidence = {
    ...(osRelease && { osRelease }),
    ...(pod && image !== undefined && { image: { value: image, source: pod.at('spec', 'containers', 0, 'image') } }),
    ...(nsswitch && { nsswitch: { source: readNsswitch(nsswitch.file, nsswitch.text).value.hosts?.[0]?.source ?? pod?.source ?? noPlace(nsswitch.file) } }),
    evidenceLibraries: lines.flatMap(o => (o.kind === 'application' && o.library !== undefined ? [{ library: o.library, source: o.source }] : [])),
  }
  const node = textOf(pod?.body, 'spec', 'nodeName') ?? ''
  const env = environmentOf(pod?.body)
  const stub = described(evidence)
  return {
    ...stub, place, node, resolvConf, ...readers(stub, fileAt('/etc/hosts'), nsswitch),
    ...(pod && { hostname: isHostNetwork(pod) ? node : textOf(pod.body, 'spec', 'hostname') ?? name }),
    ...(Object.keys(env).length > 0 && { env }),
  }
}

export function stubOfNode(node: LinkedNode, resolvConf: ResolvConf): StubModel {
  const osRelease = node.files.get('/etc/os-release')
  const nsswitch = node.files.get('/etc/nsswitch.conf')
  const stub = described(osRelease ? { osRelease } : {})
  return {
    ...stub, place: `node/${node.name}`, node: node.name, resolvConf,
    ...readers(stub, node.files.get('/etc/hosts'), nsswitch), hostname: node.name,
  }
}

function described(evidence: StubEvidence): Pick<StubModel, 'kind' | 'version' | 'libc' | 'certainty' | 'kindSource'> {
  const { kind, version, libc, certainty, source } = stubOf(evidence)
  return { kind, version, certainty, ...(libc && { libc }), ...(source && { kindSource: source }) }
}

function readers(stub: Pick<StubModel, 'kind' | 'version' | 'libc'>, hosts: TextFile | undefined, nsswitch: TextFile | undefined): Pick<StubModel, 'hosts' | 'nss'> {
  const lines: readonly HostsLine[] = hosts ? readHosts(hosts.file, hosts.text, hostsReaderOf(stub)).value : []
  const nss = nsswitch && readNsswitch(nsswitch.file, nsswitch.text).value.hosts
  return { hosts: lines, ...(nss && nss.length > 0 && { nss }) }
}

/** Only what resolvers read. */
function environmentOf(body: unknown): Record<string, string> {
  const env: Record<string, string> = {}
  for (const entry of listOf(body, 'spec', 'containers', 0, 'env')) {
    const name = textOf(entry, 'name')
    const value = textOf(entry, 'value')
    if ((name === 'RES_OPTIONS' || name === 'LOCALDOMAIN' || name === 'GODEBUG') && value !== undefined) env[name] = value
  }
  return env
}

const noPlace = (file: string): { file: string; start: number; end: number; line: number; column: number; endLine: number; endColumn: number; text: string } =>
  ({ file, start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1, text: '' })
