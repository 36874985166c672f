import { expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import { walkZones, walksNothing } from './auto-zones.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'
import type { CorednsVersion } from './plugin.ts'

const GOOD = '@ 300 IN SOA ns hostmaster 1 7200 3600 1209600 60\n@ 300 IN NS ns\n'
const model = (files: Readonly<Record<string, string>>): CorednsModel => ({
  pod: 'ns/pod', node: 'node', addresses: [], version: '1.11.3', corefile: { file: 'Corefile', blocks: [], snippets: [] } as unknown as CorednsModel['corefile'], resolvConf: undefined, hostNetwork: false,
  kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined },
  files: new Map(Object.entries(files).map(([path, text]) => [path, { file: `bundle${path}`, text }])),
})

function walked(files: Readonly<Record<string, string>>, version: CorednsVersion, { directory = '/z', pattern = '(?:db|mm|zz)\\.(.*)', template = '${1}' } = {}) {
  const regexp = compileGoRegexp(pattern, version)
  if (isRefused(regexp)) throw new Error(regexp.error)
  const { zones, printed, problems } = walkZones(model(files), version, directory, regexp, template)
  return { zones: [...zones].map(([origin, { file }]) => `${origin} ${file}`), printed: printed.map(line => line.replace(/^\[(\w)\w+\] plugin\/auto: /, '$1 ')), problems }
}

const three = { '/z/db.a.test': GOOD, '/z/mm.a.test': GOOD, '/z/zz.a.test': GOOD }
const inserted = "I Inserting zone `a.test.' from: /z/db.a.test"
const twin = (kept: string, other: string): string => `W Multiple zone files match origin "a.test.": using "/z/${kept}.a.test" instead of "/z/${other}.a.test"`

// plugin/auto/walk.go: 1.14.5 tells of several files of one zone, and names them the wrong way round; 1.14.7 says what it does.
test.each([
  [[1, 14, 4], [inserted]], [[1, 14, 5], [inserted, twin('mm', 'db'), twin('zz', 'mm')]], [[1, 14, 6], [inserted, twin('mm', 'db'), twin('zz', 'mm')]],
  [[1, 14, 7], [inserted, twin('db', 'mm'), twin('db', 'zz')]],
] as const)('of several files of a zone the first stays, and CoreDNS %j prints %j', (version, printed) => {
  expect(walked(three, version)).toMatchObject({ zones: ['a.test. /z/db.a.test'], printed })
})

// Recorded: 1.11.3, 1.14.3 and 1.14.5 answer from the second file, 1.14.7 and 1.15.0 refuse the zone.
test('where the first file of a zone cannot be read the next one counts, but since 1.14.7 none', () => {
  const files = { ...three, '/z/db.a.test': '@ 300 IN WRONG\n' }
  const versions: readonly CorednsVersion[] = [[1, 11, 3], [1, 14, 6], [1, 14, 7]]
  expect(versions.map(version => walked(files, version).zones)).toEqual([['a.test. /z/mm.a.test'], ['a.test. /z/mm.a.test'], []])
  expect(walked(files, [1, 11, 3]).problems).toMatchObject([{ code: 'zone-file-left-out', state: 'ignored', source: { file: 'bundle/z/db.a.test', line: 1 } }])
})

test('files are walked in order, those of a folder where its name stands, and none outside of the directory', () => {
  const files = { '/z/zz.b': GOOD, '/z/one/mm.b': GOOD, '/z/one.x/db.c': GOOD, '/z/db.d': GOOD, '/zz/db.e': GOOD, '/db.f': GOOD }
  expect(walked(files, [1, 11, 3]).zones).toEqual(['d. /z/db.d', 'b. /z/one/mm.b', 'c. /z/one.x/db.c'])
})

test('a directory that is a file is that file, whose path is cleaned since 1.14.3', () => {
  const printed = (version: CorednsVersion): readonly string[] => walked({ '/z/db.a.test': GOOD }, version, { directory: '/z/./db.a.test' }).printed
  expect([printed([1, 14, 2]), printed([1, 14, 3])]).toEqual([["I Inserting zone `a.test.' from: /z/./db.a.test"], [inserted]])
})

test('without a directory nothing is walked, since 1.14.3 the one the process runs in', () => {
  expect([walksNothing([1, 14, 2], ''), walksNothing([1, 14, 3], ''), walksNothing([1, 14, 2], 'z')]).toEqual([true, false, false])
  expect(walked(three, [1, 14, 2], { directory: '' }).zones).toEqual([])
})

test.each([
  ['db\\.(.*)', '${1}', ['b.']], ['db\\.(?P<zone>.*)', '$zone', ['b.']], ['db\\.(.*)', '${zone}', []], ['db\\.(.*)', '$1.x', ['b.x.']], ['db\\.(.*)', '$$.$1', ['$.b.']], ['nope', '${1}', []],
  ['db\\.(.*)', '${2}', []], ['db\\.(.*)', 'fixed', ['fixed.']],
])('pattern %s and template %s make the zones %j of a file db.b', (pattern, template, zones) => {
  expect(walked({ '/z/db.b': GOOD }, [1, 11, 3], { pattern, template }).zones.map(zone => zone.split(' ')[0])).toEqual(zones)
})
