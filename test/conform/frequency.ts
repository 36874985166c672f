// Random choices of the real programs, counted: every outcome is one the model has, and comes about as often as its exact odds say.
import { toNumber } from '../../src/chain/rational.ts'
import { explore } from '../../src/drivers/explore.ts'
import type { Reply } from '../../src/dns/message.ts'
import type { Plain } from '../../src/chain/effects.ts'
import type { Outcome, StubResult } from '../../src/chain/outcome.ts'
import { Process } from '../fidelity/coredns-replay-process.ts'
import { orderOdds, QUESTION } from '../fidelity/coredns-replay-random.ts'
import { sceneOf } from '../fidelity/coredns-scene.ts'
import { askOf, chainOf, type StubRow } from '../fidelity/stub-replay.ts'
import { tails } from './binomial.ts'
import { binaryOf, CorednsProcess } from './coredns-process.ts'
import { ask } from './dns-client.ts'
import type { Lane } from './lane.ts'
import { LiveUpstreams } from './live-upstreams.ts'
import { corefileOf, rowsOf, type Observed, type Scenario, type Script } from './scenario.ts'
import { runLive, type LiveClient, type StubCase } from './stub-live.ts'

/** Undefined: it can come, and nobody knows how often. */
export type Odds = ReadonlyMap<string, number | undefined>

export interface Experiment {
  readonly name: string
  readonly odds: Odds
  /** So many draws, by outcome. */
  readonly draw: (count: number, lane: Lane) => Promise<ReadonlyMap<string, number>>
}

/** Undefined: as the odds say. `alpha`: how often the check may cry wolf, all outcomes of the experiment together. */
export function frequencyFault(odds: Odds, seen: ReadonlyMap<string, number>, alpha: number): string | undefined {
  const strange = [...seen.keys()].find(outcome => !odds.has(outcome))
  if (strange !== undefined) return `cannot happen: ${strange}`
  const total = [...seen.values()].reduce((a, b) => a + b, 0)
  const off = [...odds].find(([outcome, p]) => p !== undefined && tails(seen.get(outcome) ?? 0, total, p) < alpha / odds.size)
  return off && `${off[0]}: ${seen.get(off[0]) ?? 0} of ${total}, the odds are ${off[1]?.toFixed(4)}`
}

const summed = (pairs: Iterable<readonly [string, number]>): Map<string, number> => {
  const sums = new Map<string, number>()
  for (const [key, n] of pairs) sums.set(key, (sums.get(key) ?? 0) + n)
  return sums
}

const addressOf = (address: string): string => `10.0.0.${address.split('.').at(-1)}`

/** Each upstream answers with an address of its own. */
const scriptOf = (addresses: readonly string[]): Script =>
  Object.fromEntries(addresses.map(address => [address, [{ do: { answer: [`@ 60 IN A ${addressOf(address)}`] } }]]))

function scenarioOf(version: string, text: readonly string[], script: Script, files: Readonly<Record<string, string>> = {}): Scenario {
  const directives = ['bind 127.0.0.1', ...text].map(line => ({ plugin: line.split(' ')[0] as string, text: line }))
  return { id: 'frequency-1-0', part: 'coredns', version, blocks: [{ keys: '.', directives }], script, files, env: {}, steps: [{ query: QUESTION }] }
}

const answersOf = (observed: Pick<Observed, 'answer'>): string => (observed.answer ?? []).map(line => line.split(' ').at(-1)).join(' ')

/** Many questions to one process, a few at once. */
const draws = (scenario: Scenario): Experiment['draw'] => async (count, lane) => {
  const upstreams = new LiveUpstreams(scenario.script, lane)
  await upstreams.open(Object.keys(scenario.script))
  const server = new CorednsProcess([binaryOf(scenario.version), '-conf', 'Corefile'], { ...scenario.files, Corefile: lane.placed(corefileOf(scenario)) }, {})
  try {
    if (!await server.started) throw new Error(`CoreDNS ${scenario.version} did not start: ${server.stderr.join(' | ')}`)
    const seen: [string, number][] = []
    let left = count
    await Promise.all(Array.from({ length: 8 }, async () => {
      while (left-- > 0) {
        const { observed, close } = await ask(QUESTION, 1 + (left & 0x7fff), lane)
        close()
        seen.push([observed.noReply ?? answersOf(observed), 1])
      }
    }))
    return summed(seen)
  } finally {
    await server.stop()
    upstreams.close()
  }
}

/** An outcome of some worlds only has no odds. */
function oddsOf(outcomes: readonly Outcome[], nameOf: (value: Plain) => string): Odds {
  if (outcomes.some(o => o.world.size > 0)) return new Map(outcomes.map(o => [nameOf(o.value), undefined]))
  return summed(outcomes.map(o => [nameOf(o.value), toNumber(o.odds)] as const))
}

/** What the explorer says of the one question, by answer. */
function exploredOdds(scenario: Scenario): Odds {
  const [row] = rowsOf(scenario, { steps: scenario.steps, seen: [{ answer: [] }] })
  const scene = row && sceneOf(row)
  if (!scene) throw new Error('no scene')
  const { outcomes } = explore(scene.chain, scene.last.ask, { start: 'cold' })
  return oddsOf(outcomes, value => ((value as unknown as Partial<Reply> | null)?.answer ?? []).map(r => r.data).join(' '))
}

const THREE = ['127.0.0.11', '127.0.0.12', '127.0.0.13'] as const

/** Of one release. */
export function corednsExperiments(version: string, hasWeights: boolean): Experiment[] {
  const forward = (servers: readonly string[], options: string): Experiment => {
    const scenario = scenarioOf(version, [`forward . ${servers.join(' ')}${options}`], scriptOf(servers.filter(s => s !== CLOSED)))
    return { name: `CoreDNS ${version}, forward to ${servers.length}${options.replace(/\s+/g, ' ')}`, odds: exploredOdds(scenario), draw: draws(scenario) }
  }
  const balance = (count: number, policy: string, files: Readonly<Record<string, string>> = {}): Experiment => {
    const script: Script = { '127.0.0.11': [{ do: { answer: Array.from({ length: count }, (_, i) => `@ 60 IN A 10.0.0.${i + 1}`) } }] }
    const scenario = scenarioOf(version, [`loadbalance${policy}`, 'forward . 127.0.0.11'], script, files)
    const [row] = rowsOf(scenario, { steps: scenario.steps, seen: [{}] })
    if (!row) throw new Error('no row')
    return { name: `CoreDNS ${version}, loadbalance${policy} of ${count}`, odds: orderOdds(new Process(row, { seed: 1, numbers: '' })), draw: draws(scenario) }
  }
  const weights = { 'w.txt': 'q.test\n10.0.0.1 1\n10.0.0.2 2\n10.0.0.3 5\n' }
  return [
    forward(THREE.slice(0, 2), ''), forward(THREE, ' {\n policy random\n}'), forward([...THREE.slice(0, 2), CLOSED], ' {\n policy random\n max_fails 0\n}'),
    balance(2, ''), balance(3, ' round_robin'), ...(hasWeights ? [balance(3, ' weighted w.txt', weights)] : []),
  ]
}

/** Nobody listens there. */
const CLOSED = '127.0.0.19'

/** With which of three servers `rotate` begins: each answers with an address of its own. */
export function rotateExperiment(client: LiveClient): Experiment {
  const one: StubCase = {
    group: 'frequency', case: 'rotate', resolvConf: 'nameserver 127.0.1.1\nnameserver 127.0.1.2\nnameserver 127.0.1.3\noptions rotate timeout:1\n', name: 'host.test.', family: 'inet',
    rules: ['1', '2', '3'].map(server => ({ server, do: `ADDR 10.0.0.${server}` })),
  }
  const row = { ...one, client: client.client, implementation: client.implementation, version: client.version, asked: [], result: {} } as unknown as StubRow
  const { outcomes } = explore(chainOf(row, undefined), askOf(row), { start: 'cold' })
  const odds = oddsOf(outcomes, value => (value as unknown as StubResult).addresses.join(' '))
  return {
    name: `${client.client}, rotate over 3`, odds,
    draw: async count => {
      const parts = Array.from({ length: Math.ceil(count / 20) }, () => Array.from({ length: 20 }, () => one))
      const rows = await Promise.all(parts.map(part => runLive(client, part)))
      return summed(rows.flat().map(r => [((r.result as { readonly addrs?: readonly string[] }).addrs ?? []).toSorted().join(' '), 1] as const))
    },
  }
}
