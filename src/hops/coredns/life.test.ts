// coredns/caddy's sigtrap.go and caddy.go, plugin/reload and plugin/health: what a process says and when it ends.
import { expect, test } from 'vitest'
import type { Corefile } from '../../chain/model.ts'
import { readCorefile } from '../../config/corefile.ts'
import { onSignal, reloadLines } from './life.ts'
import { hashLine } from './reload.ts'

const corefile = (text: string): Corefile => readCorefile('Corefile', text, { env: new Map() }).value
const LAMED = corefile('. {\n health {\n  lameduck 2s\n }\n reload\n}\na {\n health :1 {\n  lameduck 3s\n }\n whoami\n}\n')
const DUCKS = ['[INFO] plugin/health: Going into lameduck mode for 2s', '[INFO] plugin/health: Going into lameduck mode for 3s']

test('SIGQUIT ends it at once, SIGINT and SIGTERM after the lameduck time of every health, one after the other', () => {
  expect(onSignal('SIGQUIT', LAMED)).toEqual({ kind: 'ends', lines: ['[INFO] SIGQUIT: Quitting process immediately'], afterMs: 0, exit: 0 })
  expect(onSignal('SIGINT', LAMED)).toEqual({ kind: 'ends', lines: ['[INFO] SIGINT: Shutting down', ...DUCKS], afterMs: 5000, exit: 0 })
  expect(onSignal('SIGTERM', corefile('. {\n health\n}\n'))).toEqual({ kind: 'ends', lines: ['[INFO] SIGTERM: Shutting down servers then terminating'], afterMs: 0, exit: 0 })
  expect([onSignal('SIGHUP', LAMED), onSignal('SIGUSR1', LAMED)]).toEqual([{ kind: 'ignored' }, { kind: 'reloads', lines: ['[INFO] SIGUSR1: Reloading'] }])
})

test('a reload waits for the lameduck time up to 1.9.3, and prints the hash where the new Corefile has reload', () => {
  const bare = corefile('. {\n whoami\n}\n')
  expect(reloadLines('reload', LAMED, bare, [1, 9, 3], { printed: ['x'] })).toEqual(['[INFO] Reloading', ...DUCKS, 'x', '[INFO] Reloading complete'])
  expect(reloadLines('reload', bare, LAMED, [1, 9, 4], {})).toEqual(['[INFO] Reloading', hashLine(LAMED, [1, 9, 4]), '[INFO] Reloading complete'])
  expect(reloadLines('SIGUSR1', LAMED, LAMED, [1, 9, 4], {})).toEqual(['[INFO] Reloading', '[INFO] Reloading complete'])
})

test('a new Corefile that is refused is told of twice', () => {
  const of = (by: 'reload' | 'SIGUSR1'): readonly string[] => reloadLines(by, LAMED, LAMED, [1, 11, 3], { error: 'no', printed: ['x'] })
  expect(of('reload')).toEqual(['[INFO] Reloading', 'x', '[ERROR] Restart failed: no', '[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: no'])
  expect(of('SIGUSR1')).toEqual(['[INFO] Reloading', 'x', '[ERROR] Restart failed: no', '[ERROR] SIGUSR1: starting with listener file descriptors: no'])
})
