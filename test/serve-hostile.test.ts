// Packets that are no proper queries get from a served chain what the recorded CoreDNS sent, byte for byte where the recording tells, or silence;
// nothing that comes over the network ends the server.
import { afterAll, describe, expect, test } from 'vitest'
import { logLines } from '../src/cli/serve-log.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import type { DnsQuery } from '../src/dns/message.ts'
import { queryToWire, replyFromWire } from '../src/dns/wire-chain.ts'
import { decodeMessage } from '../src/dns/wire-decode.ts'
import { headerBits, SECTIONS } from '../src/dns/wire-message.ts'
import { opcodeName } from '../src/dns/wire-numbers-table.ts'
import { atTheDoor } from '../src/drivers/serve-door.ts'
import { serve, type Serving } from '../src/drivers/serve.ts'
import { servedAt, servedCorefile } from '../src/serve.ts'
import { rows } from './fidelity/rows.ts'
import { packetOf, question, tcpClient, udpClient } from './support/dns-client.ts'
import { dice } from './support/dice.ts'
import { fuzzedPackets } from './support/fuzz-packets.ts'
import { handClock } from './support/hand-clock.ts'

const SEED = 20260602

interface Row {
  readonly id: string
  readonly version: string
  readonly corefile: string
  readonly query: { readonly name: string; readonly type: string; readonly proto: 'udp' | 'tcp'; readonly rawHex?: string; readonly to?: string; readonly klass?: string; readonly rd?: boolean; readonly ad?: boolean; readonly cd?: boolean; readonly aa?: boolean; readonly edns?: { readonly size: number; readonly do?: boolean; readonly version?: number; readonly options?: readonly { readonly code: number; readonly hex: string }[] } } | null
  readonly observed: {
    readonly noReply?: string; readonly rcode?: string; readonly opcode?: string; readonly flags?: readonly string[]; readonly counts?: readonly number[]; readonly wireSize?: number
    readonly question?: readonly string[]; readonly additional?: readonly string[]; readonly log?: readonly string[]; readonly ownerPointers?: number
    readonly opt?: { readonly size: number; readonly options?: readonly { readonly code: number; readonly hex: string }[] } | null
  }
}

const recorded = rows<Row>('coredns').filter(row => /^(?:server|size)\./.test(row.id) && row.query !== null && row.query.to === undefined && /^[^{]*\{\s*(?:(?:errors|log|whoami|bufsize|cache)\b[^\n]*\s*)*\}\s*$/.test(row.corefile))
const servers = new Map<string, { readonly serving: Serving; readonly lines: string[] }>()
afterAll(async () => {
  for (const { serving } of servers.values()) await serving.close()
})

async function serverFor({ version, corefile }: Row): Promise<{ readonly serving: Serving; readonly lines: string[] }> {
  const key = `${version} ${corefile}`
  const known = servers.get(key)
  if (known) return known
  const lines: string[] = []
  const { chain, root } = servedCorefile({ path: '/etc/coredns/Corefile', text: corefile, files: new Map(), version })
  const made = { lines, serving: await serve(chain, root, { address: '127.0.0.1', port: 0, clock: handClock(), onServed: served => lines.push(...(served.notes.length > 0 ? logLines(served).trimEnd().split('\n') : [])) }) }
  servers.set(key, made)
  return made
}

function packetFor({ query: q }: Row): Uint8Array {
  if (q?.rawHex !== undefined) return Buffer.from(q.rawHex, 'hex')
  const query: DnsQuery = {
    name: q?.name ?? '', type: q?.type ?? '', transport: q?.proto ?? 'udp', ...(q?.rd !== false && { rd: true }), ...(q?.ad && { ad: true }), ...(q?.cd && { cd: true }), ...(q?.klass && { class: q.klass }),
    ...(q?.edns && { edns: { sizeBytes: q.edns.size, ...(q.edns.do && { do: true }), ...(q.edns.version && { version: q.edns.version }), options: (q.edns.options ?? []).map(o => [o.code, o.hex] as const) } }),
  }
  const packet = queryToWire(query, 4660).value as Uint8Array
  if (q?.aa) packet[2] = (packet[2] as number) | 0x04
  return packet
}

/** Everything but the client's port, which `whoami` tells. */
function seenIn(packet: Uint8Array): unknown {
  const { message, faults } = decodeMessage(packet)
  const bits = headerBits(message.flags)
  const reply = replyFromWire(message)
  return {
    faults, id: message.id, opcode: opcodeName(bits.opcode), rcode: reply.rcode, flags: ['qr', ...reply.flags], size: packet.length,
    counts: [message.questions.length, ...SECTIONS.map(section => message[section].length)], question: reply.question ? [`${reply.question.name} ${reply.question.type}`] : [],
    additional: reply.additional.map(r => `${r.name} ${r.type} ${r.data}`.replace(/SRV 0 0 \d+ \./, 'SRV 0 0 0 .')).sort(),
    opt: reply.edns ? [reply.edns.sizeBytes, ...(reply.edns.options ?? []).map(([code, hex]) => `${code}=${hex}`)] : null,
  }
}

const recordedIn = ({ observed: o }: Row, id: number): unknown => ({
  faults: [], id, opcode: o.opcode ?? 'QUERY', rcode: o.rcode, flags: o.flags, size: o.wireSize, counts: o.counts, question: (o.question ?? []).map(q => q.replace(/ \S+ (\S+)$/, ' $1')),
  additional: (o.additional ?? []).map(line => line.replace(/^(\S+) \d+ \S+ /, '$1 ').replace(/SRV 0 0 \d+ \./, 'SRV 0 0 0 .')).sort(),
  opt: o.opt ? [o.opt.size, ...(o.opt.options ?? []).map(option => `${option.code}=${option.hex}`)] : null,
})

const stripped = (line: string): string => line.replace(/:\d+ - \d+ "/, ':0 - 0 "').replace(/[\d.]+s$/, '0s')

describe('as recorded of CoreDNS', () => {
  test('the rows are there', () => {
    expect(recorded.filter(row => row.query?.rawHex !== undefined).length).toBe(40)
    expect(recorded.length).toBeGreaterThan(90)
  })

  test.each(recorded)('$version $id', async row => {
    const { serving, lines } = await serverFor(row)
    const transport = row.query?.proto ?? 'udp'
    const client = await (transport === 'tcp' ? tcpClient : udpClient)(serving.port)
    const packet = packetFor(row)
    lines.length = 0
    const answers = await client.answersTo([packet], question('last.test.', 'A', { transport }))
    client.close()
    expect(answers.map(seenIn)).toEqual(row.observed.noReply === undefined ? [recordedIn(row, (packet[0] as number) << 8 | (packet[1] as number))] : [])
    // The last line is that of the question behind it.
    expect(lines.slice(0, -1).map(stripped)).toEqual((row.observed.log ?? []).map(stripped))
  })
})

/** Anything, and as many that begin as a proper query does. */
function* brokenPackets(seed: number, count: number): Generator<Uint8Array> {
  const roll = dice(seed)
  const queries = ['a.corp-example.com.', 'kubernetes.default.svc.cluster.local.', 'x\\000y\\.z.example.', '.', `${'a'.repeat(63)}.`.repeat(3)].flatMap((name, n) => [
    packetOf(question(name, 'A'), n), packetOf(question(name, 'AAAA', { cd: true, edns: { sizeBytes: roll(5000), do: true, options: [[10, '0011223344556677'], [15, '00']] } }), n),
  ])
  let left = count
  for (const packet of fuzzedPackets(seed, Math.ceil(count / 2))) {
    const query = (queries[roll(queries.length)] as Uint8Array).slice()
    for (let times = roll(3); times >= 0; times--) query[2 + roll(query.length - 2)] = roll(256)
    for (const each of [packet.subarray(0, 4000), roll(4) === 0 ? query.subarray(0, roll(query.length)) : query]) if (left-- > 0) yield each
  }
}

describe('whatever comes', () => {
  const last = question('kubernetes.default.svc.cluster.local.')
  const clock = handClock()
  const faults: unknown[] = []
  const bundle = loadBundle('examples/incident').then(files => servedAt(files, { kind: 'node', name: 'hz-edge-1' }))
  const incident = async (): Promise<Serving> => {
    const place = await bundle
    if ('missing' in place) throw new Error(place.missing)
    return serve(place.chain, place.root, { address: '127.0.0.1', port: 0, clock, onFault: error => faults.push(error) })
  }

  test.each(['udp', 'tcp'] as const)(`2,000 broken packets over %s: the server goes on answering, seed ${SEED}`, async transport => {
    // A TCP connection stands still while one of its queries waits for an upstream: there, nobody waits.
    const alone = servedCorefile({ path: '/etc/coredns/Corefile', text: '.:53 {\n cache\n whoami\n}\n', files: new Map() })
    const serving = transport === 'udp' ? await incident() : await serve(alone.chain, alone.root, { address: '127.0.0.1', port: 0, clock, onFault: error => faults.push(error) })
    const client = await (transport === 'udp' ? udpClient : tcpClient)(serving.port)
    const packets = [...brokenPackets(SEED, 2000)]
    let answered = 0
    for (let at = 0; at < packets.length; at += 50) {
      answered += (await client.answersTo(packets.slice(at, at + 50), { ...last, transport })).length
      clock.advance(2000)
    }
    const counts = serving.counts()
    expect(faults).toEqual([])
    expect(counts.asked + counts.refused + counts.ignored + counts.dropped).toBe(packets.length + packets.length / 50)
    expect(counts.dropped).toBe(0)
    expect(Math.min(counts.refused, counts.ignored, counts.asked)).toBeGreaterThan(150)
    expect(answered).toBeGreaterThanOrEqual(counts.refused)
    expect(answered).toBeLessThanOrEqual(packets.length)
    client.close()
    await serving.close()
  })

  test('a stream that is no DNS, a half message and a reset end one connection, not the server', async () => {
    const serving = await incident()
    for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from([0xff, 0xff, 1, 2]), Buffer.alloc(300_000), Buffer.from([0])]) {
      const tcp = await tcpClient(serving.port)
      tcp.socket.write(bytes)
      tcp.socket.resetAndDestroy()
    }
    const client = await udpClient(serving.port)
    expect((await client.ask(last))[3]).toBe(0)
    client.close()
    await serving.close()
  })

  test('a reply to a reply is never sent, and never more than the question asks for', () => {
    for (const packet of brokenPackets(SEED + 1, 5000)) {
      const door = atTheDoor(packet, { transport: 'udp' })
      if (packet.length < 12 || ((packet[2] as number) & 0x80) !== 0) expect(door.kind).toBe('silence')
      else if (door.kind === 'refused') expect(door.bytes.length).toBeLessThanOrEqual(Math.max(12, packet.length + 4))
    }
  })

  test('connections have a bound: those over it are closed, the others served', async () => {
    const { chain, root } = servedCorefile({ path: '/etc/coredns/Corefile', text: '. {\n whoami\n}\n', files: new Map() })
    const serving = await serve(chain, root, { address: '127.0.0.1', port: 0, clock })
    let closed = 0
    const eight = Promise.withResolvers<void>()
    const clients = await Promise.all(Array.from({ length: 520 }, async () => {
      const client = await tcpClient(serving.port)
      client.socket.once('close', () => { if (++closed === 8) eight.resolve() })
      return client
    }))
    await eight.promise
    const open = clients.filter(client => !client.socket.destroyed)
    expect(open.length).toBe(512)
    expect((await (open[511] as (typeof open)[number]).ask(question('x.test.', 'A', { transport: 'tcp' })))[3]).toBe(0)
    for (const client of clients) client.close()
    await serving.close()
  })

  test('many at once: what is over the bound is counted and left out', async () => {
    const silent = await serve(new Map([['root', function* (): Generator<never> { yield { op: 'sleep', ms: 1e9 } as never }]]), 'root', { address: '127.0.0.1', port: 0, clock })
    const client = await udpClient(silent.port)
    for (let id = 0; id < 5000; id += 100) {
      for (let n = 0; n < 100; n++) client.send(packetOf(last, id + n))
      await client.answersTo([], question('x.', 'A', { opcode: 'STATUS' }))
    }
    expect(silent.counts()).toMatchObject({ asked: 4096, dropped: 904 })
    client.close()
    await silent.close()
  })
})

test('records beside the question are measured as CoreDNS writes them again: a client subnet without the octets behind its prefix', () => {
  // example.org A; authority: OPT with a /24 of four octets; additional: an address. CoreDNS 1.9.3 and 1.11.3 log 78 octets.
  const packet = Uint8Array.from(Buffer.from('b22001000001000000010001076578616d706c65036f72670000010001000029ffff00000000000c000800080001180001020300c00c000100010000003c00040a000001', 'hex'))
  const door = atTheDoor(packet, { transport: 'udp' })
  expect(door.kind === 'query' && 12 + 17 + (door.query.besideBytes ?? 0)).toBe(78)
})

test('a question that ends in the middle of its class has class 0 up to CoreDNS 1.12.2, and is no question since', () => {
  const packet = Uint8Array.from(Buffer.from('b2200100000100000000000001610474657374000001ff', 'hex'))
  const met = (version: string): unknown => {
    const { door } = servedCorefile({ path: '/etc/coredns/Corefile', text: '. {\n whoami\n}\n', files: new Map(), version })
    const at = atTheDoor(packet, { transport: 'udp' }, door)
    return at.kind === 'query' ? `${at.query.name} ${at.query.class} ${at.query.type}` : at.kind
  }
  expect([met('1.12.2'), met('1.12.3')]).toEqual(['a.test. CLASS0 A', 'refused'])
})

test('of two OPT records in a question the last counts', () => {
  const packet = Uint8Array.from(Buffer.from('b2200100000100000000000201610474657374000001000100002910000000800000000000290200000000000000', 'hex'))
  const door = atTheDoor(packet, { transport: 'udp' })
  expect(door.kind === 'query' && door.query.edns).toEqual({ sizeBytes: 512 })
})

test('a record without RDATA is right for every type, and counted with the fields it would have', () => {
  // example.org A; additional: a type without RDATA. CoreDNS 1.9.3 and 1.15.0 log 29 octets and these.
  const size = (type: string): unknown => {
    const door = atTheDoor(Uint8Array.from(Buffer.from(`b22001000001000000000001076578616d706c65036f72670000010001 00${type}0001000000000000`.replace(' ', ''), 'hex')), { transport: 'udp' })
    return door.kind === 'query' && (door.query.besideBytes ?? 0) - 11
  }
  expect(['0001', '000f', '0006', '0010', '0065', '002f', 'ff00'].map(size)).toEqual([0, 3, 22, 0, 4, 3, 0])
})
