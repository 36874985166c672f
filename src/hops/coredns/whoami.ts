// CoreDNS's `whoami` plugin, 1.9.3 to 1.15.0: plugin/whoami/. Answers every name with the asker's own address, port and transport.
// The port is printed as 0.
import { parseAddress } from '../../dns/go-address.ts'
import type { ResourceRecord } from '../../dns/message.ts'
import { authoritativeReply } from './authoritative-reply.ts'
import { written, type PluginFactory } from './plugin.ts'

export const whoami: PluginFactory = () => function* (query) {
  const address = parseAddress(query.client ?? '')
  const own: ResourceRecord[] = address ? [{ name: query.name, type: address.family === 4 ? 'A' : 'AAAA', ttlS: 0, data: address.text, ...classOf(query.class) }] : []
  const srv: ResourceRecord = { name: query.name === '.' ? `_${query.transport}.` : `_${query.transport}.${query.name}`, type: 'SRV', ttlS: 0, data: '0 0 0 .', ...classOf(query.class) }
  return written(authoritativeReply(query, { additional: [...own, srv] }))
}

const classOf = (name: string | undefined): { class?: string } => (name !== undefined && name !== 'IN' ? { class: name } : {})
