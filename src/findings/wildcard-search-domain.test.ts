import { expect, test } from 'vitest'
import { brief, bundle, client, coredns, corefile, dnsService, hit, hits, lines, log, node, patched, probe, resolvConf, served, stockCluster, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'wildcard-search-domain'
const NAME = 'github.com'
const TAKEN = probe('10.0.0.2', 'github.com.corp.example', '10.9.0.9', { zone: 'corp.example.' })
const REAL = probe('10.0.0.2', NAME, '140.82.121.4')
const RANDOM = probe('10.0.0.2', 'zq81x.corp.example', '10.9.0.9')
const LOGGED = log('kube-system/coredns-a', served('08:00:00.000', 'A', 'github.com.corp.example', 'NOERROR'))
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2'], { client: { search: ['corp.example'] } }), ...more)

test('the name with the suffix has another address than the name: an error at the word of the search list', () => {
  const diagnosis = why(cluster(TAKEN, REAL), NAME)
  expect(diagnosis.status.outcomes.map(o => o.answers)).toEqual([['10.9.0.9']])
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error likely wildcard-search-domain')
  expect([found.message, found.message_zh]).toEqual(['`github.com` gets 10.9.0.9, the address of `github.com.corp.example`; its own is 140.82.121.4', expect.stringContaining('它自己的地址')])
  expect(lines(found)).toEqual(['* pods/default/web/etc/resolv.conf: corp.example'])
  expect(found.evidence).toEqual(['probes/upstreams.jsonl:1', 'probes/upstreams.jsonl:3'])
})

test('a random label, the log or a connection is the second way', () => {
  expect(hit(why(cluster(TAKEN, REAL, LOGGED), NAME), ID).certainty).toBe('confirmed')
  const app = log('default/web', '2024-09-03T08:00:00Z resolve github.com -> 10.9.0.9')
  expect(hit(why(cluster(TAKEN, REAL, app), NAME), ID).certainty).toBe('confirmed')
  const nonsense = probe('10.0.0.2', 'x.default.svc.cluster.local.corp.example', '10.9.0.9')
  const found = hit(why(cluster(TAKEN, REAL, nonsense), NAME), ID)
  expect([found.certainty, found.notes.map(n => n.kind)]).toEqual(['confirmed', ['why', 'confirmed']])
})

test('nobody asked for the name itself, but everything there has that address: a warning', () => {
  expect(brief(hit(why(cluster(TAKEN, RANDOM, probe('10.0.0.2', 'ab3.corp.example', '10.9.0.9')), NAME), ID))).toBe('warning confirmed wildcard-search-domain')
})

test('the wildcard is shown, the name with its suffix was not asked: it is likely', () => {
  const nonsense = probe('10.0.0.2', 'x.default.svc.cluster.local.corp.example', '10.9.0.9')
  expect(brief(hit(why(cluster(REAL, nonsense), NAME), ID))).toBe('error likely wildcard-search-domain')
  // Near miss: that very name is denied.
  expect(hits(why(cluster(REAL, nonsense, probe('10.0.0.2', 'github.com.corp.example', 'NXDOMAIN', { zone: 'corp.example.' })), NAME), ID)).toEqual([])
})

test('near miss: a short name that the suffix is meant for', () => {
  expect(hits(why(cluster(probe('10.0.0.2', 'db.corp.example', '10.9.0.7'), probe('10.0.0.2', 'db', 'NXDOMAIN', { zone: '.' })), 'db'), ID)).toEqual([])
})

test('near miss: one neighbour with another address is no wildcard', () => {
  expect(hits(why(cluster(probe('10.0.0.2', 'db.corp.example', '10.9.0.7'), RANDOM), 'db'), ID)).toEqual([])
})

test('near miss: both names are the same host', () => {
  expect(hits(why(cluster(TAKEN, probe('10.0.0.2', NAME, '10.9.0.9')), NAME), ID)).toEqual([])
})

test('near miss: NODATA on the suffix is no answer', () => {
  expect(hits(why(cluster(probe('10.0.0.2', 'github.com.corp.example', 'NODATA', { zone: 'corp.example.' }), REAL), NAME), ID)).toEqual([])
})

test('near miss: with the dot, or with enough dots for ndots, no suffix is tried', () => {
  expect(hits(why(cluster(TAKEN, REAL), `${NAME}.`), ID)).toEqual([])
  const ndots1 = `search default.svc.cluster.local corp.example\nnameserver 10.96.0.10\noptions ndots:1\n`
  expect(hits(why(bundle(...stockCluster(['10.0.0.2'], { client: { resolvConf: ndots1 } }), TAKEN, REAL), NAME), ID)).toEqual([])
})

test('the word taken out of the node’s file: the name gets its own address', () => {
  const conf = resolvConf(['10.0.0.2'], ['corp.example'])
  const files = bundle(
    node('n1', { resolvConf: conf }), corefile(), coredns('coredns-a', { resolvConf: conf }), dnsService([['10.244.0.3', 'n1']]), client('web', { search: ['corp.example'] }), TAKEN, REAL,
  )
  const found = hit(why(files, NAME), ID)
  const [fix] = found.fixes
  expect([lines(found)[1], fix?.applicability]).toEqual(['  nodes/n1/etc/resolv.conf: corp.example', 'likely'])
  const after = patched(files, [...fix?.edits ?? [], ...pod(files.files.get('pods/default/web/etc/resolv.conf')?.text() ?? '')])
  const again = why(after, NAME)
  expect([again.status.outcomes.map(o => o.answers), hits(again, ID)]).toEqual([[['140.82.121.4']], []])
})

/** What kubelet gives the pod that is made anew. */
const pod = (text: string): { file: string; start: number; end: number; text: string }[] =>
  [{ file: 'pods/default/web/etc/resolv.conf', start: 0, end: text.length, text: text.replace(' corp.example', '') }]
