import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pattern, subject } from '../../../test/fidelity/go/regexp-cases.ts'
import { readRows } from '../../../test/fidelity/rows.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'
import type { CorednsVersion } from './plugin.ts'

interface Row {
  readonly versions: readonly string[]; readonly pattern: string; readonly texts: readonly string[]
  readonly error?: string; readonly names?: readonly string[]; readonly matches?: readonly (readonly string[] | null)[]
}

const recorded = readRows(new URL('../../../test/fidelity/go/regexp.jsonl.gz', import.meta.url)) as unknown as readonly Row[]
const parse = (version: string): CorednsVersion => version.split('.').map(Number) as unknown as CorednsVersion
const NEW: CorednsVersion = [1, 14, 7]

describe('regular expressions', () => {
  test('are taken or refused, and match, as Go of that CoreDNS release does', () => {
    let compared = 0
    for (const row of recorded) {
      for (const version of row.versions) {
        const compiled = compileGoRegexp(row.pattern, parse(version))
        const mine = isRefused(compiled) ? { error: compiled.error } : { names: compiled.names, matches: row.texts.map(t => compiled.match(t) ?? null) }
        const real = row.error === undefined ? { names: row.names, matches: row.matches } : { error: row.error }
        expect({ version, pattern: row.pattern, ...mine }).toEqual({ version, pattern: row.pattern, ...real })
        compared++
      }
    }
    expect(compared).toBeGreaterThan(1200)
  })

  test('of any shape are an error text or a match, never an exception', () => {
    fc.assert(fc.property(fc.oneof(pattern, fc.string({ unit: 'binary', maxLength: 30 })), subject, (text, over) => {
      const compiled = compileGoRegexp(text, NEW)
      if (isRefused(compiled)) return compiled.error.length > 0
      const match = compiled.match(over)
      return match === undefined || (match.length === compiled.groups + 1 && over.includes(match[0] as string))
    }), { numRuns: 1000 })
  })

  test('find what a backtracking engine finds, where both have the same syntax', () => {
    const literal = fc.constantFrom('a', 'b', '.', '[ab]', '\\w')
    const { all } = fc.letrec<{ all: string; one: string }>(tie => ({
      all: fc.array(fc.array(tie('one'), { minLength: 1, maxLength: 3 }).map(x => x.join('')), { minLength: 1, maxLength: 2 }).map(x => x.join('|')),
      one: fc.oneof({ maxDepth: 2 }, fc.tuple(literal, fc.constantFrom('', '*', '+', '?', '*?', '{2}')).map(x => x.join('')), tie('all').map(inside => `(${inside})`)),
    }))
    fc.assert(fc.property(all, fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), (text, chars) => {
      const over = chars.join('')
      const compiled = compileGoRegexp(text, NEW)
      if (isRefused(compiled)) throw new Error(compiled.error)
      const other = new RegExp(text).exec(over)
      expect(compiled.match(over) ?? null).toEqual(other && [...other].map(group => group ?? ''))
    }), { numRuns: 1000 })
  })

  test.each([
    ['(a*)*b', 'a'.repeat(1000)], ['((a+)+)+$', `${'a'.repeat(1000)}b`], ['(?:a?){1000}a{1000}', 'a'.repeat(1000)], [`${'(?:'.repeat(400)}a*${')*'.repeat(400)}b`, 'a'.repeat(1000)],
  ])('that would take a backtracking engine for ever end: %#', (text, over) => {
    const compiled = compileGoRegexp(text, NEW)
    if (isRefused(compiled)) throw new Error(compiled.error)
    expect(compiled.test(`${over}x`)).toBe(text.startsWith('(?:a?)'))
  })

  test('too large for the engine are said to be not modelled, not to be wrong', () => {
    expect(compileGoRegexp('x'.repeat(60_000), NEW)).toMatchObject({ unmodelled: true })
    expect(compileGoRegexp(`${'(?:'.repeat(30_000)}x${')'.repeat(30_000)}`, NEW)).toMatchObject({ unmodelled: true })
  })
})
