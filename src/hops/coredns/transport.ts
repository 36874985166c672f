// The scheme in front of an address or a key: plugin/pkg/parse/transport.go of CoreDNS 1.9.3 to 1.15.0. What has no known scheme is plain
// DNS, and the text is left as it is.
const SCHEMES = ['tls', 'dns', 'quic', 'grpc', 'https3', 'https', 'unix']

export function transportOf(text: string): { readonly transport: string; readonly rest: string } {
  const scheme = SCHEMES.find(s => text.startsWith(`${s}://`))
  return scheme === undefined ? { transport: 'dns', rest: text } : { transport: scheme, rest: text.slice(scheme.length + 3) }
}
