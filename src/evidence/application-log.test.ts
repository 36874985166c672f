import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readApplicationLog, readApplicationLogs } from './application-log.ts'
import { operationOf } from './log-operation.ts'
import { wordsOf } from './log-words.ts'

const short = (text: string, names?: Record<string, string[]>): unknown[] =>
  readApplicationLog('app.log', text, 'ns/pod', names ? { names: new Map(Object.entries(names).map(([address, of]) =>
    [address, new Set(of)])) } : {}).value
    .map(({ name, ok, result, basis, addresses }) => [name, ok ? 'ok' : result, basis, ...addresses])

const LOOKUP = 'dial tcp: lookup db.example on 10.0.0.10:53: no such host'

describe('successes', () => {
  test('stated by the line', () => {
    expect(short('level=debug msg="lookup" host=kubernetes.default addrs=[192.168.0.1]\n2026-11-25T23:31:21.865Z resolve a.b -> '
      + '10.0.0.1 2001:db8::1 \n2026-11-25T23:31:22Z resolve a.b -> failed\n'))
      .toEqual([['kubernetes.default', 'ok', 'stated', '192.168.0.1'], ['a.b', 'ok', 'stated', '10.0.0.1', '2001:db8::1'],
        ['a.b', 'error', 'stated']])
  })

  test('the good ending of an operation that elsewhere failed with one name', () => {
    expect(short(`level=error msg="order sync failed" batch=1 err="${LOOKUP}"\nlevel=info msg="order sync done" batch=2 `
      + `peer=10.1.1.1:80\nlevel=info msg="order saved" batch=2\n`))
      .toEqual([['db.example', 'nxdomain', 'stated'], ['db.example', 'ok', 'same-operation', '10.1.1.1']])
    expect(short(`2026/11/25 23:00:00 sync of orders failed: ${LOOKUP}\n2026/11/25 23:00:05 sync of orders ok\n`).map(row =>
      (row as string[])[2])).toEqual(['stated', 'same-operation'])
    expect(short(`{"level":"error","ts":1795649481.8,"msg":"order sync failed","n":1,"error":"${LOOKUP}"}\n`
      + `{"level":"info","ts":1795649482.8,"msg":"order sync done","n":2}\n`).map(row => (row as string[])[2]))
      .toEqual(['stated', 'same-operation'])
  })

  test('near misses: another operation, a bad ending without a name, two names, nothing of its own', () => {
    const failing = `level=error msg="order sync failed" batch=1 err="${LOOKUP}"\n`
    expect(short(`${failing}level=info msg="stock sync done" batch=2`).length).toBe(1)
    expect(short(`${failing}level=error msg="order sync failed" batch=2 err="connection reset by peer"`).length).toBe(1)
    const two = `${failing}level=error msg="order sync failed" batch=3 err="${LOOKUP.replace('db', 'kv')}"\nlevel=info msg="order sync `
      + `done" batch=4\n`
    expect(short(two).length).toBe(2)
    expect(readApplicationLog('app.log', two, undefined).problems.map(({ code }) => code)).toContain('application-success-ambiguous')
    expect(short(`ERROR failed: ${LOOKUP}\nINFO done\n`).length).toBe(1)
  })

  test('an address that belongs to one name; of two names it is nobody\'s; where a client came from is no success', () => {
    const line = 'level=info msg="order sync done" peer=10.1.1.1:80\n'
    expect(short(line)).toEqual([])
    expect(short(line, { '10.1.1.1': ['db.example'] })).toEqual([['db.example', 'ok', 'address', '10.1.1.1']])
    expect(short(line, { '10.1.1.1': ['db.example', 'kv.example'] })).toEqual([])
    expect(short('10.1.1.1 - - [25/Nov/2026:23:31:21 +0000] "GET / HTTP/1.1" 200 12\nmsg="request done" client=10.1.1.1:80\n',
      { '10.1.1.1': ['db.example'] })).toEqual([])
  })

  test('what one log teaches holds for the others', () => {
    const logs = [
      { file: 'a.log', place: 'ns/a', text: `msg="order sync failed" err="${LOOKUP}"\n` },
      { file: 'b.log', place: 'ns/b', text: 'msg="order sync done" peer=10.1.1.1:80\n' },
    ]
    expect(readApplicationLogs(logs).value.map(({ place, ok, basis }) => [place, ok, basis])).toEqual([['ns/a', false, 'stated'],
      ['ns/b', true, 'same-operation']])
  })
})

describe('records', () => {
  test('a stack trace repeats its error: one lookup', () => {
    const trace = '2026-11-25 23:31:21,123 ERROR x - java.net.UnknownHostException: db.corp: Name or service not known\n\tat '
      + 'java.base/java.net.Inet6AddressImpl\nCaused by: java.net.UnknownHostException: db.corp\n\tat x\n'
    expect(short(trace + trace)).toEqual([['db.corp', 'nxdomain', 'stated'], ['db.corp', 'nxdomain', 'stated']])
  })

  test('framing of container runtimes; times', () => {
    const cri = `2026-11-25T23:31:12.755Z stderr F ${LOOKUP}\n`
    const docker = `${JSON.stringify({ log: `${LOOKUP}\n`, stream: 'stderr', time: '2026-11-25T23:31:12.755Z' })}\n`
    for (const text of [cri, docker]) expect(readApplicationLog('f', text, undefined).value[0]?.atMs).toBe(Date.UTC(2026, 10, 25, 23, 31,
      12, 755))
    expect(readApplicationLog('f', `2026/11/25 23:31:21 ${LOOKUP}\n`.repeat(3), undefined).problems.map(({ message }) =>
      message)).toEqual(['time stamps without a zone: read as UTC (3 times)'])
  })

  test('an error without a name is said, not used', () => {
    expect(readApplicationLog('f', 'socket.gaierror: [Errno -2] Name or service not known\n', undefined)).toMatchObject({ value: [],
      problems: [{ code: 'application-error-without-name' }] })
  })
})

test('words of logfmt, JSON and plain lines', () => {
  expect(wordsOf('level=info msg="a \\"b\\" c" addrs=[10.0.0.1 10.0.0.2] -> x="unclosed y')).toEqual([
    { key: 'level', value: 'info' }, { key: 'msg', value: 'a "b" c' }, { key: 'addrs', value: '[10.0.0.1 10.0.0.2]' }, { value: '->' },
      { key: 'x', value: '"unclosed y' },
  ])
  expect(operationOf('connected to 10.0.0.1:80 in 3ms').reached).toEqual(['10.0.0.1'])
})

test('any text: no exception; __proto__ is a word like any other', () => {
  expect(wordsOf('{"__proto__":{"x":1},"msg":"lookup failed"}').map(({ key }) => key)).toEqual(['__proto__', 'msg'])
  const piece = fc.constantFrom('lookup ', 'host=', 'addrs=[', '10.0.0.1', ']', '"', 'msg="', ' -> ', LOOKUP, '\n', '{"log":"', '\\',
    '__proto__=1', 'failed', 'done', '2026-11-25T23:31:12Z ')
  fc.assert(fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 12 })), { maxLength: 40 }), parts => {
    const text = parts.join('')
    for (const { source } of readApplicationLog('f', text, 'p').value) expect(source.end).toBeLessThanOrEqual(text.length)
  }), { numRuns: 1500 })
})
