// The server's side of the socket that a query came to, as plugins see it (request.LocalIP): the listener's own address over UDP (`::` when it
// listens on all), that of the connection over TCP.
// Not modelled: `bind` with an interface, and which of several bound addresses was asked (the first is taken).
import { parseAddress } from '../../dns/go-address.ts'
import type { DnsQuery } from '../../dns/message.ts'
import type { PluginSetup } from './plugin.ts'

export function localAddress({ model, block }: Pick<PluginSetup, 'model' | 'block'>, query: Pick<DnsQuery, 'transport'>): string {
  const bound = model.corefile.blocks[block]?.directives.filter(d => d.name === 'bind').flatMap(d => d.args.map(a => a.value)).find(a => parseAddress(a))
  return bound ?? (query.transport === 'tcp' ? model.addresses[0] : undefined) ?? '::'
}
