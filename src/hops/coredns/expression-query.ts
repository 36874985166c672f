// The functions that CoreDNS gives its expressions (`view`, and `template` of 1.15.0): plugin/pkg/expression/expression.go. They look at the
// query as it is where the expression runs.
// Not modelled: the client's port and the query's id.
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import { cidrContains, parseCidr } from '../../dns/go-cidr.ts'
import type { DnsQuery } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { queryBytes } from '../../dns/size.ts'
import { opcodeNumber } from '../../dns/wire-numbers-table.ts'
import type { Caller } from './expression.ts'
import { int, stop, stringOf, unknownInput, type Value } from './expression-value.ts'
import { isUnknownLabel, metadataOf } from './metadata.ts'
import type { PluginSetup } from './plugin.ts'
import { clientBytes } from './server-reply.ts'

type QuerySetup = Pick<PluginSetup, 'has' | 'model'>

export const queryFunctions = (setup: QuerySetup, query: DnsQuery): Caller => (name, args) => {
  switch (name) {
    case 'incidr': return isInside(stringOf(args[0] as Value), stringOf(args[1] as Value))
    case 'metadata': return labelled(setup, query, stringOf(args[0] as Value))
    case 'type': return query.type
    case 'name': return nameKey(query.name)
    case 'class': return query.class ?? 'IN'
    case 'proto': return query.transport
    case 'size': return int(queryBytes(query.name, query.edns))
    case 'client_ip': return withoutZone(query.client ?? unknownInput('the client'))
    case 'opcode': return int(opcodeNumber(query.opcode ?? 'QUERY') ?? 0)
    case 'do': return query.edns?.do === true
    case 'bufsize': return int(clientBytes(query))
    case 'server_ip': return serverAddress(setup, query)
    case 'server_port': return '53'
    default: return unknownInput(name)
  }
}

/** '' for a label without a value. */
const labelled = (setup: QuerySetup, query: DnsQuery, label: string): string => (isUnknownLabel(setup, label) ? unknownInput(`metadata ${label}`) : metadataOf(query)(label) ?? '')

export function isInside(address: string, network: string): boolean {
  if (!parseAddress(address)) return stop('first argument is not an IP address')
  const cidr = parseCidr(network)
  return cidr ? cidrContains(cidr, address) : stop(`invalid CIDR address: ${network}`)
}

/** The address of the socket: that of all addresses for UDP without `bind`. */
function serverAddress(setup: QuerySetup, query: DnsQuery): string {
  if (query.transport === 'udp' && !setup.has('bind')) return '::'
  const [own, ...others] = setup.model.addresses
  return own !== undefined && others.length === 0 ? own : unknownInput('the address asked')
}
