// CoreDNS's `any` plugin, 1.9.3 to 1.15.0: plugin/any/. A question for ANY gets the one record of RFC 8482.
import { bareReply } from './server-reply.ts'
import { written, type PluginFactory } from './plugin.ts'

export const any: PluginFactory = () => function* (query, next) {
  if (query.type !== 'ANY') return yield* next(query)
  const answer = [{ name: query.name, type: 'HINFO', ttlS: 8482, data: '"ANY obsoleted" "See RFC 8482"' }]
  return written({ ...bareReply(query, 'NOERROR'), answer })
}
