// CoreDNS's `errors` plugin, 1.9.3 to 1.15.0: plugin/errors/. One log line for each error a later plugin returned; no effect on replies.
// The client's side of a socket is printed as port 0.
// Not modelled: the timer of `consolidate` (a line it would swallow is noted with `consolidated`), `stacktrace`.
import { note } from '../../chain/effects.ts'
import { nameKey } from '../../dns/name.ts'
import type { PluginFactory } from './plugin.ts'
import { rcodeNumber } from './rcode-number.ts'

export const errors: PluginFactory = setup => {
  const consolidates = setup.directives.some(d => d.properties.some(p => p.name === 'consolidate'))
  return function* (query, next) {
    const served = yield* next(query)
    if (served.error !== undefined && !served.panic) {
      // Read from the request when all is over: a `rewrite` shows.
      const { name, type } = served.query ?? query
      const line = `[ERROR] plugin/errors: ${rcodeNumber(served.rcode)} ${nameKey(name)} ${type}: ${served.error}`
      yield* note({ kind: 'errors', by: setup.server, line, ...(consolidates && { consolidated: true }) })
    }
    return served
  }
}
