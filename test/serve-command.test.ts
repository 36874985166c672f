// `whydns serve` as a command: what it prints, when it ends, what it refuses; a Corefile alone; real upstreams.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../src/cli/main.ts'
import type { ExitCode } from '../src/cli/operating-error.ts'
import type { Rim } from '../src/cli/rim.ts'
import { replyFromWire } from '../src/dns/wire-chain.ts'
import { decodeMessage } from '../src/dns/wire-decode.ts'
import { serve } from '../src/drivers/serve.ts'
import { servedAt, servedCorefile } from '../src/serve.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { question, tcpClient, udpClient } from './support/dns-client.ts'
import { ROOT } from './support/source-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'whydns-serve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

interface Running {
  readonly port: number
  readonly stop: (code: ExitCode) => Promise<{ readonly code: ExitCode; readonly out: string; readonly err: string }>
}

function command(args: readonly string[]): { readonly listening: Promise<number>; readonly ended: Promise<ExitCode>; readonly stop: (code: ExitCode) => void; readonly written: { out: string; err: string } } {
  const written = { out: '', err: '' }
  let listens: (port: number) => void
  let stop: (code: ExitCode) => void = () => {}
  const listening = new Promise<number>(resolve => { listens = resolve })
  const stopped = new Promise<ExitCode>(resolve => { stop = resolve })
  const rim: Rim = {
    out: text => {
      written.out += text
      listens(Number(text.trim().split(':').at(-1)))
    },
    err: text => { written.err += text }, env: {}, outTerminal: { isTty: false, columns: 80 }, errTerminal: { isTty: false, columns: 80 }, calledAs: 'whydns',
    readStdin: () => Promise.resolve(new Uint8Array()), diagnose: () => Promise.resolve([]), simulate: () => Promise.resolve([]), stopped: () => stopped,
  }
  return { listening, ended: run(['serve', ...args], rim), stop, written }
}

async function serving(args: readonly string[]): Promise<Running> {
  const { listening, ended, stop, written } = command([...args, '--port', '0'])
  const port = await Promise.race([listening, ended.then(code => { throw new Error(`exit ${code}: ${written.err}`) })])
  return { port, stop: async code => {
    stop(code)
    return { code: await ended, ...written }
  } }
}

async function refused(args: readonly string[]): Promise<string> {
  const { ended, written } = command(args)
  const code = await ended
  expect(written.out).toBe('')
  return `${code} ${written.err}`
}

const said = (packet: Uint8Array): string => {
  const reply = replyFromWire(decodeMessage(packet).message)
  return `${reply.rcode} ${reply.answer.map(r => r.data).join(' ')}`.trim()
}

describe('the command', () => {
  test('one line on stdout, a log in the words of CoreDNS with -v, 130 at Ctrl-C', async () => {
    const { port, stop } = await serving(['--bundle', 'examples/incident', '--from', 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9', '-v'])
    const client = await udpClient(port)
    expect(said(await client.ask(question('kubernetes.default.svc.cluster.local.')))).toBe('NOERROR 192.168.0.1')
    const taken = await refused(['--corefile', file('Plain', '. {\n whoami\n}\n'), '--port', String(port)])
    expect(taken).toMatch(/^4 error: port \d+ of 127\.0\.0\.1 is taken\n {3}= --port 0/)
    const { code, out, err } = await stop(130)
    expect([code, out]).toEqual([130, `127.0.0.1:${port}\n`])
    expect(err).toMatch(new RegExp(`^\\[INFO\\] 127\\.0\\.0\\.1:${client.port} - 1 "A IN kubernetes\\.default\\.svc\\.cluster\\.local\\. udp 54 false 512" NOERROR qr,aa,rd 106 0\\.\\d+s$`, 'm'))
    client.close()
  })

  test('a process of its own ends at SIGINT', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'bin/whydns'), 'serve', '--corefile', file('Plain', '. {\n whoami\n}\n'), '--port', '0', '-q'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    expect(String(line)).toMatch(/^127\.0\.0\.1:\d+\n$/)
    const client = await udpClient(Number(String(line).trim().split(':')[1]))
    expect(said(await client.ask(question('x.test.')))).toBe('NOERROR')
    client.close()
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })

  test('a Corefile with the files that it names, version and resolv.conf', async () => {
    file('site/blocks/one.server', 'one.test {\n hosts names.txt\n}\n')
    file('site/names.txt', '10.1.2.3 a.one.test\n')
    const corefile = file('site/Corefile', 'import blocks/*.server\n. {\n log\n errors\n forward . /etc/resolv.conf\n}\n')
    const { port, stop } = await serving(['--corefile', corefile, '--resolv-conf', file('resolv.conf', 'nameserver 192.0.2.1\n'), '--coredns', '1.9.3', '-v'])
    const client = await udpClient(port)
    expect(said(await client.ask(question('a.one.test.')))).toBe('NOERROR 10.1.2.3')
    await client.ask(question('b.test.'))
    client.close()
    const { err } = await stop(0)
    expect(err).toMatch(/not in the evidence: up 192\.0\.2\.1; taken to be yes/)
    expect(err).toMatch(/not in the evidence: view 192\.0\.2\.1 b\.test\./)
    expect(err).not.toMatch(/version of local/)
  })

  test.each<readonly [string, readonly string[], RegExp]>([
    ['no evidence', [], /^4 .*--bundle/],
    ['no place', ['--bundle', 'examples/incident'], /^2 .*--node/],
    ['two places', ['--bundle', 'examples/incident', '--node', 'a', '--from', 'b/c'], /^2 /],
    ['unknown node', ['--bundle', 'examples/incident', '--node', 'nope'], /^2 .*node nope is not in the evidence\n.*node hz-edge-1/],
    ['unknown pod', ['--bundle', 'examples/incident', '--from', 'a/b'], /^2 .*a\/b is not in the evidence/],
    ['bad port', ['--bundle', 'examples/incident', '--node', 'hz-edge-1', '--port', '70000'], /^2 .*70000/],
    ['bad address', ['--bundle', 'examples/incident', '--node', 'hz-edge-1', '--address', 'localhost'], /^2 .*localhost/],
    ['no Corefile', ['--corefile', '/nowhere/Corefile'], /^2 .*\/nowhere\/Corefile/],
    ['Corefile and bundle', ['--corefile', 'x', '--bundle', 'y'], /^2 /],
    ['bad version', ['--corefile', 'x', '--coredns', 'new'], /^2 .*new/],
  ])('%s', async (_, args, expected) => {
    expect(await refused(args)).toMatch(expected)
  })

  test('an address of another machine', async () => {
    expect(await refused(['--corefile', file('Plain', '. {\n whoami\n}\n'), '--port', '0', '--address', '192.0.2.77'])).toMatch(/^4 error: 192\.0\.2\.77 is no address of this machine/)
  })

  test('a Corefile with which CoreDNS would not start', async () => {
    expect(await refused(['--corefile', file('Broken', '. {\n forward\n')])).toMatch(/^5 error: CoreDNS would not start/)
  })
})

describe('the facade', () => {
  test('a node, a pod and a node as an asker each have their own server', async () => {
    const files = await loadBundle('examples/incident')
    const rootOf = (...at: Parameters<typeof servedAt>): string => {
      const found = servedAt(...at)
      return 'missing' in found ? `missing ${found.missing}` : found.root
    }
    expect(rootOf(files, { kind: 'node', name: 'hz-edge-1' })).toBe('service 192.168.0.10:53 on hz-edge-1')
    expect(rootOf(files, { kind: 'pod', namespace: 'alpha01', name: 'order-admin-64c5759dc7-b24sx' })).toMatch(/^service 192\.168\.0\.10:53 on /)
    expect(rootOf(files, { kind: 'pod', namespace: 'no', name: 'pod' })).toBe('missing no/pod')
  })
})

describe('real upstreams', () => {
  const alone = (text: string): ReturnType<typeof servedCorefile> => servedCorefile({ path: '/etc/coredns/Corefile', text, files: new Map([['/etc/hosts.test', { file: 'hosts', text: '10.9.9.9 real.test\n' }]]) })

  test.each(['', ' force_tcp'])('are asked in place of what is known of them%s', async option => {
    const behind = alone('. {\n hosts /etc/hosts.test\n}\n')
    const upstream = await serve(behind.chain, behind.root, { address: '127.0.0.1', port: 0 })
    const front = alone(`. {\n cache\n forward . 127.0.0.1:${upstream.port} {\n  max_fails 0\n ${option}\n }\n}\n`)
    const unknowns: string[] = []
    const server = await serve(front.chain, front.root, { address: '127.0.0.1', port: 0, ask: hop => front.upstreams.get(hop), onUnknown: key => unknowns.push(key) })
    const [client, tcp] = [await udpClient(server.port), await tcpClient(server.port)]
    expect(said(await client.ask(question('real.test.')))).toBe('NOERROR 10.9.9.9')
    expect(said(await tcp.ask(question('real.test.', 'A', { transport: 'tcp' })))).toBe('NOERROR 10.9.9.9')
    expect(upstream.counts().asked).toBe(1)
    expect(unknowns).toEqual([])
    client.close()
    tcp.close()
    await server.close()
    await upstream.close()
  })
})
