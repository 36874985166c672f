// The measured tables of the recorded incident (upstream answers, round trips, replies of CoreDNS) come out of the transactions of its captures.
import { expect, test } from 'vitest'
import { isNodata } from '../../src/dns/message.ts'
import { captureTransactions, type Transaction } from '../../src/evidence/capture-transactions.ts'
import { replyIn } from '../../src/evidence/captured-packet.ts'
import { exampleBytes, examples, ourReading } from './transactions-tshark.ts'

const NAME = 'a.corp-example.com.'

interface AtCoredns {
  readonly place: string | undefined
  readonly transactions: readonly Transaction[]
  readonly strays: number
}

function atCoredns(bundle: string): AtCoredns {
  const path = examples().find(each => each.startsWith(`${bundle}/`) && each.includes('/kube-system/')) as string
  const { transactions, strays } = captureTransactions(ourReading(exampleBytes(path), path).packets)
  return { place: transactions[0]?.place, transactions, strays: strays.length }
}

function resultOf(transaction: Transaction): string {
  const reply = transaction.answers[0] && replyIn(transaction.answers[0])
  return reply === undefined ? transaction.state : isNodata(reply) ? 'NODATA' : reply.rcode
}

/** `key` → how often, in order of key. */
function counted(keys: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const upstreamAnswers = (all: readonly Transaction[], coredns: string): Record<string, number> => counted(all.filter(each => each.client.address === coredns)
  .map(each => (each.question?.name === NAME ? `${each.server.address} ${NAME} ${each.question.type} ${resultOf(each)}` : `${each.server.address} other ${resultOf(each)}`)))

/** Rows of the document: server, then per question how many of each result. */
const table = (text: string): Record<string, number> => Object.fromEntries(text.trim().split('\n').map(line => {
  const words = line.trim().split(' ')
  return [words.slice(0, -1).join(' ').replace(' a ', ` ${NAME} `), Number(words.at(-1))] as const
}).sort(([a], [b]) => (a < b ? -1 : 1)))

test('the outage: every upstream answer, round trip and reply', () => {
  const { place, transactions, strays } = atCoredns('incident')
  expect(place).toBe('kube-system/coredns-edge-bz9bq')
  expect(upstreamAnswers(transactions, '172.17.5.159')).toEqual(table(`
    10.53.136.11 other NODATA 10
    10.53.136.11 other NOERROR 42
    10.53.136.11 other NXDOMAIN 8
    10.53.136.11 a A NOERROR 12
    10.53.136.11 a AAAA NODATA 9
    10.53.136.12 other NODATA 9
    10.53.136.12 other NOERROR 53
    10.53.136.12 other NXDOMAIN 13
    10.53.136.12 a A NOERROR 16
    10.53.136.12 a AAAA NODATA 16
    223.5.5.5 other NOERROR 26
    223.5.5.5 other NXDOMAIN 35
    223.5.5.5 a A NXDOMAIN 15
    223.5.5.5 a AAAA NXDOMAIN 18
    223.6.6.6 a A NXDOMAIN 8
    223.6.6.6 a AAAA NXDOMAIN 8`))
  expect(transactions.filter(each => each.state !== 'answered')).toEqual([])
  expect(strays).toBe(0)

  const rtts = (server: string): string => {
    const sorted = transactions.filter(each => each.client.address === '172.17.5.159' && each.server.address === server).map(each => each.rttMs as number).sort((a, b) => a - b)
    return `${sorted.length} ${[sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map(ms => (ms as number).toFixed(1)).join(' / ')}`
  }
  expect(['10.53.136.11', '10.53.136.12', '223.5.5.5', '223.6.6.6'].map(rtts))
    .toEqual(['81 2.3 / 3.5 / 534.5', '107 2.4 / 4.0 / 207.4', '94 35.4 / 72.2 / 284.5', '16 40.8 / 90.9 / 182.9'])

  const replies = transactions.filter(each => each.server.address === '172.17.5.159' && each.question?.name === NAME)
  expect(counted(replies.map(each => `${each.client.address} ${each.question?.type ?? ''} ${resultOf(each)}`))).toEqual(table(`
    172.17.5.129 A NOERROR 56
    172.17.5.129 A NXDOMAIN 35
    172.17.5.163 A NOERROR 177
    172.17.5.163 A NXDOMAIN 100
    172.17.5.163 AAAA NODATA 113
    172.17.5.163 AAAA NXDOMAIN 118
    172.17.5.170 A NOERROR 7
    172.17.5.170 A NXDOMAIN 6
    172.17.5.170 AAAA NODATA 7
    172.17.5.170 AAAA NXDOMAIN 6
    172.17.5.201 A NOERROR 40
    172.17.5.201 A NXDOMAIN 25
    172.17.5.201 AAAA NODATA 30
    172.17.5.201 AAAA NXDOMAIN 35`))
  const a = replies.filter(each => each.question?.type === 'A')
  expect([a.filter(each => resultOf(each) === 'NXDOMAIN').length, a.length]).toEqual([166, 446])
})

test('the outage: spells of the A answer at this CoreDNS', () => {
  const { transactions } = atCoredns('incident')
  const replies = transactions.filter(each => each.server.address === '172.17.5.159' && each.question?.name === NAME && each.question.type === 'A')
    .sort((a, b) => (a.answers[0]?.atMs ?? 0) - (b.answers[0]?.atMs ?? 0))
  const spells: { result: string; replies: number; fromMs: number }[] = []
  for (const each of replies) {
    const result = resultOf(each)
    if (spells.at(-1)?.result !== result) spells.push({ result, replies: 0, fromMs: each.answers[0]?.atMs as number })
    ;(spells.at(-1) as { replies: number }).replies++
  }
  expect(spells.map(({ result, replies: count }, i) => {
    const next = spells[i + 1]
    return `${result} ${count}${next ? ` ${((next.fromMs - (spells[i] as { fromMs: number }).fromMs) / 1000).toFixed(1)}` : ''}`
  })).toEqual(['NOERROR 14 24.2', 'NXDOMAIN 18 30.1', 'NOERROR 63 60.4', 'NXDOMAIN 32 30.2', 'NOERROR 67 60.4', 'NXDOMAIN 31 30.2', 'NOERROR 32 30.2', 'NXDOMAIN 33 30.1',
    'NOERROR 78 120.6', 'NXDOMAIN 17 30.2', 'NOERROR 17 30.2', 'NXDOMAIN 35 60.3', 'NOERROR 9'])
})

test.each([
  ['incident-edited-generated-file', '172.17.5.159', `
    10.53.136.11 other NODATA 1
    10.53.136.11 other NOERROR 14
    10.53.136.11 other NXDOMAIN 2
    10.53.136.11 a A NOERROR 10
    10.53.136.11 a AAAA NODATA 9
    10.53.136.12 other NODATA 3
    10.53.136.12 other NOERROR 18
    10.53.136.12 other NXDOMAIN 3
    10.53.136.12 a A NOERROR 9
    10.53.136.12 a AAAA NODATA 11
    223.5.5.5 other NOERROR 2
    223.5.5.5 other NXDOMAIN 11
    223.5.5.5 a A NXDOMAIN 10
    223.5.5.5 a AAAA NXDOMAIN 10
    223.6.6.6 a A NXDOMAIN 8
    223.6.6.6 a AAAA NXDOMAIN 8`],
  ['incident-after-corefile', '172.17.5.159', `
    10.53.136.11 other NODATA 2
    10.53.136.11 other NOERROR 16
    10.53.136.11 other NXDOMAIN 1
    10.53.136.11 a A NOERROR 10
    10.53.136.11 a AAAA NODATA 10
    10.53.136.12 other NODATA 6
    10.53.136.12 other NOERROR 16
    10.53.136.12 other NXDOMAIN 2
    10.53.136.12 a A NOERROR 11
    10.53.136.12 a AAAA NODATA 11
    223.5.5.5 other NOERROR 6
    223.5.5.5 other NXDOMAIN 5
    223.5.5.5 a A NXDOMAIN 8
    223.5.5.5 a AAAA NXDOMAIN 8
    223.6.6.6 a A NXDOMAIN 8
    223.6.6.6 a AAAA NXDOMAIN 8`],
  ['incident-after-netplan', '172.17.5.166', `
    10.53.136.11 other NODATA 4
    10.53.136.11 other NOERROR 20
    10.53.136.11 other NXDOMAIN 4
    10.53.136.11 a A NOERROR 8
    10.53.136.11 a AAAA NODATA 9
    10.53.136.12 other NODATA 3
    10.53.136.12 other NOERROR 13
    10.53.136.12 other NXDOMAIN 2
    10.53.136.12 a A NOERROR 13
    10.53.136.12 a AAAA NODATA 12
    223.5.5.5 a A NXDOMAIN 8
    223.5.5.5 a AAAA NXDOMAIN 8
    223.6.6.6 a A NXDOMAIN 8
    223.6.6.6 a AAAA NXDOMAIN 8`],
])('%s: every upstream answer', (bundle, coredns, rows) => {
  const { transactions, strays } = atCoredns(bundle)
  expect(upstreamAnswers(transactions, coredns)).toEqual(table(rows))
  expect([transactions.filter(each => each.state !== 'answered').length, strays]).toEqual([0, 0])
})

test('on the node: a question to the Service and its translated copy name each other, copies on other interfaces are one packet', () => {
  const path = examples().find(each => each.startsWith('incident/') && each.includes('/any-')) as string
  const { transactions, strays } = captureTransactions(ourReading(exampleBytes(path), path).packets)
  expect(strays).toEqual([])
  expect(transactions[0]?.place).toBe('node/hz-edge-1')
  const toService = transactions.filter(each => each.server.address === '192.168.0.10')
  const byId = new Map(transactions.map(each => [each.id, each]))
  const copies = toService.map(each => each.sameAs.filter(link => link.differs === 'server').map(link => byId.get(link.id) as Transaction))
  expect(toService.length).toBeGreaterThan(1000)
  expect(copies.filter(list => list.length !== 1)).toEqual([])
  for (const [i, list] of copies.entries()) {
    const [copy] = list as [Transaction]
    const service = toService[i] as Transaction
    expect(copy.question).toEqual(service.question)
    expect((service.rttMs as number) - (copy.rttMs as number)).toBeGreaterThanOrEqual(0)
  }
  expect(transactions.filter(each => each.repeats.length > 0 || each.answers.length !== 1)).toEqual([])
})
