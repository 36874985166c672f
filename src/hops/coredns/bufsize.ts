// CoreDNS's `bufsize` plugin, 1.8.6 to 1.15.0: plugin/bufsize/. Lowers the UDP size a client offers (up to 1.9.3 it raises it, too); does
// nothing to queries without EDNS (before 1.9 they get it). It changes the query for all later plugins and for the size of the reply's own OPT.
import { since, type PluginFactory } from './plugin.ts'
import { argumentText, refuse } from './refuse.ts'

const DEFAULT_BYTES = 1232
const DEFAULT_BYTES_BEFORE_1_11 = 512
export const SMALLEST_BYTES = 512
export const LARGEST_BYTES = 4096

export const bufsize: PluginFactory = setup => {
  const limit = Number(setup.directives[0]?.args[0]?.value ?? (since(setup.version, 1, 11) ? DEFAULT_BYTES : DEFAULT_BYTES_BEFORE_1_11))
  const argument = setup.directives[0]?.args[0]
  if (argument && !(limit >= SMALLEST_BYTES && limit <= LARGEST_BYTES)) refuse(setup.report, `plugin/bufsize: plugin/bufsize: ${argumentText(argument.value)}`, argument.source)
  return function* (query, next) {
    const isLeft = query.edns ? query.edns.sizeBytes <= limit && since(setup.version, 1, 9, 4) : since(setup.version, 1, 9)
    if (isLeft) return yield* next(query)
    const changed = { ...query, edns: { ...query.edns, sizeBytes: limit } }
    return { query: changed, ...yield* next(changed) }
  }
}
