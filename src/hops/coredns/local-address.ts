// The server's side of the socket that a query came to, as plugins see it (request.LocalIP): the listener's own address over UDP (`::` when it
// listens on all), that of the connection over TCP.
// Not modelled: `bind` with an interface, and which of several bound addresses was asked (the first is taken).
import type { CorednsModel } from '../../chain/model.ts'
import { parseAddress } from '../../dns/go-address.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { isLoopback } from '../../dns/socket-address.ts'
import { usesOf, type PluginSetup } from './plugin.ts'

type Place = Pick<PluginSetup, 'model' | 'block'>

/** The first address of `bind`. */
export const boundAddress = (place: Place): string | undefined => usesOf(place, 'bind').flatMap(d => d.args.map(a => a.value)).find(a => parseAddress(a))

export const localAddress = (place: Place, query: Pick<DnsQuery, 'transport'>): string =>
  boundAddress(place) ?? (query.transport === 'tcp' ? place.model.addresses[0] : undefined) ?? '::'

/** Of the socket that something is sent from: the loopback interface has its own, others that of the family. */
export function sourceAddress(model: Pick<CorednsModel, 'addresses'>, to: string): string | undefined {
  const isV6 = to.includes(':')
  if (isLoopback(to)) return isV6 ? '::1' : '127.0.0.1'
  return model.addresses.find(a => a.includes(':') === isV6) ?? model.addresses[0]
}
