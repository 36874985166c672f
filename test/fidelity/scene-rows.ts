// The recorded rows that the driver contract is checked on: those of which one lookup has an answer.
import { fixtureOf } from './api-server.ts'
import type { Row as CorednsRow } from './coredns-replay-rows.ts'
import { sceneOf } from './coredns-scene.ts'
import { programOf, type Json } from './programs.ts'
import { checkScene, type Scene } from './scene.ts'
import { askOf, chainOf, type StubRow } from './stub-replay.ts'

export interface Checked {
  checked: number
  /** Rows whose exploration hit a bound: nothing is claimed of them. */
  incomplete: number
  readonly broken: string[]
}

export function checkRows(rows: readonly Json[], fixtures: readonly Json[]): Checked {
  const all: Checked = { checked: 0, incomplete: 0, broken: [] }
  for (const row of rows) {
    const place = programOf(row)?.placeOf(row)
    const scene = sceneOfRow(row, place?.program, fixtures)
    if (!scene) continue
    const { broken, complete } = checkScene(scene)
    all.checked++
    if (!complete) all.incomplete++
    all.broken.push(...broken.map(what => `${place?.program}@${place?.version} ${place?.id}: ${what}`))
  }
  return all
}

/** Undefined: nothing is looked up in the row, or nothing came of it. */
function sceneOfRow(row: Json, program: string | undefined, fixtures: readonly Json[]): Scene | undefined {
  if (program === 'coredns') return sceneOf(row as unknown as CorednsRow)
  if (program === 'coredns-kubernetes') {
    const asked = row as unknown as CorednsRow
    const fixture = fixtureOf(asked, fixtures)
    return fixture && sceneOf(asked, fixture)
  }
  return 'resolvConf' in row ? stubScene(row as unknown as StubRow) : undefined
}

/** What a script counts (`nth`) is kept beside the model: such rows are the replay's. */
export const stubScene = (row: StubRow): Scene | undefined =>
  (row.repeat !== undefined || row.rules.some(rule => rule.nth !== undefined) ? undefined : { chain: chainOf(row, undefined), before: [], last: { atMs: 0, ask: askOf(row) } })
