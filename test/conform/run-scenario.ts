// Runs a scenario on the real CoreDNS: the process, the scripted upstreams, the steps in turn, and what was seen at each query.
import { setTimeout as wait } from 'node:timers/promises'
import { BUILT_IN } from '../fidelity/api-server.ts'
import { pauseMsOf } from '../fidelity/coredns-replay-rows.ts'
import { ApiDouble } from './api-double.ts'
import { binaryOf, CorednsProcess } from './coredns-process.ts'
import { API_ADDRESS, API_PORT } from './generate-kubernetes.ts'
import { MOST_LANES, Lane, type Ports } from './lane.ts'
import { LiveServer } from './live-server.ts'
import { LiveUpstreams } from './live-upstreams.ts'
import { runStart } from './run-start.ts'
import { corefileOf, pluginsOf, rowPrefix, type Observed, type Query, type Ran, type Scenario, type Script, type Step } from './scenario.ts'

export type Outcome =
  | { readonly kind: 'ran'; readonly ran: Ran }
  /** It did not start: what it said. */
  | { readonly kind: 'refused'; readonly exit: number | null; readonly stderr: readonly string[] }

/** Lanes that are free; as many scenarios run side by side. */
export class Lanes {
  private readonly free: Lane[]
  private readonly waiting: ((lane: Lane) => void)[] = []
  readonly count: number

  constructor(count: number, ports: Ports) {
    this.count = Math.min(count, MOST_LANES)
    this.free = Array.from({ length: this.count }, (_, i) => new Lane(i, ports))
  }

  async in<T>(run: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = this.free.pop() ?? await new Promise<Lane>(resolve => this.waiting.push(resolve))
    try {
      return await run(lane)
    } finally {
      const next = this.waiting.shift()
      if (next) next(lane)
      else this.free.push(lane)
    }
  }
}

export async function runScenario(scenario: Scenario, lane: Lane): Promise<Outcome> {
  if (scenario.part === 'start') return { kind: 'ran', ran: { steps: [], seen: [await runStart(scenario)] } }
  const files = Object.fromEntries(Object.entries(scenario.files).map(([path, text]) => [path, lane.placed(text)]))
  const upstreams = new LiveUpstreams(scenario.script, lane)
  await upstreams.open(addressesOf(scenario))
  const api = scenario.objects && new ApiDouble([...BUILT_IN, ...scenario.objects])
  await api?.listen(API_PORT, lane.real(API_ADDRESS))
  const server = new CorednsProcess([
    binaryOf(scenario.version), '-conf', 'Corefile', ...(lane.ports.server === 53 ? [] : ['-dns.port', String(lane.ports.server)]),
  ], { ...files, Corefile: lane.placed(corefileOf(scenario)) }, scenario.env)
  try {
    if (!await server.started) return { kind: 'refused', exit: server.exit, stderr: server.stderr.map(line => lane.written(line)) }
    const pauseMs = pauseMsOf({ id: rowPrefix(scenario) })
    // A plugin that probes at its start is through with it.
    await wait(pauseMs)
    return { kind: 'ran', ran: await runSteps(scenario, new LiveServer(server, upstreams, lane, pauseMs), api) }
  } finally {
    await server.stop()
    api?.close()
    upstreams.close()
  }
}

/** Addresses that are scripted at some time. */
function addressesOf(scenario: Scenario): readonly string[] {
  const scripts = scenario.steps.flatMap((step): Script[] => ('upstream' in step ? [step.upstream] : []))
  return [...new Set([scenario.script, ...scripts].flatMap(script => Object.keys(script)))]
}

/** A probe of `loop` that came before the server listened comes again after a second. */
const PROBED_MS = 1200

async function runSteps(scenario: Scenario, server: LiveServer, api: ApiDouble | undefined): Promise<Ran> {
  const steps: Step[] = []
  const seen: Observed[] = []
  const began = performance.now()
  if (pluginsOf(scenario).includes('loop')) {
    await wait(PROBED_MS)
    server.mark()
    steps.push({ sleepMs: PROBED_MS })
  }
  for (const [at, step] of scenario.steps.entries()) {
    if ('query' in step) {
      steps.push({ atMs: Math.round(performance.now() - began) }, step)
      seen.push(await server.observe(step.query, at + 1))
    } else {
      await act(step, server, api)
      steps.push(step)
    }
  }
  return { steps, seen }
}

async function act(step: Exclude<Step, { readonly query: Query }>, server: LiveServer, api: ApiDouble | undefined): Promise<void> {
  if ('apiCreate' in step) for (const object of step.apiCreate) api?.create(object)
  else if ('apiDelete' in step) api?.remove(...step.apiDelete.split(' ') as [kind: string, name: string])
  else if (!('atMs' in step)) await server.act(step)
}
