// The DNS codec beside dns-packet 5.6.1, on the packets of the recorded incident and on packets with every record type. Runs alternate, the
// ratio of the medians is what counts: absolute times vary by machine.   node bench/codec.ts [rounds]
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { decodeMessage } from '../src/dns/wire-decode.ts'
import { encodeMessage } from '../src/dns/wire-encode.ts'
import { hashName, newScan, scanMessage } from '../src/dns/wire-scan.ts'
import { CAPTURES, messagesIn } from '../test/captures/tshark-packets.ts'

const ROUNDS = Number(process.argv[2] ?? 9)
const dnsPacket = createRequire(import.meta.url)('dns-packet') as { decode(bytes: Uint8Array): unknown, encode(packet: unknown): Uint8Array }

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number

function compare(title: string, count: number, jobs: Readonly<Record<string, () => number>>): void {
  const times = new Map<string, number[]>(Object.keys(jobs).map(job => [job, []]))
  for (let round = -2; round < ROUNDS; round++) {
    for (const [job, run] of Object.entries(jobs)) {
      const start = performance.now()
      run()
      if (round >= 0) times.get(job)?.push(performance.now() - start)
    }
  }
  const base = median(times.get('dns-packet') as number[])
  process.stdout.write(`${title}, ${count} packets\n`)
  for (const [job, each] of times) {
    const ratios = each.map((ms, n) => ((times.get('dns-packet') as number[])[n] as number) / ms)
    process.stdout.write(`  ${job.padEnd(12)} ${Math.round((median(each) * 1e6) / count)} ns a packet, ${(base / median(each)).toFixed(2)}x (${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)})\n`)
  }
}

function total<T>(packets: readonly T[], times: number, run: (packet: T) => number): number {
  let sum = 0
  for (let n = 0; n < times; n++) for (const packet of packets) sum += run(packet)
  return sum
}

for (const { name, path } of CAPTURES) {
  const packets = messagesIn(path)
  const times = Math.ceil(40_000 / packets.length)
  const scan = newScan()
  compare(`decode, ${name}`, packets.length * times, {
    'dns-packet': () => total(packets, times, bytes => (dnsPacket.decode(bytes) === undefined ? 1 : 0)),
    decode: () => total(packets, times, bytes => decodeMessage(bytes).faults.length),
    scan: () => total(packets, times, bytes => (scanMessage(bytes, 0, bytes.length, scan) ? hashName(bytes, scan.qnameStart, scan.qnameEnd) : 0)),
  })
}

const packets = messagesIn(CAPTURES[2].path)
const both = packets.map(bytes => ({ ours: decodeMessage(bytes).message, theirs: dnsPacket.decode(bytes) }))
compare('encode, incident-coredns', 3 * both.length, {
  'dns-packet': () => total(both, 3, ({ theirs }) => dnsPacket.encode(theirs).length),
  encode: () => total(both, 3, ({ ours }) => encodeMessage(ours).length),
  compress: () => total(both, 3, ({ ours }) => encodeMessage(ours, { compress: true }).length),
})
