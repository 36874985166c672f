// Which scopes of systemd-resolved are asked for a question: dns_scope_good_domain and dns_scope_good_key of
// src/resolve/resolved-dns-scope.c, v247 to v257; recorded at v247, v252 and v257 (test/fidelity/rows/systemd-resolved.jsonl.gz).
// All scopes with the best score are asked at once, and nobody else, ever. Names of this machine and reserved ones never get here
// (`systemd-resolved-own.ts`). Since 248: a link is preferred for reverse names in its subnets, and every scope for a single label that may be sent.
// Not modelled: LLMNR and mDNS scopes themselves.
import type { ResolvedModel, ResolvedScope } from '../chain/model.ts'
import { addressOfReverse } from '../dns/go-address.ts'
import { isSubdomain, labelsOf, nameKey } from '../dns/name.ts'
import { ip4Bytes, ip6Bytes } from '../dns/presentation-address.ts'

/** Reverse zones of link-local addresses are never sent to a DNS server. */
const LINK_LOCAL_ZONES = ['254.169.in-addr.arpa.', '8.e.f.ip6.arpa.', '9.e.f.ip6.arpa.', 'a.e.f.ip6.arpa.', 'b.e.f.ip6.arpa.']
const YES = 2
const MAYBE = 1
const NO = 0

export type Routed =
  | { readonly kind: 'scopes'; readonly scopes: readonly ResolvedScope[] }
  /** Nobody would take the question: the stub says REFUSED. */
  | { readonly kind: 'nobody'; readonly why: string }
  /** LLMNR or mDNS takes it. */
  | { readonly kind: 'unmodelled'; readonly why: string }

export function route(model: ResolvedModel, scopes: readonly ResolvedScope[], version: number, name: string, type: string): Routed {
  const labels = labelsOf(name)
  const single = labels.length === 1
  const address = type === 'A' || type === 'AAAA'
  if (single && address && !model.unicastSingleLabel) {
    return model.llmnr ? { kind: 'unmodelled', why: 'a single label is resolved by LLMNR' }
      : { kind: 'nobody', why: 'a single label is not sent to DNS servers' }
  }
  const scored = scopes.map(scope => ({ scope, score: score(scope, version >= 248, name, single, model.unicastSingleLabel === true) }))
  const best = Math.max(NO, ...scored.map(one => one.score))
  if (isSubdomain('local.', name) && model.mdns && best < YES) return { kind: 'unmodelled', why: 'names in .local are resolved by mDNS' }
  if (best === NO) return { kind: 'nobody', why: scopes.length === 0 ? 'no link has a name server' : 'no link takes this name' }
  return { kind: 'scopes', scopes: scored.filter(one => one.score === best).map(one => one.scope) }
}

function score(scope: ResolvedScope, prefers: boolean, name: string, single: boolean, sendsSingle: boolean): number {
  const domains = scope.domains.map(({ value }) => value.replace(/^~/, '')).map(value => nameKey(value === '' ? '.' : value))
  const matching = domains.filter(domain => isSubdomain(domain, name)).map(domain => labelsOf(domain).length)
  const searches = scope.domains.some(({ value }) => !value.startsWith('~') && value !== '.')
  if (single && (searches || (sendsSingle && prefers))) return YES + 1
  if (matching.length > 0) return YES + Math.max(...matching)
  if (LINK_LOCAL_ZONES.some(zone => isSubdomain(zone, name)) || isSubdomain('local.', name)) return NO
  // As good as a link that has the root as its routing domain.
  if (prefers && isInSubnet(scope, name)) return YES
  return scope.defaultRoute ? MAYBE : NO
}

function isInSubnet({ addresses = [] }: ResolvedScope, name: string): boolean {
  const asked = addresses.length > 0 ? bitsOf(addressOfReverse(nameKey(name))?.text ?? '') : undefined
  return asked !== undefined && addresses.some(text => {
    const [address = '', length = ''] = text.split('/')
    const own = bitsOf(address)
    const bits = length === '' ? own?.length : Number(length)
    return own !== undefined && own.length === asked.length && bits !== undefined && own.slice(0, bits) === asked.slice(0, bits)
  })
}

function bitsOf(text: string): string | undefined {
  const bytes = ip4Bytes(text) ?? ip6Bytes(text)
  return bytes && Array.from(bytes, byte => byte.toString(2).padStart(8, '0')).join('')
}
