// Zone lists of CoreDNS plugins: plugin/normalize.go and plugin/pkg/fall at 1.9.3 to 1.15.0. Arguments name the zones, else the
// block's keys do; the longest listed zone that covers the name wins. Arguments that cannot be read are skipped, as there.
// Not modelled: the `\DDD` forms of a zone argument; they are compared as written.
import { isDomainName, isSubdomain, nameKey } from '../../dns/name.ts'
import { parseAddress } from '../../dns/go-address.ts'

/** OriginsFromArgsOrServerBlock. */
export const originsOf = (args: readonly string[], blockZones: readonly string[]): readonly string[] =>
  args.length === 0 ? blockZones : args.flatMap(zonesOf)

/** Zones of a `fallthrough` line: everything when it names none. */
export const fallthroughZones = (args: readonly string[]): readonly string[] => (args.length === 0 ? ['.'] : args.flatMap(zonesOf))

/** dnsutil.IsReverse: a name below a reverse domain. */
export const isReverseZone = (zone: string): boolean => nameKey(zone).endsWith('.in-addr.arpa.') || nameKey(zone).endsWith('.ip6.arpa.')

/** The longest zone that is the name or above it; undefined = none. */
export function matchZone(zones: readonly string[], name: string): string | undefined {
  let best: string | undefined
  for (const zone of zones) if (isSubdomain(zone, name) && (best === undefined || zone.length > best.length)) best = zone
  return best
}

/** One argument: transport and port are dropped, a CIDR becomes its reverse zones. */
function zonesOf(argument: string): string[] {
  let host = argument.replace(/^(dns|tls|grpc|https|https3|quic):\/\//, '')
  const colon = host.lastIndexOf(':')
  if (colon >= 0 && colon === host.length - 1) return []
  if (colon >= 0 && /^[+-]?\d+$/.test(host.slice(colon + 1))) host = host.slice(0, colon)
  if (host.length > 255 || !isDomainName(host)) return []
  return hostZones(host)
}

/** A name or a CIDR, with nothing around it. */
export const hostZones = (host: string): string[] => reverseZones(host) ?? [nameKey(host)]

/** A prefix that ends inside an octet (IPv6: a nibble) stands for several zones. */
function reverseZones(text: string): string[] | undefined {
  const slash = text.lastIndexOf('/')
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash))
  const bitsText = text.slice(slash + 1)
  if (!address || !/^\d{1,3}$/.test(bitsText)) return undefined
  const bits = Number(bitsText)
  const [step, total, base] = address.family === 4 && !text.includes(':') ? [8, 32, 10] as const : [4, 128, 16] as const
  if (bits > total || address.family === 4 && text.includes(':')) return undefined
  const units = address.family === 4 ? address.text.split('.').map(Number) : nibblesOf(address.text)
  const whole = Math.floor(bits / step)
  const rest = bits % step
  const suffix = address.family === 4 ? 'in-addr.arpa.' : 'ip6.arpa.'
  const fixed = units.slice(0, whole).map(u => u.toString(base)).reverse()
  if (rest === 0) return [[...fixed, suffix].join('.')]
  const span = 2 ** (step - rest)
  const first = (units[whole] as number) & ~(span - 1)
  return Array.from({ length: span }, (_, i) => [(first + i).toString(base), ...fixed, suffix].join('.'))
}

const groupsOf = (half: string): string[] => (half === '' ? [] : half.split(':'))

function nibblesOf(canonical: string): number[] {
  const [head = '', tail] = canonical.split('::')
  const left = groupsOf(head)
  const right = tail === undefined ? [] : groupsOf(tail)
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return all.flatMap(g => [...g.padStart(4, '0')].map(c => Number.parseInt(c, 16)))
}
