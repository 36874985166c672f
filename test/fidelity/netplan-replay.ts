// One recorded run of `netplan generate`: exit status, the place and wording of an error, and the lines about name servers of each link.
import { generateNetwork, type GeneratedLink } from '../../src/config/netplan-generate.ts'
import type { NetplanVersion } from '../../src/config/netplan-keys.ts'
import { judged, type Verdict } from './verdict.ts'

export interface NetplanRow {
  readonly version: string
  readonly case: string
  readonly filesIn: Readonly<Record<string, string>>
  readonly exit: number
  readonly stderr: string
  readonly filesOut: Readonly<Record<string, string>>
}

/** The lines about name servers of one generated file, in order. */
function relevant(path: string, text: string): readonly string[] {
  const networkd = path.endsWith('.network')
  let section = ''
  return text.split('\n').flatMap(line => {
    if (line.startsWith('[')) section = line
    const wanted = networkd ? /^(DNS|Domains|UseDNS|UseDomains)=/ : /^(dns|dns-search|ignore-auto-dns)=/
    return wanted.test(line) ? [`${section} ${line}`] : []
  })
}

function linesOf(link: GeneratedLink): readonly string[] {
  const { servers, domains, dhcp, ra } = link
  if (link.renderer === 'networkd') {
    return [
      ...servers.map(s => `[Network] DNS=${s.value}`), ...(domains.length > 0 ? [`[Network] Domains=${domains.map(d => d.value).join(' ')}`] : []),
      ...(dhcp.useDns ? [`[DHCP] UseDNS=${dhcp.useDns.value}`] : []), ...(dhcp.useDomains ? [`[DHCP] UseDomains=${dhcp.useDomains.value}`] : []),
      ...(ra.useDns ? [`[IPv6AcceptRA] UseDNS=${ra.useDns.value}`] : []), ...(ra.useDomains ? [`[IPv6AcceptRA] UseDomains=${ra.useDomains.value}`] : []),
    ]
  }
  const ignore = link.definition.passthrough.get('ipv4.ignore-auto-dns')
  return (['ipv4', 'ipv6'] as const).flatMap(family => {
    const own = servers.filter(s => s.value.includes(':') === (family === 'ipv6'))
    const search = domains.length > 0 && link.domainSections.includes(family)
    return [...(own.length > 0 ? [`[${family}] dns=${own.map(s => `${s.value};`).join('')}`] : []),
      ...(search ? [`[${family}] dns-search=${domains.map(d => `${d.value};`).join('')}`] : []),
      ...(family === 'ipv4' && ignore ? [`[ipv4] ignore-auto-dns=${ignore.value}`] : [])]
  })
}

const isNetwork = (path: string): boolean => /^run\/systemd\/network\/10-netplan-.*\.network$|\.nmconnection$/.test(path)

/** Of the several lines of stderr only an error ends the run; its first line tells the place. */
const placeOf = ({ exit, stderr }: NetplanRow): string => {
  const place = exit === 1 ? /ROOT\/(\S+?):(?:(\d+):(\d+):)? (?:Error|Invalid)/.exec(stderr) : null
  return place ? `${place[1]}:${place[2] ?? ''}:${place[3] ?? ''}` : ''
}

export function replay(row: NetplanRow): Verdict {
  const files = new Map(Object.entries(row.filesIn).map(([path, text]) => [`/${path}`, { file: path, text }]))
  const version = row.version.replace(/^v/, '').split('.').map(Number) as unknown as NetplanVersion
  const { links, failure } = generateNetwork(files, version)
  // The abort's place is printed otherwise, and errors of the writing part name no place.
  const placed = failure && failure.exit === 1 && !failure.message.startsWith('ERROR: ')
  const what: string[] = []
  const compare = (name: string, own: unknown, recorded: unknown): void => {
    const [a, b] = [JSON.stringify(own), JSON.stringify(recorded)]
    if (a !== b) what.push(`${name}: ${a} instead of ${b}`)
  }
  compare('exit', failure?.exit ?? 0, row.exit)
  compare('place', placed ? `${failure.file}:${failure.line ?? ''}:${failure.column ?? ''}` : '', placeOf(row))
  if (row.exit === 1 && row.stderr.includes('Error in network definition') && failure && !row.stderr.includes(failure.message)) {
    what.push(`text: ${failure.message}`)
  }
  const recorded = Object.entries(row.filesOut).filter(([path]) => isNetwork(path)).map(([path, text]) => [path, relevant(path, text)] as const)
  compare('files', sorted(links.map(link => [link.path.slice(1), linesOf(link)])), sorted(recorded))
  return judged(what)
}

const sorted = (files: readonly (readonly [string, readonly string[]])[]): readonly (readonly [string, readonly string[]])[] =>
  [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
