// `var` and `expr` of CoreDNS's `template`, 1.15.0: plugin/template/setup.go and template.go over the expression library. Variables are worked out
// in their order once a pattern fits; then each condition must be true. An expression that fails ends the query with SERVFAIL, one that
// is not true does so unless the stanza falls through.
// Not modelled: functions, durations and maps with keys of other types kept in a variable.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Source } from '../../chain/source.ts'
import type { Dispenser } from './dispenser.ts'
import { isBuiltin } from './expression-builtins.ts'
import { ExpressionFault, ExpressionUnmodelled } from './expression-fault.ts'
import { parseExpression } from './expression-parser.ts'
import { ENVIRONMENT, goType, isUnknown, said, type Type } from './expression-types.ts'
import { isDict, isFunc, isList, isTyped, type Value } from './expression-value.ts'
import { compileExpression, type Caller, type CompiledExpression } from './expression.ts'
import { goQuote } from './go-quote.ts'
import { goBool, goInt, goString, goUint, type GoValue } from './go-value.ts'
import type { CorednsVersion } from './plugin.ts'

interface Compiled {
  readonly name: string
  readonly text: string
  readonly run: CompiledExpression['run']
  readonly source: Source | undefined
}

/** Of one stanza, in the order of the file. */
export interface Expressions {
  readonly variables: Compiled[]
  readonly conditions: Compiled[]
  readonly environment: Map<string, Type>
  unmodelled: string | undefined
}

export const noExpressions = (): Expressions => ({
  variables: [], conditions: [], unmodelled: undefined, environment: new Map([...ENVIRONMENT, ['group', goType('func(interface {}) string')]]),
})

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** The words behind `var` or `expr`. @throws SetupRefused */
export function readExpression(c: Dispenser, kind: 'var' | 'expr', into: Expressions, version: CorednsVersion): void {
  const source = c.word?.source
  const args = c.remainingArgs()
  const [name = '', ...more] = kind === 'var' ? args : ['', ...args]
  if (more.length === 0) throw c.argErr()
  if (kind === 'var' && !NAME.test(name)) throw c.err(`invalid variable name ${goQuote(name)}`)
  if (kind === 'var' && isReserved(name, into)) throw c.err(`variable name ${goQuote(name)} is reserved`)
  const text = more.join(' ')
  const compiled = compileExpression(text, version, new Map(into.environment))
  if (compiled && 'fault' in compiled) throw c.err(`could not compile expression: ${kind === 'var' ? `${name}, ` : ''}${compiled.fault}`)
  if (!compiled) into.unmodelled ??= `what the expression ${text} gives is not modelled`
  else (kind === 'expr' ? into.conditions : into.variables).push({ name, text, run: compiled.run, source })
  if (kind === 'var') into.environment.set(name, keptType(compiled?.type))
}

/** Names of functions, of earlier variables, and words of the language. */
function isReserved(name: string, { environment }: Expressions): boolean {
  if (environment.has(name) || isBuiltin(name, true)) return true
  try {
    return parseExpression(name, true).kind !== 'name'
  } catch (thrown) {
    if (thrown instanceof ExpressionFault || thrown instanceof ExpressionUnmodelled) return true
    throw thrown
  }
}

/** A pointer to anything where nothing is known: later expressions cannot look into it. */
const keptType = (type: Type | undefined): Type => (!type || type.kind === 'nil' || isUnknown(type) ? goType('*interface {}') : said(type))

export type Worked =
  | { readonly kind: 'met'; readonly values: ReadonlyMap<string, GoValue> }
  | { readonly kind: 'unmet' | 'failed' }
  | { readonly kind: 'unmodelled'; readonly what: string }

/** `functions`: those of CoreDNS. `key` names the unknown that a condition nobody can work out is. */
export function* worked({ variables, conditions }: Expressions, functions: Caller, key: string): HopRun<Worked> {
  const values = new Map<string, Value>()
  const shown = new Map<string, GoValue>()
  const call: Caller = (name, args) => {
    const known = values.get(name)
    return known === undefined ? functions(name, args) : isFunc(known) ? known.call(args) : known
  }
  for (const { name, run, text } of variables) {
    const given = run(call)
    if (given === 'failed') return { kind: 'failed' }
    const value = given === 'unknown' ? undefined : goValueOf(given.value)
    if (given === 'unknown' || !value) return { kind: 'unmodelled', what: `what the expression ${text} gives is not known` }
    values.set(name, given.value)
    shown.set(name, value)
  }
  for (const { run, text, source } of conditions) {
    const given = run(call)
    if (given === 'failed') return { kind: 'failed' }
    const at = `${key}: ${text}`
    const met = given === 'unknown' ? yield* pick({ at, key: at, options: [true, false], ...(source && { source }) }) : given.value === true
    if (!met) return { kind: 'unmet' }
  }
  return { kind: 'met', values: shown }
}

/** As a template sees it; undefined = not modelled. */
function goValueOf(value: Value): GoValue | undefined {
  if (value === null) return { kind: 'nil' }
  if (typeof value === 'string') return goString(value)
  if (typeof value === 'boolean') return goBool(value)
  if (typeof value === 'bigint') return goInt(value)
  if (typeof value === 'number') return { kind: 'float', value }
  if (isTyped(value)) return value.type === 'uint8' ? goUint(value.value, 'uint8') : value.type === 'int64' ? goInt(value.value, 'int64') : undefined
  if (isList(value)) {
    const items = value.items.map(goValueOf)
    return items.every(item => item !== undefined) ? { kind: 'slice', type: value.type, items } : undefined
  }
  return isDict(value) && value.type === 'map[string]interface {}' ? goMapOf([...value.entries] as (readonly [string, Value])[]) : undefined
}

function goMapOf(pairs: readonly (readonly [string, Value])[]): GoValue | undefined {
  const entries = new Map<string, GoValue>()
  for (const [key, value] of pairs) {
    const shown = goValueOf(value)
    if (!shown) return undefined
    entries.set(key, shown)
  }
  return { kind: 'map', type: 'map[string]interface {}', empty: undefined, entries }
}
