// Which scopes of systemd-resolved are asked for a question: dns_scope_good_domain and dns_scope_good_key of
// src/resolve/resolved-dns-scope.c, v247 to v257; recorded at v247, v252 and v257 (test/fidelity/rows/systemd-resolved.jsonl.gz).
// All scopes with the best score are asked at once, and nobody else, ever. Names of this machine and reserved ones never get here
// (`systemd-resolved-own.ts`). Since 248: a link is preferred for reverse names in its subnets, and every scope for a single label that may be sent.
// Not modelled: LLMNR and mDNS scopes themselves.
import type { ResolvedModel, ResolvedScope } from '../chain/model.ts'
import { addressOfReverse } from '../dns/go-address.ts'
import { cidrContains, parseCidr, type Cidr } from '../dns/go-cidr.ts'
import { isSubdomain, labelsOf, nameKey } from '../dns/name.ts'

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

export type Router = (name: string, type: string) => Routed

interface Wants {
  readonly scope: ResolvedScope
  /** By key, without the `~`. */
  readonly domains: readonly string[]
  /** Has a domain of its own to search. */
  readonly searches: boolean
  readonly subnets: readonly Cidr[]
}

export function router(model: ResolvedModel, scopes: readonly ResolvedScope[], version: number): Router {
  const wants = scopes.map((scope): Wants => ({
    scope, domains: scope.domains.map(({ value }) => value.replace(/^~/, '')).map(value => nameKey(value === '' ? '.' : value)),
    searches: scope.domains.some(({ value }) => !value.startsWith('~') && value !== '.'), subnets: (scope.addresses ?? []).flatMap(subnetOf),
  }))
  return (name, type) => route(model, wants, version, name, type)
}

/** An address without a prefix length is that of one end of a line. */
const subnetOf = (address: string): Cidr[] =>
  [parseCidr(address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`)].filter(cidr => cidr !== undefined)

function route(model: ResolvedModel, wants: readonly Wants[], version: number, name: string, type: string): Routed {
  const labels = labelsOf(name)
  const single = labels.length === 1
  const address = type === 'A' || type === 'AAAA'
  if (single && address && !model.unicastSingleLabel) {
    return model.llmnr ? { kind: 'unmodelled', why: 'a single label is resolved by LLMNR' }
      : { kind: 'nobody', why: 'a single label is not sent to DNS servers' }
  }
  const scored = wants.map(one => ({ scope: one.scope, score: score(one, version >= 248, name, single, model.unicastSingleLabel === true) }))
  const best = Math.max(NO, ...scored.map(one => one.score))
  if (isSubdomain('local.', name) && model.mdns && best < YES) return { kind: 'unmodelled', why: 'names in .local are resolved by mDNS' }
  if (best === NO) return { kind: 'nobody', why: wants.length === 0 ? 'no link has a name server' : 'no link takes this name' }
  return { kind: 'scopes', scopes: scored.filter(one => one.score === best).map(one => one.scope) }
}

function score({ scope, domains, searches, subnets }: Wants, prefers: boolean, name: string, single: boolean, sendsSingle: boolean): number {
  const matching = domains.filter(domain => isSubdomain(domain, name)).map(domain => labelsOf(domain).length)
  if (single && (searches || (sendsSingle && prefers))) return YES + 1
  if (matching.length > 0) return YES + Math.max(...matching)
  if (LINK_LOCAL_ZONES.some(zone => isSubdomain(zone, name)) || isSubdomain('local.', name)) return NO
  // As good as a link that has the root as its routing domain.
  if (prefers && isInSubnet(subnets, name)) return YES
  return scope.defaultRoute ? MAYBE : NO
}

function isInSubnet(subnets: readonly Cidr[], name: string): boolean {
  const asked = addressOfReverse(nameKey(name))
  return asked !== undefined && subnets.some(subnet => cidrContains(subnet, asked.text))
}
