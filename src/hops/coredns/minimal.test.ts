// CoreDNS's `minimal`: answers alone, and what the plugins behind it said of them.
import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const files = new Map([['/z', { file: 'z', text: '$ORIGIN zone.test.\n@ 60 IN SOA ns h 1 2 3 4 5\n@ 60 IN NS ns\nns 60 IN A 10.0.0.1\n* 60 IN A 10.0.0.9\n* 60 IN MX 1 ns\n' }]])

test.each([['A', ['10.0.0.9'], 0], ['MX', ['1 ns.zone.test.'], 0], ['TXT', [], 1]])('a question for %s has the answer %j, and %i records of authority; what is known of it is kept', (type, answer, authority) => {
  const server = oneCoredns('1.14.7', '. {\n metadata\n log . "{name} {/zone/wildcard}"\n minimal\n file /z zone.test.\n}\n', {}, { files })
  const reply = server.ask({ name: 'x.zone.test.', type })
  if (reply === LOST) throw new Error('lost')
  expect([reply.rcode, reply.answer.map(r => r.data), reply.authority.length, reply.additional.length]).toEqual(['NOERROR', answer, authority, 0])
  expect(server.lines()).toEqual(['[INFO] x.zone.test. *.zone.test.'])
})
