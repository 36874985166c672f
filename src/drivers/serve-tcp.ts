// One TCP connection of the served chain, as CoreDNS treats it (miekg/dns server.go serveTCPConn; coredns.md §2.2): any number of queries, one
// after the other, each to be there whole within a time limit, however slowly its bytes drip; a client that does not read is dropped.
import type { Socket } from 'node:net'
import { framed, Frames } from './serve-frames.ts'
import type { Clock } from './serve-tasks.ts'

/** What goes back: a packet, nothing, or a reset. */
export type Answer = Uint8Array | 'silence' | 'refused'

const FIRST_QUERY_MS = 3000
const NEXT_QUERY_MS = 10_000
const WRITE_MS = 5000
/** More than the longest message; what comes in the meantime stays in the kernel. */
const MOST_WAITING_BYTES = 128 * 1024
const MOST_UNSENT_BYTES = 256 * 1024

export function serveConnection(socket: Socket, clock: Clock, answer: (packet: Uint8Array, send: (answer: Answer) => void) => void): void {
  const frames = new Frames()
  let isAnswering = false
  let hasEnded = false
  /** The time limit for the next whole query is running; bytes that come do not start it anew. */
  let isTimed = true
  let callOff = clock.after(FIRST_QUERY_MS, () => socket.destroy())
  const limit = (ms: number): void => {
    callOff()
    callOff = clock.after(ms, () => socket.destroy())
  }
  const begin = (packet: Uint8Array): void => {
    if (isTimed) callOff()
    isTimed = false
    isAnswering = true
    let isAtOnce = true
    answer(packet, reply => {
      isAnswering = false
      if (reply === 'refused') socket.resetAndDestroy()
      else if (reply !== 'silence' && !socket.destroyed) socket.write(framed(reply))
      if (!isAtOnce) work()
    })
    isAtOnce = false
  }
  const work = (): void => {
    socket.cork()
    while (!isAnswering && !socket.destroyed && socket.writableLength < MOST_UNSENT_BYTES) {
      const packet = frames.next()
      if (!packet) break
      begin(packet)
    }
    socket.uncork()
    if (!isAnswering && !socket.destroyed) rest()
  }
  const rest = (): void => {
    const isClogged = socket.writableLength >= MOST_UNSENT_BYTES
    if (!isClogged && hasEnded) socket.end()
    if (isClogged || !isTimed) limit(isClogged ? WRITE_MS : NEXT_QUERY_MS)
    isTimed = !isClogged
    if (!isClogged && frames.waitingBytes < MOST_WAITING_BYTES) socket.resume()
  }
  socket.setNoDelay(true)
  socket.on('data', chunk => {
    frames.push(chunk)
    if (frames.waitingBytes >= MOST_WAITING_BYTES) socket.pause()
    work()
  })
  socket.on('drain', work)
  socket.on('end', () => {
    hasEnded = true
    work()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => callOff())
}
