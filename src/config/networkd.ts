// systemd-networkd's .network files and their drop-ins: systemd.network(5), networkd at v252. The first file whose [Match] fits a link is
// its file;
// lists add up, an empty assignment clears. Only what decides about name servers is kept. Not modelled: [Match] by Path, Property, Host,
// Virtualization, KernelCommandLine, WLAN (such a file is taken not to fit, with a Problem).
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import type { GeneratedLink } from './netplan-generate.ts'
import type { NodeFile } from './netplan.ts'
import { type IniEntry, readIni, systemdBoolean, wordsOf } from './ini-text.ts'
import { systemdFiles } from './systemd-files.ts'

export interface NetworkFile {
  /** `/run/systemd/network/10-netplan-eth0.network`. */
  readonly path: string
  readonly match: readonly { readonly key: string; readonly words: readonly string[] }[]
  readonly dns: readonly Sourced<string>[]
  /** As written: `~x` routes only. */
  readonly domains: readonly Sourced<string>[]
  readonly defaultRoute: Sourced<boolean> | undefined
  readonly dhcp: { readonly ipv4: boolean; readonly ipv6: boolean }
  readonly acceptRa: boolean
  /** Whether servers learnt there are used; undefined source = the default, yes. */
  readonly useDns: Readonly<Record<'ipv4' | 'ipv6' | 'ra', Sourced<boolean> | undefined>>
  readonly useDomains: Readonly<Record<'ipv4' | 'ipv6' | 'ra', Sourced<string> | undefined>>
  readonly hasAddress: boolean
  readonly unmanaged: boolean
}

export interface LinkFacts {
  readonly name: string | undefined
  readonly mac?: string
  readonly driver?: string
}

const SECTION: Readonly<Record<string, readonly ('ipv4' | 'ipv6' | 'ra')[]>> =
  { DHCP: ['ipv4', 'ipv6'], DHCPv4: ['ipv4'], DHCPv6: ['ipv6'], IPv6AcceptRA: ['ra'] }
const MATCHED = new Set(['Name', 'OriginalName', 'MACAddress', 'PermanentMACAddress', 'Driver'])

/** All .network files of the node with their drop-ins, in the order in which networkd tries them. */
export function readNetworkFiles(files: ReadonlyMap<string, NodeFile>): Read<readonly NetworkFile[]> {
  const problems: Problem[] = []
  const value = systemdFiles(files, 'systemd/network', '.network').map(main => {
    const parts = [main, ...systemdFiles(files, `systemd/network/${main.name}.d`, '.conf')]
    const entries = parts.flatMap(part => {
      const read = readIni(part.file, part.text)
      problems.push(...read.problems)
      return read.value
    })
    return networkFile(main.path, entries, problems)
  })
  return { value, problems }
}

function networkFile(path: string, entries: readonly IniEntry[], problems: Problem[]): NetworkFile {
  const match: { key: string; words: string[] }[] = []
  const dns: Sourced<string>[] = []
  const domains: Sourced<string>[] = []
  const useDns: Record<'ipv4' | 'ipv6' | 'ra', Sourced<boolean> | undefined> = { ipv4: undefined, ipv6: undefined, ra: undefined }
  const useDomains: Record<'ipv4' | 'ipv6' | 'ra', Sourced<string> | undefined> = { ipv4: undefined, ipv6: undefined, ra: undefined }
  const last = new Map<string, Sourced<string>>()
  for (const entry of entries) {
    const { section, key, value, source } = entry
    if (section === 'Match') {
      match.push({ key, words: wordsOf(entry).map(word => word.value) })
      if (!MATCHED.has(key)) problems.push({ code: 'networkd-match-unmodelled',
        message: `[Match] ${key}= is not modelled: the file is taken not to fit`, source: entry.line, state: 'unmodelled' })
    } else if (section === 'Network' && (key === 'DNS' || key === 'Domains')) {
      const list = key === 'DNS' ? dns : domains
      if (value === '') list.length = 0
      else list.push(...wordsOf(entry))
    } else if (section === 'Network' || section === 'Address' || section === 'Link') last.set(`${section}.${key}`, { value, source })
    else for (const family of SECTION[section] ?? []) {
      const truth = systemdBoolean(value)
      if (key === 'UseDNS' && truth !== undefined) useDns[family] = { value: truth, source: entry.line }
      if (key === 'UseDomains') useDomains[family] = { value: truth === undefined ? value : String(truth), source: entry.line }
    }
  }
  const dhcp = last.get('Network.DHCP')?.value.toLowerCase() ?? 'no'
  const both = systemdBoolean(dhcp) === true || dhcp === 'both'
  const defaultRoute = last.get('Network.DNSDefaultRoute')
  const route = defaultRoute && systemdBoolean(defaultRoute.value)
  return {
    path, match, dns, domains, useDns, useDomains,
      dhcp: { ipv4: both || dhcp === 'ipv4' || dhcp === 'v4', ipv6: both || dhcp === 'ipv6' || dhcp === 'v6' },
    defaultRoute: defaultRoute && route !== undefined ? { value: route, source: defaultRoute.source } : undefined,
    acceptRa: systemdBoolean(last.get('Network.IPv6AcceptRA')?.value ?? '') ?? true,
    hasAddress: last.has('Network.Address') || last.has('Address.Address'),
      unmanaged: systemdBoolean(last.get('Link.Unmanaged')?.value ?? '') ?? false,
  }
}

/** What netplan would write, as if it were read back; Sources are netplan's. */
export function ofNetplan(link: GeneratedLink): NetworkFile {
  const truth = (value: Sourced<string> | undefined): Sourced<boolean> | undefined => value
    && { value: value.value === 'true', source: value.source }
  const { definition, match, dhcp, ra } = link
  return {
    path: link.path, dns: link.servers, domains: link.domains, defaultRoute: undefined,
    match: [...(match.name === undefined ? [] : [{ key: 'Name', words: [match.name] }]),
      ...(match.mac === undefined ? [] : [{ key: 'PermanentMACAddress', words: [match.mac] }]),
      ...(match.driver === undefined ? [] : [{ key: 'Driver', words: match.driver.split(' ') }])],
    dhcp: { ipv4: link.dhcpFamilies.includes('ipv4'), ipv6: link.dhcpFamilies.includes('ipv6') },
      acceptRa: definition.scalars.get('accept-ra')?.value !== 'false',
    useDns: { ipv4: truth(dhcp.useDns), ipv6: truth(dhcp.useDns), ra: truth(ra.useDns) },
      useDomains: { ipv4: dhcp.useDomains, ipv6: dhcp.useDomains, ra: ra.useDomains },
    hasAddress: definition.addresses4.length + definition.addresses6.length > 0 || definition.addressOptions.size > 0, unmanaged: false,
  }
}

export const networkFileFor = (all: readonly NetworkFile[], link: LinkFacts): NetworkFile | undefined => all.find(file => fits(file, link))

/** Keys are joined by and; of one key the last line that is not empty counts with those before it. A file without [Match] fits everything.
 * */
function fits(file: NetworkFile, link: LinkFacts): boolean {
  const byKey = new Map<string, string[]>()
  for (const { key, words } of file.match) byKey.set(key, words.length === 0 ? [] : [...(byKey.get(key) ?? []), ...words])
  for (const [key, words] of byKey) {
    if (words.length === 0) continue
    const actual = key === 'Name' || key === 'OriginalName' ? link.name : key === 'Driver' ? link.driver : MATCHED.has(key)
      ? link.mac?.toLowerCase() : undefined
    // What the evidence does not say (a driver, a MAC address) decides nothing when another key does.
    if (actual === undefined) {
      if (MATCHED.has(key) && byKey.size > 1) continue
      return false
    }
    const wanted = key.endsWith('MACAddress') ? words.map(word => word.toLowerCase()) : words
    const inverted = wanted[0]?.startsWith('!') ?? false
    const any = wanted.some((word, index) => glob(inverted && index === 0 ? word.slice(1) : word, actual))
    if (any === inverted) return false
  }
  return true
}

/** fnmatch without slashes: `*`, `?` and `[…]`. Linear in the text times the pattern. */
export function glob(pattern: string, text: string): boolean {
  const tokens = [...pattern.slice(0, 200).matchAll(/\[!?[^\]]*\]|[^]/g)].map(match => match[0])
  let states = new Set([0])
  const closure = (from: Set<number>): Set<number> => {
    for (const at of from) if (tokens[at] === '*') from.add(at + 1)
    return from
  }
  states = closure(states)
  for (const c of text) {
    const next = new Set<number>()
    for (const at of states) {
      const token = tokens[at]
      if (token === '*') next.add(at)
      else if (token !== undefined && one(token, c)) next.add(at + 1)
    }
    states = closure(next)
  }
  return states.has(tokens.length)
}

function one(token: string, c: string): boolean {
  if (token === '?') return true
  if (!token.startsWith('[') || token.length < 3) return token === c
  const inverted = token[1] === '!'
  const body = token.slice(inverted ? 2 : 1, -1)
  let found = false
  for (let at = 0; at < body.length; at++) {
    const low = body[at] as string
    const high = body[at + 1] === '-' && at + 2 < body.length ? (body[at += 2] as string) : low
    if (low <= c && c <= high) found = true
  }
  return found !== inverted
}

export const sameSource = (a: Source, b: Source): boolean => a.file === b.file && a.start === b.start && a.end === b.end
