import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expressionText, type ExpressionQuery } from '../../../test/fidelity/go/expression-cases.ts'
import { answersOf, shownValue } from '../../../test/fidelity/go/expression-shown.ts'
import { readRows } from '../../../test/fidelity/rows.ts'
import { compileExpression } from './expression.ts'
import { ENVIRONMENT, goType, typeText } from './expression-types.ts'
import type { CorednsVersion } from './plugin.ts'

/** `compile`: what it is refused with. `type`: what the newer library knows of what it gives. `value`: "varies" where it is not the same each time. */
interface Row {
  readonly versions: readonly string[]; readonly expression: string; readonly query: ExpressionQuery
  readonly compile?: string; readonly type?: string; readonly stopped?: boolean; readonly value?: string
}

const recorded = readRows(new URL('../../../test/fidelity/go/expression.jsonl.gz', import.meta.url)) as unknown as readonly Row[]
const parse = (version: string): CorednsVersion => version.split('.').map(Number) as unknown as CorednsVersion

/** `unknown`: the model says that it does not know. */
function answered(expression: string, version: CorednsVersion, query: ExpressionQuery): string {
  const compiled = compileExpression(expression, version)
  if (!compiled) return 'unmodelled'
  if ('fault' in compiled) return `refused: ${compiled.fault}`
  const given = compiled.run(answersOf(query))
  return given === 'failed' ? 'fails' : given === 'unknown' ? 'unknown' : shownValue(given.value)
}

/** The clock, the calendar, the order of what has none, and what is longer than a bound of ours. */
const MAY_BE_UNKNOWN = /\b(?:now|date|timezone|keys|values|toPairs)\(|^len\(1\.\.1000000\)|^sort(?:By)?\((?:1\.\.20|\[1, 1\.0)/

describe('expressions', () => {
  test('are taken, refused, and give, what the library of that CoreDNS release gives', () => {
    let [compared, unknown] = [0, 0]
    for (const row of recorded) {
      const real = row.compile !== undefined ? `refused: ${row.compile}` : row.stopped ? 'fails' : row.value
      for (const version of row.versions) {
        const mine = answered(row.expression, parse(version), row.query)
        compared++
        if (mine === real) continue
        const isUnknown = mine === 'unknown' && row.compile === undefined && (real === 'varies' || MAY_BE_UNKNOWN.test(row.expression))
        if (isUnknown) unknown++
        else expect({ version, expression: row.expression, given: mine }).toEqual({ version, expression: row.expression, given: real })
      }
    }
    expect(compared).toBeGreaterThan(9000)
    expect(unknown).toBeLessThan(compared / 50)
  })

  test('have the type that the library knows of what they give, which variables of templates keep', () => {
    let compared = 0
    for (const { expression, type } of recorded) {
      if (type === undefined) continue
      const compiled = compileExpression(expression, [1, 15, 0])
      const mine = compiled && 'type' in compiled ? typeText(compiled.type, false) : undefined
      if (mine !== type) expect({ expression, type: mine }).toEqual({ expression, type })
      compared++
    }
    expect(compared).toBeGreaterThan(2500)
  })

  test('cannot look into a variable of which nothing is known', () => {
    const refusal = (text: string): string | undefined => {
      const compiled = compileExpression(text, [1, 15, 0], new Map([...ENVIRONMENT, ['x', goType('*interface {}')]]))
      return compiled && 'fault' in compiled ? compiled.fault.split(' (1:')[0] : undefined
    }
    expect(['x.a', 'x[0]', 'x[1:]', 'x()', 'metadata(x)', 'get(x, 1)', '{a: 1}[x]'].map(refusal)).toEqual([
      'type interface {} has no field a', 'type interface {}[int] is undefined', 'cannot slice *interface {}', '*interface {} is not callable',
      'cannot use *interface {} as argument (type string) to call metadata ', 'type *interface {} does not support indexing', 'cannot use *interface {} to get an element from map[string]interface {}',
    ])
    expect(['x + 1', 'x == 1', 'len(x)', 'take(x, 1)', 'take([1], x)', 'concat(x)', 'all(x, true)', '[1][x]', '[1][x:]', 'x ? 1 : 2', 'abs(x)', 'first(x)', 'get([1], x)', '-x', 'not x', '1 in x'].map(refusal))
      .toEqual(Array.from({ length: 16 }, () => undefined))
  })

  test('of any shape are refused, said to be unmodelled, or give a value, a fault or nothing known, in bounded time', () => {
    const query = recorded[0]?.query as ExpressionQuery
    fc.assert(fc.property(fc.oneof(expressionText, fc.string({ unit: 'binary', maxLength: 60 })), fc.constantFrom('1.11.3', '1.14.7'), (text, version) =>
      typeof answered(text, parse(version), query) === 'string'), { numRuns: 300 })
  })

  test.each([
    [(n: number) => `${'('.repeat(n)}1${')'.repeat(n)}`, 199, 'unmodelled'], [(n: number) => `1${' + 1'.repeat(n)}`, 499, 'unmodelled'], [(n: number) => `${'-'.repeat(n)}id()`, 199, 'unmodelled'],
    [(n: number) => `if true {1} ${'else if true {1} '.repeat(n)}else {1}`, 198, 'unmodelled'],
    [(n: number) => `len(fromJSON('${'['.repeat(n)}[]${']'.repeat(n)}'))`, 500, 'unknown'], [(n: number) => `len(fromJSON('${'{"a":'.repeat(n)}1${'}'.repeat(n)}'))`, 500, 'unknown'],
  ])('are followed as deep as the bound says, and no deeper: %#', (text, deepest, end) => {
    const query = recorded[0]?.query as ExpressionQuery
    expect(answered(text(deepest), parse('1.14.7'), query)).toMatch(/^int\(/)
    expect(answered(text(deepest + 1), parse('1.14.7'), query)).toBe(end)
  })

  test('know the keys and the values of a map of one, the order of more being unknown', () => {
    const shown = (text: string): string => answered(text, parse('1.14.7'), recorded[0]?.query as ExpressionQuery)
    expect(['keys({a: 1})', 'values({a: 1})', 'keys({})'].map(shown)).toEqual(['[]interface {}{"a"}', '[]interface {}{int(1)}', '[]interface {}{}'])
    expect(['keys({a: 1, b: 2})', 'values({a: 1, b: 2})', 'toPairs({a: 1, b: 2})'].map(shown)).toEqual(['unknown', 'unknown', 'unknown'])
  })

  test('are those of the newer library from 1.12.0 on', () => {
    const query = recorded[0]?.query as ExpressionQuery
    expect(answered('1 < 2 < 3', [1, 11, 4], query)).toMatch(/^refused: invalid operation: < \(mismatched types bool and int\)/)
    expect(answered('1 < 2 < 3', [1, 12, 0], query)).toBe('true')
  })

  test.each([
    ['map(1..1000, map(1..1000, map(1..1000, #)))', 'unknown'], [`${'('.repeat(5000)}1${')'.repeat(5000)}`, 'unmodelled'], [`${'['.repeat(5000)}`, 'unmodelled'], [`${'-'.repeat(5000)}1`, 'unmodelled'],
    [`1${' + 1'.repeat(4000)}`, 'unmodelled'], [`name()${'[0:]'.repeat(4000)}`, 'unmodelled'], [`${'true ? '.repeat(4000)}1`, 'unmodelled'], [`fromJSON('${'['.repeat(5000)}${']'.repeat(5000)}')`, 'unknown'],
    [`fromJSON('${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}')`, 'unknown'], [`${'if true { '.repeat(3000)}`, 'unmodelled'], [`if true {1} ${'else if true {1} '.repeat(3000)}`, 'unmodelled'],
  ])('that would take much time or stack are stopped: %#', (text, end) => {
    expect(answered(text, parse('1.14.7'), recorded[0]?.query as ExpressionQuery)).toBe(end)
  })
})
