// filepath.Clean: the examples of Go's package path/filepath.
import { expect, test } from 'vitest'
import { lookupFault } from './go-lookup.ts'
import { cleanPath, containerPath } from './go-path.ts'

test.each([
  ['', '.'], ['.', '.'], ['/', '/'], ['//', '/'], ['a', 'a'], ['a/', 'a'], ['a//b', 'a/b'], ['./a', 'a'], ['a/./b/.', 'a/b'], ['a/../b', 'b'], ['a/..', '.'], ['..', '..'], ['../..', '../..'], ['../../a', '../../a'],
  ['a/../../b', '../b'], ['a/b/../../..', '..'], ['/..', '/'], ['/../a', '/a'], ['/a/../..', '/'], ['/a/b/../c', '/a/c'], ['..a', '..a'], ['a/...', 'a/...'], ['../a/../b', '../b'],
])('the path "%s" is cleaned to "%s"', (path, clean) => {
  expect(cleanPath(path)).toBe(clean)
})

test('a path of a container begins at the root', () => {
  expect([containerPath('a/../b'), containerPath('/etc//hosts'), containerPath('../x'), containerPath('')]).toEqual(['/b', '/etc/hosts', '/x', '/'])
})

// isDomainName of package net.
test('Go asks a server only for what is a host name', () => {
  const nameserver = { address: '10.0.0.2', fault: 'refused' }
  const asked = (host: string): boolean => {
    const fault = lookupFault(host, nameserver)
    expect(fault).toBe(fault.includes(' on ') ? `lookup ${host} on 10.0.0.2:53: refused` : `lookup ${host}: no such host`)
    return fault.includes(' on ')
  }
  const yes = ['a', 'A', 'a.b', 'a.b.', '_x._tcp.b', 'a-b', '1-2', '1.a', 'x'.repeat(63), `a.${'x'.repeat(63)}.b`, '.', '_', '1a', `${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a.`]
  const no = ['', '1', '1.2', '.a', 'a..b', 'a..', '-a', 'a-', 'a-.b', 'a.-b', 'a b', 'é', 'a:1', 'x'.repeat(64), `a.${'x'.repeat(64)}`, `${'a.'.repeat(126)}ab`, `${'a.'.repeat(126)}ab.`]
  expect([yes.filter(host => !asked(host)), no.filter(asked)]).toEqual([[], []])
})
