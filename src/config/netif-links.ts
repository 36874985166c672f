// State files of the links: /run/systemd/netif/links/<ifindex> (systemd-networkd, src/network/networkd-state-file.c) and
// /run/systemd/resolve/netif/<ifindex> (systemd-resolved's private copy of what D-Bus or resolvectl set on links that networkd does not
// manage, src/resolve/resolved-link.c), both at v252. networkd writes servers in the order static, DHCPv4, DHCPv6, router advertisement.
// Not modelled: DNS over TLS, DNSSEC settings, captive portals.
import type { Read, Sourced } from '../chain/source.ts'
import { readIni, systemdBoolean, wordsOf } from './ini-text.ts'

export interface LinkState {
  readonly index: number
  readonly managed: boolean
  /** `routable`, `degraded`, `carrier`, …; undefined = not said (a private file). */
  readonly operState: string | undefined
  readonly addressState: string | undefined
  /** The .network file that is in effect. */
  readonly networkFile: string | undefined
  readonly dns: readonly Sourced<string>[]
  /** Search domains, then routing domains with their `~`. */
  readonly domains: readonly Sourced<string>[]
  readonly defaultRoute: Sourced<boolean> | undefined
  readonly llmnr: string | undefined
  readonly mdns: string | undefined
}

const PATH = /^\/run\/systemd\/(?:netif\/links|resolve\/netif)\/(\d{1,9})$/
export const linkIndexOf = (path: string): number | undefined => {
  const match = PATH.exec(path)
  return match ? Number(match[1]) : undefined
}

const UNMANAGED = new Set(['pending', 'initialized', 'unmanaged'])

export function readLinkState(index: number, file: string, text: string): Read<LinkState> {
  const { value: entries, problems } = readIni(file, text)
  const last = (key: string): (typeof entries)[number] | undefined => entries.findLast(entry => entry.key === key)
  const words = (key: string): Sourced<string>[] => {
    const entry = last(key)
    return entry ? wordsOf(entry) : []
  }
  const routing = words('ROUTE_DOMAINS').map(({ value, source }) => ({ value: `~${value}`, source }))
  const route = last('DNS_DEFAULT_ROUTE') ?? last('DEFAULT_ROUTE')
  const truth = route && systemdBoolean(route.value)
  const admin = last('ADMIN_STATE')?.value
  return { problems, value: {
    index, managed: admin !== undefined && !UNMANAGED.has(admin), operState: last('OPER_STATE')?.value,
      addressState: last('ADDRESS_STATE')?.value,
    networkFile: last('NETWORK_FILE')?.value, dns: [...words('DNS'), ...words('SERVERS')], domains: [...words('DOMAINS'), ...routing],
    defaultRoute: route && truth !== undefined ? { value: truth, source: route.source } : undefined,
    llmnr: last('LLMNR')?.value, mdns: last('MDNS')?.value,
  } }
}
