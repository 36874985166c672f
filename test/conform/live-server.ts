// A real CoreDNS between a client and scripted upstreams while it runs: what is done to it in turn, and what was seen at each question.
import { setTimeout as wait } from 'node:timers/promises'
import { LOOP_PROBE } from '../fidelity/coredns-replay-compare.ts'
import type { CorednsProcess } from './coredns-process.ts'
import { ask } from './dns-client.ts'
import type { Lane } from './lane.ts'
import type { LiveUpstreams } from './live-upstreams.ts'
import type { Observed, Query, Script } from './scenario.ts'

export type ServerStep =
  | { readonly sleepMs: number }
  | { readonly upstream: Script }
  | { readonly writeFile: Readonly<Record<string, string>> }
  | { readonly deleteFile: string }

const LOGGED = /^\[(?:INFO|ERROR|WARNING|DEBUG)\]/

export class LiveServer {
  private readonly process: CorednsProcess
  private readonly upstreams: LiveUpstreams
  private readonly lane: Lane
  private readonly pauseMs: number
  private lines = 0
  private questions = 0

  /** `pauseMs`: waited after the start and after each question, for what comes late. */
  constructor(process: CorednsProcess, upstreams: LiveUpstreams, lane: Lane, pauseMs: number) {
    this.process = process
    this.upstreams = upstreams
    this.lane = lane
    this.pauseMs = pauseMs
    this.mark()
  }

  /** What was printed and asked until now belongs to no question. */
  mark(): void {
    this.lines = this.process.stdout.length
    this.questions = this.upstreams.asked.length
  }

  async ask(query: Query, id: number): Promise<Observed> {
    const { observed, close } = await ask(query, id, this.lane)
    await wait(this.pauseMs)
    return { ...observed, ...close() }
  }

  /** With what was printed and asked since the question before, or the last mark. */
  async observe(query: Query, id: number): Promise<Observed> {
    const observed = await this.ask(query, id)
    const seen = {
      ...observed, log: this.process.stdout.slice(this.lines).map(line => this.lane.written(line)).filter(line => LOGGED.test(line) && !LOOP_PROBE.test(line)),
      upstreamAsked: this.upstreams.asked.slice(this.questions).filter(({ type, name }) => !LOOP_PROBE.test(`${type} ${name}`)),
    }
    this.mark()
    return seen
  }

  async act(step: ServerStep): Promise<void> {
    if ('sleepMs' in step) await wait(step.sleepMs)
    else if ('upstream' in step) this.upstreams.script = { ...this.upstreams.script, ...step.upstream }
    else if ('deleteFile' in step) this.process.remove(step.deleteFile)
    else for (const [path, text] of Object.entries(step.writeFile)) this.process.write(path, this.lane.placed(text))
  }
}
