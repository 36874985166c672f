import { expect, test } from 'vitest'
import { findTransaction } from '../evidence/join-find.ts'
import { captureFile, type Told } from '../../test/support/wire-story.ts'
import { run } from '../cli/main.ts'
import type { Rim } from '../cli/rim.ts'

const files = (story: readonly Told[]): Parameters<typeof findTransaction>[0] => ({ name: 'x', problems: [], files: new Map([['captures/n1/any.pcap', captureFile('captures/n1/any.pcap', story)]]) })
const ask = (atMs: number, more: Partial<Told> = {}): Told => ({ atMs, from: '10.244.0.9', to: '10.244.0.3', name: 'a.corp.example', says: '10.9.0.7', ...more })

test('the number of the question, of its answer and of a repetition lead to the same transaction', () => {
  const story = files([ask(0, { name: 'b.corp.example' }), ask(10, { againMs: 2, afterMs: 5 })])
  const ids = [3, 4, 5].map(n => findTransaction(story, n).found?.transaction?.id)
  expect(ids).toEqual(['tx:3', 'tx:3', 'tx:3'])
  expect(findTransaction(story, 3).found?.packets.map(p => p.direction)).toEqual(['query', 'query', 'reply'])
  expect(findTransaction(story, 6)).toMatchObject({ found: undefined, messages: 5, captures: 1 })
})

async function shown(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const rim = {
    out: (text: string) => { out += text }, err: (text: string) => { err += text }, env: { LANG: 'C' }, outTerminal: { isTty: false, columns: 80 }, errTerminal: { isTty: false, columns: 80 }, calledAs: 'whydns',
  } as unknown as Rim
  const code = await run(['show', ...args], rim)
  return { code, out, err }
}

test('a denial of the recorded incident, field by field', async () => {
  const { code, out } = await shown('tx', '17314', '--bundle', 'examples/incident', '-q')
  expect(code).toBe(0)
  expect(out.split('\n')[0]).toBe('tx:17314  kube-system/coredns-edge-bz9bq  172.17.5.159:45114 > 223.5.5.5:53  A a.corp-example.com.')
  expect(out).toContain('captures/kube-system/coredns-edge-bz9bq/eth0-port53.pcap, packet 297')
  expect(out).toContain('00 | 01 6e 81 83 00 01 00 00 00 01 00 01 01 61 0c 63\n   | ----- ^^^^^ ----------------------- -----------')
  expect(out).toContain('RCODE 3: NXDOMAIN; AA not set: the word of a cache or a resolver')
  expect(out).toContain('SOA dns3.hichina.com. hostmaster.hichina.com. 2024090313 3600 1200 86400 600: the zone')
  expect(Math.max(...out.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
  const zh = await shown('tx:17314', '--bundle', 'examples/incident', '-q', '--lang', 'zh')
  expect(zh.out).toContain('未设 AA：缓存或递归解析器的答案')
})

test('as JSON: bytes and the place of every field', async () => {
  const { out } = await shown('tx', '17314', '--bundle', 'examples/incident', '-q', '-o', 'json')
  const { kind, status } = JSON.parse(out) as { kind: string, status: { packets: { hex: string, fields: { path: string, start: number, end: number }[] }[] } }
  expect(kind).toBe('Transaction')
  const [, answer] = status.packets
  expect(answer?.fields.find(f => f.path === 'header.flags')).toMatchObject({ start: 2, end: 4 })
  expect(answer?.fields.find(f => f.path === 'authorities[0].rdata')).toMatchObject({ start: 0x30, end: 0x60 })
  expect(answer?.hex.slice(4, 8)).toBe('8183')
  expect(answer?.hex.length).toBe(214)
})

test('wrong usage says what is known', async () => {
  expect(await shown()).toMatchObject({ code: 2, out: '' })
  expect((await shown('tx', '7')).err).toContain('from which captures?')
  expect((await shown('tx', '99999999', '--bundle', 'examples/incident', '-q')).err).toContain('there is no tx 99999999: the captures hold 24564 DNS messages')
})
