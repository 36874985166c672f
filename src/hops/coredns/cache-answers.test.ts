import { expect, test } from 'vitest'
import type { ResourceRecord } from '../../dns/message.ts'
import { isNonAnswer } from './cache-answers.ts'

const alias = (name: string, data: string): ResourceRecord => ({ name, type: 'CNAME', ttlS: 60, data })
const address = (name: string): ResourceRecord => ({ name, type: 'A', ttlS: 60, data: '10.0.0.1' })
const isNot = (answer: readonly ResourceRecord[], type = 'A', more: { readonly class?: string } = {}): boolean => isNonAnswer({ rcode: 'NOERROR', answer }, { name: 'A.test.', type, ...more })

test('an answer stands at the end of the aliases, letters of either case', () => {
  expect(isNot([address('a.TEST.')])).toBe(false)
  expect(isNot([alias('a.test.', 'B.test.'), alias('b.test.', 'c.test.'), address('C.test.')])).toBe(false)
  expect(isNot([])).toBe(false)
})

test('records of another type, at another name, or behind no alias are none', () => {
  expect(isNot([address('a.test.')], 'AAAA')).toBe(true)
  expect(isNot([address('b.test.')])).toBe(true)
  expect(isNot([alias('a.test.', 'b.test.')])).toBe(true)
  expect(isNot([alias('a.test.', 'b.test.')], 'CNAME')).toBe(false)
  expect(isNot([address('b.test.')], 'ANY')).toBe(true)
  expect(isNot([address('a.test.')], 'A', { class: 'CH' })).toBe(true)
  expect(isNot([address('a.test.')], 'A', { class: 'ANY' })).toBe(false)
})

test('a circle of aliases and an alias with two targets lead nowhere', () => {
  expect(isNot([alias('a.test.', 'b.test.'), alias('b.test.', 'a.test.'), address('b.test.')])).toBe(true)
  expect(isNot([alias('a.test.', 'b.test.'), alias('a.test.', 'c.test.'), address('b.test.')])).toBe(true)
})
