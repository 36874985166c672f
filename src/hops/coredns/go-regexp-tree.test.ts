// The measures by which Go refuses a regular expression: calcSize, checkHeight and repeatIsValid of regexp/syntax/parse.go.
import { describe, expect, test } from 'vitest'
import { compileGoRegexp, goMinor, isRefused } from './go-regexp.ts'
import { parseRegexp } from './go-regexp-syntax.ts'
import type { CorednsVersion } from './plugin.ts'

const NEW: CorednsVersion = [1, 14, 7]

test.each([
  ['', 1, 1, 1], ['a', 1, 1, 1], ['abc', 3, 2, 1], ['(a)', 3, 2, 1], ['(abc)', 5, 3, 1], ['a*', 3, 2, 1], ['a+', 2, 2, 1], ['a?', 2, 2, 1], ['(abc)*', 7, 4, 1], ['a|b', 3, 2, 1], ['a|b|cd', 6, 3, 1], ['a|(?:b|c)', 5, 2, 1], ['ab|', 4, 3, 1],
  ['a{0}', 1, 2, 0], ['a{1}', 1, 2, 1], ['a{5}', 5, 2, 5], ['a{2,5}', 8, 2, 5], ['(ab){3}', 12, 4, 3], ['a{0,}', 3, 2, 1], ['a{3,}', 4, 2, 3], ['(a){3,}', 10, 3, 3], ['(a{3}){5}', 25, 4, 15], ['(a{3}|b{7}){2}', 26, 5, 14], ['(a{3}){0}', 1, 4, 0], ['(a{3})*', 7, 4, 3], ['^a$', 3, 2, 1],
])('%s has its size, height and copies', (text, size, height, copies) => {
  expect(parseRegexp(text, 26).node).toMatchObject({ size, height, copies })
})

describe('an expression at a bound of ours', () => {
  const isModelled = (text: string): boolean => {
    const compiled = compileGoRegexp(text, NEW)
    if (isRefused(compiled)) expect(compiled).toEqual({ error: 'a regular expression of this size is not modelled', unmodelled: true })
    return !isRefused(compiled)
  }

  test('is modelled up to 50,000 instructions and 4,000 places to save', () => {
    expect([isModelled('x{1000}'.repeat(50)), isModelled(`${'x{1000}'.repeat(50)}x`)]).toEqual([true, false])
    expect([isModelled('()'.repeat(2000)), isModelled('()'.repeat(2001))]).toEqual([true, false])
  })

  test('is taken, and said to be not modelled, up to the size that Go takes', () => {
    expect(isModelled(`${'x{1000}'.repeat(3355)}x{443}`)).toBe(false)
    expect(compileGoRegexp(`${'x{1000}'.repeat(3355)}x{444}`, NEW)).toMatchObject({ error: expect.stringContaining('expression too large') as string })
  })
})

test('each release has the Go that it was built with', () => {
  const minors: readonly (readonly [CorednsVersion, number])[] = [
    [[1, 8, 6], 20], [[1, 9, 3], 20], [[1, 10, 1], 20], [[1, 11, 0], 21], [[1, 11, 1], 21], [[1, 11, 3], 21], [[1, 11, 4], 23], [[1, 12, 0], 23], [[1, 12, 1], 23], [[1, 12, 2], 24], [[1, 12, 3], 24], [[1, 12, 4], 25], [[1, 13, 0], 25],
    [[1, 14, 2], 25], [[1, 14, 3], 26], [[1, 15, 0], 26],
  ]
  expect(minors.map(([version]) => goMinor(version))).toEqual(minors.map(([, minor]) => minor))
})

test('what a Go release brought is taken from it on', () => {
  const names = (text: string, minor: number): unknown => {
    try {
      return parseRegexp(text, minor).names
    } catch (fault) {
      return (fault as Error).message
    }
  }
  // go1.22: (?<name>re).
  expect([names('(?<n>a)', 21), names('(?<n>a)', 22)]).toEqual(['error parsing regexp: invalid or unsupported Perl syntax: `(?<`', ['', 'n']])
  // go1.21: Unicode 15. go1.25: names of categories in any case.
  expect([20, 21, 24, 25].map(minor => names('\\p{Kawi}', minor))).toEqual(['error parsing regexp: invalid character class range: `\\p{Kawi}`', [''], [''], ['']])
  expect([24, 25].map(minor => names('\\p{letter}', minor))).toEqual(['error parsing regexp: invalid character class range: `\\p{letter}`', ['']])
})

test('a compiled expression says whether it matches, its groups and their names', () => {
  const compiled = compileGoRegexp('^(a)(?P<n>b)?', NEW)
  if (isRefused(compiled)) throw new Error(compiled.error)
  expect([compiled.test('ac'), compiled.test('ca'), compiled.groups, compiled.names, compiled.match('ac')]).toEqual([true, false, 2, ['', '', 'n'], ['a', 'a', '']])
})
