import { describe, expect, it } from 'vitest'
import { exponentText, fixedText } from './go-float.ts'
import { goPrintf } from './go-format.ts'

describe('numbers with a precision', () => {
  it('are rounded half to even, as Go rounds them', () => {
    expect([0.5, 1.5, 2.5, -0.5].map(v => fixedText(v, 0))).toEqual(['0', '2', '2', '-0'])
    expect([9.5, 99.5, 9.9999].map(v => exponentText(v, 0))).toEqual(['1e+01', '1e+02', '1e+01'])
  })

  it('have all the digits that are asked for', () => {
    expect(goPrintf('%.200e', [{ kind: 'float', value: 1.5 }])).toBe(`1.5${'0'.repeat(199)}e+00`)
    expect(fixedText(5e-324, 330)).toBe(`0.${'0'.repeat(323)}4940656`)
    expect(fixedText(1e21, 1)).toBe('1000000000000000000000.0')
  })

  // As Go 1.26 prints +Inf, -Inf and NaN.
  it.each([
    ['%v', '[+Inf][-Inf][NaN]'], ['%+v', '[+Inf][-Inf][NaN]'], ['% v', '[ Inf][-Inf][ NaN]'], ['%+ f', '[+Inf][-Inf][+NaN]'], ['%8.1f|', '[    +Inf|][    -Inf|][     NaN|]'], ['%-8e|', '[+Inf    |][-Inf    |][NaN     |]'],
    ['%08g|', '[    +Inf|][    -Inf|][     NaN|]'], ['%d', '[%!d(float64=+Inf)][%!d(float64=-Inf)][%!d(float64=NaN)]'], ['%x', '[+Inf][-Inf][NaN]'], ['%5s|', '[%!s(float64= +Inf)|][%!s(float64= -Inf)|][%!s(float64=  NaN)|]'],
  ])('without an end are words: %s', (format, shown) => {
    expect([Infinity, -Infinity, Number.NaN].map(value => `[${goPrintf(format, [{ kind: 'float', value }])}]`).join('')).toBe(shown)
  })
})
