// The lines of a Corefile that send questions away, and where to: `forward`, and `proxy` of CoreDNS before 1.5. Which of them a name
// meets: the block with the longest zone on the port that clients ask, and in it the lines whose own zone holds the name.
import type { CorednsModel, Directive, ServerBlock } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import { isSubdomain, labelsOf } from '../dns/name.ts'
import { isLoopback } from '../dns/socket-address.ts'

export interface ForwardTarget {
  readonly address: string
  readonly port: number
  readonly directive: Source
  /** Of the address: in the Corefile, or in the pod's resolv.conf. */
  readonly source: Source | undefined
}

export interface ForwardLine {
  readonly server: CorednsModel
  /** Index of the block in the Corefile, and of the directive in it. */
  readonly blockIndex: number
  readonly directiveIndex: number
  readonly block: ServerBlock
  readonly forward: Directive
}

/** What all forward and proxy lines name: addresses, and the servers of the pod's resolv.conf. */
export const targets = (server: CorednsModel): ForwardTarget[] => forwardLines(server).flatMap(line => targetsOf(server, line.forward))

export function targetsOf(server: CorednsModel, directive: Directive): ForwardTarget[] {
  const own = (server.resolvConf?.lines ?? []).filter(l => l.keyword === 'nameserver').flatMap(l => l.words.slice(0, 1))
  return directive.args.slice(1).flatMap((arg): ForwardTarget[] => {
    if (arg.value.startsWith('/')) return own.map(word => ({ address: word.value, port: 53, directive: directive.source, source: word.source }))
    return [{ ...addressAndPort(arg.value), directive: directive.source, source: arg.source }]
  })
}

function addressAndPort(written: string): { readonly address: string; readonly port: number } {
  const scheme = /^(dns|tls|https|grpc):\/\//.exec(written)
  const rest = written.slice(scheme?.[0].length ?? 0)
  const usual = scheme?.[1] === 'tls' ? 853 : scheme?.[1] === 'https' || scheme?.[1] === 'grpc' ? 443 : 53
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest)
  const v4 = /^([^:]+):(\d+)$/.exec(rest)
  const address = bracketed?.[1] ?? v4?.[1] ?? rest
  return { address, port: Number(bracketed?.[2] ?? v4?.[2] ?? usual) }
}

export const forwardLines = (server: CorednsModel): ForwardLine[] => server.corefile.blocks.flatMap((block, blockIndex) =>
  block.directives.flatMap((forward, directiveIndex) => (forward.name === 'forward' || forward.name === 'proxy' ? [{ server, blockIndex, directiveIndex, block, forward }] : [])))

/** The lines that questions for `name` (absolute) meet, in compiled order: `forward` before `proxy`. */
export function forwardLinesFor(server: CorednsModel, name: string): ForwardLine[] {
  const block = blockFor(server, name)
  return forwardLines(server)
    .filter(line => line.block === block && isSubdomain(line.forward.args[0]?.value ?? '.', name))
    .sort((a, b) => Number(a.forward.name === 'proxy') - Number(b.forward.name === 'proxy'))
}

/** The block that answers questions for `name` (absolute). */
export function blockFor(server: CorednsModel, name: string, at = portOfClients(server)): ServerBlock | undefined {
  let best: { readonly block: ServerBlock; readonly labels: number } | undefined
  for (const block of server.corefile.blocks) {
    for (const { zone, port } of keysOf(block)) {
      if (port !== at || !isSubdomain(zone, name)) continue
      const labels = labelsOf(zone).length
      if (!best || labels > best.labels) best = { block, labels }
    }
  }
  return best?.block
}

/** Zone and port of each key that plain DNS is served for. */
export function keysOf(block: ServerBlock): { readonly zone: string; readonly port: number }[] {
  return block.keys.flatMap(({ value }) => {
    if (/^(?!dns:)[a-z0-9]+:\/\//.test(value)) return []
    const [, zone = '', port = '53'] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?$/.exec(value) ?? []
    return [{ zone: zone === '' ? '.' : zone, port: Number(port) }]
  })
}

/** 53 where a block listens there; else the port of the first block, which the Service then maps. */
function portOfClients(server: CorednsModel): number {
  const ports = server.corefile.blocks.flatMap(block => keysOf(block).map(key => key.port))
  return ports.includes(53) ? 53 : ports[0] ?? 53
}

/** True when a packet that `line` sends to this target ends in the block of `line` again. Loopback of the node is another place than that of a pod. */
export function comesBack(line: ForwardLine, target: ForwardTarget, seen: ReadonlySet<ServerBlock> = new Set()): boolean {
  const { server } = line
  const loopback = isLoopback(target.address)
  if (loopback ? server.hostNetwork : ![...server.addresses, ...server.nodeAddresses?.map(a => a.value) ?? []].includes(target.address)) return false
  const zone = zoneOfLine(line)
  const block = blockFor(server, zone, target.port)
  // `bind` takes the address of one interface: the loopback of the pod is then nobody's.
  if (!block || (loopback && block.directives.some(d => d.name === 'bind'))) return false
  if (block === line.block) return true
  if (seen.has(block)) return false
  return forwardLines(server).filter(next => next.block === block && isSubdomain(next.forward.args[0]?.value ?? '.', zone))
    .some(next => targetsOf(server, next.forward).some(t => comesBack(line, t, new Set([...seen, block]))))
}

/** A name that this line is asked for: the narrower of its own zone and its block's. */
function zoneOfLine({ block, forward }: ForwardLine): string {
  const from = forward.args[0]?.value ?? '.'
  const zone = keysOf(block)[0]?.zone ?? '.'
  return labelsOf(from).length > labelsOf(zone).length ? from : zone
}
