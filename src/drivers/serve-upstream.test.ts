import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { packetOf, question } from '../../test/support/dns-client.ts'
import type { Plain } from '../chain/effects.ts'
import { REFUSED_PORT, type DnsQuery } from '../dns/message.ts'
import { framed } from './serve-frames.ts'
import { realUpstreams } from './serve-upstream.ts'

const asked = (port: number, query: DnsQuery): Promise<Plain> => new Promise(resolve => {
  realUpstreams(() => ({ address: '127.0.0.1', port }))({ hop: 'upstream', query: query as unknown as Plain }, resolve)
})

/** NXDOMAIN for the query, behind everything that is not a reply to it. */
function repliesTo(packet: Uint8Array): Uint8Array[] {
  const reply = Uint8Array.from(packet)
  reply[2] = 0x85
  reply[3] = 3
  const wrongId = reply.slice()
  wrongId[0] = (reply[0] as number) ^ 1
  const other = packetOf(question('other.test.'), (reply[0] as number) << 8 | (reply[1] as number))
  other[2] = 0x85
  return [packet, wrongId, reply.subarray(0, 20), other, new Uint8Array(0), reply]
}

test('over UDP: what is no reply to the question is waited past', async () => {
  const server = createSocket('udp4')
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  server.on('message', (packet, from) => {
    for (const each of repliesTo(packet)) server.send(each, from.port, from.address)
  })
  const { port } = server.address()
  expect(await asked(port, question('asked.test.'))).toMatchObject({ rcode: 'NXDOMAIN', flags: ['aa', 'rd'] })
  server.close()
  await once(server, 'close')
  expect(await asked(port, question('asked.test.'))).toBe(REFUSED_PORT)
})

test('over TCP: the same, and a closed port', async () => {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    sockets.push(socket)
    socket.on('data', packet => {
      for (const each of repliesTo(packet.subarray(2))) socket.write(framed(each))
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await asked(port, question('asked.test.', 'AAAA', { transport: 'tcp' }))).toMatchObject({ rcode: 'NXDOMAIN' })
  for (const socket of sockets) socket.destroy()
  server.close()
  await once(server, 'close')
  expect(await asked(port, question('asked.test.', 'A', { transport: 'tcp' }))).toBe(REFUSED_PORT)
})

test('who is one of the chain is not asked outside', () => {
  expect(realUpstreams(() => undefined)({ hop: 'coredns x', query: null }, () => {})).toBeUndefined()
})

test('so many at once, the others are not sent; calling off makes room', async () => {
  const server = createSocket('udp4')
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  const came: string[] = []
  server.on('message', packet => void came.push(packet.toString('latin1')))
  const remote = realUpstreams(() => ({ address: '127.0.0.1', port: server.address().port }), 8)
  const ask = (name: string): (() => void) | undefined => remote({ hop: 'upstream', query: question(name) as unknown as Plain }, () => {})
  const callOffs = Array.from({ length: 20 }, (_, n) => ask(n < 8 ? `within${n}.test.` : `beyond${n}.test.`))
  while (came.length < 8) await once(server, 'message')
  for (const callOff of callOffs) callOff?.()
  const last = ask('last.test.')
  while (!came.some(packet => packet.includes('last'))) await once(server, 'message')
  expect(came.filter(packet => packet.includes('beyond'))).toEqual([])
  last?.()
  server.close()
})
