// Rows in, verdicts out: each row goes to its program, rows of one instance in order.
import { isFixture, programOf, type Json, type Place, type Program } from './programs.ts'
import type { Verdict } from './verdict.ts'

export interface Judged extends Place {
  /** Position among all rows. */
  readonly nth: number
  readonly verdict: Verdict
}

export interface Wanted {
  /** `coredns`, `coredns@1.11.3`; absent = all. */
  readonly only?: string | undefined
  readonly group?: string | undefined
  /** Every `of`-th instance, from `at` on. */
  readonly share?: { readonly at: number; readonly of: number }
  /** By their places among the instances that are left; absent = all. */
  readonly instances?: ReadonlySet<number>
}

interface Instance {
  readonly program: Program
  readonly rows: Json[]
  readonly places: (Place & { readonly nth: number })[]
}

/** `strangers`: the columns of each row that is of no program. `beside`: rows that others point at. */
export function judgeRows(rows: readonly Json[], wanted: Wanted = {}, beside: readonly Json[] = rows.filter(isFixture)): { readonly judged: readonly Judged[]; readonly strangers: readonly string[] } {
  const { instances, strangers } = instancesOf(rows, wanted)
  return { judged: [...verdictsBy(instances, wanted, beside)].flat(), strangers }
}

/** Instance by instance, for who may have seen enough before the end. */
export function judging(rows: readonly Json[], wanted: Wanted, beside: readonly Json[] = rows.filter(isFixture)): Generator<readonly Judged[]> {
  return verdictsBy(instancesOf(rows, wanted).instances, wanted, beside)
}

function* verdictsBy(instances: readonly Instance[], wanted: Wanted, beside: readonly Json[]): Generator<readonly Judged[]> {
  for (const [at, { program, rows: mine, places }] of instances.entries()) {
    if (wanted.instances && !wanted.instances.has(at)) continue
    const verdicts = verdictsOf(program, mine, beside)
    yield places.map((place, i): Judged => ({ ...place, verdict: verdicts[i] as Verdict }))
  }
}

/** This share's rows of those that are asked for. */
export const chosenRows = (rows: readonly Json[], wanted: Wanted): readonly Json[] => instancesOf(rows, wanted).instances.flatMap(instance => instance.rows)

/** An exception while replaying is a defect of ours, and a difference of each row it touches. */
function verdictsOf(program: Program, rows: readonly Json[], beside: readonly Json[]): readonly Verdict[] {
  try {
    const verdicts = program.replay(rows, beside)
    if (verdicts.length === rows.length) return verdicts
    return rows.map((): Verdict => ({ kind: 'different', what: [`${verdicts.length} verdicts for ${rows.length} rows`] }))
  } catch (error) {
    return rows.map((): Verdict => ({ kind: 'different', what: [`threw ${(error as Error).stack ?? String(error)}`] }))
  }
}

function instancesOf(rows: readonly Json[], { only, group, share = { at: 0, of: 1 } }: Wanted): { readonly instances: readonly Instance[]; readonly strangers: readonly string[] } {
  const strangers: string[] = []
  const instances = new Map<string, Instance>()
  for (const [nth, row] of rows.entries()) {
    if (isFixture(row)) continue
    const program = programOf(row)
    if (!program) {
      strangers.push(Object.keys(row).join(', '))
      continue
    }
    const place = program.placeOf(row)
    if (only !== undefined && only !== place.program && only !== `${place.program}@${place.version}`) continue
    if (group !== undefined && group !== place.group) continue
    const instance = instances.get(place.instance) ?? { program, rows: [], places: [] }
    instances.set(place.instance, instance)
    instance.rows.push(row)
    instance.places.push({ ...place, nth })
  }
  return { instances: [...instances.values()].filter((_, i) => i % share.of === share.at), strangers }
}
