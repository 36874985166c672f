import { expect, test } from 'vitest'
import { parseSelector } from './kubernetes-selector.ts'

test.each([
  ['a=1', { a: '1' }, true], ['a==1', { a: '2' }, false], ['a!=1', {}, true], ['a', { a: '' }, true], ['!a', { a: '' }, false],
  ['! a', {}, true],
  ['a in (1, 2)', { a: '2' }, true], ['a in (1,2)', {}, false], ['a notin (1)', {}, true], ['a in ()', { a: '' }, true],
  ['a=,b', { a: '', b: 'x' }, true],
  [
    'app.kubernetes.io/name=web, tier notin (x)', { 'app.kubernetes.io/name': 'web' }, true,
  ], ['__proto__', {}, false], ['a in (,1)', { a: '' }, true],
  ['a!=1', { a: '1' }, false], ['a notin (1)', { a: '1' }, false], ['a notin (1)', { a: '2' }, true], ['a != 1', { a: '2' }, true], ['a in (1)', { a: '' }, false],
  ['a in (1,,2)', { a: '' }, true], ['a in (1,)', { a: '' }, true], ['a in (1)', { a: '1' }, true], ['!a,b', { b: '' }, true], ['a=', { a: '' }, true], ['a=1', {}, false],
])('%s on %o', (text, labels, fits) => {
  expect(parseSelector(text)?.(labels as Record<string, string>)).toBe(fits)
})

test.each(['a>1', 'a in 1', 'a in (1', ',a', 'a,', '=1', 'a b', 'a in (1 2)', '!', '!a=1', 'a=1=2', 'a in (1) b', 'a(1)', 'a=1 b', 'a !in (1)', 'a <(1)'])('%s is refused', text => {
  expect(parseSelector(text)).toBeUndefined()
})
