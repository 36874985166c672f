// The output contract as a schema. The types in src/findings/diagnosis.ts are the authority: that both say the same is
// checked by the compiler below, so a field added there and forgotten here does not compile. From it come the order of
// keys in the JSON and docs/schema/diagnosis.v1.json.
import * as v from 'valibot'
import type { Source } from '../chain/source.ts'
import type { Diagnosis, DiagnosisList } from '../findings/diagnosis.ts'

const sourceFields = {
  file: v.string(), start: v.number(), end: v.number(),
  line: v.number(), column: v.number(), endLine: v.number(), endColumn: v.number(), text: v.string(),
  behind: v.exactOptional(v.array(v.lazy((): v.GenericSchema<Source> => sourceSchema))),
  obtained: v.exactOptional(v.picklist(['snapshot', 'today', 'inferred'])),
}
export const sourceSchema: v.GenericSchema<Source> = v.strictObject(sourceFields)
export const said = v.strictObject({ en: v.string(), zh: v.string() })
const counts = v.record(v.string(), v.number())
const words = v.record(v.string(), v.string())
const exactOdds = v.strictObject({ exact: v.string(), value: v.number() })
export const probability = v.union([exactOdds, v.strictObject({ min: exactOdds, max: exactOdds })])

const outcome = v.strictObject({
  result: v.picklist(['answer', 'nxdomain', 'nodata', 'servfail', 'refused', 'timeout', 'error']),
  answers: v.array(v.string()), applicationSays: v.string(), cause: v.string(),
  probability, steady: v.exactOptional(probability),
  worlds: v.array(v.strictObject({
    when: v.array(v.strictObject({ unknown: v.string(), is: v.string(), source: v.exactOptional(sourceSchema) })), exact: v.string(),
  })),
  witness: v.array(v.strictObject({ choice: v.string(), taken: v.string(), source: v.exactOptional(sourceSchema) })),
  elapsedMs: v.number(),
})

const observed = v.strictObject({
  lookups: v.number(), failed: v.number(),
  fills: v.record(v.string(), v.strictObject({ n: v.number(), failed: v.number(), low: v.number(), high: v.number() })),
  servers: v.record(v.string(), v.strictObject({ forwarded: v.number(), probed: v.number(), answers: counts })),
  outsideModel: v.number(),
  spells: v.array(v.strictObject({ from: v.string(), to: v.string(), result: v.string(), count: v.number() })),
  raster: v.array(v.strictObject({ place: v.string(), type: v.string(), from: v.string(), to: v.string(), letters: v.string(), legend: words })),
})

export const proofSchema = v.strictObject({ before: words, after: words, gains: v.array(v.string()), losses: v.array(v.string()) })
const edit = v.strictObject({ file: v.string(), start: v.number(), end: v.number(), text: v.string(), madeBy: v.exactOptional(v.string()) })

const fix = v.strictObject({
  title: v.string(), title_zh: v.string(), applicability: v.picklist(['machine', 'likely', 'byHand']),
  edits: v.array(edit), steps: v.array(said), caution: v.exactOptional(said), proof: v.nullable(proofSchema),
})

export const findingSchema = v.strictObject({
  id: v.string(), level: v.picklist(['error', 'warning', 'info']), certainty: v.picklist(['confirmed', 'likely', 'possible']),
  message: v.string(), message_zh: v.string(), fingerprint: v.string(),
  sources: v.array(v.strictObject({ ...sourceFields, label: v.string(), label_zh: v.string(), primary: v.boolean(), place: v.exactOptional(v.string()) })),
  evidence: v.array(v.string()),
  notes: v.array(v.strictObject({ kind: v.picklist(['why', 'seen', 'confirmed', 'note']), en: v.string(), zh: v.string() })),
  fixes: v.array(fix),
})

export const problem = v.strictObject({
  code: v.string(), message: v.string(), source: v.exactOptional(sourceSchema),
  state: v.picklist(['unknown', 'ignored', 'unmodelled', 'partly-modelled', 'damaged']),
})

const status = v.strictObject({
  verdict: v.picklist(['works', 'intermittent', 'fails', 'slow', 'absent', 'inconclusive']),
  summary: said, basis: v.picklist(['fill', 'steady']), outcomes: v.array(outcome), complete: v.boolean(),
  decidedBy: v.array(v.strictObject({
    choice: v.string(), influence: v.number(), source: v.exactOptional(sourceSchema),
    alternatives: v.array(v.strictObject({ taken: v.string(), ends: v.string(), source: v.exactOptional(sourceSchema) })),
  })),
  worlds: v.array(v.strictObject({ unknown: v.string(), options: v.array(v.string()), source: v.exactOptional(sourceSchema), settledBy: said })),
  spells: v.nullable(v.strictObject({ failingShare: v.number(), meanBadS: v.number(), meanGoodS: v.number(), worstRecoveryS: v.number() })),
  observed: v.nullable(observed),
  prediction: words,
  findings: v.array(findingSchema),
  notCures: v.array(v.strictObject({ id: v.string(), title: said, because: said, proof: v.nullable(proofSchema) })),
  ruledOut: v.array(v.strictObject({ id: v.string(), because: said })),
  notLooked: v.array(v.strictObject({ what: said, flag: v.string() })),
  problems: v.array(problem),
})

export const metadata = v.strictObject({ name: v.string(), bundle: v.string(), generatedBy: v.string() })
export const specFrom = v.strictObject({ kind: v.string(), name: v.string(), namespace: v.string(), node: v.string(), class: v.string() })

export const diagnosisSchema = v.strictObject({
  apiVersion: v.literal('whydns/v1'), kind: v.literal('Diagnosis'),
  metadata,
  spec: v.strictObject({
    name: v.string(), type: v.string(),
    from: specFrom,
    window: v.nullable(v.strictObject({ from: v.string(), to: v.string() })),
  }),
  status,
})

export const diagnosisListSchema = v.strictObject({ apiVersion: v.literal('whydns/v1'), kind: v.literal('DiagnosisList'), items: v.array(diagnosisSchema) })

export type DeepReadonly<T> = T extends readonly (infer Item)[] ? readonly DeepReadonly<Item>[] : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T
/** Both ways: a field that only one of them has is noticed even where it is optional. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
/** Does not compile where the schema and the types have parted. */
export const schemaIsTheType: Same<DeepReadonly<v.InferOutput<typeof diagnosisSchema>>, DeepReadonly<Diagnosis>> = true
export const listSchemaIsTheType: Same<DeepReadonly<v.InferOutput<typeof diagnosisListSchema>>, DeepReadonly<DiagnosisList>> = true
