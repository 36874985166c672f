// Cached answers a second from `whydns serve` on the recorded incident: the server is a process of its own, this one asks. Beside it, in turn, a
// server that sends each datagram back as it came: what Node's sockets allow on this machine. UDP, then TCP with queries one behind the other.
// Per second of the clock, and per second of the server's own processor time: the second is what one core gives when nobody else wants it.
import { spawn, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { queryToWire } from '../src/dns/wire-chain.ts'
import { framed, Frames } from '../src/drivers/serve-frames.ts'
import { serve } from '../src/drivers/serve.ts'
import { servedAt } from '../src/serve.ts'

const ROUNDS = 5
const ROUND_MS = 1500
const SOCKETS = 8
const OUTSTANDING = 16
const GOAL = 20_000
const QUERIES = ['A', 'AAAA'].map(type => queryToWire({ name: 'a.corp-example.com.', type, transport: 'udp', rd: true }, 7).value as Uint8Array)

async function echo(): Promise<void> {
  const socket = createSocket({ type: 'udp4', lookup: (address, _, done) => done(null, address, 4) })
  socket.on('message', (packet, from) => socket.send(packet, from.port, from.address))
  socket.bind(0, '127.0.0.1', () => process.send?.(socket.address().port))
}

async function chain(): Promise<void> {
  const place = servedAt(await loadBundle('examples/incident'), { kind: 'node', name: 'hz-edge-1' })
  if ('missing' in place) throw new Error(place.missing)
  const { port } = await serve(place.chain, place.root, { address: '127.0.0.1', port: 0, guess: place.guess })
  process.send?.(port)
}

interface Started { readonly child: ChildProcess, readonly port: number }
interface Rate { readonly perSecond: number, readonly perCpuSecond: number }

process.on('message', () => process.send?.(process.cpuUsage()))

async function cpuSeconds({ child }: Started): Promise<number> {
  child.send('cpu')
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]
  return (user + system) / 1e6
}

async function started(which: string): Promise<Started> {
  const child = spawn(process.execPath, [import.meta.filename, which], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

/** Answers a second: each socket has a number of queries under way, and asks anew for each that is answered. */
async function udpRate(server: Started): Promise<Rate> {
  let answers = 0
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, async (_, s) => {
    const socket = createSocket('udp4')
    socket.connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.on('message', () => {
      answers++
      socket.send(QUERIES[(answers + s) % QUERIES.length] as Uint8Array)
    })
    for (let n = 0; n < OUTSTANDING; n++) socket.send(QUERIES[n % QUERIES.length] as Uint8Array)
    return socket
  }))
  const rate = await measured(server, () => answers)
  for (const socket of sockets) socket.close()
  return rate
}

async function tcpRate(server: Started): Promise<Rate> {
  let answers = 0
  const batch = Buffer.concat(QUERIES.flatMap(query => Array.from({ length: OUTSTANDING / 2 }, () => framed(query))))
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, async () => {
    const socket = connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    const frames = new Frames()
    let waiting = OUTSTANDING
    socket.on('data', chunk => {
      frames.push(chunk)
      for (let frame = frames.next(); frame; frame = frames.next()) {
        answers++
        waiting--
      }
      if (waiting > 0) return
      waiting = OUTSTANDING
      socket.write(batch)
    })
    socket.write(batch)
    return socket
  }))
  const rate = await measured(server, () => answers)
  for (const socket of sockets) socket.destroy()
  return rate
}

async function measured(server: Started, count: () => number): Promise<Rate> {
  await new Promise(resolve => setTimeout(resolve, ROUND_MS / 5))
  const [before, start, cpu] = [count(), performance.now(), await cpuSeconds(server)]
  await new Promise(resolve => setTimeout(resolve, ROUND_MS))
  const answers = count() - before
  return { perSecond: answers / (performance.now() - start) * 1000, perCpuSecond: answers / (await cpuSeconds(server) - cpu) }
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] as number

async function compare(): Promise<void> {
  const [ours, bare] = [await started('chain'), await started('echo')]
  const rates: Record<string, Rate[]> = { 'UDP echo': [], 'cached, UDP': [], 'cached, TCP': [] }
  for (let round = 0; round < ROUNDS; round++) {
    rates['UDP echo']?.push(await udpRate(bare))
    rates['cached, UDP']?.push(await udpRate(ours))
    rates['cached, TCP']?.push(await tcpRate(ours))
  }
  ours.child.kill()
  bare.child.kill()
  const base = median((rates['UDP echo'] ?? []).map(r => r.perCpuSecond))
  for (const [name, all] of Object.entries(rates)) {
    const [wall, cpu] = [median(all.map(r => r.perSecond)), median(all.map(r => r.perCpuSecond))]
    console.log(`${name.padEnd(12)} ${wall.toFixed(0).padStart(7)} answers/s  ${cpu.toFixed(0).padStart(7)} a second of processor time  ${(cpu / base).toFixed(2)} × echo${name === 'cached, UDP' ? `  goal ${GOAL}: ${cpu >= GOAL ? 'met' : 'MISSED'}` : ''}`)
  }
}

await (process.argv[2] === 'echo' ? echo() : process.argv[2] === 'chain' ? chain() : compare())
