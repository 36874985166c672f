// The scripted upstreams of the recordings: the first rule that fits answers; no rule is silence. And what the network did to them.
import { LOST, sleep, type Hop, type HopRun, type Plain } from '../../src/chain/effects.ts'
import type { DnsQuery, Reply } from '../../src/dns/message.ts'
import { REFUSED_PORT } from '../../src/dns/message.ts'
import { ODD } from '../../src/hops/coredns/forward-exchange.ts'
import { plain } from '../../src/hops/coredns/plugin.ts'
import { RuleFinder } from './coredns-replay-rules.ts'
import { parseRecord, toEdns, type Rule, type Script } from './coredns-replay-rows.ts'

export class Upstreams {
  script: Script
  /** What the recorder did to packets, in its words. */
  network = ''
  /** Datagrams that met a closed port. */
  refused = 0
  private readonly rules = new RuleFinder()

  constructor(script: Script | null) {
    this.script = script ?? {}
  }

  /** Packets to it are seen by the recorder. */
  isSeen(label: string): boolean {
    return label in this.script && !this.network.includes('REJECT') && !this.network.includes('SYN')
  }

  hop(address: string): Hop {
    const ruleFor = (query: DnsQuery): Rule | undefined => this.rules.find(this.script, address, query)
    const blocked = (query: DnsQuery): Plain | undefined => this.blocked(query)
    return function* (asked) {
      const query = asked as unknown as DnsQuery
      const ended = blocked(query)
      if (ended !== undefined) return ended
      return yield* answer(ruleFor(query), query)
    }
  }

  readonly closed: Hop = closedHop(() => void this.refused++)

  private blocked(query: DnsQuery): Plain | undefined {
    if (this.network.includes('REJECT')) return ODD.notPermitted
    return this.network.includes('SYN') && query.transport === 'tcp' ? LOST : undefined
  }
}

const closedHop = (met: () => void): Hop => function* (query) {
  if ((query as unknown as DnsQuery).transport === 'udp') met()
  return REFUSED_PORT
}

export const unreachable: Hop = function* () { return ODD.unreachable }

/** Without a rule: silence. */
export function* answer(rule: Rule | undefined, query: DnsQuery): HopRun {
  if (!rule || rule.do.drop) return query.transport === 'tcp' ? ODD.silentConnection : LOST
  if (rule.do.delayMs) yield* sleep(rule.do.delayMs)
  return scripted(rule, query)
}

/** Bytes that parse as a header and nothing more. */
const HEADER_ALONE = { question: { name: '', type: '' }, answer: [], authority: [], additional: [] }

function scripted({ do: act }: Rule, query: DnsQuery): Plain {
  // A datagram has no connection to close.
  if (act.close) return query.transport === 'tcp' ? ODD.closedConnection : LOST
  if (act.wrongId) return query.transport === 'tcp' ? ODD.silentConnection : LOST
  if (act.raw !== undefined) return plain({ rcode: 'NOERROR', flags: [], uncompressed: true, ...HEADER_ALONE })
  const reply = replyOf(act, query)
  if (act.chop === undefined) return plain(reply)
  return act.chop < 12 ? ODD.short : act.chop === 12 ? plain({ ...reply, ...HEADER_ALONE }) : ODD.overflow
}

/** What the rule sends, before its bytes are meddled with. */
export function replyOf(act: Rule['do'], query: DnsQuery): Reply {
  const records = (lines: readonly string[] = []): Reply['answer'] => lines.map(l => parseRecord(l, query))
  const [name = '', type = ''] = act.question?.split(' ') ?? []
  const flags = new Set([...(act.flags ?? ['ra']), ...(query.rd ? ['rd'] : []), ...(query.cd ? ['cd'] : [])])
  const edns = act.opt === 'echo' ? query.edns && { sizeBytes: query.edns.sizeBytes, ...(query.edns.do && { do: true }) } : act.opt && toEdns(act.opt)
  return {
    rcode: act.rcode ?? 'NOERROR', flags: ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'].filter(f => flags.has(f)), ...(edns && { edns }),
    answer: records(act.answer), authority: records(act.authority), additional: records(act.additional),
    ...(act.noQuestion ? { question: { name: '', type: '' } } : act.question !== undefined && { question: { name, type } }),
    // The recorder's upstreams did not compress names.
    uncompressed: true,
  }
}
