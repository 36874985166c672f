// NetworkManager: keyfile profiles (nm-settings-keyfile(5), 1.36 to 1.50) and [main] of NetworkManager.conf(5). Which profile is active on
// which device is not in any file: a profile with `interface-name` is taken to be active on it.
// Not modelled: dns-priority's ordering between devices, VPN plugins, [global-dns], dispatcher scripts.
import type { Problem, Read, Sourced } from '../chain/source.ts'
import { type IniEntry, readIni, systemdBoolean, wordsOf } from './ini-text.ts'
import type { NodeFile } from './netplan.ts'

export interface NmConnection {
  readonly path: string
  readonly id: string | undefined
  readonly interface: string | undefined
  /** `[ipv4] dns`, then `[ipv6] dns`. */
  readonly servers: readonly Sourced<string>[]
  /** `~x` routes only. */
  readonly domains: readonly Sourced<string>[]
  readonly ignoreAutoDns: Readonly<Record<'ipv4' | 'ipv6', Sourced<boolean> | undefined>>
  readonly automatic: Readonly<Record<'ipv4' | 'ipv6', boolean>>
  readonly dnsPriority: Sourced<string> | undefined
}

/** `dns=` of [main]: default, systemd-resolved, dnsmasq, none; undefined = not set (then systemd-resolved if /etc/resolv.conf is its file).
 * */
export interface NmMain {
  readonly dns: Sourced<string> | undefined
  readonly rcManager: Sourced<string> | undefined
}

const PROFILE = /^\/(?:etc|run|usr\/lib)\/NetworkManager\/system-connections\/[^/]+$/

export function readNmConnections(files: ReadonlyMap<string, NodeFile>): Read<readonly NmConnection[]> {
  const problems: Problem[] = []
  const value: NmConnection[] = []
  for (const [path, { file, text }] of files) {
    if (!PROFILE.test(path)) continue
    const read = readIni(file, text, 'keyfile')
    problems.push(...read.problems)
    value.push(connection(path, read.value))
  }
  return { value, problems }
}

function connection(path: string, entries: readonly IniEntry[]): NmConnection {
  const last = (section: string, key: string): IniEntry | undefined =>
    entries.findLast(entry => entry.section === section && entry.key === key)
  const list = (section: string, key: string): Sourced<string>[] => {
    const entry = last(section, key)
    return entry ? wordsOf(entry, /[;,]/g) : []
  }
  const truth = (section: string): Sourced<boolean> | undefined => {
    const entry = last(section, 'ignore-auto-dns')
    return entry && { value: systemdBoolean(entry.value) ?? false, source: entry.line }
  }
  const searches = [...list('ipv4', 'dns-search'), ...list('ipv6', 'dns-search')]
  return {
    path, id: last('connection', 'id')?.value, interface: last('connection', 'interface-name')?.value,
    servers: [...list('ipv4', 'dns'), ...list('ipv6', 'dns')],
      domains: searches.filter((one, index) => searches.findIndex(other => other.value === one.value) === index),
    ignoreAutoDns: { ipv4: truth('ipv4'), ipv6: truth('ipv6') },
      automatic: { ipv4: last('ipv4', 'method')?.value === 'auto', ipv6: last('ipv6', 'method')?.value === 'auto' },
    dnsPriority: last('ipv4', 'dns-priority')
      && { value: last('ipv4', 'dns-priority')!.value, source: last('ipv4', 'dns-priority')!.source },
  }
}

/** NetworkManager.conf, then conf.d of /usr/lib, /run and /etc in order of base name; the last assignment counts. */
export function readNmMain(files: ReadonlyMap<string, NodeFile>): Read<NmMain> {
  const problems: Problem[] = []
  const rank = (path: string): string => (path === '/etc/NetworkManager/NetworkManager.conf' ? ''
    : `${path.slice(path.lastIndexOf('/') + 1)} ${path.startsWith('/etc') ? 2 : path.startsWith('/run') ? 1 : 0}`)
  const paths = [...files.keys()].filter(path => path === '/etc/NetworkManager/NetworkManager.conf'
    || /^\/(?:etc|run|usr\/lib)\/NetworkManager\/conf\.d\/[^/]+\.conf$/.test(path))
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  const entries = paths.flatMap(path => {
    const { file, text } = files.get(path) as NodeFile
    const read = readIni(file, text, 'keyfile')
    problems.push(...read.problems)
    return read.value
  })
  const last = (key: string): Sourced<string> | undefined => {
    const entry = entries.findLast(one => one.section === 'main' && one.key === key)
    return entry && { value: entry.value, source: entry.source }
  }
  return { problems, value: { dns: last('dns'), rcManager: last('rc-manager') } }
}
