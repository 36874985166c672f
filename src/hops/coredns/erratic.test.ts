import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const block = (options: string): string => `. {\n erratic {\n  ${options}\n }\n}\n`

/** A reply a query, the first counted `before`: `-` = dropped, `t` = truncated, else how long it took. */
function told(options: string, before = 0, count = 6): string {
  const { ask, run } = oneCoredns('1.15.0', block(options), {}, {}, () => before)
  return Array.from({ length: count }, () => {
    const began = run.nowMs
    const reply = ask({ name: 'a.test.' })
    return reply === LOST ? '-' : reply.flags.includes('tc') ? 't' : String(run.nowMs - began)
  }).join(' ')
}

test('every Nth query is dropped or delayed, the very first included; 0 is never', () => {
  expect(told('drop 3')).toBe('- 0 0 - 0 0')
  expect(told('drop 3', 2)).toBe('0 - 0 0 - 0')
  expect(told('drop 0')).toBe('0 0 0 0 0 0')
  expect(told('delay 3 7ms')).toBe('7 0 0 7 0 0')
  expect(told('delay 2')).toBe('100 0 100 0 100 0')
  expect(told('drop 0\n  delay 0\n  truncate 0')).toBe('0 0 0 0 0 0')
})

test('truncated is a query whose number shares no bit with that of the option', () => {
  expect(told('truncate 3')).toBe('t 0 0 0 t 0')
  expect(told('truncate 4')).toBe('t t t t 0 0')
  expect(told('truncate 1')).toBe('t 0 t 0 t 0')
})

test('how many came before is an unknown, as far as it makes a difference', () => {
  const options = (text: string): unknown => {
    const picks: unknown[] = []
    oneCoredns('1.15.0', block(text), {}, {}, p => { picks.push(p.options.length); return 0 }).ask({ name: 'a.test.' })
    return picks
  }
  expect(['drop 3', 'drop 3\n  delay 2', 'truncate 4', 'truncate 3', 'drop 100', 'drop 0', 'drop 0\n  delay 2', 'drop 0\n  truncate 1'].map(options)).toEqual([[3], [6], [8], [4], [64], [], [2], [2]])
})

test('what it did is the cause, and a transfer is not modelled', () => {
  const { ask } = oneCoredns('1.15.0', block('drop 0'))
  expect(ask({ name: 'a.test.', type: 'MX' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'failed', by: 'coredns ns/pod erratic', detail: 'MX' } })
  expect(ask({ name: 'a.test.', type: 'AXFR' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod erratic', detail: 'AXFR of erratic' } })
})

test('a transfer is not modelled, and said so; types without an address fail', () => {
  const { ask } = oneCoredns('1.15.0', block('drop 0'))
  expect(ask({ name: 'a.test.', type: 'AXFR', transport: 'tcp' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod erratic', detail: 'AXFR of erratic' } })
  expect(ask({ name: 'a.test.', type: 'NS' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'failed', detail: 'NS' } })
})

test('large answers have thirty addresses, for A alone', () => {
  const { ask } = oneCoredns('1.15.0', block('drop 0\n  large'))
  const answers = (type: string): unknown => {
    const reply = ask({ name: 'a.test.', type, transport: 'tcp' })
    return reply === LOST ? LOST : reply.answer.map(r => `${r.ttlS} ${r.data}`)
  }
  expect(answers('A')).toEqual(Array.from({ length: 30 }, () => '0 192.0.2.53'))
  expect(answers('AAAA')).toEqual(['0 2001:db8::53'])
})

test('a second use without a number leaves the number of the first, and a delay of every query drops none', () => {
  expect(told('drop 3\n  drop')).toBe('- 0 0 - 0 0')
  expect(told('delay 1 5ms')).toBe('5 5 5 5 5 5')
  expect(told('truncate 1')).not.toContain('-')
  expect(told('drop 2\n  delay 2')).toBe('- 0 - 0 - 0')
  expect(told('drop 0\n  delay 2 7ms\n  truncate 2', 1)).toBe('t 7 0 t t 7')
})
