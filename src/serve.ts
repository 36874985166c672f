// The facade of `whydns serve`: evidence and a place, or a Corefile alone, in; the chain and the hop that answers there out. Pure: sockets
// are `drivers/serve.ts`.
import type { Asker } from './chain/asked.ts'
import type { Chain, Hop, Plain } from './chain/effects.ts'
import type { EvidenceFiles } from './chain/evidence-files.ts'
import { hopId } from './chain/hop.ts'
import type { CorednsModel, Model, ServiceModel } from './chain/model.ts'
import type { Problem } from './chain/source.ts'
import { readCorefile } from './config/corefile.ts'
import { readResolvConf } from './config/resolv-conf.ts'
import { boundedProblems } from './diagnose.ts'
import { askersOf } from './diagnosis/askers.ts'
import { nameservers } from './diagnosis/link.ts'
import { openSession, type Session } from './diagnosis/session.ts'
import type { DoorWays } from './drivers/serve-door.ts'
import { corednsHops } from './hops/coredns/server.ts'
import { readVersion, takesHalfClass } from './hops/coredns/version.ts'
import { buildChain } from './hops/index.ts'
import { upstreamHop } from './hops/upstream.ts'

export interface ServedPlace {
  readonly chain: Chain
  /** Hop id. */
  readonly root: string
  /** The servers that the chain forwards to, by hop id. */
  readonly upstreams: ReadonlyMap<string, { readonly address: string; readonly port: number }>
  /** What an unknown is taken to be instead of being drawn: a server that nobody saw fail is up. */
  readonly guess: (key: string) => Plain
  /** What the servers of the evidence do with a packet before they look at what it asks. */
  readonly door: DoorWays
  readonly problems: readonly Problem[]
}

export interface NotServed {
  /** What is not in the evidence. */
  readonly missing: string
  readonly known: readonly string[]
}

/** A node is served by the DNS Service as that node sees it; a pod by its first name server. */
export function servedAt(files: EvidenceFiles, at: Asker): ServedPlace | NotServed {
  // No line of a log is about the root: what logs say of single names does not matter here.
  const session = openSession(files, '.')
  const wired = buildChain(session.model)
  const root = at.kind === 'node' ? serviceOf(session, at.name) : firstServer(session, at, wired.reachFrom)
  if (typeof root !== 'string') return root
  return { chain: wired.chain, root, upstreams: wired.upstreams, guess: untoldAreUp(session.model), door: doorOf(session.model.coredns), problems: boundedProblems([...files.problems, ...session.problems]) }
}

function serviceOf({ model, linked }: Session, node: string): string | NotServed {
  const here = model.services.filter(service => service.node === node)
  const meant = linked.facts.clusterDns.get(node)?.flatMap(({ value }) => here.filter(service => service.address === value)) ?? []
  const service: ServiceModel | undefined = meant[0] ?? here[0]
  if (service) return hopId.service(service.node, service.address, service.port)
  const known = [...new Set(model.services.map(each => each.node))].sort()
  return { missing: linked.nodes.has(node) ? `a DNS Service at node ${node}` : `node ${node}`, known: known.map(each => `node ${each}`) }
}

function firstServer(session: Session, at: Asker, reachFrom: ReturnType<typeof buildChain>['reachFrom']): string | NotServed {
  const found = askersOf(session, { name: '.', types: [], from: at })
  if ('missing' in found) return found
  const stub = found.askers[0]?.stub
  const address = stub && nameservers(stub.resolvConf)[0]?.value
  return address === undefined ? { missing: `a name server of ${stub?.place ?? 'the asker'}`, known: [] } : reachFrom(stub?.node ?? '')(address)
}

function untoldAreUp(model: Pick<Model, 'upstreams'>): ServedPlace['guess'] {
  const told = new Set(model.upstreams.filter(u => u.reachable !== 'unknown').map(u => hopId.upstream(u.address, u.port)))
  return key => (key.startsWith('up ') && !told.has(`upstream ${key.slice('up '.length)}`) ? 'yes' : undefined)
}

/** What all of them do. */
const doorOf = (servers: readonly CorednsModel[]): DoorWays => ({ takesHalfClass: servers.length > 0 && servers.every(server => takesHalfClass(readVersion(server, () => {}))) })

export interface CorefileAlone {
  /** Absolute path; imports are relative to its folder. */
  readonly path: string
  readonly text: string
  /** Files that it names, by absolute path. */
  readonly files: ReadonlyMap<string, { readonly file: string; readonly text: string }>
  /** Absent: `forward . /etc/resolv.conf` leads nobody knows where. */
  readonly resolvConf?: { readonly file: string; readonly text: string }
  readonly version?: string
}

const POD = 'local/coredns'
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])
const NO_CLUSTER: CorednsModel['kubernetes'] = { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }

/** One CoreDNS with this Corefile. Nothing is known of the cluster and of upstreams. */
export function servedCorefile({ path, text, files, resolvConf, version }: CorefileAlone): ServedPlace {
  const read = readCorefile(path, text, { path, files })
  const conf = resolvConf && readResolvConf(resolvConf.file, resolvConf.text)
  const model: CorednsModel = {
    pod: POD, node: 'local', addresses: ['127.0.0.1'], version, corefile: read.value, files, resolvConf: conf?.value, kubernetes: NO_CLUSTER, hostNetwork: true,
  }
  const chain = new Map<string, Hop>()
  const upstreams = new Map<string, { readonly address: string; readonly port: number }>()
  const { entries, problems } = corednsHops(model, (address, port = 53) => {
    if (port === 53 && LOOPBACK.has(address)) return hopId.coredns(POD)
    const id = hopId.upstream(address, port)
    if (!upstreams.has(id)) {
      upstreams.set(id, { address, port })
      for (const [each, hop] of upstreamHop({ address, port, view: [], reachable: 'unknown', reachableSources: [] })) chain.set(each, hop)
    }
    return id
  })
  for (const [id, hop] of entries) chain.set(id, hop)
  return {
    chain, root: hopId.coredns(POD), upstreams, guess: untoldAreUp({ upstreams: [] }), door: doorOf([model]),
    problems: boundedProblems([...read.problems, ...conf?.problems ?? [], ...problems]),
  }
}
