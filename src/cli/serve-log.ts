// Log lines of a served query as CoreDNS prints them (coredns.md §5.1): those of the `log` and `errors` plugins, with the port, id and
// duration that only a real query has. A query that no `log` saw (there is none, or it was refused before it) gets the line that the default
// format would give: with -v every query is seen.
// Not modelled: fields of a custom format that only a real query has.
import type { ServedQuery } from '../drivers/serve.ts'
import { nameKey } from '../dns/name.ts'
import { messageBytes, queryBytes } from '../dns/size.ts'

const SMALLEST_UDP_BYTES = 512
const TCP_BYTES = 65_535

/** With line ends. */
export function logLines(served: ServedQuery): string {
  const own = served.notes.filter(note => note.kind === 'log').map(note => filled(String(note['line']), served))
  const errors = served.notes.filter(note => note.kind === 'errors').map(note => String(note['line']))
  return [...errors, ...(own.length > 0 ? own : [lineOf(served)])].map(line => `${line}\n`).join('')
}

const duration = ({ elapsedMs }: ServedQuery): string => `${(elapsedMs / 1000).toFixed(9).replace(/\.?0+$/, '')}s`

const filled = (line: string, served: ServedQuery): string =>
  line.replace(/^(\[INFO\] \S+):0 - 0 "/, `$1:${served.clientPort} - ${served.id} "`).replace(/ 0s$/, ` ${duration(served)}`)

function lineOf(served: ServedQuery): string {
  const { query, reply } = served
  const client = query.client?.includes(':') ? `[${query.client}]` : query.client
  const bufsize = query.transport === 'tcp' ? TCP_BYTES : Math.max(SMALLEST_UDP_BYTES, query.edns?.sizeBytes ?? 0)
  const asked = [query.type, query.class ?? 'IN', nameKey(query.name), query.transport, queryBytes(query.name, query.edns), query.edns?.do === true, bufsize].join(' ')
  const answered = reply ? `${reply.rcode} ${['qr', ...reply.flags].join(',')} ${sizeWithoutOpt(served)}` : '- - 0'
  return `[INFO] ${client}:${served.clientPort} - ${served.id} "${asked}" ${answered} ${duration(served)}`
}

function sizeWithoutOpt({ query, reply }: ServedQuery): number {
  if (!reply) return 0
  const { edns: _, ...rest } = reply
  return messageBytes(reply.question?.name ?? query.name, rest)
}
