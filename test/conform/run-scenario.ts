// Runs a scenario on the real CoreDNS: the process, the scripted upstreams, the steps in turn, and what was seen at each query.
import { setTimeout as wait } from 'node:timers/promises'
import { BUILT_IN } from '../fidelity/api-server.ts'
import { pauseMsOf } from '../fidelity/coredns-replay-rows.ts'
import { ApiDouble } from './api-double.ts'
import { binaryOf, CorednsProcess } from './coredns-process.ts'
import { ask } from './dns-client.ts'
import { API_ADDRESS, API_PORT } from './generate-kubernetes.ts'
import { MOST_LANES, Lane, type Ports } from './lane.ts'
import { LiveUpstreams } from './live-upstreams.ts'
import { runStart } from './run-start.ts'
import { corefileOf, rowPrefix, type Observed, type Query, type Ran, type Scenario, type Script, type Step } from './scenario.ts'

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
    // A plugin that probes at its start is through with it.
    await wait(pauseMsOf({ id: rowPrefix(scenario) }))
    return { kind: 'ran', ran: await runSteps(scenario, { lane, server, upstreams, api }) }
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

interface Running {
  readonly lane: Lane
  readonly server: CorednsProcess
  readonly upstreams: LiveUpstreams
  readonly api: ApiDouble | undefined
}

async function runSteps(scenario: Scenario, running: Running): Promise<Ran> {
  const { lane, server, upstreams } = running
  const steps: Step[] = []
  const seen: Observed[] = []
  const began = performance.now()
  let lines = server.stdout.length
  let questions = upstreams.asked.length
  for (const [at, step] of scenario.steps.entries()) {
    if ('query' in step) {
      steps.push({ atMs: Math.round(performance.now() - began) }, step)
      const observed = await askIn(scenario, step.query, at, lane)
      seen.push({
        ...observed, log: server.stdout.slice(lines).map(line => lane.written(line)).filter(line => LOGGED.test(line) && !LOOP_PROBE.test(line)),
        upstreamAsked: upstreams.asked.slice(questions).filter(({ type, name }) => !LOOP_PROBE.test(`${type} ${name}`)),
      })
      lines = server.stdout.length
      questions = upstreams.asked.length
    } else steps.push(await act(step, running))
  }
  return { steps, seen }
}

/** The name by which `loop` looks for itself, at a time of its own after the start. */
const LOOP_PROBE = /\b\d{10,}\.\d{10,}\./
const LOGGED = /^\[(?:INFO|ERROR|WARNING|DEBUG)\]/

async function askIn(scenario: Scenario, query: Query, id: number, lane: Lane): Promise<Observed> {
  const { observed, close } = await ask(query, id + 1, lane)
  await wait(pauseMsOf({ id: rowPrefix(scenario) }))
  return { ...observed, ...close() }
}

async function act(step: Exclude<Step, { readonly query: Query }>, { lane, server, upstreams, api }: Running): Promise<Step> {
  if ('sleepMs' in step) await wait(step.sleepMs)
  else if ('upstream' in step) upstreams.script = { ...upstreams.script, ...step.upstream }
  else if ('apiCreate' in step) for (const object of step.apiCreate) api?.create(object)
  else if ('apiDelete' in step) api?.remove(...step.apiDelete.split(' ') as [kind: string, name: string])
  else if ('writeFile' in step) for (const [path, text] of Object.entries(step.writeFile)) server.write(path, lane.placed(text))
  return step
}
