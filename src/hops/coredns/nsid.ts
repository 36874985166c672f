// CoreDNS's `nsid` plugin, 1.9.3 to 1.15.0: plugin/nsid/. A client that sends the option of RFC 5001 gets it back in every reply that a plugin
// wrote, with the words of the directive, else the host name. A reply without an OPT gets one with DO.
import { hexOf } from '../../dns/presentation-bytes.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { hostNameOf } from './host-name.ts'
import type { PluginFactory, PluginSetup } from './plugin.ts'
import { onEachMessage } from './server-reply.ts'
import { once, type SetupCheck } from './setup-check.ts'

const NSID = 3

export const nsidSetup: SetupCheck = c => once(c, () => void c.remainingArgs())

/** The client asks for it where the plugin is: its replies bring an OPT of their own. */
export const isNamed = (setup: Pick<PluginSetup, 'has'>, query: DnsQuery): boolean =>
  setup.has('nsid') && query.edns?.options?.some(([code]) => code === NSID) === true

export const nsid: PluginFactory = setup => {
  const words = setup.directives[0]?.args.map(a => a.value) ?? []
  const hex = hexOf(encodeText(words.length > 0 ? words.join(' ') : hostNameOf(setup.model))).toLowerCase()
  return function* (query, next) {
    const served = yield* next(query)
    if (!served.reply || !isNamed(setup, query)) return served
    const sizeBytes = (served.query ?? query).edns?.sizeBytes ?? 0
    const named = (reply: Reply): Reply => {
      const { options = [], ...edns } = reply.edns ?? { sizeBytes, do: true }
      const has = options.some(([code]) => code === NSID)
      const all = has ? options.map(option => (option[0] === NSID ? [NSID, hex] as const : option)) : [...options, [NSID, hex] as const]
      return { ...reply, edns: { ...edns, options: all } }
    }
    return { ...served, reply: onEachMessage(served.reply, named) }
  }
}
