// Input that is not perfect: an honest partial result, never an exception, and never a claim that was not looked at.
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { EvidenceFiles } from '../src/chain/evidence-files.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { diagnose } from '../src/diagnose.ts'
import type { Diagnosis } from '../src/findings/diagnosis.ts'
import { bundle, changed, CONFIG_MAP, evidenceOf, hits, log, probe, served, stockCluster, STOCK_COREFILE, textsOf, why, without } from './support/bundle.ts'
import { ROOT } from './support/source-files.ts'

const NAME = 'a.corp-example.com'
const POD = 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'
const codes = (d: Diagnosis): string[] => d.status.problems.map(p => p.code)
const claims = (d: Diagnosis): string[] => d.status.findings.filter(f => f.level === 'error').map(f => f.id)

describe('half of the recorded incident', () => {
  let incident: EvidenceFiles
  // Captures and the head are left out from the start: they are many bytes and change nothing here.
  beforeAll(async () => { incident = without(await loadBundle(join(ROOT, 'examples/incident')), /^(?:captures|bundle\.yaml)/) })

  test.each([
    ['logs', 'intermittent'], ['nodes', 'intermittent'], ['pods', 'intermittent'],
    ['probes', 'intermittent'], ['text', 'intermittent'], ['cluster', undefined],
  ])('without %s', (top, verdict) => {
    const diagnosis = why(without(incident, new RegExp(`^${top}`)), NAME, { from: POD })
    if (verdict !== undefined) expect(diagnosis.status.verdict).toBe(verdict)
    else expect(['intermittent', 'inconclusive']).toContain(diagnosis.status.verdict)
    expect(claims(diagnosis).filter(id => id !== 'mixed-upstreams')).toEqual([])
  })

  test('with configuration alone nothing is confirmed, and nothing is an error', () => {
    const diagnosis = why(without(incident, /^(?:nodes|probes|text|logs)\//), NAME, { from: POD })
    expect(diagnosis.status.findings.filter(f => f.certainty === 'confirmed' || f.level === 'error')).toEqual([])
    expect(diagnosis.status.verdict).toBe('inconclusive')
    expect(diagnosis.status.observed?.lookups ?? 0).toBe(0)
  })
})

test('an empty bundle says that the asker is not in it', () => {
  const diagnosis = why(evidenceOf(new Map()), NAME, { from: POD })
  expect([diagnosis.status.verdict, diagnosis.status.findings, codes(diagnosis)]).toEqual(['inconclusive', [], ['asker-not-found']])
  expect(diagnosis.status.summary.zh).toMatch(/\p{Script=Han}/u)
})

const CLUSTER = bundle(...stockCluster(['10.0.0.2']), probe('10.0.0.2', 'db.corp.example', '10.9.0.7'))
const WRONG_YAML = ['a: [', 'kind: List\nitems: 7\n', '\t- x\n: :\n', '"', '- - - -', 'apiVersion: v1\nkind: Pod\n', '&a [*a]\n', '%YAML 9\n---\n!!binary x\n', '\u0000\uFFFD\u0001']
const OBJECTS = ['pods', 'services', 'configmaps', 'endpointslices', 'nodes', 'namespaces']

test.each(OBJECTS)('wrong YAML in place of cluster/%s.yaml', kind => {
  // Each kind meets three of the texts, so that all are met.
  for (const text of WRONG_YAML.filter((_, nth) => nth % 3 === OBJECTS.indexOf(kind) % 3)) {
    const diagnosis = why(evidenceOf(new Map([...textsOf(CLUSTER), [`cluster/${kind}.yaml`, text]])), 'db.corp.example')
    expect(['works', 'slow', 'inconclusive']).toContain(diagnosis.status.verdict)
    expect(claims(diagnosis)).toEqual([])
  }
})

test.each(OBJECTS)('cluster/%s.yaml cut off in the middle', kind => {
  const text = CLUSTER.files.get(`cluster/${kind}.yaml`)?.text() ?? ''
  for (const part of [0.3, 0.9]) {
    const diagnosis = why(evidenceOf(new Map([...textsOf(CLUSTER), [`cluster/${kind}.yaml`, text.slice(0, Math.floor(text.length * part))]])), 'db.corp.example')
    expect(['works', 'slow', 'inconclusive', 'fails']).toContain(diagnosis.status.verdict)
  }
})

test.each([
  ['an access log', '10.0.0.1 - - [03/Sep/2024:08:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8.5.0"'],
  ['a stack trace', 'Exception in thread "main" java.lang.NullPointerException\n\tat x.Y.z(Y.java:3)'],
  ['bytes', '\u0000\u0001\uFFFD'.repeat(2000)],
  ['one very long line', 'x'.repeat(200_000)],
  ['a query line cut off', served('08:00:00.000', 'A', 'db.corp.example', 'NOERROR').slice(0, 70)],
  ['query lines of other names', served('08:00:00.000', 'A', 'www.example.org', 'NXDOMAIN')],
])('the log of CoreDNS is %s', (_, text) => {
  const diagnosis = why(bundle(Object.fromEntries(textsOf(CLUSTER)), log('kube-system/coredns-a', text), log('default/web', text)), 'db.corp.example')
  expect([diagnosis.status.verdict, claims(diagnosis), diagnosis.status.observed?.lookups ?? 0]).toEqual(['works', [], 0])
})

test.each([
  ['300 bytes', 'a.'.repeat(150)], ['a label of 64 bytes', `${'a'.repeat(64)}.example`], ['nothing', ''], ['dots', '..'], ['300 letters', 'x'.repeat(300)],
])('a name of %s is no name', (_, name) => {
  const diagnosis = why(CLUSTER, name)
  expect([diagnosis.status.verdict, diagnosis.status.findings, codes(diagnosis)[0]]).toEqual(['inconclusive', [], 'not-a-name'])
})

test.each(['a b.example', 'bad\u0000.example', '例子.测试', '*.example', '_x._tcp.example', '__proto__', 'constructor.prototype'])('the odd name %j is asked like any other', name => {
  expect(claims(why(CLUSTER, name))).toEqual([])
})

test('a plugin that nobody knows is a problem with its line, and what it may do is left open', () => {
  const files = changed(CLUSTER, CONFIG_MAP, 'cache 30', 'frobnicate yes\n        cache 30')
  const diagnosis = why(files, 'db.corp.example')
  const odd = diagnosis.status.problems.filter(p => p.message.includes('frobnicate'))
  expect(odd.length).toBeGreaterThan(0)
  expect(odd[0]?.source).toMatchObject({ file: CONFIG_MAP, text: expect.stringContaining('frobnicate') as string })
  expect([diagnosis.status.verdict, claims(diagnosis)]).toEqual(['inconclusive', []])
})

test.each([
  ['an unknown option', STOCK_COREFILE.replace('cache 30', 'cache 30 {\n        frobnicate\n    }'), 'corefile-refused'],
  ['an unclosed block', STOCK_COREFILE.trimEnd().slice(0, -1), 'corefile-syntax'],
  ['a key from the environment', '{$X}:53 {\n}\n', 'corefile-env-unknown'],
])('%s in the Corefile is said, and nothing else is blamed', (_, text, code) => {
  const diagnosis = why(bundle(...stockCluster(['10.0.0.2'], { corefile: text }), probe('10.0.0.2', 'db.corp.example', '10.9.0.7')), 'db.corp.example')
  expect(codes(diagnosis)).toContain(code)
  expect(claims(diagnosis)).toEqual([])
})

test('a Corefile without a block answers nothing, and nothing else is blamed', () => {
  for (const text of ['', '}\n']) {
    const diagnosis = why(bundle(...stockCluster(['10.0.0.2'], { corefile: text }), probe('10.0.0.2', 'db.corp.example', '10.9.0.7')), 'db.corp.example')
    expect([diagnosis.status.verdict, claims(diagnosis)]).toEqual(['fails', []])
  }
})

test('keys called __proto__ are data', () => {
  const evil = bundle(
    Object.fromEntries(textsOf(CLUSTER)), {
      'cluster/evil.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: __proto__\n  namespace: constructor\n  labels: {__proto__: x, constructor: y}\n  annotations: {__proto__: {polluted: yes}}\n__proto__: {polluted: yes}\nspec: {nodeName: __proto__, __proto__: {hostNetwork: true}}\n',
      'cluster/evil.json': '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "namespace": "__proto__"}, "data": {"__proto__": "y"}, "__proto__": {"polluted": true}}',
      'nodes/__proto__/etc/resolv.conf': 'nameserver 10.0.0.2\n', 'pods/__proto__/constructor/etc/resolv.conf': 'search __proto__\nnameserver 10.0.0.2\n',
      'probes/evil.jsonl': '{"__proto__": {"polluted": true}, "server": "__proto__", "name": "db.corp.example.", "type": "A", "rcode": "NOERROR", "answers": [{"__proto__": 1}]}\n[]\n7\n"x"\nnull\n',
      'logs/__proto__/constructor.log': 'lookup __proto__ on 10.0.0.2:53: no such host\n',
    },
  )
  expect(why(evil, 'db.corp.example').status.verdict).toBe('works')
  for (const name of ['__proto__', 'constructor']) expect(claims(why(evil, name))).toEqual([])
  expect(diagnose(evil, { name: '__proto__', types: [], from: undefined }).length).toBeGreaterThan(0)
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('a resolv.conf of nonsense is read as far as it goes', () => {
  for (const text of ['', 'nameserver\n', 'nameserver 999.1.1.1\nnameserver [::\n', '# only a remark\n', '\u0000\n', `search ${'x.'.repeat(500)}\nnameserver 10.96.0.10\n`, 'options ndots:99999999999 timeout:-1 attempts:x\nnameserver 10.96.0.10\n']) {
    const files = evidenceOf(new Map([...textsOf(CLUSTER), ['pods/default/web/etc/resolv.conf', text]]))
    expect(hits(why(files, 'db.corp.example'), 'mixed-upstreams')).toEqual([])
  }
})
