// Metadata as plugins ask for it before a query is answered: plugin/metadata/, 1.9.3 to 1.15.0. Without `metadata` in the block there is none.
// Not modelled: the labels of kubernetes, geoip and tsig (a use of them is said).
import { usesOf, type PluginSetup } from './plugin.ts'
import type { Metadata } from './rewrite-rule.ts'
import { matchZone, originsOf } from './origins.ts'
import type { DnsQuery } from '../../dns/message.ts'

const NONE: Metadata = () => undefined

export function metadataOf(setup: PluginSetup, query: DnsQuery): Metadata {
  if (!setup.has('metadata')) return NONE
  const zones = originsOf(usesOf(setup, 'metadata')[0]?.args.map(a => a.value) ?? [], setup.zones)
  if (matchZone(zones, query.name) === undefined) return NONE
  return label => (label === 'view/name' ? usesOf(setup, 'view')[0]?.args[0]?.value : undefined)
}
