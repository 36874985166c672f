import { expect, test } from 'vitest'
import { ask, LOST, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId } from '../chain/hop.ts'
import type { ServiceModel } from '../chain/model.ts'
import { formatRational } from '../chain/rational.ts'
import { lineSource } from '../chain/source.ts'
import { explore } from '../drivers/explore.ts'
import { REFUSED_PORT, type DnsQuery } from '../dns/message.ts'
import { serviceHops } from './service-vip.ts'

const source = lineSource('cluster/services.yaml', 1, 'selector')
const endpoint = (address: string): ServiceModel['endpoints'][number] => ({ value: { address, port: 53 }, source: lineSource('cluster/endpointslices.yaml', 1, address) })
const model = (addresses: readonly string[], more: Partial<ServiceModel> = {}): ServiceModel => ({
  name: 'kube-system/kube-dns', node: 'n1', address: '10.96.0.10', port: 53, protocols: ['udp', 'tcp'], endpoints: addresses.map(endpoint),
  whenEmpty: 'reject', affinity: 'flow', source, ...more,
})

const SERVICE = hopId.service('n1', '10.96.0.10', 53)
const question = (type: string, more: Partial<DnsQuery> = {}): DnsQuery => ({ name: 'a.example.', type, transport: 'udp', ...more })

/** Each server answers with its own address and the query it was given. */
const server = (address: string): readonly [string, Hop] => [`server ${address}`, function* (query: Plain): HopRun { return { address, asked: query } }]

/** Outcomes as `10.0.0.1+10.0.0.2 1/4`, one address for each question; LOST shows as silence. */
function ends(of: ServiceModel, questions: readonly DnsQuery[]): string[] {
  const root: Hop = function* (): HopRun {
    const got: string[] = []
    for (const query of questions) {
      const [arrival] = yield* ask([{ hop: SERVICE, query }], 5000)
      const value = arrival === undefined ? 'silence' : arrival.value
      got.push(typeof value === 'string' ? value : (value as { address: string }).address)
    }
    return got.join('+')
  }
  const chain = new Map<string, Hop>([['root', root], ...serviceHops(of, address => `server ${address}`), ...of.endpoints.map(one => server(one.value.address))])
  const explored = explore(chain, { hop: 'root', query: null }, { start: 'cold' })
  expect(explored.complete).toBe(true)
  return explored.outcomes.map(outcome => `${[...outcome.world].map(([key, is]) => `[${key} = ${String(is)}] `).join('')}${String(outcome.value)} ${formatRational(outcome.odds)}`).sort()
}

test('endpoints are drawn uniformly', () => {
  expect(ends(model(['10.0.0.1', '10.0.0.2', '10.0.0.3']), [question('A', { flow: 'f' })])).toEqual(['10.0.0.1 1/3', '10.0.0.2 1/3', '10.0.0.3 1/3'])
})

test('one flow stays with its endpoint, two flows draw apart, and so do packets of no flow', () => {
  const two = model(['10.0.0.1', '10.0.0.2'])
  expect(ends(two, [question('A', { flow: 'f' }), question('AAAA', { flow: 'f' })])).toEqual(['10.0.0.1+10.0.0.1 1/2', '10.0.0.2+10.0.0.2 1/2'])
  const apart = ['10.0.0.1+10.0.0.1 1/4', '10.0.0.1+10.0.0.2 1/4', '10.0.0.2+10.0.0.1 1/4', '10.0.0.2+10.0.0.2 1/4']
  expect(ends(two, [question('A', { flow: 'f' }), question('AAAA', { flow: 'g' })])).toEqual(apart)
  expect(ends(two, [question('A'), question('A')])).toEqual(apart)
})

test('session affinity binds a client: which endpoint is not known, and no odds are made up', () => {
  const key = 'affinity 10.96.0.10:53 on n1 10.9.0.1'
  expect(ends(model(['10.0.0.1', '10.0.0.2'], { affinity: 'client' }), [question('A', { flow: 'f', client: '10.9.0.1' }), question('A', { flow: 'g', client: '10.9.0.1' })])).toEqual([
    `[${key} = 10.0.0.1] 10.0.0.1+10.0.0.1 1`, `[${key} = 10.0.0.2] 10.0.0.2+10.0.0.2 1`,
  ])
})

test('an empty Service refuses or is silent; a protocol without a port is silent', () => {
  expect(ends(model([]), [question('A')])).toEqual([`${REFUSED_PORT} 1`])
  expect(ends(model([], { whenEmpty: 'drop' }), [question('A')])).toEqual(['silence 1'])
  expect(ends(model(['10.0.0.1'], { protocols: ['udp'] }), [question('A', { transport: 'tcp' })])).toEqual(['silence 1'])
})

test('TCP has endpoints of its own where the slice says so', () => {
  const of = model(['10.0.0.1'], { tcp: { endpoints: [], whenEmpty: 'reject' } })
  expect(ends(of, [question('A'), question('A', { transport: 'tcp' })])).toEqual([`10.0.0.1+${REFUSED_PORT} 1`])
})

test('the flow ends at the Service: one endpoint draws nothing and is asked the bare question', () => {
  const [entry] = serviceHops(model(['10.0.0.1']), address => `server ${address}`)
  const run = entry![1](question('A', { flow: 'f', client: '10.9.0.1' }))
  expect(run.next().value).toEqual({ op: 'call', ask: { hop: 'server 10.0.0.1', query: { name: 'a.example.', type: 'A', transport: 'udp', client: '10.9.0.1' } } })
  expect(run.next(LOST)).toEqual({ done: true, value: LOST })
})

test('ipvs gives the next in line: one for each flow, without odds', () => {
  const of = model(['10.0.0.1', '10.0.0.2'], { affinity: 'turn' })
  const two = ends(of, [question('A', { flow: 'f' }), question('AAAA', { flow: 'f' })])
  expect(two).toEqual(['10.0.0.1', '10.0.0.2'].map(address => `[turn 10.96.0.10:53 on n1 f = ${address}] ${address}+${address} 1`))
  expect(ends(of, [question('A', { flow: 'f' }), question('AAAA', { flow: 'g' })]).length).toBe(4)
})
