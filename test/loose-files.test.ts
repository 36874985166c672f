// Loose files through the whole program: a Corefile, a resolv.conf and pasted output are enough for a diagnosis; what they leave
// open is said, and whatever was assumed is a Problem.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../src/cli/main.ts'
import type { Rim } from '../src/cli/rim.ts'
import { diagnose } from '../src/diagnose.ts'
import type { Diagnosis } from '../src/findings/diagnosis.ts'
import { looseCluster, type LoosePlan } from '../src/loose-cluster.ts'
import { simulateLookups } from '../src/simulate.ts'
import { ROOT } from './support/source-files.ts'

const NAME = 'a.corp-example.com'
const incident = (path: string): string => readFileSync(join(ROOT, 'examples/incident', path), 'utf8')
const COREFILE = '.:53 {\n    errors\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n    forward . /etc/resolv.conf\n    cache 30\n    loop\n    reload\n}\n'
const SERVERS = 'nameserver 10.53.136.11\nnameserver 10.53.136.12\nnameserver 223.5.5.5\n'
const OF_POD = 'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n'
const CONFIG_MAP = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coredns\n  namespace: kube-system\ndata:\n  Corefile: |\n${COREFILE.replace(/^/gm, '    ').trimEnd()}\n`

const folder = mkdtempSync(join(tmpdir(), 'whydns-loose-'))
const at = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(() => {
  mkdirSync(at('other'))
  for (const [name, text] of Object.entries({
    Corefile: COREFILE, 'resolv.conf': SERVERS, 'pod-resolv.conf': OF_POD, 'cm.yaml': CONFIG_MAP, 'netplan.yaml': incident('nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml'),
    'dig1.txt': incident('text/dig-10.53.136.11.txt'), 'dig2.txt': incident('text/dig-10.53.136.12.txt'), 'dig3.txt': incident('text/dig-223.5.5.5.txt'),
    'server.log': incident('logs/kube-system/coredns-edge-bz9bq.log'), 'app.log': incident('logs/alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9.log'), 'empty.txt': '', 'notes.md': 'a note\n',
  })) writeFileSync(at(name), text)
})

async function cli(args: readonly string[], stdin = ''): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const rim: Rim = {
    out: text => { written.out += text }, err: text => { written.err += text }, env: {}, outTerminal: { isTty: false, columns: 100 }, errTerminal: { isTty: false, columns: 100 },
    calledAs: 'whydns', readStdin: () => Promise.resolve(Buffer.from(stdin)),
    diagnose: (files, asked) => Promise.resolve(diagnose(files, asked)), simulate: (files, asked, settings) => Promise.resolve(simulateLookups(files, asked, settings)),
  }
  return { code: await run(args, rim), ...written }
}

const why = async (files: readonly string[], stdin = ''): Promise<{ code: number; diagnosis: Diagnosis }> => {
  const { code, out, err } = await cli(['why', NAME, ...files.map(file => (file === '-' ? file : at(file))), '-o', 'json'], stdin)
  return { code, diagnosis: out === '' ? (expect.fail(err) as never) : JSON.parse(out) }
}
const assumed = ({ status }: Diagnosis): string[] => status.problems.map(problem => problem.code).filter(code => code.startsWith('loose-'))

const DIGS = ['dig1.txt', 'dig2.txt', 'dig3.txt']

test('Corefile, resolv.conf and three digs: mixed-upstreams, at the line of the user\'s own file', async () => {
  const { code, diagnosis } = await why(['Corefile', 'resolv.conf', ...DIGS])
  expect(code).toBe(1)
  expect(diagnosis.status.verdict).toBe('intermittent')
  const finding = diagnosis.status.findings.find(each => each.id === 'mixed-upstreams')
  expect(finding?.sources[0]).toMatchObject({ file: at('Corefile'), line: 4, text: 'forward . /etc/resolv.conf' })
  expect(finding?.sources.map(source => `${source.file}:${source.line}`)).toContain(`${at('resolv.conf')}:3`)
  expect(finding?.fixes[0]?.edits[0]?.file).toBe(at('Corefile'))
  expect(finding?.fixes[0]?.proof?.after).not.toHaveProperty('nxdomain')
  expect(finding?.fixes[0]?.proof?.gains).toEqual([`loose/pod ${NAME}: intermittent -> works`])
  expect(assumed(diagnosis)).toEqual(['loose-resolv-conf-of-coredns', 'loose-coredns-assumed', 'loose-asker-assumed'])
  expect(JSON.stringify(diagnosis)).not.toContain('pods/loose/coredns')
})

test('with the pod\'s resolv.conf the search list is asked too, and the Service is inferred', async () => {
  const { diagnosis } = await why(['pod-resolv.conf', 'Corefile', 'resolv.conf', ...DIGS])
  // Whether some Service has the name of a candidate nobody looked at, so the verdict may stay open; the line is found all the same.
  expect(diagnosis.status.verdict).not.toBe('works')
  expect(diagnosis.status.findings.map(finding => finding.id)).toEqual(expect.arrayContaining(['mixed-upstreams', 'ndots-amplification']))
  expect(diagnosis.status.problems.map(problem => problem.code)).toContain('dns-service-not-seen')
  expect(assumed(diagnosis)).not.toContain('loose-asker-assumed')
})

test('a ConfigMap does as well as a bare Corefile', async () => {
  const { diagnosis } = await why(['cm.yaml', 'resolv.conf', ...DIGS])
  expect(diagnosis.status.findings.find(each => each.id === 'mixed-upstreams')?.sources[0]).toMatchObject({ file: at('cm.yaml'), line: 11 })
})

test('a netplan file explains where the servers come from, and three of four are handed on', async () => {
  const { diagnosis } = await why(['Corefile', 'netplan.yaml', ...DIGS])
  const finding = diagnosis.status.findings.find(each => each.id === 'mixed-upstreams')
  expect(finding?.sources.some(source => source.file === at('netplan.yaml') && source.text === '223.5.5.5')).toBe(true)
  expect(finding?.fixes.some(fix => fix.edits.some(edit => edit.file === at('netplan.yaml')))).toBe(true)
  expect(assumed(diagnosis)).toEqual(expect.arrayContaining(['loose-uplink-assumed', 'loose-kubelet-assumed']))
})

test('the log of the one CoreDNS pod is its log: fills are counted', async () => {
  const { diagnosis } = await why(['Corefile', 'resolv.conf', 'server.log', ...DIGS])
  expect(diagnosis.status.observed?.fills['A']?.n).toBeGreaterThan(15)
  expect(assumed(diagnosis)).toContain('loose-log-of-coredns')
})

test('a resolv.conf alone says who would be asked, and claims nothing', async () => {
  for (const files of [['resolv.conf'], ['pod-resolv.conf']]) {
    const { code, diagnosis } = await why(files)
    expect([code, diagnosis.status.verdict]).toEqual([3, 'inconclusive'])
    expect(diagnosis.status.findings.filter(finding => finding.level === 'error')).toEqual([])
  }
})

test('with the application\'s log beside it, what was seen is said', async () => {
  const { diagnosis } = await why(['resolv.conf', 'app.log'])
  expect(diagnosis.status.observed).toMatchObject({ lookups: 147, failed: 55 })
  expect(diagnosis.status.findings.filter(finding => finding.level === 'error')).toEqual([])
})

test('a log alone, a note, nothing: inconclusive, with what is missing', async () => {
  for (const files of [['app.log'], ['server.log'], ['notes.md'], ['empty.txt']]) {
    const { code, diagnosis } = await why(files)
    expect([code, diagnosis.status.verdict]).toEqual([3, 'inconclusive'])
    expect(diagnosis.status.problems[0]?.code).toBe('asker-not-found')
  }
})

test('standard input is one more file', async () => {
  const { diagnosis } = await why(['Corefile', '-', ...DIGS], SERVERS)
  expect(diagnosis.status.verdict).toBe('intermittent')
  expect(diagnosis.status.findings.find(each => each.id === 'mixed-upstreams')?.sources.some(source => source.file === '<stdin>' && source.line === 3)).toBe(true)
})

test('beside a bundle loose files are added, and nothing is made up', async () => {
  const { out } = await cli(['why', NAME, at('dig1.txt'), at('Corefile'), '--bundle', join(ROOT, 'examples/incident'), '--from', 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9', '-o', 'json'])
  const { status } = JSON.parse(out) as Diagnosis
  expect(status.verdict).toBe('intermittent')
  expect(status.problems.filter(problem => problem.code.startsWith('loose-')).map(problem => problem.code)).toEqual(['loose-file-not-placed'])
})

test('simulate takes loose files too', async () => {
  const { code, out } = await cli(['simulate', NAME, ...['Corefile', 'resolv.conf', ...DIGS].map(at), '--for', '5m', '--every', '5s'])
  expect(code).toBe(0)
  expect(out).toContain('60 lookups')
})

const plan = (files: Readonly<Record<string, string>>): LoosePlan => looseCluster(Object.entries(files).map(([name, text]) => ({ name, text })))

test('each file has one place, and what several could own has none', () => {
  expect(plan({ 'out.txt': '$ dig a.example\n', 'probes.jsonl': '{"at":"2025-01-01T00:00:00Z","server":"10.0.0.1","name":"a.","rcode":"NOERROR"}\n' }).paths).toEqual(['text/out.txt', 'probes/probes.jsonl'])
  const two = plan({ 'a.conf': SERVERS, 'b.conf': SERVERS, Corefile: COREFILE })
  expect(two.paths).toEqual(['pods/loose/coredns/etc/resolv.conf', 'loose/b.conf', 'pods/loose/coredns/etc/coredns/Corefile'])
  expect(two.problems.map(problem => problem.code)).toContain('loose-file-not-placed')
  const pods = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: coredns-x\n  namespace: kube-system\nspec:\n  containers:\n  - image: coredns/coredns:1.9.3\n'
  const real = plan({ 'pods.yaml': pods, 'coredns-x.log': '[INFO] 10.0.0.1:5 - 1 "A IN a.example. udp 40 false 512" NOERROR qr 5 0.1s\n', 'resolv.conf': SERVERS })
  expect(real.paths).toEqual(['cluster/pods.yaml', 'logs/kube-system/coredns-x.log', 'loose/resolv.conf'])
  expect([...real.made.keys()]).toEqual([])
})

test('what systemd-resolved wrote is the node\'s file, whatever it is called', () => {
  const uplink = plan({ Corefile: COREFILE, 'node.conf': incident('nodes/hz-edge-1/run/systemd/resolve/resolv.conf') })
  expect(uplink.paths[1]).toBe('nodes/loose/run/systemd/resolve/resolv.conf')
  expect([...uplink.made.keys()]).toContain('nodes/loose/var/lib/kubelet/config.yaml')
})
