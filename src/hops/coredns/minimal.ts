// CoreDNS's `minimal` plugin, 1.8.4 to 1.15.0: plugin/minimal/. Drops authority and additional records of plain answers, OPT with them. Up to 1.14.7 it
// panics when a later plugin wrote nothing and returned no error.
import { panicked, since, written, type PluginFactory, type Served } from './plugin.ts'
import { replyTypeOf } from './reply-type.ts'
import { lastMessage } from './server-reply.ts'

export const minimal: PluginFactory = setup => function* (query, next) {
  const served = yield* next(query)
  if (served.error !== undefined) {
    const { reply: _, ...unwritten } = served
    return unwritten
  }
  if (served.reply) {
    // Of two messages it has the last, and what it writes counts as written.
    const reply = lastMessage(served.reply)
    if (replyTypeOf(reply, query, setup.version) !== 'NOERROR') return { ...served, ...written(reply) }
    const { edns: _, ...rest } = reply
    return { ...served, ...written({ ...rest, authority: [], additional: [] }) }
  }
  if (since(setup.version, 1, 15)) return served
  return panicked(`${setup.server} minimal`, NIL_MESSAGE)
}

const NIL_MESSAGE = 'panic: nothing was written'

/** A plugin between that looks into what is written panics itself. */
export const lookedInto = (served: Served): Served => (isNilMessage(served) ? panicked(served.cause?.by ?? '') : served)

const isNilMessage = ({ panic, cause }: Served): boolean => panic === true && cause?.detail === NIL_MESSAGE

/** To a plugin that keeps what later ones write (a nonwriter), the nil message that `minimal` writes is none, and the code says success. */
export const keptBack = (served: Served): Served => (isNilMessage(served) ? { rcode: 'NOERROR' } : served)
