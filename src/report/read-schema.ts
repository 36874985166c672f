// The output contract of `whydns read` as a schema, held to the type in src/findings/reading.ts by the compiler.
import * as v from 'valibot'
import type { Reading } from '../findings/reading.ts'
import { findingSchema, metadata, problem, said, type DeepReadonly, type Same } from './schema.ts'

const counts = v.record(v.string(), v.number())
const window = v.nullable(v.strictObject({ from: v.string(), to: v.string() }))
const result = v.picklist(['answer', 'nodata', 'nxdomain', 'servfail', 'refused', 'error', 'unanswered', 'unreachable'])

export const readingSchema = v.strictObject({
  apiVersion: v.literal('whydns/v1'), kind: v.literal('Reading'), metadata,
  spec: v.strictObject({ files: v.array(v.strictObject({ file: v.string(), kind: v.string(), observations: v.number() })), pattern: v.nullable(v.string()), window }),
  status: v.strictObject({
    verdict: v.picklist(['works', 'intermittent', 'fails', 'slow', 'absent', 'inconclusive']), summary: said,
    servers: v.array(v.strictObject({
      server: v.string(), forwards: v.boolean(), asked: v.array(v.string()), asks: v.array(v.string()), questions: v.number(), answered: v.number(), results: counts,
      rttMs: v.nullable(v.strictObject({ min: v.number(), median: v.number(), max: v.number() })),
    })),
    matrix: v.array(v.strictObject({
      name: v.string(), type: v.string(), verdict: v.picklist(['same', 'rotates', 'split', 'changes', 'alone', 'unanswered']),
      cells: v.array(v.strictObject({
        server: v.string(),
        results: v.array(v.strictObject({ result, answers: v.array(v.string()), soa: v.nullable(v.string()), seen: v.number(), probed: v.number(), askers: counts, first: v.string() })),
      })),
    })),
    lookups: v.array(v.strictObject({
      client: v.string(), name: v.string(), lookups: v.number(), failed: v.number(), questions: v.number(), suffixed: v.number(), results: counts,
    })),
    unanswered: v.array(v.strictObject({
      client: v.string(), server: v.string(), name: v.string(), type: v.string(), at: v.string(), how: v.picklist(['unanswered', 'unreachable']), evidence: v.string(),
    })),
    fills: v.array(v.strictObject({
      place: v.string(), name: v.string(), type: v.string(), n: v.number(), failed: v.number(), low: v.number(), high: v.number(), results: counts, letters: v.string(),
    })),
    applications: v.array(v.strictObject({
      place: v.string(), name: v.string(), lookups: v.number(), failed: v.number(), results: counts,
      spells: v.array(v.strictObject({ from: v.string(), to: v.string(), result: v.string(), count: v.number() })),
    })),
    findings: v.array(findingSchema), problems: v.array(problem),
  }),
})

/** Does not compile where the schema and the types have parted. */
export const readingSchemaIsTheType: Same<DeepReadonly<v.InferOutput<typeof readingSchema>>, DeepReadonly<Reading>> = true
