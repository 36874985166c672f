// The scheme in front of an address or a key: plugin/pkg/parse/transport.go of CoreDNS 1.9.3 to 1.15.0. What has no known scheme is plain
// DNS, and the text is left as it is.
import { since, type CorednsVersion } from './plugin.ts'

const SCHEMES: ReadonlyMap<string, CorednsVersion> = new Map([
  ['tls', [1, 0, 0]], ['dns', [1, 0, 0]], ['grpc', [1, 0, 0]], ['https', [1, 0, 0]], ['unix', [1, 11, 0]], ['quic', [1, 11, 0]], ['https3', [1, 13, 2]],
])

export function transportOf(text: string, version: CorednsVersion): { readonly transport: string; readonly rest: string } {
  const scheme = [...SCHEMES].find(([s, from]) => text.startsWith(`${s}://`) && since(version, ...from))?.[0]
  return scheme === undefined ? { transport: 'dns', rest: text } : { transport: scheme, rest: text.slice(scheme.length + 3) }
}
