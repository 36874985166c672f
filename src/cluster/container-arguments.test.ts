import { expect, test } from 'vitest'
import { kubeObject } from '../../test/support/cluster-files.ts'
import { argumentOf } from './container-arguments.ts'

const value = (args: readonly string[], ...names: readonly string[]): string | undefined => {
  const pod = kubeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' }, spec: { containers: [{ name: 'a', command: ['/coredns', '-conf', '/first'] }, { name: 'b', args }] } })
  return argumentOf(pod, 1, ...names)?.value
}

test.each([
  [['-conf', '/x'], '/x'], [['--conf=/x'], '/x'], [['-conf=/x=y'], '/x=y'], [['-conf='], ''], [['-conf'], undefined], [['conf', '/x'], undefined], [['-config', '/x'], undefined], [[], undefined],
  [['-conf', '/x', '-conf=/y'], '/y'], [['-conf=/y', '--conf', '/x', '-p', '54'], '/x'],
])('the flag conf of %j is %s', (args, is) => {
  expect(value(args, 'conf')).toBe(is)
})

test('two names of one flag are one: the last of either counts', () => {
  expect(value(['-dns.port', '54', '-p', '55'], 'dns.port', 'p')).toBe('55')
  expect(value(['-p=55', '-dns.port=54'], 'dns.port', 'p')).toBe('54')
})
