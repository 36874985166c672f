// Asks → what each server said of each name, how often, and whether they agree.
import { nameKey } from '../dns/name.ts'
import type { Reply, ResourceRecord } from '../dns/message.ts'
import type { AnswerCount, AnswerResult, MatrixCell, MatrixRow, RowVerdict, ServerReading } from '../findings/reading.ts'
import type { Ask } from './read-asks.ts'

/** Rows of one report: names of a hostile capture have no end. */
export const ROWS_KEPT = 2000
const ANSWERS_KEPT = 32
const ASKERS_KEPT = 64

export const soaOf = (reply: Reply | undefined): ResourceRecord | undefined => reply?.authority.find(record => record.type === 'SOA')
/** Zone and primary: who says no. Serials change while the word stays the same. */
export const soaName = (soa: ResourceRecord): string => `${nameKey(soa.name)} ${nameKey(soa.data.split(' ', 1)[0] ?? '')}`

export function dataOf(ask: Ask): string[] {
  const records = ask.reply?.answer ?? []
  const own = records.filter(record => record.type === ask.type)
  return (own.length > 0 ? own : records).map(record => record.data)
}

/** The last alias: rotation is among the addresses of one owner. */
const ownerOf = (ask: Ask): string => nameKey(ask.reply?.answer.filter(record => record.type === 'CNAME').at(-1)?.data ?? ask.name)

interface Counting {
  readonly result: AnswerResult
  readonly soa: string | null
  readonly answers: Set<string>
  readonly owners: Set<string>
  /** Different sets that were given. */
  readonly sets: Set<string>
  readonly askers: Map<string, number>
  seen: number
  probed: number
  readonly first: string
}

interface Row {
  readonly name: string
  readonly type: string
  readonly servers: Map<string, Map<string, Counting>>
  asks: number
}

export function matrixOf(asks: readonly Ask[], forwarders: ReadonlySet<string>): MatrixRow[] {
  const rows = new Map<string, Row>()
  for (const ask of asks) {
    if (ask.result === undefined) continue
    const key = `${nameKey(ask.name)} ${ask.type}`
    let row = rows.get(key)
    if (!row) {
      if (rows.size >= ROWS_KEPT) continue
      rows.set(key, (row = { name: nameKey(ask.name), type: ask.type, servers: new Map(), asks: 0 }))
    }
    row.asks++
    count(row, ask)
  }
  const upstreamsOf = (row: Row): number => [...row.servers.keys()].filter(server => !forwarders.has(server)).length
  return [...rows.values()].sort((a, b) => upstreamsOf(b) - upstreamsOf(a) || b.asks - a.asks || (a.name === b.name ? (a.type < b.type ? -1 : 1) : a.name < b.name ? -1 : 1))
    .map(row => ({ name: row.name, type: row.type, verdict: verdictOf(row, forwarders), cells: cellsOf(row) }))
}

function count(row: Row, ask: Ask): void {
  const result = ask.result as AnswerResult
  const soa = soaOf(ask.reply)
  const denied = soa && result !== 'answer' ? soaName(soa) : null
  const results = row.servers.get(ask.server) ?? new Map<string, Counting>()
  row.servers.set(ask.server, results)
  const key = `${result} ${denied ?? ''}`
  let counting = results.get(key)
  if (!counting) results.set(key, (counting = { result, soa: denied, answers: new Set(), owners: new Set(), sets: new Set(), askers: new Map(), seen: 0, probed: 0, first: ask.id }))
  if (ask.byHand) counting.probed++
  else {
    counting.seen++
    if (counting.askers.size < ASKERS_KEPT || counting.askers.has(ask.client)) counting.askers.set(ask.client, (counting.askers.get(ask.client) ?? 0) + 1)
  }
  if (result !== 'answer') return
  const data = dataOf(ask)
  for (const each of data) if (counting.answers.size < ANSWERS_KEPT) counting.answers.add(each)
  if (counting.sets.size < ANSWERS_KEPT) counting.sets.add([...data].sort().join(' '))
  if (counting.owners.size < ANSWERS_KEPT) counting.owners.add(ownerOf(ask))
}

const cellsOf = (row: Row): MatrixCell[] => [...row.servers].sort(([a], [b]) => byAddress(a, b)).map(([server, results]) => ({
  server,
  results: [...results.values()].sort((a, b) => b.seen + b.probed - a.seen - a.probed || (a.result < b.result ? -1 : 1))
    .map(({ result, soa, answers, seen, probed, askers, first }): AnswerCount => ({
      result, answers: [...answers].sort(), soa, seen, probed, askers: Object.fromEntries([...askers].sort(([a], [b]) => (a < b ? -1 : 1))), first,
    })),
}))

/** Numbers inside addresses in their order: .9 before .11. */
export function byAddress(a: string, b: string): number {
  const padded = (text: string): string => text.replaceAll(/\d+/g, digits => digits.padStart(5, '0'))
  const [x, y] = [padded(a), padded(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const answeredOnly = (results: ReadonlyMap<string, Counting>): Counting[] => [...results.values()].filter(each => each.result !== 'unanswered' && each.result !== 'unreachable')

/** Judged by those who do not ask others themselves, where there are such. */
function verdictOf(row: Row, forwarders: ReadonlySet<string>): RowVerdict {
  const all = [...row.servers].map(([server, results]) => ({ server, said: answeredOnly(results) })).filter(({ said }) => said.length > 0)
  if (all.length === 0) return 'unanswered'
  const own = all.filter(({ server }) => !forwarders.has(server))
  const judged = own.length > 0 ? own : all
  const words = judged.map(({ said }) => [...new Set(said.map(each => each.result))].sort().join('+'))
  if (new Set(words).size > 1) return words.every(word => word.includes('+')) ? 'changes' : 'split'
  if (words[0]?.includes('+') === true) return 'changes'
  const answers = judged.flatMap(({ said }) => said.filter(each => each.result === 'answer'))
  if (answers.length === 0 || new Set(answers.flatMap(each => [...each.sets])).size <= 1) return judged.length > 1 ? 'same' : 'alone'
  return sameOwner(answers) ? 'rotates' : judged.length > 1 ? 'split' : 'changes'
}

/** Parts of one set: each shares an address with another, or gives different ones itself. */
function sameOwner(answers: readonly Counting[]): boolean {
  if (new Set(answers.flatMap(each => [...each.owners])).size > 1) return false
  return answers.every(one => one.sets.size > 1 || answers.length === 1 || answers.some(other => other !== one && [...other.answers].some(each => one.answers.has(each))))
}

export function serversOf(asks: readonly Ask[], forwarders: ReadonlySet<string>): ServerReading[] {
  const servers = new Map<string, { asked: Set<string>; rtts: number[]; results: Map<string, number>; questions: number; answered: number }>()
  const asksByClient = new Map<string, Set<string>>()
  for (const ask of asks) {
    const known = servers.get(ask.server) ?? { asked: new Set<string>(), rtts: [], results: new Map<string, number>(), questions: 0, answered: 0 }
    servers.set(ask.server, known)
    known.questions++
    if (ask.addressed !== undefined) known.asked.add(ask.addressed)
    if (ask.reply) known.answered++
    if (ask.rttMs !== undefined && ask.reply) known.rtts.push(ask.rttMs)
    if (ask.result !== undefined) known.results.set(ask.result, (known.results.get(ask.result) ?? 0) + 1)
    if (!ask.byHand) asksByClient.set(ask.client, (asksByClient.get(ask.client) ?? new Set()).add(ask.server))
  }
  return [...servers].sort(([a], [b]) => Number(forwarders.has(a)) - Number(forwarders.has(b)) || byAddress(a, b)).map(([server, known]) => ({
    server, forwards: forwarders.has(server), asked: [...known.asked].sort(byAddress), asks: [...asksByClient.get(server) ?? []].sort(byAddress),
    questions: known.questions, answered: known.answered, results: Object.fromEntries([...known.results].sort(([a], [b]) => (a < b ? -1 : 1))), rttMs: rttOf(known.rtts),
  }))
}

function rttOf(rtts: readonly number[]): ServerReading['rttMs'] {
  if (rtts.length === 0) return null
  const sorted = [...rtts].sort((a, b) => a - b)
  const tenth = (ms: number | undefined): number => Math.round((ms ?? 0) * 10) / 10
  return { min: tenth(sorted[0]), median: tenth(sorted[sorted.length >> 1]), max: tenth(sorted.at(-1)) }
}
