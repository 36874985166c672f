// Name servers that a DHCP server gave: systemd-networkd's /run/systemd/netif/leases/<ifindex> (`DNS=`, `DOMAINNAME=`; sd-dhcp-lease.c,
// v252) and
// dhclient's /var/lib/dhcp/*.leases (dhclient.leases(5): the last lease of an interface is the one in use).
// Not modelled: DHCPv6 and router advertisements (networkd keeps no lease file of them), NetworkManager's and dhcpcd's leases.
import type { Read, Sourced } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { readIni, wordsOf } from './ini-text.ts'

export interface DhcpLease {
  readonly interface: string | undefined
  readonly servers: readonly Sourced<string>[]
  readonly domains: readonly Sourced<string>[]
}

export function readNetworkdLease(file: string, text: string): Read<DhcpLease> {
  const { value: entries, problems } = readIni(file, text)
  const words = (key: string): Sourced<string>[] => entries.filter(entry => entry.key === key).flatMap(entry => wordsOf(entry))
  return { problems, value: { interface: undefined, servers: words('DNS'),
    domains: [...words('DOMAINNAME'), ...words('DOMAIN_SEARCH_LIST')] } }
}

export function readDhclientLeases(file: string, text: string): Read<readonly DhcpLease[]> {
  const at = sourcesOf(file, text)
  const byInterface = new Map<string, DhcpLease>()
  let name: string | undefined
  let servers: Sourced<string>[] = []
  let domains: Sourced<string>[] = []
  for (const match of text.matchAll(/[^\n]+/g)) {
    const line = match[0]
    if (/^\s*lease\s*\{/.test(line)) {
      name = undefined
      servers = []
      domains = []
    } else if (/^\s*\}/.test(line)) byInterface.set(name ?? '', { interface: name, servers, domains })
    const option = /^\s*(interface|option\s+domain-name-servers|option\s+domain-name|option\s+domain-search)\s+([^;]*);/.exec(line)
    if (!option) continue
    const start = match.index + line.indexOf(option[2] as string, option[0].indexOf(option[1] as string) + (option[1] as string).length)
    const items = [...(option[2] as string).matchAll(/[^\s,"]+/g)].map(item =>
      ({ value: item[0], source: at(start + item.index, start + item.index + item[0].length) }))
    if (option[1] === 'interface') name = items[0]?.value
    else if (option[1]?.endsWith('servers')) servers = items
    else domains = [...domains, ...items]
  }
  return { value: [...byInterface.values()], problems: [] }
}
