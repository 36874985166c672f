// Rows that sample a random choice: every outcome seen must be one the model can have, and be seen about as often as its odds say.
import type { Rational } from '../../src/chain/rational.ts'
import type { Reply } from '../../src/dns/message.ts'
import { possibleOrders } from '../../src/hops/coredns/loadbalance.ts'
import type { Process } from './coredns-replay-process.ts'
import type { Row } from './coredns-replay-rows.ts'
import { judged, type Verdict } from './verdict.ts'

/** Standard deviations from the mean that are still chance: one in 150,000 counts lies outside. */
const SIGMAS = 4.5

const QUESTION = { name: 'q.test.', type: 'A', proto: 'udp' } as const

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
function possibleAnswers(process: Process): readonly Reply['answer'][] {
  const answer = answerOf(process)
  return process.has('loadbalance') ? possibleOrders(answer) : [answer]
}

/** Orders of the data of the answer, as one line each. */
function orderOdds(process: Process): ReadonlyMap<string, number> {
  const orders = possibleAnswers(process)
  return new Map(orders.map(records => [records.map(r => r.data).join(' '), 1 / orders.length]))
}

/** A digit a reply: the last of its first address. Draws do not depend on each other. */
function sequenceFaults(sequence: string, process: Process): string[] {
  const orders = possibleAnswers(process)
  const odds = new Map<string, number>()
  for (const records of orders) {
    const digit = records.find(r => r.type === 'A')?.data.at(-1) ?? ''
    odds.set(digit, (odds.get(digit) ?? 0) + 1 / orders.length)
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
