// CoreDNS's `bufsize` plugin, 1.9.3 to 1.15.0: plugin/bufsize/. Lowers the UDP size a client offers (1.9.3 raises it, too); does nothing
// to queries without EDNS. It changes the query for all later plugins and for the size of the reply's own OPT.
import { since, type PluginFactory } from './plugin.ts'

const DEFAULT_BYTES = 1232

export const bufsize: PluginFactory = setup => {
  const limit = Number(setup.directives[0]?.args[0]?.value ?? DEFAULT_BYTES)
  return function* (query, next) {
    if (!query.edns || (query.edns.sizeBytes <= limit && since(setup.version, 1, 10))) return yield* next(query)
    const lowered = { ...query, edns: { ...query.edns, sizeBytes: limit } }
    return { query: lowered, ...yield* next(lowered) }
  }
}
