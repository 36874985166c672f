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

test('an answer is a TXT record of class CH that nobody may keep', () => {
  const reply = oneCoredns('1.11.3', '. {\n chaos v me\n}\n').ask({ name: 'Version.Bind.', type: 'TXT', class: 'CH' })
  expect(reply).toMatchObject({ rcode: 'NOERROR', answer: [{ name: 'Version.Bind.', type: 'TXT', ttlS: 0, class: 'CH', data: '"v"' }] })
})

test('of texts that are too long once their last character is cut, one is enough to leave the client without an answer', () => {
  // 255 bytes end inside of the 128th character, and what is left of it is written as three bytes.
  expect([texts(`v a ${'é'.repeat(128)}`, 'authors.bind.'), texts(`v a ${'é'.repeat(127)}`, 'authors.bind.')]).toEqual([LOST, ['NOERROR', '"a"', `"${'\\195\\169'.repeat(127)}"`]])
})
