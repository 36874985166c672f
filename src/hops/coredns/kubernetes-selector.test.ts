import { expect, test } from 'vitest'
import { parseSelector } from './kubernetes-selector.ts'
import type { CorednsVersion } from './plugin.ts'

test.each([
  ['a=1', { a: '1' }, true], ['a==1', { a: '2' }, false], ['a', { a: '' }, true], ['!a', { a: '' }, false],
  ['! a', {}, true],
  ['a in (1, 2)', { a: '2' }, true], ['a in (1,2)', {}, false], ['a notin (1)', {}, true], ['a in ()', { a: '' }, true],
  ['a=,b', { a: '', b: 'x' }, true],
  [
    'app.kubernetes.io/name=web, tier notin (x)', { 'app.kubernetes.io/name': 'web' }, true,
  ], ['constructor', {}, false], ['a in (,1)', { a: '' }, true],
  ['a notin (1)', { a: '1' }, false], ['a notin (1)', { a: '2' }, true], ['a in (1)', { a: '' }, false],
  ['a in (1,,2)', { a: '' }, true], ['a in (1,2)', { a: '' }, false], ['a in (1, 2, 3)', { a: '' }, false], ['a in (1,)', { a: '' }, true], ['a in (1)', { a: '1' }, true], ['!a,b', { b: '' }, true], ['a=', { a: '' }, true], ['a=1', {}, false],
])('%s on %o', (text, labels, fits) => {
  const selector = parseSelector(text, [1, 15, 0])
  expect(typeof selector === 'function' && selector(labels as Record<string, string>)).toBe(fits)
})

const PARSED = 'couldn\'t parse the selector string'
test.each([
  ['a!=1', '"!=" is not a valid label selector operator'], ['a>1', '"gt" isn\'t supported in label selectors'],
  ['a in 1', `${PARSED} "a in 1": unable to parse requirement: found '1' expected: '('`], ['a in (1', `${PARSED} "a in (1": unable to parse requirement: found '', expected: ',' or ')'`],
  [',a', `${PARSED} ",a": found ',', expected: !, identifier, or 'end of string'`], ['a,', `${PARSED} "a,": found '', expected: identifier after ','`],
  ['a b', `${PARSED} "a b": unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt`], ['!', `${PARSED} "!": unable to parse requirement: found '', expected: identifier`],
  ['a=1=2', `${PARSED} "a=1=2": found '=', expected: ',' or 'end of string'`], ['a <(1)', `${PARSED} "a <(1)": unable to parse requirement: found '(', expected: identifier`],
])('%s is refused: %s', (text, why) => {
  expect(parseSelector(text, [1, 15, 0])).toBe(why)
})

test.each(['__proto__', '-a', 'a=-', 'a/b/c', `a=${'x'.repeat(64)}`, '=1', 'a in (1 2)', '!a=1', 'a in (1) b', 'a(1)', 'a=1 b', 'a !in (1)'])('%s is refused', text => {
  expect(typeof parseSelector(text, [1, 15, 0])).toBe('string')
})

test('a name, a value and a domain have their lengths, which are counted in bytes since 1.12.0', () => {
  const why = (text: string, version: CorednsVersion = [1, 15, 0]): unknown => {
    const selector = parseSelector(text, version)
    return typeof selector === 'string' ? selector.replace(/^.*?"[^"]*"(: )?/, '') : 'taken'
  }
  const x = (n: number): string => 'x'.repeat(n)
  expect([why(x(63)), why(`${x(253)}/a`), why(`a=${x(63)}`)]).toEqual(['taken', 'taken', 'taken'])
  for (const text of [x(64), `a=${x(64)}`]) expect([why(text), why(text, [1, 12, 0]), why(text, [1, 11, 4])].map(t => /must be no more than 63 (bytes|characters)$/.exec(String(t))?.[1])).toEqual(['bytes', 'bytes', 'characters'])
  expect(why(`${x(254)}/a`)).toMatch(/prefix part must be no more than 253 bytes$/)
  expect([why('a/b/c', [1, 12, 0]), why('a/b/c', [1, 11, 4])]).toEqual([expect.stringMatching(/a valid label key must consist of/), expect.stringMatching(/a qualified name must consist of/)])
})
