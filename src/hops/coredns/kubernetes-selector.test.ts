import { expect, test } from 'vitest'
import { parseSelector } from './kubernetes-selector.ts'

test.each([
  ['a=1', { a: '1' }, true], ['a==1', { a: '2' }, false], ['a', { a: '' }, true], ['!a', { a: '' }, false],
  ['! a', {}, true],
  ['a in (1, 2)', { a: '2' }, true], ['a in (1,2)', {}, false], ['a notin (1)', {}, true], ['a in ()', { a: '' }, true],
  ['a=,b', { a: '', b: 'x' }, true],
  [
    'app.kubernetes.io/name=web, tier notin (x)', { 'app.kubernetes.io/name': 'web' }, true,
  ], ['constructor', {}, false], ['a in (,1)', { a: '' }, true],
  ['a notin (1)', { a: '1' }, false], ['a notin (1)', { a: '2' }, true], ['a in (1)', { a: '' }, false],
  ['a in (1,,2)', { a: '' }, true], ['a in (1,)', { a: '' }, true], ['a in (1)', { a: '1' }, true], ['!a,b', { b: '' }, true], ['a=', { a: '' }, true], ['a=1', {}, false],
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
