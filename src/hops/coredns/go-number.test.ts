import { expect, test } from 'vitest'
import { atoi, atoi64, intText, parseBool, parseFloat64, parseUint } from './go-number.ts'

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

test.each([
  ['0', 0n], ['+7', 7n], ['-7', -7n], ['007', 7n], ['9223372036854775807', 2n ** 63n - 1n], ['-9223372036854775808', -(2n ** 63n)],
])('%s is an integer', (text, value) => {
  expect(atoi64(text)).toEqual({ value })
})

test.each([
  ['', 'invalid syntax'], ['+', 'invalid syntax'], ['+-1', 'invalid syntax'], ['1_0', 'invalid syntax'], ['1.0', 'invalid syntax'], ['a1', 'invalid syntax'],
  ['9223372036854775808', 'value out of range'], ['-9223372036854775809', 'value out of range'],
])('the integer "%s" is refused: %s', (text, why) => {
  expect(atoi64(text)).toEqual({ fault: `strconv.Atoi: parsing "${text}": ${why}` })
})

test('an integer in the range of a double is a number', () => {
  expect([atoi('+1'), atoi('9223372036854775808'), atoi('')]).toEqual([
    { value: 1 }, { fault: 'strconv.Atoi: parsing "9223372036854775808": value out of range' }, { fault: 'strconv.Atoi: parsing "": invalid syntax' }])
})

test('the largest integer is shown whole though a double holds one more', () => {
  expect([intText(Number(2n ** 63n - 1n)), intText(-(2 ** 63)), intText(5)]).toEqual(['9223372036854775807', '-9223372036854775808', '5'])
})

test('an unsigned integer has no sign and no more bits than asked', () => {
  expect([parseUint('65535', 16), parseUint('255', 8), parseUint('0', 32)]).toEqual([{ value: 65_535 }, { value: 255 }, { value: 0 }])
  expect([parseUint('65536', 16), parseUint('256', 8), parseUint('+1', 16), parseUint('1a', 16)]).toEqual([
    { fault: 'strconv.ParseUint: parsing "65536": value out of range' }, { fault: 'strconv.ParseUint: parsing "256": value out of range' }, { fault: 'strconv.ParseUint: parsing "+1": invalid syntax' }, { fault: 'strconv.ParseUint: parsing "1a": invalid syntax' },
  ])
})

test('a boolean is one of twelve words, any other is none', () => {
  expect(['1', 't', 'T', 'TRUE', 'true', 'True'].map(parseBool)).toEqual(Array.from({ length: 6 }, () => ({ value: true })))
  expect(['0', 'f', 'F', 'FALSE', 'false', 'False'].map(parseBool)).toEqual(Array.from({ length: 6 }, () => ({ value: false })))
  expect(['tRUE', 'yes', ''].map(parseBool)).toEqual(['tRUE', 'yes', ''].map(text => ({ fault: `strconv.ParseBool: parsing "${text}": invalid syntax` })))
})

test.each(['1e_5', '1_e5', '1_.5', '1._5', '0x1_p0', '0x1p_1', '-_1', '+nan', 'infin', '.', 'e1', '0xp0'])('%s is no float: underscores part digits of its base alone', text => {
  expect(parseFloat64(text)).toEqual({ fault: `strconv.ParseFloat: parsing "${text}": invalid syntax` })
})

test.each([['NaN', NaN], ['+inf', Infinity], ['1e-400', 0], ['0xa_bp0', 171], ['0x_1p0', 1], ['1_2.5_0e+1_0', 125e9]])('the float %s is %d', (text, value) => {
  expect(parseFloat64(text)).toEqual({ value })
})
