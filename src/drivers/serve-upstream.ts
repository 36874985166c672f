// A hop that is a real server: one question to it over a socket of its own, from a port the kernel chooses. A reply counts when its id and its
// question are those asked; anything else is waited past, as an off-path guess.
// Not modelled: errors other than a closed port (no route, a firewall of this machine) look like silence.
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { LOST, type Ask, type Plain } from '../chain/effects.ts'
import { REFUSED_PORT, type DnsQuery } from '../dns/message.ts'
import { nameKey } from '../dns/name.ts'
import { queryToWire, replyFromWire } from '../dns/wire-chain.ts'
import { decodeMessage } from '../dns/wire-decode.ts'
import { FLAG } from '../dns/wire-message.ts'
import { typeName } from '../dns/wire-numbers-table.ts'
import { framed, Frames } from './serve-frames.ts'
import type { Remote } from './serve-tasks.ts'

export interface Upstream {
  readonly address: string
  readonly port: number
}

const MOST_AT_ONCE = 512
const IDS = 65_536

/** `upstreamOf`: the real server that is asked in place of a hop of the chain. */
export function realUpstreams(upstreamOf: (hop: string) => Upstream | undefined, mostAtOnce = MOST_AT_ONCE): Remote {
  let atOnce = 0
  return ({ hop, query: asked }: Ask, done) => {
    const upstream = upstreamOf(hop)
    if (!upstream) return undefined
    const query = asked as unknown as DnsQuery
    const id = randomInt(IDS)
    const packet = queryToWire(query, id).value
    if (!packet || atOnce >= mostAtOnce) return () => {}
    atOnce++
    let isOpen = true
    const close = (): void => {
      if (!isOpen) return
      isOpen = false
      atOnce--
      shut()
    }
    const finish = (value: Plain): void => {
      if (!isOpen) return
      close()
      done(value)
    }
    const take = (bytes: Uint8Array): void => {
      const reply = replyTo(bytes, query, id)
      if (reply !== undefined) finish(reply)
    }
    const fail = (error: NodeJS.ErrnoException): void => finish(error.code === 'ECONNREFUSED' ? REFUSED_PORT : LOST)
    const shut = (query.transport === 'tcp' ? overTcp : overUdp)(upstream, packet, take, fail)
    return close
  }
}

type Exchange = (upstream: Upstream, packet: Uint8Array, take: (bytes: Uint8Array) => void, fail: (error: NodeJS.ErrnoException) => void) => () => void

const overUdp: Exchange = ({ address, port }, packet, take, fail) => {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  socket.on('message', take)
  socket.on('error', fail)
  // Connected: packets of others do not come in, and a closed port is heard of.
  socket.connect(port, address, () => socket.send(packet, error => { if (error) fail(error) }))
  return () => socket.close()
}

const overTcp: Exchange = ({ address, port }, packet, take, fail) => {
  const socket = connect(port, address, () => socket.write(framed(packet)))
  const frames = new Frames()
  socket.on('data', chunk => {
    frames.push(chunk)
    for (let message = frames.next(); message; message = frames.next()) take(message)
  })
  socket.on('error', fail)
  return () => socket.destroy()
}

function replyTo(bytes: Uint8Array, query: DnsQuery, id: number): Plain | undefined {
  const { message, faults } = decodeMessage(bytes)
  if (message.id !== id || (message.flags & FLAG.qr) === 0 || faults.some(f => f.code !== 'trailing-bytes')) return undefined
  const question = message.questions[0]
  if (question && (nameKey(question.name.text) !== nameKey(query.name) || typeName(question.type) !== query.type)) return undefined
  return replyFromWire(message, query) as unknown as Plain
}
