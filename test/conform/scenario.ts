// One generated scenario: a Corefile in parts that can be left out, what upstreams answer, and what is done to the server in turn.
// It becomes rows in the columns of the recordings (test/fidelity/rows), one for each query.
import { existsSync, readFileSync } from 'node:fs'
import type { Row } from '../fidelity/coredns-replay.ts'
import type { Json } from '../fidelity/programs.ts'

export type Query = NonNullable<Row['query']>
export type Script = NonNullable<Row['upstreamScript']>
export type Rule = Script[string][number]
export type Observed = Row['observed']

export interface ScenarioDirective {
  readonly plugin: string
  /** All its lines. */
  readonly text: string
}

export interface ScenarioBlock {
  readonly keys: string
  readonly directives: readonly ScenarioDirective[]
}

export type Step =
  | { readonly query: Query }
  | { readonly sleepMs: number }
  /** Not before this, counted from the first step: how late the real program really was asked. */
  | { readonly atMs: number }
  | { readonly upstream: Script }
  | { readonly writeFile: Readonly<Record<string, string>> }
  | { readonly apiCreate: readonly Json[] }
  /** `Kind namespace/name`. */
  | { readonly apiDelete: string }

/** What is being compared; each has a generator of its own. */
export type PartName = 'coredns' | 'start' | 'hostile' | 'kubernetes'

export interface Scenario {
  /** `<part>-<seed>-<nth>`. */
  readonly id: string
  readonly part: PartName
  readonly version: string
  readonly blocks: readonly ScenarioBlock[]
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly script: Script
  readonly steps: readonly Step[]
  /** The Corefile's own lines, where it is not made of blocks: it may be damaged. */
  readonly lines?: readonly string[]
  /** What the API server holds. */
  readonly objects?: readonly Json[]
}

export const corefileOf = (scenario: Pick<Scenario, 'blocks' | 'lines'>): string => scenario.lines?.join('\n') ?? scenario.blocks.map(({ keys, directives }) =>
  `${keys} {\n${directives.map(d => d.text.split('\n').map(line => ` ${line}\n`).join('')).join('')}}\n`).join('')

export const pluginsOf = (scenario: Pick<Scenario, 'blocks'>): readonly string[] =>
  [...new Set(scenario.blocks.flatMap(b => b.directives.map(d => d.plugin)))].filter(name => name !== 'bind').sort()

/** The rows' own prefixes: by them the replay knows how long is waited behind a question, and what is a kubernetes row. */
export function rowPrefix({ id, part, blocks }: Pick<Scenario, 'id' | 'part' | 'blocks'>): string {
  if (part === 'start') return `start.${id}`
  if (part === 'kubernetes') return `kubernetes.${id}`
  if (part === 'hostile') return `server.${id}`
  return blocks.some(b => b.directives.some(d => / (prefetch|serve_stale)/.test(d.text))) ? `cache.serve_stale-${id}` : `conform.${id}`
}

/** Cases in it: its questions, or its start. */
export const casesIn = (scenario: Pick<Scenario, 'steps' | 'part'>): number =>
  (scenario.part === 'start' ? 1 : scenario.steps.filter(step => 'query' in step).length)

/** What was seen at each query, and the steps as they really were (waits were longer on a busy machine). */
export interface Ran {
  readonly steps: readonly Step[]
  readonly seen: readonly Observed[]
}

export function rowsOf(scenario: Scenario, { steps, seen }: Ran): readonly Row[] {
  const prefix = rowPrefix(scenario)
  const input = {
    version: scenario.version, corefile: corefileOf(scenario), upstreamScript: scenario.script,
    ...(Object.keys(scenario.files).length > 0 && { files: scenario.files }), ...(Object.keys(scenario.env).length > 0 && { env: scenario.env }),
  }
  if (scenario.part === 'start') {
    // `debug` tells of the machine's own file.
    const hosts = input.corefile.includes('debug') && existsSync('/etc/hosts') ? { preamble: [{ systemHostsFile: readFileSync('/etc/hosts', 'utf8') }] } : {}
    return [{ id: `${prefix}/start`, ...input, state: hosts, query: null, observed: seen[0] as Observed }]
  }
  const state = scenario.objects && { fixture: fixtureId(scenario) }
  const rows: Row[] = []
  for (const [at, step] of steps.entries()) {
    if (!('query' in step)) continue
    const observed = seen[rows.length]
    if (!observed) break
    rows.push({ id: `${prefix}/${rows.length + 1}`, ...input, state: { ...state, preamble: steps.slice(0, at) }, query: step.query, observed })
  }
  return rows
}

const fixtureId = ({ id }: Pick<Scenario, 'id'>): string => `fixture.${id}`

/** The row that lists what the API server held, for rows that name it. */
export const fixtureRow = (scenario: Scenario): Json | undefined =>
  scenario.objects && { id: fixtureId(scenario), version: null, corefile: null, state: { objects: scenario.objects, pods: [] } }
