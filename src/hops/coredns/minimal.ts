// CoreDNS's `minimal` plugin, 1.8.4 to 1.15.0: plugin/minimal/. Drops authority and additional records of plain answers, OPT with them. Up to 1.14.7 it
// panics when a later plugin wrote nothing and returned no error.
import { panicked, since, type PluginFactory } from './plugin.ts'
import { replyTypeOf } from './reply-type.ts'

export const minimal: PluginFactory = setup => function* (query, next) {
  const served = yield* next(query)
  if (served.reply) {
    if (replyTypeOf(served.reply, query, setup.version) !== 'NOERROR') return served
    const { edns: _, ...rest } = served.reply
    return { ...served, reply: { ...rest, authority: [], additional: [] } }
  }
  if (served.error !== undefined || since(setup.version, 1, 15)) return served
  return panicked(`${setup.server} minimal`, 'panic: nothing was written')
}
