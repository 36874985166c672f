// What people really type and have, through the whole program: names of all kinds, askers that are not there, damaged input;
// an exit code of the contract, and never a stack.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { run } from '../src/cli/main.ts'
import type { Rim } from '../src/cli/rim.ts'
import { diagnose } from '../src/diagnose.ts'
import { ROOT } from './support/source-files.ts'

const POD = 'alpha01/order-report-7b5f558c54-kllk6'
const folder = mkdtempSync(join(tmpdir(), 'whydns-robust-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The incident without what takes long to read. */
const BUNDLE = join(folder, 'incident')
for (const part of ['cluster', 'nodes', 'pods', 'probes']) cpSync(join(ROOT, 'examples/incident', part), join(BUNDLE, part), { recursive: true })

async function why(args: readonly string[], stdin = ''): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const rim: Rim = {
    out: text => { written.out += text }, err: text => { written.err += text }, env: {}, outTerminal: { isTty: false, columns: 100 }, errTerminal: { isTty: false, columns: 100 },
    calledAs: 'whydns', readStdin: () => Promise.resolve(Buffer.from(stdin)), diagnose: (files, asked) => Promise.resolve(diagnose(files, asked)), simulate: () => Promise.resolve([]),
  }
  const code = await run(['why', ...args], rim)
  expect(written.out + written.err).not.toMatch(/^ {4}at /m)
  return { code, ...written }
}

const incident = (...args: string[]): Promise<{ code: number; out: string; err: string }> => why([...args, '--bundle', BUNDLE])

test('exit codes: found 1, nothing 0, wrong 2, open 3, no way to look 4, damaged 5', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  expect((await incident('a.corp-example.com', '--from', POD)).code).toBe(1)
  expect((await incident('a.corp-example.com', '--from', POD, '--fail-on', 'never')).code).toBe(0)
  expect((await incident('a.corp-example.com', '--from', 'alpha01/order-sync-shanghai-zp72c-84bcd94655-46jgg')).code).toBe(0)
  expect((await incident('a.corp-example.com', '--from', 'a/b/c/d')).code).toBe(2)
  expect((await incident('a.corp-example.com', '--from', 'alpha01/nobody')).code).toBe(3)
  expect((await why(['a.corp-example.com'])).code).toBe(4)
  expect((await why(['a.corp-example.com', '--bundle', empty])).code).toBe(5)
})

test('an unknown pod: one sentence, and those that are known', async () => {
  const { out } = await incident('a.corp-example.com', '--from', 'alpha01/nobody')
  expect(out.split('\n\n')[0]?.replaceAll('\n', ' ')).toBe('a.corp-example.com A,AAAA: inconclusive: alpha01/nobody is not in the evidence, or nothing tells its resolv.conf')
  expect(out).toContain(POD)
  expect((await incident('a.corp-example.com', '--from', 'alpha01/nobody', '--oneline')).out).toBe('a.corp-example.com: inconclusive alpha01/nobody is not in the evidence, or nothing tells its resolv.conf\n')
  expect((await incident('a.corp-example.com', '--from', 'alpha01/nobody', '--lang', 'zh')).out).toContain('无法定论：证据中没有 alpha01/nobody')
})

test.each([
  ['alpha01/deploy/order-report', 1], ['alpha01/yurtappset/order-sync', 2], ['node/hz-edge-1', 1],
])('--from %s answers for each class of its pods', async (from, count) => {
  const { out } = await incident('a.corp-example.com', '--from', from, '-o', 'json')
  const result = JSON.parse(out)
  expect(result.kind === 'Diagnosis' ? 1 : result.items.length).toBe(count)
})

test('the error line that the application printed is a name, with the library that printed it', async () => {
  const { code, out } = await incident('dial tcp: lookup a.corp-example.com on 192.168.0.10:53: no such host', '--from', POD, '-o', 'json')
  expect(code).toBe(1)
  expect(JSON.parse(out).spec).toMatchObject({ name: 'a.corp-example.com', from: { class: expect.stringContaining('go ') } })
})

test('several names are several answers; names at and beyond the limits', async () => {
  const { out } = await incident('a.corp-example.com', 'kubernetes.default.svc', '--from', POD, '-o', 'json')
  expect(JSON.parse(out).items.map((item: { spec: { name: string } }) => item.spec.name)).toEqual(['a.corp-example.com', 'kubernetes.default.svc'])
  const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`
  expect([0, 1, 3]).toContain((await incident(longest, '--from', POD)).code)
  for (const name of [`${longest}d`, 'x'.repeat(300), `${'a'.repeat(64)}.example`, '内'.repeat(100)]) expect((await incident(name, '--from', POD)).code).toBe(2)
})

test.each([
  ['cluster/objects.yaml', 'kind: [unclosed\n\t- x: {'], ['cluster/objects.yaml', '\u0000\u0001'], ['cluster/objects.yaml', '{"apiVersion":"v1","kind":"List","items":[{"kind":null}]}'],
  ['logs/kube-system/coredns-x.log', 'x'.repeat(200_000)], ['pods/a/b/etc/resolv.conf', 'nameserver\nnameserver 999.1.1.1\nsearch\noptions ndots:-1 attempts:99999999999\n'],
  ['nodes/n/etc/netplan/x.yaml', 'network: {version: 2, ethernets: {e: {nameservers: {addresses: 7}}}}'], ['probes/p.jsonl', '{"at":1}\nnot json\n[]\n'], ['text/t.txt', '; <<>> DiG 9 <<>> @x y\n;; ANSWER SECTION:\n\n\n'],
])('%s of rubbish (%#): an honest partial result', async (path, text) => {
  const bundle = mkdtempSync(join(folder, 'rubbish-'))
  mkdirSync(join(bundle, path, '..'), { recursive: true })
  writeFileSync(join(bundle, path), text)
  const { code, out } = await why(['a.example', '--bundle', bundle, '-o', 'json'])
  expect(code).toBe(3)
  expect(JSON.parse(out).status.findings).toEqual([])
})

test('interrupted, it ends by the signal, as a shell expects (130)', async () => {
  const child = spawn(process.execPath, [join(ROOT, 'bin/whydns'), 'why', 'a.example', '-'], { stdio: ['pipe', 'pipe', 'pipe'] })
  await once(child, 'spawn')
  child.kill('SIGINT')
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect(signal ?? code).toBe(signal === null ? 130 : 'SIGINT')
})
