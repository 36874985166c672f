// The join on the recorded bundles: what it counts must be what tshark and the logs say (measured truth of the recording). Every name, not only the one asked about.
import { describe, expect, test } from 'vitest'
import type { Observation } from '../src/evidence/observation.ts'
import { corednsPods } from '../src/cluster/coredns-pods.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { gather } from '../src/diagnosis/gather.ts'
import { joinTopology } from '../src/diagnosis/join-topology.ts'
import { observe } from '../src/diagnosis/observe.ts'
import { readCorednsLog } from '../src/evidence/coredns-log.ts'
import { anyName, numberedTransactions, packetsOf } from '../src/evidence/join-packets.ts'
import { join } from '../src/evidence/join.ts'
import { resultOf } from '../src/evidence/join-lookups.ts'
import type { Exchange, Joined } from '../src/evidence/trace.ts'

const NAME = 'a.corp-example.com'
const HANGZHOU = 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'
const REPORT = 'alpha01/order-report-7b5f558c54-kllk6'

interface Joining {
  readonly joined: Joined
  readonly pod: string
}

/** Everything about every name. */
async function joinOf(bundle: string): Promise<Joining> {
  const gathered = gather(await loadBundle(`examples/${bundle}`))
  const servers = corednsPods(gathered.inventory).value
  const { captures, logs } = gathered.layout
  const pod = captures.map(f => f.path.split('/')).find(parts => parts.length === 4)?.slice(1, 3).join('/') as string
  const log = logs.find(l => `${l.namespace}/${l.stem}` === pod)
  const lines = readCorednsLog(log?.file.text() ?? '', { file: `${pod}.log`, place: pod }).value
  const others = observe(gathered, NAME, servers).observations.filter((o): o is Observation => o.kind !== 'served' && !(o.kind === 'direct' && o.tool === 'capture'))
  const seen = packetsOf(captures, new Map(), anyName)
  return { pod, joined: join({ name: NAME, ...numberedTransactions(seen), captures: seen.captures, observations: [...lines, ...others], topology: joinTopology(gathered, servers) }) }
}

function table(rows: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows.toSorted()) counts[row] = (counts[row] ?? 0) + 1
  return counts
}

const word = (e: Exchange): string => ({ answer: 'NOERROR', nodata: 'NODATA' })[resultOf(e)] ?? resultOf(e).toUpperCase()
const isName = (e: Exchange): boolean => e.name.toLowerCase() === `${NAME}.`
const outward = ({ joined }: Joining): readonly Exchange[] => joined.upstream.map(a => a.exchange).filter(e => e.role === 'upstream')
const answers = (j: Joining): Record<string, number> => table(outward(j).map(e => (isName(e) ? `${e.server.address} ${e.type} ${word(e)}` : `${e.server.address} other ${word(e)}`)))

const incident = await joinOf('incident')

describe('answers of upstreams to questions from the address of the CoreDNS pod', () => {
  test('incident', () => {
    expect(answers(incident)).toEqual({
      '10.53.136.11 other NODATA': 10, '10.53.136.11 other NOERROR': 42, '10.53.136.11 other NXDOMAIN': 8, '10.53.136.11 A NOERROR': 12, '10.53.136.11 AAAA NODATA': 9,
      '10.53.136.12 other NODATA': 9, '10.53.136.12 other NOERROR': 53, '10.53.136.12 other NXDOMAIN': 13, '10.53.136.12 A NOERROR': 16, '10.53.136.12 AAAA NODATA': 16,
      '223.5.5.5 other NOERROR': 26, '223.5.5.5 other NXDOMAIN': 35, '223.5.5.5 A NXDOMAIN': 15, '223.5.5.5 AAAA NXDOMAIN': 18, '223.6.6.6 A NXDOMAIN': 8, '223.6.6.6 AAAA NXDOMAIN': 8,
    })
    const trips = (server: string): string => {
      const ms = outward(incident).filter(e => e.server.address === server).map(e => e.main.rttMs as number).toSorted((a, b) => a - b)
      return [ms.length, ms[0], ms[ms.length >> 1], ms.at(-1)].map(n => (n as number).toFixed(n === ms.length ? 0 : 1)).join(' ')
    }
    expect(['10.53.136.11', '10.53.136.12', '223.5.5.5', '223.6.6.6'].map(trips)).toEqual(['81 2.3 3.5 534.5', '107 2.4 4.0 207.4', '94 35.4 72.2 284.5', '16 40.8 90.9 182.9'])
  })

  test('after the generated file was edited', async () => {
    expect(answers(await joinOf('incident-edited-generated-file'))).toEqual({
      '10.53.136.11 other NODATA': 1, '10.53.136.11 other NOERROR': 14, '10.53.136.11 other NXDOMAIN': 2, '10.53.136.11 A NOERROR': 10, '10.53.136.11 AAAA NODATA': 9,
      '10.53.136.12 other NODATA': 3, '10.53.136.12 other NOERROR': 18, '10.53.136.12 other NXDOMAIN': 3, '10.53.136.12 A NOERROR': 9, '10.53.136.12 AAAA NODATA': 11,
      '223.5.5.5 other NOERROR': 2, '223.5.5.5 other NXDOMAIN': 11, '223.5.5.5 A NXDOMAIN': 10, '223.5.5.5 AAAA NXDOMAIN': 10, '223.6.6.6 A NXDOMAIN': 8, '223.6.6.6 AAAA NXDOMAIN': 8,
    })
  })

  test('after either cure: the public servers are probed, and CoreDNS asks them nothing about the name', async () => {
    const corefile = await joinOf('incident-after-corefile')
    expect(answers(corefile)).toEqual({
      '10.53.136.11 other NODATA': 2, '10.53.136.11 other NOERROR': 16, '10.53.136.11 other NXDOMAIN': 1, '10.53.136.11 A NOERROR': 10, '10.53.136.11 AAAA NODATA': 10,
      '10.53.136.12 other NODATA': 6, '10.53.136.12 other NOERROR': 16, '10.53.136.12 other NXDOMAIN': 2, '10.53.136.12 A NOERROR': 11, '10.53.136.12 AAAA NODATA': 11,
      '223.5.5.5 other NOERROR': 6, '223.5.5.5 other NXDOMAIN': 5, '223.5.5.5 A NXDOMAIN': 8, '223.5.5.5 AAAA NXDOMAIN': 8, '223.6.6.6 A NXDOMAIN': 8, '223.6.6.6 AAAA NXDOMAIN': 8,
    })
    const netplan = await joinOf('incident-after-netplan')
    expect(answers(netplan)).toEqual({
      '10.53.136.11 other NODATA': 4, '10.53.136.11 other NOERROR': 20, '10.53.136.11 other NXDOMAIN': 4, '10.53.136.11 A NOERROR': 8, '10.53.136.11 AAAA NODATA': 9,
      '10.53.136.12 other NODATA': 3, '10.53.136.12 other NOERROR': 13, '10.53.136.12 other NXDOMAIN': 2, '10.53.136.12 A NOERROR': 13, '10.53.136.12 AAAA NODATA': 12,
      '223.5.5.5 A NXDOMAIN': 8, '223.5.5.5 AAAA NXDOMAIN': 8, '223.6.6.6 A NXDOMAIN': 8, '223.6.6.6 AAAA NXDOMAIN': 8,
    })
    for (const { joined } of [corefile, netplan]) expect(joined.upstream.filter(a => isName(a.exchange) && a.exchange.server.address.startsWith('223.') && a.origin === 'forwarded')).toEqual([])
  })
})

test('replies that CoreDNS gave for the name, by client', () => {
  const replies = incident.joined.exchanges.filter(e => e.role === 'served' && isName(e))
  expect(table(replies.map(e => `${e.client.address} ${e.type} ${word(e)}`))).toEqual({
    '172.17.5.129 A NOERROR': 56, '172.17.5.129 A NXDOMAIN': 35, '172.17.5.163 A NOERROR': 177, '172.17.5.163 A NXDOMAIN': 100, '172.17.5.163 AAAA NODATA': 113,
    '172.17.5.163 AAAA NXDOMAIN': 118, '172.17.5.170 A NOERROR': 7, '172.17.5.170 A NXDOMAIN': 6, '172.17.5.170 AAAA NODATA': 7, '172.17.5.170 AAAA NXDOMAIN': 6,
    '172.17.5.201 A NOERROR': 40, '172.17.5.201 A NXDOMAIN': 25, '172.17.5.201 AAAA NODATA': 30, '172.17.5.201 AAAA NXDOMAIN': 35,
  })
})

test('what CoreDNS forwarded is told from what was probed: every probe has its packets, every other question a client that waited', () => {
  const asks = incident.joined.upstream.filter(a => a.exchange.role === 'upstream')
  expect(table(asks.filter(a => isName(a.exchange)).map(a => `${a.exchange.server.address} ${a.exchange.type} ${a.origin}`))).toEqual({
    '10.53.136.11 A forwarded': 4, '10.53.136.11 A probed': 8, '10.53.136.11 AAAA forwarded': 1, '10.53.136.11 AAAA probed': 8,
    '10.53.136.12 A forwarded': 8, '10.53.136.12 A probed': 8, '10.53.136.12 AAAA forwarded': 8, '10.53.136.12 AAAA probed': 8,
    '223.5.5.5 A forwarded': 7, '223.5.5.5 A probed': 8, '223.5.5.5 AAAA forwarded': 10, '223.5.5.5 AAAA probed': 8, '223.6.6.6 A probed': 8, '223.6.6.6 AAAA probed': 8,
  })
  expect(asks.filter(a => a.origin === 'unknown' || (a.origin === 'probed') !== (a.probe.length === 1 && a.probe[0]?.certain))).toEqual([])
  expect(asks.filter(a => a.origin === 'forwarded' && a.servedFor.length === 0)).toEqual([])
  expect(asks.every(a => a.reasons.length >= 3)).toBe(true)
})

test('a question is one exchange in the pod, on the node, before and after both translations', () => {
  const sightings = table(incident.joined.exchanges.filter(e => e.role !== 'other').map(e => `${e.role} ${e.sightings.map(s => `${s.place?.startsWith('node/') ? 'node' : 'pod'} ${s.client.address} > ${s.server.address}`).slice(1).join(', ')}`.replaceAll(/172\.17\.5\.(?:163|170|201|129)/g, 'client')))
  expect(sightings['served node client > 172.17.5.159, node client > 192.168.0.10']).toBe(1780 + 1084)
  expect(sightings['upstream node 172.17.5.159 > 223.5.5.5, node 10.53.33.21 > 223.5.5.5']).toBe(94)
  expect(Object.keys(sightings).length).toBe(2 + 4)
  expect(incident.joined.possibleSightings).toEqual([])
})

test('every line of the log within the capture has its packets, and every reply its line', () => {
  expect(incident.joined.logged.length).toBe(3475)
  expect(incident.joined.logged.every(l => l.lines.length === 1 && l.lines[0]?.certain)).toBe(true)
  expect(incident.joined.unmatched).toMatchObject({ strays: [], lines: [], served: [], application: [] })
})

test('fills: the log\'s, each with the server it came from', () => {
  const fills = incident.joined.fills.filter(f => f.name.toLowerCase() === `${NAME}.`)
  expect(table(fills.map(f => `${f.type} ${f.upstream.exchange.server.address} ${f.rcode}`))).toEqual({
    'A 10.53.136.11 NOERROR': 4, 'A 10.53.136.12 NOERROR': 8, 'A 223.5.5.5 NXDOMAIN': 7, 'AAAA 10.53.136.11 NOERROR': 1, 'AAAA 10.53.136.12 NOERROR': 8, 'AAAA 223.5.5.5 NXDOMAIN': 10,
  })
  expect(fills.every(f => f.line !== undefined && f.line.rcode === f.rcode)).toBe(true)
})

test('lookups: each line of an application is one walk through its search list; where another program asks at the same moment, two walks are possible', () => {
  const walks = (place: string): typeof incident.joined.lookups => incident.joined.lookups.filter(l => l.asker === place && l.said.length > 0)
  const names = (l: (typeof incident.joined.lookups)[number]): number => new Set(l.questions.map(q => q.to.name.toLowerCase())).size
  const lines = (place: string, ok: boolean): number => new Set(walks(place).flatMap(l => l.said).map(s => s.to).filter(to => to.ok === ok)).size
  expect(table(walks(REPORT).map(l => `${l.result} of ${names(l)} names`))).toEqual({ 'answer of 4 names': 40, 'nxdomain of 4 names': 25 })
  expect([lines(HANGZHOU, true), lines(HANGZHOU, false)]).toEqual([92, 55])
  expect(walks(HANGZHOU).filter(l => l.said.every(s => s.certain)).length).toBe(145)
  expect(walks(HANGZHOU).filter(l => l.said.some(s => !s.certain)).length).toBe(4)
})
