// Rows that sample a random choice: every outcome seen must be one the model can have, and be seen about as often as its odds say.
import { ONE, type Rational } from '../../src/chain/rational.ts'
import type { Reply } from '../../src/dns/message.ts'
import { possibleOrders, type Order } from '../../src/hops/coredns/loadbalance.ts'
import type { Process } from './coredns-replay-process.ts'
import type { Row } from './coredns-replay-rows.ts'
import { judged, type Verdict } from './verdict.ts'

/** Standard deviations from the mean that are still chance: one in 150,000 counts lies outside. */
const SIGMAS = 4.5

export const QUESTION = { name: 'q.test.', type: 'A', proto: 'udp' } as const

/** Undefined: the row is no sample. */
export function sampleVerdict(row: Row, make: () => Process): Verdict | undefined {
  const { orders, sequence, firstUpstreamByAnswer } = row.observed
  if (orders) return judged(countFaults(new Map(Object.entries(orders)), orderOdds(make())))
  if (sequence !== undefined) return judged(sequenceFaults(sequence, make()))
  if (firstUpstreamByAnswer) return judged(countFaults(new Map(Object.entries(firstUpstreamByAnswer)), upstreamOdds(make)))
  return undefined
}

function countFaults(seen: ReadonlyMap<string, number>, odds: ReadonlyMap<string, number>): string[] {
  const total = [...seen.values()].reduce((a, b) => a + b, 0)
  const strange = [...seen.keys()].filter(outcome => !odds.has(outcome)).map(outcome => `cannot happen: ${outcome}`)
  return [...strange, ...[...odds].flatMap(([outcome, p]) => {
    const count = seen.get(outcome) ?? 0
    return Math.abs(count - total * p) > SIGMAS * Math.sqrt(total * p * (1 - p)) ? [`${outcome}: ${count} of ${total}, the odds are ${p}`] : []
  })]
}

const answerOf = (process: Process): Reply['answer'] => (process.ask(QUESTION) as unknown as Partial<Reply> | null)?.answer ?? []

/** All that the answer can look like. */
function possibleAnswers(process: Process): readonly Order[] {
  const records = answerOf(process)
  const { balance } = process
  return balance ? possibleOrders(records, QUESTION.type, balance) : [{ records, odds: ONE }]
}

/** Orders of the data of the answer, as one line each. */
export function orderOdds(process: Process): ReadonlyMap<string, number> {
  const odds = new Map<string, number>()
  for (const order of possibleAnswers(process)) {
    const line = order.records.map(r => r.data).join(' ')
    odds.set(line, (odds.get(line) ?? 0) + numberOf(order.odds))
  }
  return odds
}

/** A digit a reply: the last of its first address. Draws do not depend on each other. */
function sequenceFaults(sequence: string, process: Process): string[] {
  const odds = new Map<string, number>()
  for (const order of possibleAnswers(process)) {
    const digit = order.records.find(r => r.type === 'A')?.data.at(-1) ?? ''
    odds.set(digit, (odds.get(digit) ?? 0) + numberOf(order.odds))
  }
  const changes = [...sequence].filter((c, i) => i > 0 && c !== sequence[i - 1]).length
  const same = [...odds.values()].reduce((sum, p) => sum + p * p, 0)
  const steps = sequence.length - 1
  return [
    ...countFaults(new Map([...Map.groupBy([...sequence], c => c)].map(([c, all]) => [c, all.length])), odds),
    ...countFaults(new Map([['the same as before', steps - changes], ['another than before', changes]]), new Map([['the same as before', same], ['another than before', 1 - same]])),
  ]
}

/** What each option of the first choice of a query leads to, with its odds. */
function upstreamOdds(make: () => Process): ReadonlyMap<string, number> {
  const odds = new Map<string, number>()
  for (let option = 0, options = 1; option < options; option++) {
    const process = make()
    process.forced = option
    const address = answerOf(process)[0]?.data ?? ''
    options = process.lastPick?.options.length ?? 1
    const share = process.lastPick?.odds?.[option]
    odds.set(address, (odds.get(address) ?? 0) + (share === undefined ? 1 / options : numberOf(share)))
  }
  return odds
}

const numberOf = ([above, below]: Rational): number => Number(above) / Number(below)
