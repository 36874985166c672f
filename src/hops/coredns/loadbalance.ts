// CoreDNS's `loadbalance` plugin, 1.9.3 to 1.15.0: plugin/loadbalance/. It puts an order of its own into NOERROR replies: aliases first, addresses
// shuffled, MX records shuffled; with `weighted` (since 1.10.1, questions for A, AAAA and SRV) one address drawn by its weight changes
// places with the first; with `prefer` (since 1.12.4) addresses of the named networks come before the others. The draw is random and
// no caller may depend on it, so here the order of the reply is kept where it is drawn; `possibleOrders` has all of them.
// Not modelled: a weight file that changes while the process runs.
import type { Rational } from '../../chain/rational.ts'
import { parseAddress } from '../../dns/go-address.ts'
import { cidrContains, parseCidr, type Cidr } from '../../dns/go-cidr.ts'
import type { Reply, ResourceRecord } from '../../dns/message.ts'
import { readWeights, type Weight } from './loadbalance-weights.ts'
import { panicked, since, underRoot, type PluginFactory, type PluginSetup } from './plugin.ts'
import { refuse } from './refuse.ts'
import { containerFile } from './zone-data.ts'

/** What of a set-up decides. */
export type BalanceSetup = Pick<PluginSetup, 'directives' | 'version' | 'model' | 'block'>

export interface Balance {
  /** By name; undefined: `round_robin`. */
  readonly weights: ReadonlyMap<string, readonly Weight[]> | undefined
  readonly prefers: readonly Cidr[]
}

const POLICIES = new Set(['round_robin', 'weighted'])

export const loadbalance: PluginFactory = setup => {
  const policy = setup.directives[0]?.args[0]
  if (policy && !POLICIES.has(policy.value)) refuse(setup.report, `plugin/loadbalance: unknown policy: ${policy.value}`, policy.source)
  const balance = readBalance(setup)
  return function* (query, next) {
    const served = yield* next(query)
    if (served.reply?.rcode !== 'NOERROR' || query.type === 'AXFR' || query.type === 'IXFR') return served
    // It looks into each record; since 1.15.0 only where there are two.
    const { reply } = served
    const isLookedAt = !since(setup.version, 1, 15) || [reply.answer, reply.authority].some(records => records.length > 0)
    if (reply.unpackable && isLookedAt) return panicked(`${setup.server} loadbalance`)
    return { ...served, reply: grouped(reply, query.type, balance) }
  }
}

/** Since 1.12.4 the last use counts, and the networks of those that it does not replace. */
export function readBalance(setup: BalanceSetup): Balance {
  const every = since(setup.version, 1, 12, 4)
  let balance: Balance = { weights: undefined, prefers: [] }
  for (const directive of every ? setup.directives : setup.directives.slice(0, 1)) {
    const [policy, file] = directive.args.map(a => a.value)
    const weights = policy === 'weighted' && since(setup.version, 1, 10, 1) ? weightsOf(setup, file ?? '') : undefined
    const nets = every ? directive.properties.filter(p => p.name === 'prefer').flatMap(p => p.args.flatMap(a => parseCidr(a.value) ?? [])) : []
    balance = { weights, prefers: [...weights ? [] : balance.prefers, ...nets] }
  }
  return balance
}

/** Without the file, or without a weight in it, all weigh the same. */
function weightsOf(setup: BalanceSetup, file: string): ReadonlyMap<string, readonly Weight[]> {
  const path = underRoot(setup, file)
  const text = containerFile(setup.model, path)?.text
  const weights = text === undefined ? undefined : readWeights(text, path, setup.version)
  return typeof weights === 'object' ? weights : new Map()
}

const GROUPS: ReadonlyMap<string, number> = new Map([['CNAME', 0], ['A', 2], ['AAAA', 2], ['MX', 3]])
const ADDRESSES = 2
const MX = 3
const groupOf = (record: ResourceRecord): number => GROUPS.get(record.type) ?? 1
const sorted = (records: readonly ResourceRecord[]): readonly ResourceRecord[] =>
  records.toSorted((a, b) => groupOf(a) - groupOf(b))

const WEIGHTED_TYPES = new Set(['A', 'AAAA', 'SRV'])
const hasAddress = (records: readonly ResourceRecord[]): boolean => records.some(r => groupOf(r) === ADDRESSES)

/** `authority` is left alone by both policies of later releases. */
function grouped(reply: Reply, type: string, { weights, prefers }: Balance): Reply {
  const first = (records: readonly ResourceRecord[]): readonly ResourceRecord[] =>
    (!weights || (WEIGHTED_TYPES.has(type) && hasAddress(records)) ? sorted(records) : records)
  const both = (records: readonly ResourceRecord[]): readonly ResourceRecord[] => preferred(first(records), prefers)
  return { ...reply, answer: both(reply.answer), authority: weights ? reply.authority : sorted(reply.authority), additional: both(reply.additional) }
}

/** Aliases, addresses in the order of the networks, MX, all else. */
function preferred(records: readonly ResourceRecord[], prefers: readonly Cidr[]): readonly ResourceRecord[] {
  if (prefers.length === 0) return records
  const rank = (record: ResourceRecord): number => {
    const at = prefers.findIndex(net => cidrContains(net, record.data))
    return at < 0 ? prefers.length : at
  }
  const last = (record: ResourceRecord): number => (groupOf(record) === 1 ? MX + 1 : groupOf(record))
  return records.toSorted((a, b) => last(a) - last(b) || (groupOf(a) === ADDRESSES ? rank(a) - rank(b) : 0))
}

export interface Order {
  readonly records: readonly ResourceRecord[]
  readonly odds: Rational
}

/** More records have more orders than are worth naming. */
const MOST_RECORDS = 7

/** All orders in which a client may see the answer to a question of that type, and their odds; those of long lists are left as they are. */
export function possibleOrders(records: readonly ResourceRecord[], type: string, { weights, prefers }: Balance): readonly Order[] {
  const drawn = weights ? weightedOrders(records, type, weights) : shuffledOrders(records)
  return drawn.map(order => ({ ...order, records: preferred(order.records, prefers) }))
}

function shuffledOrders(records: readonly ResourceRecord[]): readonly Order[] {
  const groups = [...Map.groupBy(sorted(records), groupOf)]
  let orders: readonly (readonly ResourceRecord[])[] = [[]]
  for (const [group, members] of groups) {
    const ways = group >= ADDRESSES && members.length <= MOST_RECORDS ? permutations(members) : [members]
    orders = orders.flatMap(order => ways.map(way => [...order, ...way]))
  }
  return orders.map(order => ({ records: order, odds: [1n, BigInt(orders.length)] }))
}

const permutations = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length === 0 ? [items] : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))

function weightedOrders(records: readonly ResourceRecord[], type: string, weights: ReadonlyMap<string, readonly Weight[]>): readonly Order[] {
  if (!WEIGHTED_TYPES.has(type) || !hasAddress(records)) return [{ records, odds: [1n, 1n] }]
  const all = sorted(records)
  const from = all.findIndex(r => groupOf(r) === ADDRESSES)
  const addresses = all.filter(r => groupOf(r) === ADDRESSES)
  const shares = addresses.map(r => weights.get(r.name)?.find(w => isSameAddress(w.address, r.data))?.weight ?? 1)
  const total = BigInt(shares.reduce((sum, share) => sum + share, 0))
  return addresses.map((_, i) => {
    const swapped = addresses.with(0, addresses[i] as ResourceRecord).with(i, i === 0 ? addresses[i] as ResourceRecord : addresses[0] as ResourceRecord)
    return { records: [...all.slice(0, from), ...swapped, ...all.slice(from + addresses.length)], odds: [BigInt(shares[i] as number), total] }
  })
}

const isSameAddress = (a: string, b: string): boolean => parseAddress(a)?.text === parseAddress(b)?.text
