// Which rule of a scripted upstream answers a question: the first that fits, in virtual time and on real sockets alike.
import type { DnsQuery } from '../../src/dns/message.ts'
import { nameKey } from '../../src/dns/name.ts'
import type { Rule, Script } from './coredns-replay-rows.ts'

/** Whatever was counted. */
export const covers = ({ when = {} }: Rule, query: DnsQuery): boolean =>
  (when.name === undefined || nameKey(when.name) === nameKey(query.name)) && (when.type ?? query.type) === query.type && (when.proto ?? query.transport) === query.transport

/** Rules that fit the first, the second time (`nth`) count for themselves: by place, name and type. */
export class RuleFinder {
  private readonly counts = new Map<string, number>()

  /** Undefined: no rule fits. */
  find(script: Script, address: string, query: DnsQuery): Rule | undefined {
    return script[address]?.find((rule, i) => covers(rule, query) && (!rule.when?.nth || rule.when.nth.includes(this.count(`${address} ${i} ${query.name} ${query.type}`))))
  }

  private count(id: string): number {
    const count = (this.counts.get(id) ?? 0) + 1
    this.counts.set(id, count)
    return count
  }
}
