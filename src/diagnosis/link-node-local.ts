// NodeLocal DNSCache as a CoreDNS of the model: its Corefile as the process writes it from the template, the release of CoreDNS that is in
// it, and the addresses at which its node meets it.
import type { CorednsModel, NobodyModel } from '../chain/model.ts'
import type { Problem, Source, Sourced } from '../chain/source.ts'
import { nodeLocalAddresses, upstreamAddress, type NodeLocalPod } from '../cluster/node-local.ts'
import { corednsOfNodeCache } from '../hops/coredns/node-cache.ts'
import { CLUSTER, nodeCacheCorefile } from '../hops/coredns/node-cache-corefile.ts'
import type { Gathered } from './gather.ts'
import type { LinkedNode } from './link-nodes.ts'

export interface FilledIn {
  readonly text: string
  /** Imports are relative to it. */
  readonly path: string
  readonly back: (inner: Source) => Source
  readonly build: NonNullable<CorednsModel['build']>
  readonly version: Sourced<string> | undefined
}

/** Undefined: where names of the cluster are sent is not known. Problems are those of the template's own file. */
export function filledIn(gathered: Gathered, server: NodeLocalPod, file: string, template: string, problems: Problem[]): FilledIn | undefined {
  const flags = server.nodeLocal
  const clusterDns = upstreamAddress(gathered.inventory, server)
  const path = flags.written
  if (!clusterDns && template.includes(CLUSTER)) {
    const { value, source } = flags.upstreamService
    problems.push({ code: 'node-local-upstream-not-seen', message: `the Service ${server.pod.namespace}/${value}, to which ${server.place} sends names of the cluster, is not in the evidence`, source, state: 'unknown' })
    return undefined
  }
  const key = (name: string): Sourced<string> | undefined => {
    const held = server.files.get(`${flags.kubeDns}/${name}`)
    return held && { value: held.text, source: held.source }
  }
  const [stubDomains, upstreamNameservers] = [key('stubDomains'), key('upstreamNameservers')]
  // The pod's own file is what came of the template.
  const isWritten = gathered.layout.podFiles.get(server.place)?.get(path)?.path === file
  const written = isWritten ? { text: template, back: (inner: Source): Source => inner, problems: [] } : nodeCacheCorefile(file, template, {
    release: server.version?.value, localIps: flags.localIps, port: server.port, clusterDns,
    ...(stubDomains && { stubDomains }), ...(upstreamNameservers && { upstreamNameservers }),
  })
  problems.push(...written.problems)
  const coredns = corednsOfNodeCache(server.version?.value)
  if (coredns.assumed) {
    const message = `which CoreDNS is in node-cache ${server.version?.value ?? 'of this image'} is not known: taken to be ${coredns.version}`
    problems.push({ code: 'coredns-version-unknown', message, source: server.version?.source ?? server.pod.source, state: 'unknown' })
  }
  return {
    text: written.text, back: written.back, path,
    build: { program: 'node-cache', version: server.version?.value }, version: { value: coredns.version, source: server.version?.source ?? server.pod.source },
  }
}

/** The model with the addresses that are its own; those of nobody, and what is to be said. */
export function onItsNode(gathered: Gathered, server: NodeLocalPod, node: LinkedNode | undefined, model: CorednsModel, problems: Problem[]): { readonly model: CorednsModel; readonly nobody: readonly NobodyModel[] } {
  const found = nodeLocalAddresses(gathered.inventory, server, node?.rules, model.down !== undefined && model.refused !== undefined)
  problems.push(...found.problems)
  return { model: { ...model, nodeAddresses: found.own }, nobody: found.nobodys.map(({ value, source }) => ({ address: value, node: server.node, source })) }
}
