import { afterAll, beforeAll, expect, test } from 'vitest'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { Asked } from '../chain/asked.ts'
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import { stubFrom } from '../diagnose.ts'
import type { Diagnosis } from '../findings/diagnosis.ts'
import { sampleDiagnosis } from '../../test/support/sample-diagnosis.ts'
import { askedName } from './asked-name.ts'
import { asker } from './asker.ts'
import { evidenceFile, TEXT_LIMIT } from './bytes-to-text.ts'
import { editDistance, nearest } from './did-you-mean.ts'
import { loadBundle } from './load-bundle.ts'
import { kubectlStyle, run } from './main.ts'
import { OperatingError } from './operating-error.ts'
import { progress } from './progress.ts'
import { stubOf } from './question.ts'
import { commandName, langOf, wantsColor, type Rim } from './rim.ts'
import { exitCodeOf } from './why.ts'

const folder = mkdtempSync(join(tmpdir(), 'whydns-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const bundle = join(folder, 'site')

beforeAll(() => {
  for (const inner of ['cluster', 'nodes/n1/etc', 'captures/n1', 'logs/kube-system']) mkdirSync(join(bundle, inner), { recursive: true })
  writeFileSync(join(bundle, 'cluster/objects.yaml'), 'apiVersion: v1\nkind: List\nitems: []\n')
  writeFileSync(join(bundle, 'nodes/n1/etc/resolv.conf'), 'nameserver 10.0.0.1\n')
  writeFileSync(join(bundle, 'captures/n1/any.pcap'), Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 0, 0]))
  writeFileSync(join(bundle, 'logs/kube-system/coredns.log'), 'one\ntwo')
})

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly asked: readonly Asked[]
}

async function cli(args: readonly string[], { diagnoses = [sampleDiagnosis], env = {}, stdin = '' }: { diagnoses?: readonly Diagnosis[], env?: Record<string, string>, stdin?: string } = {}): Promise<Ran> {
  const written = { out: '', err: '' }
  const asked: Asked[] = []
  const rim: Rim = {
    out: text => { written.out += text }, err: text => { written.err += text }, env,
    outTerminal: { isTty: false, columns: 80 }, errTerminal: { isTty: false, columns: 80 },
    calledAs: 'whydns', readStdin: () => Promise.resolve(Buffer.from(stdin)),
    diagnose: (_files, question) => { asked.push(question); return Promise.resolve(diagnoses) },
    simulate: () => Promise.resolve([]),
  }
  return { code: await run(args, rim), ...written, asked }
}

const verdict = (status: Partial<Diagnosis['status']>): Diagnosis => ({ ...sampleDiagnosis, status: { ...sampleDiagnosis.status, ...status } })

test('NAME alone means why NAME; the answer is on stdout and the code says what was found', async () => {
  const short = await cli(['a.corp-example.com', '--bundle', bundle, '--from', 'alpha01/order'])
  expect(short.code).toBe(1)
  expect(short.out).toContain('error[mixed-upstreams]')
  expect(short.err).toBe('')
  expect(short.asked).toEqual([{ name: 'a.corp-example.com', types: [], from: { kind: 'pod', namespace: 'alpha01', name: 'order' } }])
  expect(await cli(['why', 'a.corp-example.com', '--bundle', bundle, '--from', 'alpha01/order'])).toEqual(short)
})

test.each([
  [[sampleDiagnosis], 'error', 1], [[sampleDiagnosis], 'never', 0], [[verdict({ findings: [] })], 'error', 0],
  [[verdict({ findings: [], verdict: 'inconclusive' })], 'error', 3], [[verdict({ findings: [], verdict: 'inconclusive' })], 'never', 3],
  [[sampleDiagnosis, verdict({ findings: [], verdict: 'inconclusive' })], 'error', 1], [[], 'error', 3],
  [[verdict({ findings: sampleDiagnosis.status.findings.map(finding => ({ ...finding, level: 'warning' as const })) })], 'error', 0],
  [[verdict({ findings: sampleDiagnosis.status.findings.map(finding => ({ ...finding, level: 'warning' as const })) })], 'warning', 1],
] as const)('exit code %#', (diagnoses, failOn, code) => {
  expect(exitCodeOf(diagnoses, failOn)).toBe(code)
})

test.each([[['-ojson']], [['-o', 'json']], [['-o=json']], [['--output=json']], [['--output', 'json']]])('kubectl writes %j', async flags => {
  const { out } = await cli(['why', 'x.example', '--bundle', bundle, ...flags])
  expect(JSON.parse(out).kind).toBe('Diagnosis')
})

test('several names, or several classes, are a list', async () => {
  const { out, asked } = await cli(['why', 'x.example', 'y.example.', '--bundle', bundle, '-ojson', '-nshop', '--pod=cart', '--type=a,AAAA', '--stub', 'musl@1.2.2'])
  expect(JSON.parse(out)).toMatchObject({ kind: 'DiagnosisList', items: [{}, {}] })
  expect(asked).toEqual(['x.example', 'y.example.'].map(name => ({ name, types: ['A', 'AAAA'], from: { kind: 'pod', namespace: 'shop', name: 'cart' }, stub: { kind: 'musl', version: '1.2.2' } })))
})

test.each([
  [['why', 'x', '--bundle', 'B', '--outpt=json'], 'error: unknown option --outpt=json', '= did you mean --output?'],
  [['why', 'x', '--bundle', 'B', '-o', 'yaml'], 'error: option', ''],
  [['explian', 'mixed-upstreams'], 'did you mean `explain`?', 'whydns why explian'],
  [['check'], 'this version has no command `check`', 'whydns why check'],
  [['why'], 'which name?', 'for example: whydns why'],
  [['why', '10.0.0.1', '--bundle', 'B'], '`10.0.0.1` is an address, not a name', ''],
  [['why', 'a..b', '--bundle', 'B'], '`a..b` is not a domain name', ''],
  [['why', 'x', '--bundle', 'B', '--from', 'a/b/c/d'], 'none of NS/POD', ''],
  [['why', 'x', '--bundle', 'B', '--stub', 'bionic'], 'known are glibc, musl, go', ''],
  [['why', 'x', '--bundle', '/nowhere/at/all'], 'there is no /nowhere/at/all', ''],
  [['explain', 'mixed-upstream'], 'there is no finding', 'did you mean mixed-upstreams?'],
])('wrong usage %j is code 2 and says how it is right', async (args, message, hint) => {
  const { code, out, err } = await cli(args.map(arg => (arg === 'B' ? bundle : arg)))
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(message)
  expect(err).toContain(hint)
  expect(err).not.toContain('    at ')
})

test('no evidence, or a live cluster: code 4 and how to make a bundle by hand', async () => {
  for (const args of [['why', 'x.example'], ['x.example', '--context', 'prod', '-n', 'shop']]) {
    const { code, err } = await cli(args)
    expect(code).toBe(4)
    expect(err).toContain('kubectl get ')
  }
  expect((await cli(['why', 'x.example'], { env: { LANG: 'zh_CN.UTF-8' } })).err).toContain('错误：')
})

test('a crash of our own shows no stack unless it is asked for', async () => {
  const broken = { ...sampleDiagnosis, status: undefined } as unknown as Diagnosis
  const quiet = await cli(['why', 'x.example', '--bundle', bundle], { diagnoses: [broken] })
  expect(quiet.code).toBe(4)
  expect(quiet.err).toContain('whydns itself failed')
  expect(quiet.err).not.toContain('    at ')
  expect((await cli(['why', 'x.example', '--bundle', bundle], { diagnoses: [broken], env: { WHYDNS_DEBUG: '1' } })).err).toContain('    at ')
})

test('help leads to every command there is, and to none that is not', async () => {
  const { code, out } = await cli(['--help'])
  expect(code).toBe(0)
  expect(out).toContain('Examples:')
  expect(out).not.toMatch(/^ {2}(?:check|fix|probe)\b/m)
  expect((await cli(['why', '--help', '--lang', 'zh'])).out).toContain('用法：')
  expect((await cli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect((await cli(['explain', 'mixed-upstreams'])).out).toContain('How it is proved')
  expect((await cli(['explain', '--lang', 'zh'])).out).toMatch(/mixed-upstreams +.*[\u4e00-\u9fff]/)
})

test('the rest of the surroundings', () => {
  const rim = (env: Record<string, string>, isTty: boolean): Rim => ({ env, outTerminal: { isTty, columns: 80 } }) as unknown as Rim
  expect([wantsColor('auto', rim({}, true)), wantsColor('auto', rim({}, false)), wantsColor('auto', rim({ NO_COLOR: '1' }, true)), wantsColor('always', rim({ NO_COLOR: '1' }, false)), wantsColor('auto', rim({ TERM: 'dumb' }, true)), wantsColor('auto', rim({ FORCE_COLOR: '1' }, false))])
    .toEqual([true, false, false, true, false, true])
  expect([langOf({ LANG: 'zh_CN.UTF-8' }), langOf({ LANG: 'zh_CN', LC_ALL: 'C' }), langOf({})]).toEqual(['zh', 'en', 'en'])
  expect([commandName('/usr/bin/kubectl-whydns'), commandName('/x/bin/whydns'), commandName(undefined)]).toEqual(['kubectl whydns', 'whydns', 'whydns'])
  expect(kubectlStyle(['-n=kube-system', '--', '-o=json'])).toEqual(['-nkube-system', '--', '-o=json'])
  expect([editDistance('explain', 'explian'), editDistance('', 'abc'), editDistance('ca', 'abc')]).toEqual([1, 3, 3])
  expect(nearest('simulat', ['simulate', 'why'])).toEqual(['simulate'])
})

test.each([
  ['https://a.example.com:8443/path?x=1', 'a.example.com', undefined], ['a.example.com:443', 'a.example.com', undefined], ['A.Example.com.', 'A.Example.com.', undefined],
  ['dial tcp: lookup a.x.com on 172.17.0.10:53: no such host', 'a.x.com', '172.17.0.10'],
  ['Get "https://b.x.com/": dial tcp: lookup b.x.com on [fd00::a]:53: read udp: i/o timeout', 'b.x.com', '[fd00::a]'],
  ['curl: (6) Could not resolve host: c.x.com', 'c.x.com', undefined], ["wget: bad address 'd.x.com:80'", 'd.x.com', undefined],
  ['Error: getaddrinfo ENOTFOUND e.x.com', 'e.x.com', undefined], ['java.net.UnknownHostException: f.x.com: Name or service not known', 'f.x.com', undefined],
  ["** server can't find g.x.com: NXDOMAIN", 'g.x.com', undefined], ['ping: h.x.com: Temporary failure in name resolution', 'h.x.com', undefined],
  ['内网.example', 'xn--v6q792i.example', undefined], ['_sip._udp.example', '_sip._udp.example', undefined], ['ssh://git@host.example/x', 'host.example', undefined],
])('%s', (input, name, server) => {
  const found = askedName(input)
  expect(found.name).toBe(name)
  expect(found.server).toBe(server)
})

test('a name or a complaint, never a crash', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), input => {
    try {
      askedName(input)
    } catch (error) {
      expect(error).toBeInstanceOf(OperatingError)
    }
  }))
})

test('who asks', () => {
  expect(asker({ from: 'shop/deploy/cart' })).toEqual({ kind: 'workload', resource: 'deploy', namespace: 'shop', name: 'cart' })
  expect(asker({ from: 'deployment/cart', namespace: 'shop' })).toEqual({ kind: 'workload', resource: 'deploy', namespace: 'shop', name: 'cart' })
  expect(asker({ from: 'node/edge-1' })).toEqual({ kind: 'node', name: 'edge-1' })
  expect(asker({ from: 'cart-1', namespace: 'shop' })).toEqual({ kind: 'pod', namespace: 'shop', name: 'cart-1' })
  expect(asker({ pod: 'cart-1' })).toEqual({ kind: 'pod', namespace: 'default', name: 'cart-1' })
  expect(asker({})).toBeUndefined()
  expect(() => asker({ from: 'Shop/../x' })).toThrow(OperatingError)
})

const content = (files: EvidenceFiles): [string, string][] => [...files.files.values()].map(file => [file.path, file.text()])

test('a folder and its archive are the same evidence', async () => {
  const archive = join(folder, 'site.tgz')
  execFileSync('tar', ['czf', archive, '-C', folder, 'site'])
  const [fromFolder, fromArchive] = [await loadBundle(bundle), await loadBundle(archive)]
  expect(content(fromArchive)).toEqual(content(fromFolder))
  expect(content(fromFolder).map(([path]) => path)).toEqual(['captures/n1/any.pcap', 'cluster/objects.yaml', 'logs/kube-system/coredns.log', 'nodes/n1/etc/resolv.conf'])
  expect(fromArchive).toMatchObject({ name: 'site' })
  expect(fromArchive.problems).toEqual(fromFolder.problems)
  expect(fromFolder.problems).toEqual([])
})

test('a cut archive gives what came before the cut', async () => {
  const archive = join(folder, 'cut.tar')
  execFileSync('tar', ['cf', archive, '-C', bundle, 'cluster', 'nodes'])
  writeFileSync(archive, readFileSync(archive).subarray(0, 512 * 5))
  const { files, problems } = await loadBundle(archive)
  expect([...files.keys()]).toEqual(['cluster/objects.yaml'])
  expect(problems.map(problem => problem.code)).toEqual(['bundle-damaged'])
})

/** One ustar entry; the header as tar writes it. */
function entry(path: string, body: string, { kind = '0', target = '' }: { kind?: string, target?: string } = {}): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${Buffer.byteLength(body).toString(8).padStart(11, '0')}\0`, 124)
  header.write(kind, 156)
  header.write(target, 157, 100)
  header.write('ustar\x0000', 257)
  header.fill(' ', 148, 156)
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
  const data = Buffer.from(body)
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)])
}

async function fromEntries(...entries: Buffer[]): Promise<EvidenceFiles> {
  const archive = join(folder, 'made.tgz')
  writeFileSync(archive, gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)])))
  return loadBundle(archive)
}

test('an archive cannot lead out of itself', async () => {
  const { files, problems } = await fromEntries(
    entry('cluster/a.yaml', 'a'), entry('../evil.yaml', 'x'), entry('/etc/evil', 'x'), entry('cluster/../../evil', 'x'),
    entry('cluster/up', '', { kind: '2', target: '../../etc/passwd' }), entry('cluster/abs', '', { kind: '2', target: '/etc/passwd' }),
    entry('cluster/b.yaml', '', { kind: '2', target: 'a.yaml' }), entry('cluster/c.yaml', '', { kind: '1', target: 'cluster/a.yaml' }),
    entry('cluster/loop', '', { kind: '2', target: 'loop' }), entry('cluster/fifo', '', { kind: '6' }), entry('cluster/__proto__', 'p'))
  expect([...files.keys()]).toEqual(['cluster/__proto__', 'cluster/a.yaml', 'cluster/b.yaml', 'cluster/c.yaml'])
  expect(files.get('cluster/c.yaml')?.text()).toBe('a')
  expect(problems.map(problem => problem.code).sort()).toEqual(['link-broken', 'link-outside', 'link-outside', 'path-outside', 'path-outside', 'path-outside', 'special-file'])
})

test('long names of pax and GNU tar', async () => {
  const long = `cluster/${'d'.repeat(120)}/名.yaml`
  const record = ((text: string): string => {
    const length = Buffer.byteLength(text) + 1
    return `${length + String(length + 3).length} ${text}`
  })(`path=${long}\n`)
  const { files } = await fromEntries(entry('PaxHeader', record, { kind: 'x' }), entry('cluster/short', 'pax'), entry('././@LongLink', `${long}2\0`, { kind: 'L' }), entry('cluster/short', 'gnu'))
  expect([...files].map(([path, file]) => [path, file.text()])).toEqual([[long, 'pax'], [`${long}2`, 'gnu']])
})

test('a damaged archive never crashes and never invents files', async () => {
  const whole = Buffer.concat([entry('cluster/a.yaml', 'a'.repeat(700)), entry('nodes/n/etc/hosts', 'b'), Buffer.alloc(1024)])
  await fc.assert(fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), async (at, byte, length) => {
    const damaged = Buffer.from(whole.subarray(0, length))
    if (at < damaged.length) damaged[at] = byte
    const archive = join(folder, 'damaged.tar')
    writeFileSync(archive, damaged)
    try {
      const { files } = await loadBundle(archive)
      for (const file of files.values()) expect(file.text().length).toBeLessThanOrEqual(700)
    } catch (error) {
      expect(error).toBeInstanceOf(OperatingError)
    }
  }), { numRuns: 150 })
})

test('links out of a folder, broken links and fifos are said and skipped', async () => {
  const odd = join(folder, 'odd')
  mkdirSync(join(odd, 'cluster'), { recursive: true })
  writeFileSync(join(odd, 'cluster/a.yaml'), 'a')
  symlinkSync('a.yaml', join(odd, 'cluster/b.yaml'))
  symlinkSync('/etc', join(odd, 'cluster/out'))
  symlinkSync('nowhere', join(odd, 'cluster/broken'))
  symlinkSync('..', join(odd, 'cluster/loop'))
  execFileSync('mkfifo', [join(odd, 'cluster/fifo')])
  const { files, problems } = await loadBundle(odd)
  expect([...files.keys()]).toEqual(['cluster/a.yaml', 'cluster/b.yaml'])
  expect(problems.map(problem => problem.code)).toEqual(['link-broken', 'special-file', 'link-outside'])
})

test.each(['empty', 'notes'])('a folder that is no bundle (%s) is code 5', async kind => {
  const path = join(folder, kind)
  mkdirSync(path, { recursive: true })
  if (kind === 'notes') writeFileSync(join(path, 'todo.txt'), 'x')
  expect((await cli(['why', 'x.example', '--bundle', path])).code).toBe(5)
})

test('bytes: UTF-8 with replacement, UTF-16 by its mark, large files in pieces', () => {
  const problems: string[] = []
  const made = (bytes: Uint8Array): ReturnType<typeof evidenceFile> => evidenceFile('f', bytes.length, (start, length) => bytes.subarray(start, start + length), { onProblem: problem => problems.push(problem.code) })
  expect(made(Buffer.from([0x61, 0xff, 0x62])).text()).toBe('a\ufffdb')
  expect(made(Buffer.from('\ufeff名', 'utf16le')).text()).toBe('名')
  expect(made(Buffer.from('a\0b')).text()).toBe('')
  const long = Buffer.from('名x\n'.repeat(TEXT_LIMIT / 5 + 10))
  expect([...made(long).chunks()].every(chunk => chunk.endsWith('\n'))).toBe(true)
  expect([...made(long).chunks()].join('')).toBe(long.toString())
  expect(made(long).text().length).toBeLessThan(long.length / 5 * 3)
  expect(problems).toEqual(['file-binary', 'file-too-large'])
})

test('--stub is read as the engine reads it: with and without a version, in any case', async () => {
  for (const [text, stub] of [['musl@1.2.2', { kind: 'musl', version: '1.2.2' }], ['musl', stubFrom('musl')], ['Go@v1.21', { kind: 'go', version: '1.21' }], ['glibc', stubFrom('glibc')]] as const)
    expect(stubOf(text)).toEqual(stub)
  for (const text of ['', 'bionic', 'musl@', 'musl@x', '@1', 'musl 1.2', `musl@${'1'.repeat(99)}`]) {
    expect(stubFrom(text)).toHaveProperty('error')
    expect(() => stubOf(text)).toThrow(OperatingError)
  }
})

test('progress: nothing for small files, each per cent once on a terminal, a line now and then elsewhere, nothing when quiet', () => {
  const shown = (isTty: boolean, quiet: boolean, totalBytes: number): string[] => {
    const lines: string[] = []
    const rim = { err: (text: string) => { lines.push(text) }, errTerminal: { isTty, columns: 80 } } as unknown as Rim
    const { onProgress, end } = progress(rim, quiet)
    for (let done = 65_536; done <= totalBytes; done += 65_536) onProgress('logs/x.log', done, totalBytes)
    end()
    return lines
  }
  expect([shown(true, false, 1e6), shown(false, true, 1e8), shown(true, true, 1e8)]).toEqual([[], [], []])
  expect(shown(false, false, 1e8)).toEqual(['whydns: "logs/x.log": 34 of 100 MB\n', 'whydns: "logs/x.log": 67 of 100 MB\n'])
  const terminal = shown(true, false, 1e8)
  expect(terminal.length).toBeLessThanOrEqual(103)
  expect(terminal.at(-1)).toBe('\r\x1b[2K')
})
