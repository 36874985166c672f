// CoreDNS's `loadbalance` plugin, 1.9.3 to 1.15.0: plugin/loadbalance/. It shuffles addresses and MX records of NOERROR replies and puts
// aliases first. The order is random and no caller may depend on it, so here the order of the reply is kept, aliases first.
// Not modelled: which order it is, `weighted` and `prefer` (they change the order only).
import type { Reply, ResourceRecord } from '../../dns/message.ts'
import type { Handler, PluginFactory } from './plugin.ts'
import { refuse } from './refuse.ts'

export const loadbalance: PluginFactory = setup => {
  const policy = setup.directives[0]?.args[0]
  if (policy && !POLICIES.has(policy.value)) refuse(setup.report, `plugin/loadbalance: unknown policy: ${policy.value}`, policy.source)
  return shuffled
}

const POLICIES = new Set(['round_robin', 'weighted'])

const shuffled: Handler = function* (query, next) {
  const served = yield* next(query)
  if (served.reply?.rcode !== 'NOERROR' || query.type === 'AXFR' || query.type === 'IXFR') return served
  return { ...served, reply: grouped(served.reply) }
}

const GROUPS: ReadonlyMap<string, number> = new Map([['CNAME', 0], ['A', 2], ['AAAA', 2], ['MX', 3]])
const groupOf = (record: ResourceRecord): number => GROUPS.get(record.type) ?? 1
const sorted = (records: readonly ResourceRecord[]): readonly ResourceRecord[] =>
  records.length < 2 ? records : records.toSorted((a, b) => groupOf(a) - groupOf(b))

const grouped = (reply: Reply): Reply =>
  ({ ...reply, answer: sorted(reply.answer), authority: sorted(reply.authority), additional: sorted(reply.additional) })

/** Groups that are shuffled. */
const SHUFFLED = new Set([2, 3])
/** More records have more orders than are worth naming. */
const MOST_RECORDS = 7

/** All orders that a client may see, each as likely as any other; those of long lists are left as they are. */
export function possibleOrders(records: readonly ResourceRecord[]): readonly (readonly ResourceRecord[])[] {
  const groups = [...Map.groupBy(sorted(records), groupOf)]
  let orders: readonly (readonly ResourceRecord[])[] = [[]]
  for (const [group, members] of groups) {
    const ways = SHUFFLED.has(group) && members.length <= MOST_RECORDS ? permutations(members) : [members]
    orders = orders.flatMap(order => ways.map(way => [...order, ...way]))
  }
  return orders
}

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2 ? [items] : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
