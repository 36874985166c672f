// A lookup that CoreDNS makes of itself: plugin/pkg/upstream and plugin/pkg/nonwriter, 1.9.3 to 1.15.0. The question enters the server's own
// ServeDNS again: block choice, all plugins, own log line, own cache entry; flags, EDNS and the client's address are those of the
// query behind it, the class is IN. The answer is the message as it would have left the server, cut to that client's size; of two the last.
// Not modelled: a recursion that nobody counts ends the real process (stack overflow); here it is a loop.
import { call, LOOP, type HopRun } from '../../chain/effects.ts'
import { absolute } from '../../dns/name.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { plain, type PluginSetup } from './plugin.ts'
import { lastMessage } from './server-reply.ts'

/** `nothing`: the chain wrote no message. */
export type InternalAnswer = Reply | 'nothing' | 'loop'

/** `aliases`: how many aliases `file` has followed to come here; absent = as in `query`. */
export function* internalLookup(setup: Pick<PluginSetup, 'server'>, query: DnsQuery, name: string, type: string, aliases?: number): HopRun<InternalAnswer> {
  const { class: _, ...rest } = query
  const question: DnsQuery = { ...rest, name: absolute(name), type, ...(aliases !== undefined && { aliases }) }
  const value = yield* call(setup.server, plain(question))
  if (value === LOOP) return 'loop'
  if (typeof value === 'string' || value === undefined) return 'nothing'
  return lastMessage(value as unknown as Reply)
}
