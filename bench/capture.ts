// Reading a capture of 1,000,000 DNS packets, whole processes side by side: ours (every message decoded, paired and counted by server, those about one name made
// observations and paired into transactions), `tshark -T fields` with 11 fields and `tcpdump -nn -tt -r`, where they are installed. They print, and pair nothing:
// the ratio says how long one waits, not who does more. `--large`: 2 GB with a heap of 256 MB.   node bench/capture.ts [packets] [--large]
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { captureReader } from '../src/evidence/capture.ts'
import { captureTally } from '../src/evidence/capture-tally.ts'
import { captureTransactions } from '../src/evidence/capture-transactions.ts'
import { packetMaker, questionMatcher } from '../src/evidence/captured-packet.ts'
import type { DnsPacket } from '../src/evidence/observation.ts'
import { ethernet, ipv4, message, udp, REPLY, NXDOMAIN, START_S } from '../test/captures/transactions-bytes.ts'

const WANTED = 'a.corp-example.com'
const SERVERS = ['10.96.0.10', '10.53.136.11', '10.53.136.12', '223.5.5.5', '223.6.6.6']
const NAMES = 8000
const LARGE_BYTES = 2_000_000_000
const PIECE_BYTES = 256 * 1024

/** A linear congruential generator: the same capture every time. */
let state = 7
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 4_294_967_296) * below)
}

/** Queries and replies as bytes, to be given an id, a port and an address: Ethernet 14, IPv4 20, UDP 8. */
function templates(): { readonly query: Uint8Array; readonly reply: Uint8Array }[] {
  return Array.from({ length: NAMES }, (_, i) => {
    const name = i % 400 === 0 ? WANTED : `api-${i}.team-${i % 50}.${['alpha01.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'example.net'][i % 4] as string}`
    const server = SERVERS[i % SERVERS.length] as string
    const flags = i % 3 === 0 ? NXDOMAIN : REPLY
    return {
      query: ethernet(ipv4({ from: '10.1.0.0', to: server }, udp(0, 53, message({ id: 0, name, type: i % 2 === 0 ? 1 : 28 })))),
      reply: ethernet(ipv4({ from: server, to: '10.1.0.0' }, udp(53, 0, message({ id: 0, name, type: i % 2 === 0 ? 1 : 28, flags, answers: flags === REPLY ? [i % 200] : [] })))),
    }
  })
}

function writeCapture(file: string, packets: number, maxBytes: number): { packets: number; bytes: number } {
  const all = templates()
  const handle = openSync(file, 'w')
  const block = Buffer.alloc(1 << 20)
  let used = 0
  let bytes = 0
  let atUs = 0
  let written = 0
  const put = (packet: Uint8Array, id: number, port: number, client: number, portAt: number, clientAt: number): void => {
    if (used + 16 + packet.length > block.length) {
      writeSync(handle, block, 0, used)
      bytes += used
      used = 0
    }
    atUs += 27
    block.writeUInt32LE(START_S + Math.floor(atUs / 1e6), used)
    block.writeUInt32LE(atUs % 1e6, used + 4)
    block.writeUInt32LE(packet.length, used + 8)
    block.writeUInt32LE(packet.length, used + 12)
    block.set(packet, used + 16)
    block.writeUInt16BE(client, used + 16 + clientAt + 2)
    block.writeUInt16BE(port, used + 16 + portAt)
    block.writeUInt16BE(id, used + 16 + 42)
    used += 16 + packet.length
    written++
  }
  block.set([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0])
  used = 24
  const waiting: { of: number; id: number; port: number; client: number }[] = []
  while (written < packets && bytes < maxBytes) {
    const of = random(NAMES)
    const asked = { of, id: random(65_536), port: 32_768 + random(28_000), client: random(400) }
    put((all[of] as { query: Uint8Array }).query, asked.id, asked.port, asked.client, 34, 26)
    // One question in 500 is never answered; up to 64 are on their way.
    if (random(500) !== 0) waiting.push(asked)
    if (waiting.length < 64 && random(4) !== 0) continue
    for (let n = Math.min(waiting.length, 4); n > 0; n--) {
      const [answered] = waiting.splice(random(waiting.length), 1) as [(typeof waiting)[number]]
      put((all[answered.of] as { reply: Uint8Array }).reply, answered.id, answered.port, answered.client, 36, 30)
    }
  }
  writeSync(handle, block, 0, used)
  closeSync(handle)
  return { packets: written, bytes: bytes + used }
}

/** The job in a process of its own. */
function readJob(file: string): void {
  const tally = captureTally()
  const isWanted = questionMatcher([WANTED])
  const packets: DnsPacket[] = []
  const reader = captureReader(m => {
    tally.add(m)
    if (isWanted(m)) packets.push(make(m))
  }, { file })
  const make = packetMaker({ file, place: 'node/n', interfaceName: reader.interfaceName })
  const handle = openSync(file, 'r')
  const piece = Buffer.alloc(PIECE_BYTES)
  for (let count = readSync(handle, piece, 0, PIECE_BYTES, null); count > 0; count = readSync(handle, piece, 0, PIECE_BYTES, null)) reader.push(piece.subarray(0, count))
  const summary = reader.end()
  const { servers, strays } = tally.end()
  const { transactions } = captureTransactions(packets)
  console.log(JSON.stringify({
    messages: summary.dns, problems: summary.problems.length, servers: servers.length, queries: servers.reduce((sum, row) => sum + row.queries, 0), strays,
    unanswered: servers.reduce((sum, row) => sum + row.unanswered, 0), ofName: transactions.length, peakMB: Math.round(process.resourceUsage().maxRSS / 1024),
  }))
}

const FIELDS = ['frame.number', 'frame.time_epoch', 'ip.src', 'udp.srcport', 'ip.dst', 'udp.dstport', 'dns.id', 'dns.flags.response', 'dns.qry.name', 'dns.qry.type', 'dns.flags.rcode']

interface Job {
  readonly name: string
  readonly command: string
  readonly words: readonly string[]
  readonly rounds: number
}

function run({ command, words }: Job): { seconds: number; output: string } | undefined {
  const beganMs = performance.now()
  const done = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 20, stdio: ['ignore', command === process.execPath ? 'pipe' : 'ignore', 'ignore'] })
  return done.status === 0 ? { seconds: (performance.now() - beganMs) / 1000, output: done.stdout ?? '' } : undefined
}

function compare(packets: number, isLarge: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), 'whydns-bench-'))
  const file = join(folder, 'dns.pcap')
  const self = import.meta.filename
  try {
    const made = writeCapture(file, isLarge ? Infinity : packets, isLarge ? LARGE_BYTES : Infinity)
    console.log(`${made.packets} packets, ${(statSync(file).size / 1e6).toFixed(0)} MB, every other one a question`)
    const ours: Job = { name: 'whydns', command: process.execPath, words: ['--max-old-space-size=256', self, '--read', file], rounds: 3 }
    if (isLarge) {
      const result = run(ours)
      if (!result) throw new Error('the large capture could not be read')
      console.log(`${result.seconds.toFixed(2)} s, ${(made.packets / result.seconds / 1e6).toFixed(2)} M packets/s  ${result.output.trim()}`)
      return
    }
    const jobs: Job[] = [ours, { name: 'tcpdump -nn -tt', command: 'tcpdump', words: ['-nn', '-tt', '-r', file], rounds: 3 },
      { name: 'tshark -T fields', command: 'tshark', words: ['-n', '-r', file, '-T', 'fields', ...FIELDS.flatMap(field => ['-e', field])], rounds: 2 }]
    const seconds = new Map<string, number[]>()
    let output = ''
    for (let round = 0; round < 3; round++)
      for (const job of jobs.filter(each => round < each.rounds)) {
        const result = run(job)
        if (!result) continue
        seconds.set(job.name, [...(seconds.get(job.name) ?? []), result.seconds])
        if (job === ours) output = result.output
      }
    // The least of the rounds, which alternate: other work on the machine only ever adds.
    const least = (name: string): number => Math.min(...seconds.get(name) ?? [NaN])
    console.log(`whydns            ${least('whydns').toFixed(2)} s  ${(made.packets / least('whydns') / 1e6).toFixed(2)} M packets/s  ${output.trim()}`)
    for (const { name } of jobs.slice(1))
      console.log(seconds.has(name) ? `${name.padEnd(17)} ${least(name).toFixed(2)} s  ${(least(name) / least('whydns')).toFixed(1)} times as long` : `${name}: not installed`)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

if (process.argv[2] === '--read') readJob(process.argv[3] as string)
else compare(Number(process.argv[2]?.startsWith('--') ? NaN : (process.argv[2] ?? NaN)) || 1_000_000, process.argv.includes('--large'))
