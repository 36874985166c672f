// Pasted output of glibc's `getent ahosts|ahostsv4|ahostsv6|hosts NAME`: what the libc, and so most programs, would get. No server, no
// rcode, no TTL. getent prints nothing when it finds nothing (exit code 2); the reason is not known then.
import { absolute } from '../dns/name.ts'
import type { ResourceRecord } from '../dns/message.ts'
import type { Read } from '../chain/source.ts'
import type { DirectAnswer } from './observation.ts'
import { blockSource, toolWords, type PastedSection } from './pasted-section.ts'
import { isAddress } from './server-address.ts'

export function readGetent(section: PastedSection): Read<readonly DirectAnswer[]> {
  const words = toolWords(section.command, ['getent'])
  const name = words?.[2]
  if (name === undefined || !/^(?:ahosts|ahostsv4|ahostsv6|hosts)$/.test(words?.[1] ?? '') || isAddress(name)) return { value: [],
    problems: [] }
  const records = new Map<string, ResourceRecord>()
  for (const line of section.lines) {
    const address = /^(\S{1,60})\s/.exec(`${line.text} `)?.[1] as string
    if (address !== undefined && isAddress(address) && records.size < 1000) {
      records.set(address, { name: absolute(name), type: address.includes(':') ? 'AAAA' : 'A', ttlS: 0, data: address })
    }
  }
  const [first, last] = [section.lines[0], section.lines.at(-1)]
  if (!first || !last) return { value: [], problems: [] }
  const seen = { kind: 'direct', tool: 'getent', place: section.place, atMs: undefined, source: blockSource(section, first, last),
    server: '' } as const
  const query = (type: string) => ({ name: absolute(name), type, transport: 'udp', rd: true }) as const
  if (records.size === 0) return { value: [{ ...seen, query: query('A'), reply: undefined, failure: 'unresolved' }], problems: [] }
  const value = ['A', 'AAAA'].flatMap(type => {
    const answer = [...records.values()].filter(record => record.type === type)
    return answer.length === 0 ? [] : [{ ...seen, query: query(type), ttlKnown: false as const,
      reply: { rcode: 'NOERROR' as const, flags: [], answer, authority: [], additional: [] } }]
  })
  return { value, problems: [] }
}
