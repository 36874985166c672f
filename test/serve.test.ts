// What the incident's CoreDNS answers on a real socket lies inside what `explore` says, as often as it says; then caches, TCP and `dig`.
import { spawn, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Plain } from '../src/chain/effects.ts'
import type { Outcome } from '../src/chain/outcome.ts'
import { toNumber } from '../src/chain/rational.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import type { DnsQuery, Reply } from '../src/dns/message.ts'
import { replyFromWire } from '../src/dns/wire-chain.ts'
import { decodeMessage } from '../src/dns/wire-decode.ts'
import { explore } from '../src/drivers/explore.ts'
import { replyBytes } from '../src/drivers/serve-door.ts'
import { serve, type Serving } from '../src/drivers/serve.ts'
import { worldsOf } from '../src/drivers/worlds.ts'
import { servedAt, type ServedPlace } from '../src/serve.ts'
import { packetOf, question, tcpClient, udpClient, type DnsClient } from './support/dns-client.ts'
import { dice } from './support/dice.ts'
import { handClock } from './support/hand-clock.ts'

const NAME = 'a.corp-example.com.'
const SEED = 20260601
const DRAWS = 300
const NODE = 'hz-edge-1'
/** Of each side of the binomial distribution: 99.99 % together. */
const TAIL = 0.00005

let place: ServedPlace
let serving: Serving
let client: DnsClient
let world: ReadonlyMap<string, Plain>
const clock = handClock()

const arrived = (query: DnsQuery): DnsQuery => ({ ...query, client: '127.0.0.1', flow: `${query.transport} 127.0.0.1#${client.port}` })
const exploredFor = (query: DnsQuery, start: 'cold' | 'any'): readonly Outcome[] => {
  const explored = explore(place.chain, { hop: place.root, query: arrived(query) as unknown as Plain }, { start })
  expect(explored.complete).toBe(true)
  return explored.outcomes
}
const inWorld = (outcomes: readonly Outcome[]): readonly Outcome[] => outcomes.filter(o => [...o.world].every(([key, is]) => world.get(key) === is))
const hex = (packet: Uint8Array | undefined): string => Buffer.from(packet ?? []).toString('hex').slice(4)
const packetsOf = (outcomes: readonly Outcome[], query: DnsQuery): string[] => outcomes.map(o => hex(replyBytes(o.value as unknown as Reply, arrived(query), 0)))
const replyIn = (packet: Uint8Array): Reply => replyFromWire(decodeMessage(packet).message)
const said = (packet: Uint8Array): string => `${replyIn(packet).rcode} ${replyIn(packet).answer.map(r => r.data).join(' ')}`

beforeAll(async () => {
  const found = servedAt(await loadBundle('examples/incident'), { kind: 'node', name: NODE })
  if ('missing' in found) throw new Error(found.missing)
  place = found
  world = worldsOf(explore(place.chain, { hop: place.root, query: { name: NAME, type: 'A', transport: 'udp', rd: true } }, { start: 'cold' }).outcomes).worlds[0]?.settled ?? new Map()
  serving = await serve(place.chain, place.root, { address: '127.0.0.1', port: 0, clock, world, guess: place.guess, below: dice(SEED) })
  client = await udpClient(serving.port)
})

afterAll(async () => {
  client.close()
  await serving.close()
})

async function coldAnswers(query: DnsQuery, count: number): Promise<string[]> {
  const answers: string[] = []
  for (let n = 0; n < count; n++) {
    serving.clear()
    answers.push(hex(await client.ask(query)))
  }
  return answers
}

/** Odds that a fair draw gives `hits` or fewer, and `hits` or more, of `n`. */
function tails(hits: number, n: number, p: number): readonly [atMost: number, atLeast: number] {
  let [term, atMost, below] = [(1 - p) ** n, 0, 0]
  for (let k = 0; k <= hits; k++) {
    if (k === hits) below = atMost
    atMost += term
    term *= (n - k) / (k + 1) * p / (1 - p)
  }
  return [atMost, 1 - below]
}

describe('served ⊆ explored', () => {
  const edns = { sizeBytes: 1232, options: [[10, '0011223344556677']] } as const
  test.each([
    question(NAME, 'A'), question(NAME, 'AAAA'), question(NAME, 'A', { edns }), question('A.corp-Example.com.', 'A'),
  ])(`$name $type $edns, each packet as often as the odds say, seed ${SEED}`, async query => {
    const cold = inWorld(exploredFor(query, 'cold'))
    const odds = new Map<string, number>()
    for (const [i, packet] of packetsOf(cold, query).entries()) odds.set(packet, (odds.get(packet) ?? 0) + toNumber((cold[i] as Outcome).odds))
    expect([...odds.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1)
    const answers = await coldAnswers(query, DRAWS)
    expect(answers.filter(packet => !odds.has(packet))).toEqual([])
    const any = new Set(packetsOf(exploredFor(query, 'any'), query))
    expect(answers.filter(packet => !any.has(packet))).toEqual([])
    for (const [packet, p] of odds) {
      const hits = answers.filter(each => each === packet).length
      if (p > 0.999999) expect(hits).toBe(DRAWS)
      else for (const tail of tails(hits, DRAWS, p)) expect(tail).toBeGreaterThan(TAIL)
    }
  })

  test.each([
    question('kubernetes.default.svc.cluster.local.'), question('kubernetes.default.svc.cluster.local.', 'AAAA'), question('a.corp-example.com.svc.cluster.local.'),
    question('nobody.default.svc.cluster.local.', 'SRV'), question('1.0.168.192.in-addr.arpa.', 'PTR'), question(NAME, 'MX'), question(NAME, 'A', { class: 'CH' }),
    question(NAME, 'A', { edns: { sizeBytes: 1232, version: 1 } }), question(NAME, 'A', { opcode: 'NOTIFY' }), question('.', 'NS'),
  ])('$name $type $class $opcode', async query => {
    const any = exploredFor(query, 'any')
    const possible = new Set(packetsOf(any.filter(o => typeof o.value === 'object'), query))
    const answers = await coldAnswers(query, 20)
    const unknown = any.some(o => JSON.stringify(o.value).includes('"unknown"'))
    expect(answers.filter(packet => !possible.has(packet) && !(unknown && replyIn(Buffer.from(`0000${packet}`, 'hex')).rcode === 'SERVFAIL'))).toEqual([])
  })

  test('chance is the real one unless a test says otherwise', async () => {
    const real = await serve(place.chain, place.root, { address: '127.0.0.1', port: 0, world, guess: place.guess })
    const other = await udpClient(real.port)
    const rcodes = new Set<string>()
    for (let n = 0; n < 120; n++) {
      real.clear()
      rcodes.add(replyIn(await other.ask(question(NAME))).rcode)
    }
    other.close()
    await real.close()
    expect([...rcodes].sort()).toEqual(['NOERROR', 'NXDOMAIN'])
  })
})

describe('in time', () => {
  test('the cache keeps the first answer, its TTL counts down, and then it is drawn anew', async () => {
    serving.clear()
    const first = await client.ask(question(NAME))
    const records = (packet: Uint8Array): number[] => [...replyIn(packet).answer, ...replyIn(packet).authority].map(r => r.ttlS)
    const ttlS = Math.min(...records(first))
    for (let second = 0; second < ttlS; second += 5) {
      const again = await client.ask(question(NAME.toUpperCase()))
      expect([said(again), records(again)]).toEqual([said(first), records(first).map(() => ttlS - second)])
      clock.advance(5000)
    }
    const fills = new Set<string>()
    for (let n = 0; n < 60; n++) {
      const answer = await client.ask(question(NAME))
      expect(Math.min(...records(answer))).toBe(ttlS)
      fills.add(said(answer))
      clock.advance(ttlS * 1000)
    }
    expect(fills.size).toBe(2)
  })

  test('a server that does not answer takes its time-out, in time of the model', async () => {
    const chain = new Map(place.chain)
    for (const id of [...chain.keys()].filter(each => each.startsWith('upstream '))) chain.set(id, function* () { return 'LOST' })
    const slow = handClock()
    const dead = await serve(chain, place.root, { address: '127.0.0.1', port: 0, clock: slow })
    const other = await udpClient(dead.port)
    other.send(packetOf(question('x.corp-example.com.'), 5))
    expect((await other.answersTo([], question('kubernetes.default.svc.cluster.local.'))).length).toBe(0)
    let seconds = 0
    const answer = other.next()
    for (; seconds < 30 && slow.waiting() > 0 && dead.counts().asked === 2; seconds += 2) slow.advance(2000)
    expect(said(await answer)).toBe('SERVFAIL ')
    other.close()
    await dead.close()
    expect(slow.waiting()).toBe(0)
  })
})

describe('over TCP', () => {
  test('several queries of one connection, cut anywhere, are answered in order', async () => {
    serving.clear()
    const tcp = await tcpClient(serving.port)
    const whole = Buffer.concat([1, 2, 3].flatMap(id => {
      const packet = packetOf(question('kubernetes.default.svc.cluster.local.'), id)
      return [Buffer.from([packet.length >> 8, packet.length]), packet]
    }))
    const cuts = [0, 1, 2, 30, 60, 61, 62, 120, whole.length]
    for (const [i, at] of cuts.slice(0, -1).entries()) {
      tcp.socket.write(whole.subarray(at, cuts[i + 1]))
      await client.ask(question('kubernetes.default.svc.cluster.local.'))
    }
    const answers = [await tcp.next(), await tcp.next(), await tcp.next()]
    expect(answers.map(a => decodeMessage(a).message.id)).toEqual([1, 2, 3])
    expect(new Set(answers.map(said))).toEqual(new Set(['NOERROR 192.168.0.1']))
    tcp.socket.end(Buffer.from([0, 0]))
    await new Promise(resolve => tcp.socket.once('close', resolve))
  })

  test('what is cached over UDP is what TCP gets', async () => {
    serving.clear()
    const tcp = await tcpClient(serving.port)
    const first = said(await client.ask(question(NAME)))
    for (let n = 0; n < 20; n++) expect(said(await tcp.ask(question(NAME, 'A', { transport: 'tcp' })))).toBe(first)
    tcp.close()
  })

  test('a query that drips, and a connection that idles, are ended', async () => {
    const tcp = await tcpClient(serving.port)
    const closed = new Promise(resolve => tcp.socket.once('close', () => resolve('closed')))
    tcp.socket.write(Buffer.from([0]))
    await client.ask(question('kubernetes.default.svc.cluster.local.'))
    clock.advance(2000)
    tcp.socket.write(Buffer.from([30, 1, 2, 3]))
    await client.ask(question('kubernetes.default.svc.cluster.local.'))
    clock.advance(1500)
    expect(await closed).toBe('closed')
    const idle = await tcpClient(serving.port)
    await idle.ask(question(NAME, 'A', { transport: 'tcp' }))
    const ended = new Promise(resolve => idle.socket.once('close', () => resolve('closed')))
    clock.advance(9000)
    await idle.ask(question(NAME, 'A', { transport: 'tcp' }))
    clock.advance(10_500)
    expect(await ended).toBe('closed')
  })
})

test('dig reads what is sent, where dig is installed', async () => {
  const asked = [`+noall`, '+answer', '+comments', '+tries=1', '@127.0.0.1', '-p', String(serving.port), 'kubernetes.default.svc.cluster.local']
  const dig = (more: readonly string[]): Promise<string> => new Promise((resolve, reject) => {
    let out = ''
    const child = spawn('dig', [...asked, ...more], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.on('data', chunk => { out += chunk })
    child.on('close', () => resolve(out))
    child.on('error', reject)
  })
  const isInstalled = spawnSync('dig', ['-v']).error === undefined
  for (const more of isInstalled ? [[], ['+tcp']] : []) {
    const out = await dig(more)
    expect(out).toMatch(/status: NOERROR/)
    expect(out).toMatch(/flags: qr aa rd;/)
    expect(out).toMatch(/kubernetes\.default\.svc\.cluster\.local\.\s+\d+\s+IN\s+A\s+192\.168\.0\.1/)
    expect(out).not.toMatch(/malformed|mismatch|extra/i)
  }
  expect(said(await client.ask(question('kubernetes.default.svc.cluster.local.')))).toBe('NOERROR 192.168.0.1')
})
