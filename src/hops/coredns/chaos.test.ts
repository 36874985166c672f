import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const texts = (words: string, name: string, query = {}): unknown => {
  const reply = oneCoredns('1.11.3', `. {\n chaos ${words}\n}\n`).ask({ name, type: 'TXT', class: 'CH', ...query })
  return reply === LOST ? LOST : [reply.rcode, ...(reply.answer ?? []).map(r => r.data)]
}

test('the version, the authors and the host name are told in the class CH', () => {
  expect([texts('', 'version.bind.'), texts('v1 me', 'VERSION.server.')]).toEqual([['NOERROR', '"CoreDNS-1.11.3"'], ['NOERROR', '"v1"']])
  expect([texts('v1 you me you', 'authors.bind.'), texts('', 'id.server.'), texts('', 'hostname.bind.')]).toEqual([['NOERROR', '"me"', '"you"'], ['NOERROR', '"pod"'], ['NOERROR', '"pod"']])
  expect([texts('', 'x.bind.'), texts('', 'version.bind.', { class: 'IN' }), texts('', 'version.bind.', { type: 'A' })]).toEqual(Array.from({ length: 3 }, () => ['SERVFAIL']))
})

test('a text is cut to 255 bytes', () => {
  expect([255, 256].map(length => texts('v'.repeat(length), 'version.bind.'))).toEqual([['NOERROR', `"${'v'.repeat(255)}"`], ['NOERROR', `"${'v'.repeat(255)}"`]])
})
