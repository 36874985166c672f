// `ip addr` as text (iproute2): which links there are, and whether systemd-resolved would use one.
// Not modelled: `ip -j`, `ip -d` details.
export interface IpLink {
  readonly index: number
  readonly name: string
  readonly flags: readonly string[]
  readonly mac: string | undefined
  /** With prefix length; those of scope global or site. */
  readonly routable: readonly string[]
}

const LINK_LIMIT = 20_000

export function readIpAddr(text: string): readonly IpLink[] {
  const links: { index: number; name: string; flags: string[]; mac: string | undefined; routable: string[] }[] = []
  for (const line of text.split('\n')) {
    const header = /^(\d{1,9}): ([^:@\s]{1,64})(?:@[^:]{1,64})?: <([^>]{0,300})>/.exec(line)
    if (header) {
      if (links.length >= LINK_LIMIT) break
      links.push({ index: Number(header[1]), name: header[2] as string, flags: (header[3] as string).split(','), mac: undefined,
        routable: [] })
      continue
    }
    const link = links.at(-1)
    if (!link) continue
    const mac = /^\s+link\/ether ([0-9a-f:]{17})/.exec(line)
    if (mac) link.mac = mac[1]
    const address = /^\s+inet6? (\S{1,64}) .*\bscope (?:global|site)\b/.exec(line)
    if (address) link.routable.push(address[1] as string)
  }
  return links
}
