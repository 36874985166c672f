import { describe, expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { oneCoredns, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.1': zone('www.zone.test. 60 A 10.1.1.1', 'www.zone.test. 60 TXT "x"', 'www.other.test. 60 A 10.1.1.1', 'www.third.test. 60 A 10.1.1.1') }

/** What becomes of a query in a server with this line: the upstream's address, or the kind of cause of the failure. */
function endOf(line: string, name: string, { version = '1.11.3', type = 'A' } = {}): string | undefined {
  const reply = oneCoredns(version, `test {\n ${line}\n forward . 10.0.0.1\n}\n`, upstreams).ask({ name, type })
  return reply === LOST ? 'lost' : reply.cause?.kind ?? reply.answer[0]?.data
}

describe('a plugin that is not modelled', () => {
  test.each([
    // The words of each plugin's README; an id behind or a group before the zone is no part of it.
    'route53 zone.test.:Z1', 'clouddns zone.test.:project:id', 'azure group:zone.test.', 'dnssec zone.test', 'etcd zone.test', 'secondary zone.test', 'federation zone.test',
  ])('`%s` stops only what lies in its zone', line => {
    expect(endOf(line, 'www.zone.test.')).toBe('unmodelled')
    expect(endOf(line, 'www.other.test.')).toBe('10.1.1.1')
  })

  test.each([
    'route53 zone.test.:Z1 third.test.:Z2', 'clouddns zone.test.:p:z third.test.:p:z2', 'azure g:zone.test. g2:third.test.', 'dnssec zone.test third.test', 'etcd zone.test third.test', 'secondary zone.test third.test',
  ])('`%s` stops both zones', line => {
    expect(['www.zone.test.', 'www.third.test.', 'www.other.test.'].map(name => endOf(line, name))).toEqual(['unmodelled', 'unmodelled', '10.1.1.1'])
  })

  test.each(['dnssec', 'etcd', 'route53', 'secondary', 'azure', 'clouddns'])('`%s` without a zone stops all of the block', line => {
    expect(endOf(line, 'www.other.test.')).toBe('unmodelled')
  })

  test('of whose words nothing is known stops every query', () => {
    for (const line of ['tsig', 'tsig zone.test', 'unbound zone.test']) expect(endOf(line, 'www.other.test.'), line).toBe('unmodelled')
  })

  test('twice in a block stops the zones of both', () => {
    const line = 'etcd zone.test\n etcd third.test'
    expect(['www.zone.test.', 'www.third.test.', 'www.other.test.'].map(name => endOf(line, name))).toEqual(['unmodelled', 'unmodelled', '10.1.1.1'])
  })

  test('fails with SERVFAIL and says which plugin', () => {
    const { ask, problems } = oneCoredns('1.11.3', '. {\n tsig\n}\n')
    expect(ask({ name: 'www.test.' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod tsig', detail: 'plugin tsig' } })
    expect(problems).toContainEqual(expect.objectContaining({
      code: 'corefile-plugin-unmodelled', state: 'unmodelled', message: 'tsig is not modelled: what reaches it is not predicted', source: expect.objectContaining({ file: 'Corefile' }),
    }))
  })

  test('or that the release does not know is said with what the stock binary says', () => {
    const { problems } = oneCoredns('1.11.3', '. {\n unbound\n}\n')
    expect(problems).toContainEqual(expect.objectContaining({
      code: 'corefile-unknown-plugin', state: 'unmodelled',
      message: 'unbound is no plugin of CoreDNS 1.11.3: the stock binary does not start (Unknown directive \'unbound\'); what a build with it does is not predicted',
    }))
  })
})
