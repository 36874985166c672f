import { expect, test } from 'vitest'
import { parseFloat64 } from './go-number.ts'

test.each([
  ['1', 1], ['+1.5', 1.5], ['.5', 0.5], ['5.', 5], ['1e3', 1000], ['1_0', 10], ['0x1p4', 16], ['-0x.8p1', -1], ['inf', Infinity], ['-Infinity', -Infinity],
])('%s is the number %d', (text, value) => {
  expect(parseFloat64(text)).toEqual({ value })
})

test.each(['', 'x', '1__0', '_1', '1_', '0x10', '1e', '0x_p1', '--1', '1 ', '٣'])('%s is no number', text => {
  expect(parseFloat64(text)).toEqual({ fault: `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax` })
})

test('a number beyond 64 bits is out of range', () => {
  expect(parseFloat64('1e999')).toEqual({ fault: 'strconv.ParseFloat: parsing "1e999": value out of range' })
})
