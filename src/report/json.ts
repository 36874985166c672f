// The JSON of the output contract: the same input gives the same bytes, so keys stand in the order of the schema, and the
// keys of records (addresses, outcomes) in the order of code units.
import type * as v from 'valibot'
import type { Diagnosis, DiagnosisList } from '../findings/diagnosis.ts'
import type { Reading } from '../findings/reading.ts'
import type { Simulation, SimulationList } from '../findings/simulation.ts'
import { printableJson } from './printable.ts'
import { readingSchema } from './read-schema.ts'
import { diagnosisListSchema, diagnosisSchema } from './schema.ts'
import { simulationListSchema, simulationSchema } from './simulated-schema.ts'

const SCHEMAS = { Diagnosis: diagnosisSchema, DiagnosisList: diagnosisListSchema, Simulation: simulationSchema, SimulationList: simulationListSchema, Reading: readingSchema } as const

export function renderJson(result: Diagnosis | DiagnosisList | Simulation | SimulationList | Reading): string {
  const ordered = inOrder(SCHEMAS[result.kind], result)
  return `${printableJson(JSON.stringify(ordered, null, 2))}\n`
}

/** One name from one class of pods is a Diagnosis, anything else a list. */
export function asResult(diagnoses: readonly Diagnosis[]): Diagnosis | DiagnosisList {
  const [only] = diagnoses
  return diagnoses.length === 1 && only !== undefined ? only : { apiVersion: 'whydns/v1', kind: 'DiagnosisList', items: diagnoses }
}

export function asSimulationResult(simulations: readonly Simulation[]): Simulation | SimulationList {
  const [only] = simulations
  return simulations.length === 1 && only !== undefined ? only : { apiVersion: 'whydns/v1', kind: 'SimulationList', items: simulations }
}

type AnySchema = v.GenericSchema & {
  readonly entries?: Readonly<Record<string, AnySchema>>
  readonly item?: AnySchema
  readonly wrapped?: AnySchema
  readonly getter?: (input: unknown) => AnySchema
}

function inOrder(schema: unknown, value: unknown): unknown {
  const shape = schema as AnySchema | undefined
  if (value === null || typeof value !== 'object') return value
  if (shape?.getter !== undefined) return inOrder(shape.getter(value), value)
  if (shape?.wrapped !== undefined) return inOrder(shape.wrapped, value)
  if (Array.isArray(value)) return value.map(item => inOrder(shape?.item, item))
  const record = value as Readonly<Record<string, unknown>>
  const known = Object.keys(shape?.entries ?? {}).filter(key => Object.hasOwn(record, key))
  const others = Object.keys(record).filter(key => !known.includes(key)).sort()
  // A record whose keys are numbers-like would be reordered by JavaScript itself; addresses and names are not.
  return Object.fromEntries([...known, ...others].map(key => [key, inOrder(shape?.entries?.[key], record[key])]))
}
