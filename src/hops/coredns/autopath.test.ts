import { expect, test } from 'vitest'
import { LOST } from '../../chain/effects.ts'
import { kubeObject } from '../../../test/support/cluster-files.ts'
import { oneCoredns, refusalOf, zone } from '../../../test/support/one-coredns.ts'

const upstreams = { '10.0.0.53': zone('a.svc.cluster.local. 60 A 10.1.1.1', 'b.corp.test. 60 A 10.1.1.2', 'e. 60 A 10.1.1.3', 'alias.test. 30 CNAME d.example.org.') }
const files = new Map([['/r.conf', { file: 'r.conf', text: 'domain x\nsearch ns.svc.Cluster.Local svc.cluster.local corp.test\nnameserver 10.0.0.1\n' }]])
const corefile = '. {\n errors\n log\n autopath r.conf\n forward . 10.0.0.53\n}\n'

const asked = (name: string, type = 'A', version = '1.11.3') => {
  const server = oneCoredns(version, corefile, upstreams, { files })
  return { server, reply: server.ask({ name, type }) }
}
const answer = (name: string): unknown => {
  const { reply } = asked(name)
  return reply === LOST ? LOST : [reply.rcode, ...reply.answer.map(r => `${r.name} ${r.ttlS} ${r.type} ${r.data}`)]
}

test('the first element of the search list that has the name answers, behind an alias of the name asked', () => {
  expect(answer('A.NS.svc.cluster.local.')).toEqual(['NOERROR', 'A.NS.svc.cluster.local. 60 CNAME A.svc.cluster.local.', 'a.svc.cluster.local. 60 A 10.1.1.1'].map(t => t.replace('CNAME A.', 'CNAME a.')))
  expect(answer('b.ns.svc.cluster.local.')).toEqual(['NOERROR', 'b.ns.svc.cluster.local. 60 CNAME b.corp.test.', 'b.corp.test. 60 A 10.1.1.2'])
  expect(answer('e.ns.svc.cluster.local.')).toEqual(['NOERROR', 'e.ns.svc.cluster.local. 60 CNAME e.', 'e. 60 A 10.1.1.3'])
  expect(asked('b.ns.svc.cluster.local.').server.run.notes.filter(n => n.note.kind === 'upstream-asked').map(n => n.note['name'])).toEqual(
    ['b.ns.svc.cluster.local.', 'b.svc.cluster.local.', 'b.corp.test.'])
})

test('a name below another element is left alone, and NXDOMAIN everywhere is the first NXDOMAIN', () => {
  expect(answer('b.svc.cluster.local.')).toEqual(['NXDOMAIN'])
  // The zone part of the question comes back as the search list has it.
  expect(asked('None.NS.svc.cluster.local.').reply).toMatchObject({ rcode: 'NXDOMAIN', question: { name: 'None.ns.svc.cluster.local.' } })
})

test('the element itself is a failure with the words of the program', () => {
  const { server, reply } = asked('ns.svc.cluster.local.')
  expect(reply).toMatchObject({ rcode: 'SERVFAIL' })
  expect(server.lines()).toContain('[ERROR] plugin/errors: 2 ns.svc.cluster.local. A: trimzone: overshot qname: ns.svc.cluster.local.for zone ns.svc.cluster.local.')
})

test('with @kubernetes the pod that asks decides, if pods are verified', () => {
  const pods = [kubeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'ns' }, status: { podIP: '10.244.1.9', phase: 'Running' } })]
  const kubernetes = { services: [], endpointSlices: [], namespaces: [], pods, nodes: [] }
  const rcode = (mode: string, client: string): unknown => {
    const text = `. {\n autopath @kubernetes\n kubernetes cluster.local {\n  pods ${mode}\n }\n forward . 10.0.0.53\n}\n`
    const reply = oneCoredns('1.11.3', text, upstreams, { kubernetes, resolvConf: { file: 'r', lines: [] } }).ask({ name: 'e.ns.svc.cluster.local.', client })
    return reply === LOST ? LOST : reply.rcode
  }
  expect(rcode('verified', '10.244.1.9')).toBe('NOERROR')
  expect(rcode('verified', '10.244.1.8')).toBe('NXDOMAIN')
  expect(rcode('insecure', '10.244.1.9')).toBe('NXDOMAIN')
})

test('a plugin that has no search path is refused, one that is not there is not', () => {
  expect(refusalOf('1.11.3', '. {\n autopath\n whoami\n}\n')).toBe('plugin/autopath: no resolv-conf specified')
  expect(refusalOf('1.11.3', '. {\n autopath @whoami\n whoami\n}\n')).toBe('plugin/autopath: whoami does not implement the AutoPather interface')
  expect(refusalOf('1.11.3', '. {\n autopath @kubernetes\n whoami\n}\n')).toBe('')
})

test('with zones of its own it touches names below them only', () => {
  const rcode = (line: string, name: string): unknown => {
    const reply = oneCoredns('1.11.3', corefile.replace('autopath r.conf', line), upstreams, { files }).ask({ name })
    return reply === LOST ? LOST : reply.rcode
  }
  expect(rcode('autopath ns.svc.cluster.local r.conf', 'b.ns.svc.cluster.local.')).toBe('NOERROR')
  expect(rcode('autopath Svc.cluster.local corp.test r.conf', 'b.ns.svc.cluster.local.')).toBe('NOERROR')
  expect(rcode('autopath other.test corp.test r.conf', 'b.ns.svc.cluster.local.')).toBe('NXDOMAIN')
})

test('a search list that is not in the evidence is said to be unknown, and nothing is answered', () => {
  const server = oneCoredns('1.11.3', corefile.replace('r.conf', 'missing.conf'), upstreams)
  expect(server.ask({ name: 'a.test.' })).toMatchObject({ rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: 'coredns ns/pod autopath', detail: 'the search list is not known' } })
  expect(server.problems).toMatchObject([{ code: 'autopath-search-unknown', state: 'unknown', message: 'autopath: the evidence has no missing.conf of ns/pod; its search list is not known' }])
})

test('the last search or domain line counts, and of a domain line its first word', () => {
  const answers = (text: string): unknown => {
    const reply = oneCoredns('1.11.3', corefile, upstreams, { files: new Map([['/r.conf', { file: 'r.conf', text }]]) }).ask({ name: 'b.ns.test.' })
    return reply === LOST ? LOST : reply.rcode
  }
  expect(answers('search x.test\n  search NS.test corp.test')).toBe('NOERROR')
  expect(answers('search ns.test corp.test\nsearch x.test')).toBe('NXDOMAIN')
  expect(answers('search ns.test corp.test\ndomain ns.test corp.test')).toBe('NXDOMAIN')
  expect(answers('nameserver 10.0.0.1')).toBe('NXDOMAIN')
})

test('which pod asks and is not known is an unknown: none, or one of the namespaces there are, in order', () => {
  const pods = (names: readonly string[]) => names.map((namespace, i) =>
    kubeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, namespace }, status: { podIP: `10.244.1.${i + 1}`, phase: 'Running' } }))
  const from = (names: readonly string[], choice: number): unknown => {
    const picks: unknown[] = []
    const kubernetes = { services: [], endpointSlices: [], namespaces: [], pods: pods(names), nodes: [] }
    const text = '. {\n autopath @kubernetes\n kubernetes cluster.local {\n  pods verified\n }\n forward . 10.0.0.53\n}\n'
    const reply = oneCoredns('1.11.3', text, upstreams, { kubernetes, resolvConf: { file: 'r', lines: [] } }, p => { picks.push([p.key, p.options]); return choice })
      .ask({ name: 'e.ns.svc.cluster.local.' })
    return [picks, reply === LOST ? LOST : reply.rcode]
  }
  const picks = [['coredns ns/pod autopath namespace of the client', ['no pod', 'ns', 'other']]]
  expect([0, 1, 2].map(choice => from(['other', 'ns', 'ns'], choice))).toEqual([[picks, 'NXDOMAIN'], [picks, 'NOERROR'], [picks, 'NXDOMAIN']])
})
