// The network links of a node, put together from whatever the evidence has: `ip addr`, the links' state files, resolvectl status; failing
// all these, the links that networkd's files name. systemd-resolved makes a DNS scope of a link that is up and has a routable
// address (src/resolve/resolved-link.c link_relevant, v252); what is not said is taken to be so.
import type { Problem, Read } from '../chain/source.ts'
import { type IpLink, readIpAddr } from '../config/ip-addr.ts'
import { linkIndexOf, type LinkState, readLinkState } from '../config/netif-links.ts'
import type { NodeFile } from '../config/netplan.ts'
import type { NetworkFile } from '../config/networkd.ts'
import { readResolvectlStatus, type ResolvectlBlock, type ResolvectlStatus } from '../config/resolvectl.ts'

export interface NodeLink {
  readonly name: string
  readonly index: number | undefined
  readonly mac: string | undefined
  /** What networkd says of it. */
  readonly state: LinkState | undefined
  /** What systemd-resolved was told of it by others than networkd. */
  readonly privateState: LinkState | undefined
  readonly status: ResolvectlBlock | undefined
  /** With prefix length, as `ip addr` has those of scope global or site. */
  readonly addresses: readonly string[]
  /** systemd-resolved may ask this link's servers. */
  readonly relevant: boolean
}

export interface NodeLinks {
  readonly links: readonly NodeLink[]
  readonly status: ResolvectlStatus | undefined
}

export const RESOLVECTL = '/resolvectl-status.txt'
const IP_ADDR = '/ip-addr.txt'

export function readNodeLinks(files: ReadonlyMap<string, NodeFile>, networkFiles: readonly NetworkFile[]): Read<NodeLinks> {
  const problems: Problem[] = []
  const states = new Map<number, LinkState>()
  const privates = new Map<number, LinkState>()
  for (const [path, { file, text }] of files) {
    const index = linkIndexOf(path)
    if (index === undefined) continue
    const read = readLinkState(index, file, text)
    problems.push(...read.problems)
    ;(path.includes('/netif/links/') ? states : privates).set(index, read.value)
  }
  const statusFile = files.get(RESOLVECTL)
  const status = statusFile && readResolvectlStatus(statusFile.file, statusFile.text)
  problems.push(...(status?.problems ?? []))
  const blocks = new Map((status?.value.blocks ?? []).flatMap(block => (block.index === undefined ? [] : [[block.index, block] as const])))
  const seen = new Map(readIpAddr(files.get(IP_ADDR)?.text ?? '').map(link => [link.index, link]))
  const indexes = [...new Set([...seen.keys(), ...blocks.keys(), ...states.keys(), ...privates.keys()])].sort((a, b) => a - b)
  const links = indexes.map((index): NodeLink => {
    const [ip, block, state] = [seen.get(index), blocks.get(index), states.get(index)]
    return { index, name: ip?.name ?? block?.name ?? nameByFile(state, networkFiles) ?? `link ${index}`, mac: ip?.mac, state,
      privateState: privates.get(index),
      status: block, addresses: ip?.routable ?? [], relevant: isRelevant(ip, state) }
  })
  const value = { links: links.length > 0 ? links : namedLinks(networkFiles), status: status?.value }
  return { value, problems }
}

/** Without ip-addr.txt the state file still names the .network file, and that often exactly one link. */
function nameByFile(state: LinkState | undefined, networkFiles: readonly NetworkFile[]): string | undefined {
  const file = networkFiles.find(candidate => candidate.path === state?.networkFile)
  return file && exactName(file)
}

function exactName(file: NetworkFile): string | undefined {
  const names = file.match.filter(line => line.key === 'Name').flatMap(line => line.words)
  return names.length === 1 && !/[*?[!]/.test(names[0] as string) ? names[0] : undefined
}

const namedLinks = (networkFiles: readonly NetworkFile[]): NodeLink[] =>
  [...new Set(networkFiles.flatMap(file => exactName(file) ?? []))].map(name => ({
  name, index: undefined, mac: undefined, state: undefined, privateState: undefined, status: undefined, addresses: [], relevant: true,
}))

const CARRYING = new Set(['degraded-carrier', 'degraded', 'routable'])

function isRelevant(ip: IpLink | undefined, state: LinkState | undefined): boolean {
  if (ip && (ip.flags.includes('LOOPBACK') || !ip.flags.includes('UP') || !ip.flags.includes('LOWER_UP')
    || ip.routable.length === 0)) return false
  return !state?.managed || state.operState === undefined || CARRYING.has(state.operState)
}
