// The scripted upstreams of the recordings: the first rule that fits answers; no rule is silence. And what the network did to them.
import { LOST, sleep, type Hop, type Plain } from '../../src/chain/effects.ts'
import type { DnsQuery, Edns, Rcode, Reply } from '../../src/dns/message.ts'
import { REFUSED_PORT } from '../../src/dns/message.ts'
import { nameKey } from '../../src/dns/name.ts'
import { ODD } from '../../src/hops/coredns/forward-exchange.ts'
import { parseRecord, toEdns, type Rule, type Script } from './coredns-replay-rows.ts'

export class Upstreams {
  script: Script
  /** What the recorder did to packets, in its words. */
  network = ''
  /** Datagrams that met a closed port. */
  refused = 0
  private readonly counts = new Map<string, number>()

  constructor(script: Script | null) {
    this.script = script ?? {}
  }

  /** Packets to it are seen by the recorder. */
  isSeen(label: string): boolean {
    return label in this.script && !this.network.includes('REJECT') && !this.network.includes('SYN')
  }

  hop(address: string): Hop {
    const hop = (query: DnsQuery): Rule | undefined => this.ruleFor(address, query)
    const blocked = (query: DnsQuery): Plain | undefined => this.blocked(query)
    return function* (asked) {
      const query = asked as unknown as DnsQuery
      const ended = blocked(query)
      if (ended !== undefined) return ended
      const rule = hop(query)
      if (!rule || rule.do.drop) return query.transport === 'tcp' ? ODD.silentConnection : LOST
      if (rule.do.delayMs) yield* sleep(rule.do.delayMs)
      return scripted(rule, query)
    }
  }

  readonly closed: Hop = closedHop(() => void this.refused++)

  private blocked(query: DnsQuery): Plain | undefined {
    if (this.network.includes('REJECT')) return ODD.notPermitted
    return this.network.includes('SYN') && query.transport === 'tcp' ? LOST : undefined
  }

  private ruleFor(address: string, query: DnsQuery): Rule | undefined {
    return this.script[address]?.find((r, i) => this.fits(r, `${address} ${i} ${query.name} ${query.type}`, query))
  }

  private fits({ when = {} }: Rule, id: string, query: DnsQuery): boolean {
    const same = (when.name === undefined || nameKey(when.name) === nameKey(query.name)) && (when.type ?? query.type) === query.type && (when.proto ?? query.transport) === query.transport
    if (!same || !when.nth) return same
    const count = (this.counts.get(id) ?? 0) + 1
    this.counts.set(id, count)
    return when.nth.includes(count)
  }
}

const closedHop = (met: () => void): Hop => function* (query) {
  if ((query as unknown as DnsQuery).transport === 'udp') met()
  return REFUSED_PORT
}

export const unreachable: Hop = function* () { return ODD.unreachable }

/** What the rule sends. */
export function scripted({ do: act }: Rule, query: DnsQuery): Plain {
  if (act.close) return ODD.closedConnection
  if (act.wrongId) return query.transport === 'tcp' ? ODD.silentConnection : LOST
  const records = (lines: readonly string[] = []) => lines.map(l => parseRecord(l, query))
  // Bytes that parse as a header and nothing more.
  if (act.raw !== undefined) return reply({ question: { name: '', type: '' }, flags: new Set(), edns: undefined, rcode: undefined })
  const asked = act.noQuestion ? ['', ''] : act.question?.split(' ')
  const flags = new Set([...(act.flags ?? ['ra']), ...(query.rd ? ['rd'] : []), ...(query.cd ? ['cd'] : [])])
  const edns = act.opt === 'echo' ? query.edns && { sizeBytes: query.edns.sizeBytes, ...(query.edns.do && { do: true }) } : act.opt && toEdns(act.opt)
  if (act.chop !== undefined) return act.chop < 12 ? ODD.short : act.chop === 12 ? reply({ question: { name: '', type: '' }, flags, edns, rcode: act.rcode }) : ODD.overflow
  return reply({
    rcode: act.rcode, flags, edns, answer: records(act.answer), authority: records(act.authority), additional: records(act.additional),
    ...(asked && { question: { name: asked[0] as string, type: asked[1] as string } }),
  })
}

interface Parts extends Partial<Omit<Reply, 'flags' | 'edns' | 'rcode'>> { readonly flags: ReadonlySet<string>; readonly edns: Edns | undefined; readonly rcode: Rcode | undefined }
const reply = ({ flags, edns, rcode, ...rest }: Parts): Plain => ({
  // The recorder's upstreams did not compress names.
  rcode: rcode ?? 'NOERROR', answer: [], authority: [], additional: [], uncompressed: true, ...rest,
  flags: ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'].filter(f => flags.has(f)), ...(edns && { edns }),
}) as unknown as Plain
