import { expect, test } from 'vitest'
import { captureTransactions, type Transaction } from './capture-transactions.ts'
import { packetSource } from './capture-oddities.ts'
import type { DnsPacket, Endpoint } from './observation.ts'

const CLIENT: Endpoint = { address: '10.1.0.7', port: 40_000 }
const SERVER: Endpoint = { address: '10.96.0.10', port: 53 }
const POD: Endpoint = { address: '10.1.0.53', port: 53 }

interface Shape {
  readonly atMs: number
  readonly id?: number
  readonly name?: string | undefined
  readonly client?: Endpoint
  readonly server?: Endpoint
  readonly interface?: string
  readonly passing?: DnsPacket['passing']
  readonly bytes?: readonly number[]
  readonly place?: string
  readonly transport?: 'udp' | 'tcp'
}

let line = 0
function packet(direction: DnsPacket['direction'], shape: Shape): DnsPacket {
  const { atMs, id = 7, client = CLIENT, server = SERVER, transport = 'udp', bytes = [id, direction === 'reply' ? 1 : 0] } = shape
  const name = 'name' in shape ? shape.name : 'a.b.'
  const isFromClient = direction === 'query'
  return {
    kind: 'packet', place: shape.place ?? 'node/n', atMs, source: packetSource('c.pcap', ++line, 0, 0), interface: shape.interface, passing: shape.passing,
    from: isFromClient ? client : server, to: isFromClient ? server : client, transport, direction, id, flags: [], rcode: direction === 'reply' ? 'NOERROR' : undefined,
    question: name === undefined ? undefined : { name, type: 'A', class: 'IN' }, bytes: Uint8Array.from(bytes), missingBytes: 0,
  }
}
const ask = (shape: Shape): DnsPacket => packet('query', shape)
const answer = (shape: Shape): DnsPacket => packet('reply', shape)
const told = (all: readonly Transaction[]): string[] => all.map(each => [each.id, each.state, ...(each.repeats.length ? [`repeats ${each.repeats.length}`] : []),
  ...(each.answers.length > 1 ? [`answers ${each.answers.length}`] : []), ...(each.sightings.length ? [`sightings ${each.sightings.length}`] : []),
  ...(each.possible.length ? [`possible ${each.possible.length}`] : []), ...(each.rttMs === undefined ? [] : [`rtt ${each.rttMs}`]),
  ...(each.waitMs === undefined ? [] : [`wait ${each.waitMs}`]), ...(each.late ? ['late'] : []), ...each.sameAs.map(link => `=${link.id} ${link.differs}`)].join(' '))
const pair = (...packets: DnsPacket[]): string[] => told(captureTransactions(packets, { untilMs: () => 100_000 }).transactions)

test('question and answer, in order of time whatever the order of the list', () => {
  expect(pair(answer({ atMs: 15 }), ask({ atMs: 10 }))).toEqual(['tx:1 answered rtt 5 wait 5'])
  expect(pair(ask({ atMs: 20, id: 8 }), ask({ atMs: 10 }), answer({ atMs: 15 }))).toEqual(['tx:1 answered rtt 5 wait 5', 'tx:2 unanswered'])
})

test('the letters of a name may differ, the name, type, id and socket may not', () => {
  expect(pair(ask({ atMs: 10, name: 'A.b.' }), answer({ atMs: 11, name: 'a.B.' }))).toEqual(['tx:1 answered rtt 1 wait 1'])
  for (const other of [{ name: 'a.c.' }, { id: 8 }, { client: { address: '10.1.0.7', port: 40_001 } }, { server: POD }, { transport: 'tcp' as const }, { place: 'node/m' }]) {
    const { transactions, strays } = captureTransactions([ask({ atMs: 10 }), answer({ atMs: 11, ...other })], { untilMs: () => 100_000 })
    expect([told(transactions), strays.length]).toEqual([['tx:1 unanswered'], 1])
  }
})

test('a repeated question: nobody knows which sending was answered', () => {
  expect(pair(ask({ atMs: 0 }), ask({ atMs: 5000 }), answer({ atMs: 5003 }))).toEqual(['tx:1 answered repeats 1 wait 5003'])
  expect(pair(ask({ atMs: 0 }), ask({ atMs: 5000 }))).toEqual(['tx:1 unanswered repeats 1'])
})

test('the same question after its answer is another transaction', () => {
  expect(pair(ask({ atMs: 0 }), answer({ atMs: 3 }), ask({ atMs: 50 }), answer({ atMs: 54 }))).toEqual(['tx:1 answered rtt 3 wait 3', 'tx:2 answered rtt 4 wait 4'])
})

test('a second answer is kept: a copy, or the word of another', () => {
  expect(pair(ask({ atMs: 0 }), answer({ atMs: 3 }), answer({ atMs: 9, bytes: [9] }))).toEqual(['tx:1 answered answers 2 rtt 3 wait 3'])
})

test('late: after the time an asker waits, or when the client says so', () => {
  expect(pair(ask({ atMs: 0 }), answer({ atMs: 5200 }))).toEqual(['tx:1 answered rtt 5200 wait 5200 late'])
  const refused: DnsPacket = { ...packet('refused', { atMs: 12 }), from: CLIENT, to: SERVER, refused: 'reply' }
  expect(pair(ask({ atMs: 0 }), answer({ atMs: 10 }), refused)).toEqual(['tx:1 answered rtt 10 wait 10 late'])
  expect(captureTransactions([ask({ atMs: 0 }), answer({ atMs: 61_000 })]).strays).toHaveLength(1)
})

test('a capture that ends before an answer had time to come', () => {
  expect(told(captureTransactions([ask({ atMs: 0 }), ask({ atMs: 4000, id: 8 })]).transactions)).toEqual(['tx:1 open', 'tx:2 open'])
  expect(told(captureTransactions([ask({ atMs: 0 }), ask({ atMs: 6000, id: 8 })]).transactions)).toEqual(['tx:1 unanswered', 'tx:2 open'])
})

test('refused and unreachable; without an id only where one question fits', () => {
  expect(pair(ask({ atMs: 0 }), packet('refused', { atMs: 1 }))).toEqual(['tx:1 refused'])
  expect(pair(ask({ atMs: 0 }), packet('unreachable', { atMs: 1, id: -1, name: undefined }))).toEqual(['tx:1 unreachable'])
  expect(pair(ask({ atMs: 0 }), ask({ atMs: 0, id: 8 }), packet('refused', { atMs: 1, id: -1, name: undefined }))).toEqual(['tx:1 ambiguous possible 1', 'tx:2 ambiguous possible 1'])
})

test('a reply without a question that fits two stays with both', () => {
  const lone = answer({ atMs: 2, name: undefined })
  expect(pair(ask({ atMs: 0 }), ask({ atMs: 1, name: 'c.d.' }), lone)).toEqual(['tx:1 ambiguous possible 1', 'tx:2 ambiguous possible 1'])
  expect(pair(ask({ atMs: 0 }), answer({ atMs: 1 }), ask({ atMs: 1, name: 'c.d.' }), lone)).toEqual(['tx:1 answered rtt 1 wait 1', 'tx:2 answered rtt 1 wait 1'])
})

test('one packet on several interfaces is one packet; round trips are taken on the first of them', () => {
  expect(pair(ask({ atMs: 0, interface: 'veth1', passing: 'in' }), ask({ atMs: 0.1, interface: 'eth0', passing: 'out' }), answer({ atMs: 5, interface: 'eth0', passing: 'in' }),
    answer({ atMs: 5.5, interface: 'veth1', passing: 'out' }))).toEqual(['tx:1 answered sightings 2 rtt 5.5 wait 5.5'])
  // The same interface twice: the client said it twice.
  expect(pair(ask({ atMs: 0, interface: 'veth1', passing: 'in' }), ask({ atMs: 1, interface: 'veth1', passing: 'in' }))).toEqual(['tx:1 unanswered repeats 1'])
  expect(pair(ask({ atMs: 0, interface: 'veth1' }), ask({ atMs: 3, interface: 'eth0' }))).toEqual(['tx:1 unanswered repeats 1'])
  // Cooked captures without interfaces: two sightings the same way.
  expect(pair(ask({ atMs: 0, passing: 'in' }), ask({ atMs: 0.1, passing: 'in' }))).toEqual(['tx:1 unanswered sightings 1'])
})

test('before and after translation the sockets differ: two transactions that name each other', () => {
  expect(pair(ask({ atMs: 0 }), ask({ atMs: 0.05, server: POD }), answer({ atMs: 3, server: POD }), answer({ atMs: 4 })))
    .toEqual(['tx:1 answered rtt 4 wait 4 =tx:2 server', 'tx:2 answered rtt 2.95 wait 2.95 =tx:1 server'])
  expect(pair(ask({ atMs: 0 }), ask({ atMs: 1, client: { address: '192.0.2.1', port: 1024 } }), ask({ atMs: 1.5, client: POD, server: { address: '10.53.136.11', port: 53 } }),
    ask({ atMs: 4, server: POD }))).toEqual(['tx:1 unanswered =tx:2 client =tx:3 both', 'tx:2 unanswered =tx:1 client =tx:3 both', 'tx:3 unanswered =tx:1 both =tx:2 both', 'tx:4 unanswered'])
})

test('thousands of questions with one id and socket take no time', () => {
  const flood = Array.from({ length: 20_000 }, (_, i) => ask({ atMs: i / 1000, name: `n${i}.b.` }))
  const { transactions, strays } = captureTransactions([...flood, ...flood.map(each => answer({ atMs: 30, name: (each.question as { name: string }).name }))])
  expect([transactions.length, strays.length]).toEqual([20_000, 20_000 - 8])
})
