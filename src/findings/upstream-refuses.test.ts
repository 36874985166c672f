import { expect, test } from 'vitest'
import { brief, bundle, CONFIG_MAP, hit, hits, lines, log, patched, probe, served, stockCluster, STOCK_COREFILE, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'upstream-refuses'
const NAME = 'db.corp.example'
const GOOD = probe('10.0.0.2', NAME, '10.9.0.7')
const REFUSES = probe('10.0.0.3', NAME, 'REFUSED')
const LOGGED = log('kube-system/coredns-a', served('08:00:00.000', 'A', NAME, 'NOERROR'), served('08:01:00.000', 'A', NAME, 'REFUSED'))
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2', '10.0.0.3']), ...more)

test('asked directly and passed on in the log: confirmed, with the line of the server', () => {
  const diagnosis = why(cluster(GOOD, REFUSES, LOGGED), NAME)
  expect(diagnosis.status.verdict).toBe('intermittent')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error confirmed upstream-refuses')
  expect([found.message, found.message_zh]).toEqual(['10.0.0.3 refuses the questions of kube-system/coredns-a for `db.corp.example`', expect.stringContaining('拒绝')])
  expect(lines(found)).toEqual([
    '* cluster/configmaps.yaml: forward . /etc/resolv.conf', '* nodes/n1/etc/resolv.conf: 10.0.0.3', `  logs/kube-system/coredns-a.log: ${served('08:01:00.000', 'A', NAME, 'REFUSED')}`,
  ])
  expect(found.evidence).toEqual(['probes/upstreams.jsonl:3', 'probes/upstreams.jsonl:4', 'logs/kube-system/coredns-a.log:2'])
})

test('one way alone is likely; the log of a line with several servers does not say who', () => {
  expect(brief(hit(why(cluster(GOOD, REFUSES), NAME), ID))).toBe('error likely upstream-refuses')
  expect(brief(hit(why(cluster(LOGGED), NAME), ID))).toBe('warning possible upstream-refuses')
  expect(hit(why(bundle(...stockCluster(['10.0.0.3']), LOGGED), NAME), ID)).toMatchObject({ certainty: 'likely', message: expect.stringContaining('10.0.0.3 refuses') as string })
})

test('the node is served and the pod is not: an access list; and no recursion is said', () => {
  const found = hit(why(cluster(GOOD, probe('10.0.0.3', NAME, '10.9.0.7', { from: 'node n1' }), REFUSES, LOGGED), NAME), ID)
  expect(found.notes.map(n => n.en).join()).toContain('10.0.0.3 refuses kube-system/coredns-a and answers node/n1')
  const plain: Piece = Object.fromEntries(Object.entries(REFUSES).map(([path, text]) => [path, text.replaceAll(',"ra"', '')]))
  expect(hit(why(cluster(GOOD, plain), NAME), ID).notes.map(n => n.en).join()).toContain('no recursion available')
})

test('near miss: CoreDNS is served, only the node is refused', () => {
  const files = cluster(GOOD, probe('10.0.0.3', NAME, '10.9.0.7'), probe('10.0.0.3', NAME, 'REFUSED', { from: 'node n1' }))
  expect(hits(why(files, NAME), ID)).toEqual([])
})

test('near miss: CoreDNS itself refused, by max_concurrent or an acl', () => {
  const limited = STOCK_COREFILE.replace('/etc/resolv.conf', '/etc/resolv.conf {\n        max_concurrent 10\n    }')
  const said = log('kube-system/coredns-a', '2024-09-03T08:01:00.000Z [ERROR] plugin/errors: 2 db.corp.example. A: concurrent queries exceeded maximum 10')
  expect(hits(why(bundle(...stockCluster(['10.0.0.3'], { corefile: limited }), LOGGED, said), NAME), ID)).toEqual([])
  const acl = STOCK_COREFILE.replace('    errors', '    errors\n    acl {\n        block net 10.244.9.0/24\n    }')
  expect(hits(why(bundle(...stockCluster(['10.0.0.3'], { corefile: acl }), LOGGED), NAME), ID)).toEqual([])
})

test('near miss: another name is refused, or a server of another zone', () => {
  expect(hits(why(cluster(GOOD, probe('10.0.0.3', NAME, '10.9.0.7'), probe('10.0.0.3', 'x.other.example', 'REFUSED')), NAME), ID)).toEqual([])
  const own = `corp.example:53 {\n    forward . 10.0.0.2\n}\n${STOCK_COREFILE}`
  expect(hits(why(bundle(...stockCluster(['10.0.0.3'], { corefile: own }), GOOD, REFUSES), NAME), ID)).toEqual([])
})

test('taken out of the list: proved, and then gone', () => {
  const files = bundle(...stockCluster(['10.0.0.2'], { corefile: STOCK_COREFILE.replace('/etc/resolv.conf', '10.0.0.2 10.0.0.3') }), GOOD, REFUSES)
  const [out] = hit(why(files, NAME), ID).fixes
  expect([out?.title, out?.proof?.after]).toEqual(['take 10.0.0.3 out of the forward line', { 'answer 10.9.0.7': '1' }])
  const again = why(patched(files, out?.edits ?? []), NAME)
  expect([again.status.verdict, hits(again, ID)]).toEqual(['works', []])
})

test('failover where the release has it: proved, the refusal is then a warning', () => {
  const files = bundle(...stockCluster(['10.0.0.2', '10.0.0.3'], { version: '1.13.1' }), GOOD, REFUSES)
  const fix = hit(why(files, NAME), ID).fixes.find(f => f.title.includes('next server'))
  expect(fix?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get(CONFIG_MAP)?.text()).toContain('failover REFUSED')
  expect([why(after, NAME).status.verdict, brief(hit(why(after, NAME), ID))]).toEqual(['works', 'warning likely upstream-refuses'])
  expect(hit(why(cluster(GOOD, REFUSES), NAME), ID).fixes.some(f => f.title.includes('next server'))).toBe(false)
})

test('the only server refuses: it fails, and only its access list helps', () => {
  const diagnosis = why(bundle(...stockCluster(['10.0.0.3']), REFUSES), NAME)
  expect([diagnosis.status.verdict, hit(diagnosis, ID).fixes.map(f => f.applicability)]).toEqual(['fails', ['byHand']])
})
