import { expect, test } from 'vitest'
import { LOST, type Hop, type Plain } from '../../chain/effects.ts'
import { oneCoredns } from '../../../test/support/one-coredns.ts'
import { Run } from '../../../test/support/run.ts'
import { loopLine, loopProbeHop, loopProbeId } from './loop.ts'

/** What the socket was asked, and when, while it answers the Nth probe alone. */
function probed(zone: string, answers = Infinity): unknown[] {
  const seen: unknown[] = []
  const listener: Hop = function* (query) {
    seen.push([run.nowMs, query])
    return seen.length === answers ? 'reply' : LOST
  }
  const run: Run = new Run(new Map([['socket', listener], ['probe', loopProbeHop({ id: 'p', listener: 'socket', zone })]]))
  run.query('probe', { numbers: '12.34', aheadMs: 0 } as Plain)
  return seen
}

test('a server asks itself over UDP for the two numbers below its zone', () => {
  const query = { type: 'HINFO', transport: 'udp', rd: true, client: '127.0.0.1', loopProbe: { by: 'p', passes: 0 } }
  expect(probed('.', 1)).toEqual([[0, { ...query, name: '12.34.' }]])
  expect(probed('a.test', 1)).toEqual([[0, { ...query, name: '12.34.a.test.' }]])
})

test('without a reply it asks again a second after the two it waits, for half a minute', () => {
  expect(probed('.', 3).map(each => (each as [number])[0])).toEqual([0, 3000, 6000])
  expect(probed('.')).toHaveLength(10)
})

test('the last line names the sockets, the zone and the question', () => {
  expect(loopLine('.', '12.34', '::1', 53)).toBe(
    '[FATAL] plugin/loop: Loop (127.0.0.1:0 -> [::1]:53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 12.34."')
})

test('a probe that comes by a third time is a loop, another question or the probe of another block never', () => {
  const met = (by: string, passes: number): unknown[] => {
    const server = oneCoredns('1.11.3', 'a.test {\n whoami\n}\n. {\n loop\n whoami\n}\n')
    server.ask({ name: '12.34.', type: 'HINFO', loopProbe: { by, passes } })
    return server.run.notes.filter(({ note }) => note.kind === 'loop-met').map(({ note }) => note['probe'])
  }
  const mine = loopProbeId({ server: 'coredns ns/pod', block: 1 })
  expect([0, 1, 2].map(passes => met(mine, passes))).toEqual([[], [], [mine]])
  expect(met(loopProbeId({ server: 'coredns ns/pod', block: 0 }), 2)).toEqual([])
})
