// One generated scenario: a Corefile in parts that can be left out, what upstreams answer, and what is done to the server in turn.
// It becomes rows in the columns of the recordings (test/fidelity/rows), one for each query.
import type { Row } from '../fidelity/coredns-replay.ts'

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
  | { readonly upstream: Script }
  | { readonly writeFile: Readonly<Record<string, string>> }

export interface Scenario {
  readonly id: string
  readonly version: string
  readonly blocks: readonly ScenarioBlock[]
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly script: Script
  readonly steps: readonly Step[]
}

export const corefileOf = (scenario: Pick<Scenario, 'blocks'>): string => scenario.blocks.map(({ keys, directives }) =>
  `${keys} {\n${directives.map(d => d.text.split('\n').map(line => ` ${line}\n`).join('')).join('')}}\n`).join('')

export const pluginsOf = (scenario: Pick<Scenario, 'blocks'>): readonly string[] =>
  [...new Set(scenario.blocks.flatMap(b => b.directives.map(d => d.plugin)))].filter(name => name !== 'bind').sort()

/** What was seen at each query, and the steps as they really were (waits were longer on a busy machine). */
export interface Ran {
  readonly steps: readonly Step[]
  readonly seen: readonly Observed[]
}

export function rowsOf(scenario: Scenario, { steps, seen }: Ran): readonly Row[] {
  const corefile = corefileOf(scenario)
  const rows: Row[] = []
  for (const [at, step] of steps.entries()) {
    if (!('query' in step)) continue
    const observed = seen[rows.length]
    if (!observed) break
    rows.push({
      id: `${scenario.id}/${rows.length + 1}`, version: scenario.version, corefile, state: { preamble: steps.slice(0, at) }, query: step.query,
      upstreamScript: scenario.script, observed,
      ...(Object.keys(scenario.files).length > 0 && { files: scenario.files }), ...(Object.keys(scenario.env).length > 0 && { env: scenario.env }),
    })
  }
  return rows
}
