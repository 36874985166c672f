import { expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import { readCorefile } from '../../config/corefile.ts'
import { readResolvConf } from '../../config/resolv-conf.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { autopath } from './autopath.ts'
import { panicked, type CorednsVersion, type PluginSetup, type Served } from './plugin.ts'
import { kubeObject } from '../../../test/support/cluster-files.ts'

interface Given { readonly line?: string; readonly version?: CorednsVersion; readonly more?: Partial<CorednsModel>; readonly query?: Partial<DnsQuery> }
const NXDOMAIN: Reply = { rcode: 'NXDOMAIN', flags: [], answer: [], authority: [], additional: [] }

/** What autopath makes of the results that later plugins have for each name in turn (else NXDOMAIN), and the names it asked them for. */
function walked(results: readonly Served[], { line = 'autopath /etc/resolv.conf', version = [1, 11, 3], more = {}, query = {} }: Given = {}): { served: Served; asked: string[]; said: string[]; picks: unknown[] } {
  const corefile = readCorefile('Corefile', `. {\n ${line}\n}\n`, { env: new Map() }).value
  const uses = Map.groupBy(corefile.blocks[0]!.directives, d => d.name)
  const [asked, said, picks]: [string[], string[], unknown[]] = [[], [], []]
  const model = { pod: 'ns/pod', files: new Map(), resolvConf: readResolvConf('r', 'search ns.test corp.test').value, corefile, ...more } as unknown as CorednsModel
  const setup: Partial<PluginSetup> = { server: 's', block: 0, zones: ['.'], directives: uses.get('autopath') ?? [], version, model, has: name => uses.has(name), report: p => void said.push(p.message) }
  const run = autopath(setup as PluginSetup)!({ name: 'a.ns.test.', type: 'A', transport: 'udp', ...query }, function* ({ name }) {
    return results[asked.push(name) - 1] ?? { rcode: 'NXDOMAIN', reply: NXDOMAIN }
  })
  let step = run.next()
  while (!step.done) {
    picks.push(step.value)
    step = run.next('no pod' as never)
  }
  return { served: step.value, asked, said, picks }
}
const answer = (name: string): Reply['answer'][0] => ({ name, type: 'A', ttlS: 30, data: '10.0.0.1' })

test('each element is asked in turn, the bare name last', () => {
  expect(walked([]).asked).toEqual(['a.ns.test.', 'a.corp.test.', 'a.'])
  expect(walked([], { query: { name: 'a.corp.test.' } }).asked).toEqual(['a.corp.test.'])
})

test('what fails with an error or a panic ends the walk', () => {
  const cause = { kind: 'lost', by: 'x' } as const
  expect(walked([{ rcode: 'SERVFAIL', error: 'e', cause, reply: NXDOMAIN }])).toMatchObject({ asked: ['a.ns.test.'], served: { rcode: 'SERVFAIL', error: 'e', cause } })
  expect(walked([{ rcode: 'SERVFAIL', error: 'e', reply: NXDOMAIN }]).served).toEqual({ rcode: 'SERVFAIL', error: 'e' })
  expect(walked([panicked('x')])).toMatchObject({ asked: ['a.ns.test.'], served: { panic: true, cause: { by: 'x' } } })
})

test('codes that the server writes are passed over, and the first is handed on without its message', () => {
  const cause = { kind: 'refused', by: 'x' } as const
  const refused: Served = { rcode: 'REFUSED', cause, reply: NXDOMAIN }
  expect(walked([refused]).asked).toHaveLength(3)
  expect([walked([refused]).served, walked([{ rcode: 'REFUSED' }]).served]).toEqual([{ rcode: 'REFUSED', cause }, { rcode: 'REFUSED' }])
  expect(walked([{ rcode: 'NXDOMAIN', reply: NXDOMAIN }, refused]).served).toEqual({ rcode: 'NXDOMAIN', reply: { ...NXDOMAIN, question: undefined } })
})

test('the question of the first denial is that of its element, unless it has its own', () => {
  expect(walked([], { query: { name: 'A.NS.test.' } }).served).toEqual({ rcode: 'NXDOMAIN', reply: { ...NXDOMAIN, question: { name: 'A.ns.test.', type: 'A' } } })
  const own = { name: 'x.', type: 'TXT' }
  expect(walked([{ rcode: 'NXDOMAIN', reply: { ...NXDOMAIN, question: own } }], { query: { name: 'A.NS.test.' } }).served.reply?.question).toEqual(own)
})

test('nothing written is a panic before 1.15, and is passed over since', () => {
  expect(walked([{ rcode: 'NOERROR' }], { version: [1, 14, 7] }).served).toMatchObject({ panic: true, cause: { by: 's autopath' } })
  expect(walked([{ rcode: 'NOERROR' }], { version: [1, 15, 0] })).toMatchObject({ asked: { length: 3 }, served: { rcode: 'NOERROR' } })
})

test('an alias leads from the name asked to the one that answers; a question of another type stays one', () => {
  const written = (more: Partial<Reply>): Served => ({ rcode: 'NOERROR', reply: { ...NXDOMAIN, rcode: 'NOERROR', answer: [answer('a.corp.test.')], ...more } })
  const answers = [{ name: 'a.ns.test.', type: 'CNAME', ttlS: 30, data: 'a.corp.test.' }, answer('a.corp.test.')]
  const denied: Served = { rcode: 'NXDOMAIN', reply: NXDOMAIN }
  expect(walked([denied, written({ question: { name: 'a.corp.test.', type: 'A' } })])).toMatchObject({ asked: ['a.ns.test.', 'a.corp.test.'], served: { rcode: 'NOERROR', reply: { answer: answers } } })
  expect(walked([denied, written({ question: { name: 'a.corp.test.', type: 'A' } })]).served.reply).not.toHaveProperty('question')
  expect(walked([denied, written({ question: { name: 'a.corp.test.', type: 'AAAA' } })]).served.reply?.question).toEqual({ name: 'a.ns.test.', type: 'AAAA' })
  expect(walked([written({ answer: [answer('A.ns.test.')] })]).served.reply?.answer).toEqual([answer('A.ns.test.')])
})

test('the last use counts, with the zones ahead of its path', () => {
  const files = new Map([['/one', { file: 'one', text: 'search one.test\n' }], ['two', { file: 'two', text: 'search two.test\n' }]])
  expect(walked([], { line: 'autopath /one\n autopath two', more: { files }, query: { name: 'a.two.test.' } }).asked).toEqual(['a.two.test.', 'a.'])
  expect(walked([], { line: 'autopath a.test b.test /one', more: { files }, query: { name: 'a.one.test.' } }).asked).toEqual(['a.one.test.'])
})

test('without a path, or with a file that is not there, it does not start and answers nothing', () => {
  const machine = { hasAllFiles: true } as unknown as NonNullable<CorednsModel['machine']>
  expect(walked([], { line: 'autopath' })).toMatchObject({ asked: [], said: ['CoreDNS does not start: plugin/autopath: no resolv-conf specified'], served: { rcode: 'SERVFAIL', cause: { kind: 'broken' } } })
  expect(walked([], { line: 'autopath /none', more: { machine } })).toMatchObject({ asked: [], said: ['CoreDNS does not start: plugin/autopath: failed to parse "/none": open /none: no such file or directory'] })
  expect(walked([], { line: 'autopath /etc/resolv.conf', more: { machine } }).said).toEqual([])
  expect(walked([], { line: 'autopath @whoami\n whoami' }).said).toEqual(['CoreDNS does not start: plugin/autopath: whoami does not implement the AutoPather interface'])
})

test('the path of a plugin that is not in the block is empty; that of erratic is fixed', () => {
  const query = { name: 'a.a.example.org.' }
  expect(walked([], { line: 'autopath @erratic\n erratic', query }).asked).toEqual(['a.a.example.org.', 'a.b.example.org.', 'a.'])
  expect(walked([], { line: 'autopath @erratic', query })).toMatchObject({ asked: ['a.a.example.org.'], said: [] })
  expect(walked([], { line: 'autopath @kubernetes', query })).toMatchObject({ asked: ['a.a.example.org.'], said: [] })
  expect(walked([], { line: 'autopath @kubernetes\n erratic', query })).toMatchObject({ asked: ['a.a.example.org.'] })
})

test('with @kubernetes the namespace of the pod comes first, then what resolv.conf of CoreDNS has', () => {
  const pod = (namespace: string, podIP: string) => kubeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace }, status: { podIP, phase: 'Running' } })
  const kubernetes = { services: [], endpointSlices: [], namespaces: [], nodes: [], pods: [pod('ns', '10.244.1.9')] }
  const asked = (name: string, more: Partial<CorednsModel> = {}, client: string | undefined = '10.244.1.9'): unknown => {
    const line = 'autopath @kubernetes\n kubernetes cluster.local {\n  pods verified\n }'
    return walked([], { line, more: { kubernetes, ...more }, query: { name, ...(client !== 'unknown' && { client }) } }).asked
  }
  const all = ['a.ns.svc.cluster.local.', 'a.svc.cluster.local.', 'a.cluster.local.', 'a.ns.test.', 'a.corp.test.', 'a.']
  const synced = (value: boolean): Partial<CorednsModel> => ({ kubernetesSynced: { value } }) as unknown as Partial<CorednsModel>
  expect([asked('a.ns.svc.cluster.local.'), asked('a.ns.svc.cluster.local.', synced(true))]).toEqual([all, all])
  expect(asked('a.ns.svc.cluster.local.', synced(false))).toEqual(['a.ns.svc.cluster.local.'])
  expect(asked('a.ns.test.')).toEqual(['a.ns.test.'])
  expect(asked('a.ns.svc.cluster.local.', {}, '10.244.1.8')).toEqual(['a.ns.svc.cluster.local.'])
  expect(asked('a.ns.svc.cluster.local.', {}, 'unknown')).toEqual(['a.ns.svc.cluster.local.'])
})

test('of many namespaces the first 16 are ways that an unknown client can go', () => {
  const pods = Array.from({ length: 20 }, (_, i) => kubeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: `n${10 + i}` }, status: { podIP: `10.244.1.${i}`, phase: 'Running' } }))
  const kubernetes = { services: [], endpointSlices: [], namespaces: [], nodes: [], pods }
  const { picks } = walked([], { line: 'autopath @kubernetes\n kubernetes cluster.local {\n  pods verified\n }', more: { kubernetes }, query: { name: 'a.n1.svc.cluster.local.' } })
  expect(picks).toMatchObject([{ options: ['no pod', ...Array.from({ length: 16 }, (_, i) => `n${10 + i}`)] }])
})
