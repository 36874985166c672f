// The output contract of `whydns simulate` as a schema, held to the type in src/findings/simulation.ts by the compiler.
import * as v from 'valibot'
import type { Simulation, SimulationList } from '../findings/simulation.ts'
import { metadata, probability, problem, said, sourceSchema, specFrom, type DeepReadonly, type Same } from './schema.ts'

const spellStatistics = v.strictObject({ n: v.number(), meanS: v.number(), longestS: v.number() })

export const simulationSchema = v.strictObject({
  apiVersion: v.literal('whydns/v1'), kind: v.literal('Simulation'), metadata,
  spec: v.strictObject({
    name: v.string(), type: v.string(), from: specFrom, seed: v.number(), forS: v.number(),
    requests: v.strictObject({ kind: v.picklist(['every', 'random']), perSecond: v.number(), basis: v.picklist(['given', 'observed', 'assumed']) }),
  }),
  status: v.strictObject({
    summary: said, lookups: v.number(), failed: v.number(),
    fills: v.strictObject({ n: v.number(), failed: v.number(), low: v.number(), high: v.number() }),
    endings: v.record(v.string(), v.number()),
    predicted: v.nullable(v.strictObject({ fill: probability, steady: probability, complete: v.boolean() })),
    raster: v.strictObject({ letters: v.string(), lookupsPerLetter: v.number(), atS: v.array(v.number()), legend: v.record(v.string(), v.string()) }),
    spells: v.strictObject({
      predicted: v.nullable(v.strictObject({ failingShare: v.number(), meanBadS: v.number(), meanGoodS: v.number() })),
      bad: spellStatistics, good: spellStatistics,
    }),
    recovery: v.nullable(v.strictObject({ mended: v.array(v.string()), predictedWorstS: v.nullable(v.number()), worstS: v.number(), n: v.number() })),
    worlds: v.array(v.strictObject({
      when: v.array(v.strictObject({ unknown: v.string(), is: v.string(), source: v.exactOptional(sourceSchema) })),
      drawn: v.boolean(), predictedFill: probability, predictedSteady: probability, lookups: v.number(), failed: v.number(),
    })),
    moreWorlds: v.number(), outsideExplored: v.nullable(v.number()), problems: v.array(problem),
  }),
})

export const simulationListSchema = v.strictObject({ apiVersion: v.literal('whydns/v1'), kind: v.literal('SimulationList'), items: v.array(simulationSchema) })

/** Does not compile where the schema and the types have parted. */
export const simulationSchemaIsTheType: Same<DeepReadonly<v.InferOutput<typeof simulationSchema>>, DeepReadonly<Simulation>> = true
export const simulationListSchemaIsTheType: Same<DeepReadonly<v.InferOutput<typeof simulationListSchema>>, DeepReadonly<SimulationList>> = true
