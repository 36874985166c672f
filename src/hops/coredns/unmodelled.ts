// A plugin that is not modelled: queries that would reach it get a reply that says so. What it would not touch (another zone, another
// type) passes, where its own arguments say that.
import type { Directive } from '../../chain/model.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { matchZone, originsOf } from './origins.ts'
import type { PluginFactory, PluginSetup } from './plugin.ts'

type Scope = (query: DnsQuery) => boolean

/** Plugins whose zones can be read off the line: how many arguments come before them. */
const ZONES_AFTER: ReadonlyMap<string, number> = new Map([
  ['acl', 0], ['auto', 0], ['autopath', 0], ['azure', 0], ['clouddns', 0], ['dnssec', 0], ['etcd', 0], ['federation', 0], ['file', 1], ['grpc', 0],
  ['k8s_external', 0], ['nomad', 0], ['route53', 0], ['secondary', 0], ['template', 2],
])

export const unmodelledPlugin = (name: string, known: boolean): PluginFactory => setup => {
  const [first] = setup.directives
  const message = known
    ? `${name} is not modelled: what reaches it is not predicted`
    : `${name} is no plugin of CoreDNS ${setup.version.join('.')}: the stock binary does not start (Unknown directive '${name}'); what a build with it does is not predicted`
  setup.report({ code: known ? 'corefile-plugin-unmodelled' : 'corefile-unknown-plugin', message, state: 'unmodelled', ...(first && { source: first.source }) })
  const scopes = setup.directives.map(d => scopeOf(name, d, setup))
  return function* (query, next) {
    if (!scopes.some(scope => scope(query))) return yield* next(query)
    return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: `${setup.server} ${name}`, detail: `plugin ${name}` } }
  }
}

function scopeOf(name: string, directive: Directive, setup: PluginSetup): Scope {
  const skip = ZONES_AFTER.get(name)
  if (skip === undefined) return () => true
  const words = directive.args.map(a => a.value)
  // `grpc FROM TO…`: one zone; `autopath [ZONES] FILE`: the last is no zone.
  const zonesIn = name === 'grpc' ? words.slice(0, 1) : name === 'autopath' ? words.slice(0, -1) : words.slice(skip)
  const zones = originsOf(zonesIn.map(word => zoneIn(name, word)), setup.zones)
  const types = name === 'template' ? new Set([words[1] ?? 'ANY']) : undefined
  return query => matchZone(zones, query.name) !== undefined && (!types || types.has('ANY') || types.has(query.type))
}

/** `route53 ZONE:ID`, `clouddns ZONE:PROJECT:ID`, `azure GROUP:ZONE`. */
function zoneIn(name: string, word: string): string {
  if (name === 'route53' || name === 'clouddns') return word.replace(/:.*/, '')
  return name === 'azure' ? word.replace(/^.*:/, '') : word
}
