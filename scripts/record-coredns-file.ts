// Records what a real CoreDNS does with zone files: rows in the columns of coredns.jsonl.gz, for test/fidelity/rows/coredns-file.jsonl.gz.
//   node scripts/record-coredns-file.ts OUT.jsonl VERSION… (root, in a network of its own; the binaries are those of scripts/build-coredns.sh)
import { writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { PAUSE_MS, type Observed, type RowQuery, type Script } from '../test/fidelity/coredns-replay-rows.ts'
import { binaryOf, CorednsProcess } from '../test/conform/coredns-process.ts'
import { HOME } from '../test/conform/lane.ts'
import { LiveServer } from '../test/conform/live-server.ts'
import { LiveUpstreams } from '../test/conform/live-upstreams.ts'
import { enterOwnNetwork, isInOwnNetwork } from '../test/conform/own-network.ts'
import { CASES, type RecordedCase } from './record-coredns-file-cases.ts'

const SCRIPT: Script = { '127.0.0.11': [{ do: { answer: ['@ 300 IN A 10.9.9.9'] } }] }

function readAsk(text: string): RowQuery {
  const [name = '', type = '', ...rest] = text.split(' ')
  const size = rest.find(word => /^\d+$/.test(word))
  const isDo = rest.includes('do')
  return { name, type, proto: rest.includes('tcp') ? 'tcp' : 'udp', ...((size !== undefined || isDo) && { edns: { size: Number(size ?? 1232), ...(isDo && { do: true }) } }) }
}

async function record(version: string, { id, corefile, files, asks }: RecordedCase): Promise<object[]> {
  const upstreams = new LiveUpstreams(SCRIPT, HOME)
  await upstreams.open(Object.keys(SCRIPT))
  const server = new CorednsProcess([binaryOf(version), '-conf', 'Corefile'], { ...files, Corefile: corefile }, {})
  const row = (what: string, query: RowQuery | null, preamble: readonly object[], observed: Observed): object =>
    ({ id: `${id}/${what}`, version, corefile, files, env: {}, args: [], state: { preamble }, query, upstreamScript: query && SCRIPT, observed })
  try {
    const started = await server.started
    await wait(PAUSE_MS)
    if (asks.length === 0 || !started) return [row('start', null, [], server.startSeen(started))]
    const live = new LiveServer(server, upstreams, HOME, PAUSE_MS)
    const rows: object[] = []
    const before: { readonly query: RowQuery }[] = []
    for (const text of asks) {
      const query = readAsk(text)
      rows.push(row(text.replaceAll(' ', '.'), query, [...before], await live.observe(query, rows.length + 1)))
      before.push({ query })
    }
    return rows
  } finally {
    await server.stop()
    upstreams.close()
  }
}

async function main(): Promise<number> {
  const [target, ...versions] = process.argv.slice(2)
  if (target === undefined || versions.length === 0) {
    console.error('usage: node scripts/record-coredns-file.ts OUT.jsonl VERSION…')
    return 2
  }
  if (!isInOwnNetwork()) return enterOwnNetwork() ?? 1
  const rows: object[] = []
  for (const version of versions) for (const one of CASES) rows.push(...await record(version, one))
  writeFileSync(target, `${rows.map(row => JSON.stringify(row)).join('\n')}\n`)
  return 0
}

process.exit(await main())
