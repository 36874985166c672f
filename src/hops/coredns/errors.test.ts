import { expect, test } from 'vitest'
import type { Hop } from '../../chain/effects.ts'
import { REFUSED_PORT } from '../../dns/message.ts'
import { oneCoredns, type OneCoredns } from '../../../test/support/one-coredns.ts'

const refusing: Hop = function* () { return REFUSED_PORT }
const made = (options: string, version = '1.15.0'): OneCoredns =>
  oneCoredns(version, `. {\n errors {\n  ${options}\n }\n forward . 10.0.0.1 {\n  max_fails 0\n }\n}\n`, { '10.0.0.1': refusing })
const ask = (server: OneCoredns, times: number): readonly string[] => {
  for (let n = 0; n < times; n++) server.ask({ name: 'A.test.' })
  return server.lines()
}
const LINE = '2 a.test. A: read udp 10.244.0.5:0->10.0.0.1:53: read: connection refused'

test('an error is printed with the number of its code, and the name in small letters', () => {
  expect(ask(made('consolidate 5s "nothing like it"'), 1)).toEqual([`[ERROR] plugin/errors: ${LINE}`])
})

test('alike errors are counted, and the count is printed when the time is over, each time anew', () => {
  const server = made('consolidate 5s ".*refused$" warning')
  expect(ask(server, 3)).toEqual([])
  server.run.pass(4999)
  expect(server.lines()).toEqual([])
  server.run.pass(2)
  const first = '[WARNING] plugin/errors: 3 errors like \'.*refused$\' occurred in last 5s'
  expect(server.lines()).toEqual([first])
  ask(server, 1)
  server.run.pass(5001)
  expect(server.lines()).toEqual([first, '[WARNING] plugin/errors: 1 errors like \'.*refused$\' occurred in last 5s'])
})

test('with show_first the first is printed at once, and a count only of more than one', () => {
  const server = made('consolidate 90s "refused" info show_first')
  expect(ask(server, 1)).toEqual([`[INFO] plugin/errors: ${LINE}`])
  server.run.pass(90_001)
  expect(server.lines()).toHaveLength(1)
  ask(server, 2)
  server.run.pass(90_001)
  expect(server.lines().slice(1)).toEqual([`[INFO] plugin/errors: ${LINE}`, '[INFO] plugin/errors: 2 errors like \'refused\' occurred in last 1m30s'])
})

test('the first pattern that fits counts; without a level it is an error, and debug is printed with debug only', () => {
  const server = made('consolidate 1s "udp"\n  consolidate 2s "refused" warning')
  ask(server, 1)
  server.run.pass(3000)
  expect(server.lines()).toEqual(['[ERROR] plugin/errors: 1 errors like \'udp\' occurred in last 1s'])
  const quiet = made('consolidate 1s "udp" debug show_first')
  ask(quiet, 2)
  quiet.run.pass(3000)
  expect(quiet.lines()).toEqual([])
})
