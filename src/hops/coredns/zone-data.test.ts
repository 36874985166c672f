// A zone as CoreDNS holds it after loading, by release: plugin/file/file.go Parse and zone.go Insert at their tags.
import { describe, expect, test } from 'vitest'
import type { CorednsModel } from '../../chain/model.ts'
import type { CorednsVersion } from './plugin.ts'
import { loadZone, type LoadedZone } from './zone-data.ts'
import { recordsOf } from './zone-tree.ts'

const SOA = '@ 60 IN SOA ns h 1 2 3 4 5'
function load(version: CorednsVersion, text: string, origin = 'zone.test.'): LoadedZone {
  const files = new Map([['/z', { file: 'z', text: `$ORIGIN ${origin}\n${text}\n` }]])
  return loadZone({ files } as unknown as CorednsModel, '/z', origin, version)
}
const refused = (version: CorednsVersion, text: string): string => {
  const loaded = load(version, text)
  return loaded === 'missing' ? loaded : 'refused' in loaded ? loaded.refused : ''
}
/** Data of the records of a type at a name. */
function held(version: CorednsVersion, text: string, name: string, type: string): readonly string[] {
  const loaded = load(version, `${SOA}\n${text}`)
  if (loaded === 'missing' || 'refused' in loaded) throw new Error('not loaded')
  const node = loaded.zone.tree.search(name)
  return node ? recordsOf(node, type).map(r => r.data) : []
}

describe('a mistake in the file', () => {
  const PARSED = 'failed to parse file "/z" for origin zone.test. with error /z: dns: bad A A: "x" at line: 3:7'
  test('behind the SOA is silent up to 1.11.3, and refused since 1.11.4', () => {
    const text = `${SOA}\na 5 A x\n`
    expect([refused([1, 11, 3], text), refused([1, 11, 4], text), refused([1, 15, 0], text)]).toEqual(['', PARSED, PARSED])
    const loaded = load([1, 11, 3], text)
    expect(loaded).toMatchObject({ problems: [{ code: 'zone-file-syntax', state: 'ignored', source: { line: 3 }, message: expect.stringContaining('CoreDNS 1.11.3 loads the zone up to here and says nothing: ') }] })
  })
  test('before any SOA is said since 1.14.0; before, that there is no SOA', () => {
    const none = 'file "/z" has no SOA record for origin zone.test.'
    expect([refused([1, 13, 2], '\na 5 A x\n'), refused([1, 14, 0], '\na 5 A x\n')]).toEqual([none, PARSED])
    expect([refused([1, 15, 0], 'a 5 A 10.0.0.1'), refused([1, 9, 3], 'a 5 A 10.0.0.1')]).toEqual([none, none])
  })
  test('of another kind', () => {
    expect(refused([1, 15, 0], `${SOA}\n@ 60 IN NSEC3PARAM 1 0 1 ab`)).toBe('NSEC3 zone is not supported, dropping RR: zone.test. for zone: zone.test.')
    expect([refused([1, 14, 7], 'sub 60 IN SOA ns h 1 2 3 4 5'), refused([1, 15, 0], 'sub 60 IN SOA ns h 1 2 3 4 5')]).toEqual(['', 'file "/z" has SOA owner sub.zone.test. that does not match origin zone.test.'])
    expect(refused([1, 15, 0], '@ 60 IN SOA ns h 0 2 3 4 5')).toBe('no change in SOA serial for origin zone.test. in file /z, with 0 SOA serial')
    expect([refused([1, 15, 0], 'Zone.TEST. 60 IN SOA ns h 1 2 3 4 5'), load([1, 15, 0], SOA, 'other.test.')].map(one => typeof one === 'string' ? one : 'zone' in (one as object))).toEqual(['', true])
  })
})

describe('names', () => {
  test('in the data of NS, SOA, CNAME and MX are lower case, in that of other types as they are written', () => {
    for (const version of [[1, 9, 3], [1, 15, 0]] as CorednsVersion[]) {
      const of = (line: string, type: string): unknown => held(version, `a 60 IN ${line}`, 'a.zone.test.', type)
      expect([of('NS B.test.', 'NS'), of('CNAME B.test.', 'CNAME'), of('MX 1 B.test.', 'MX'), of('PTR B.test.', 'PTR'), of('TXT Bb', 'TXT'), of('DNAME B.test.', 'DNAME')]).toEqual([['b.test.'], ['b.test.'], ['1 b.test.'], ['B.test.'], ['"Bb"'], ['B.test.']])
    }
    const loaded = load([1, 15, 0], '@ 60 IN SOA Ns.Test. H.Test. 1 2 3 4 5')
    expect(loaded).toMatchObject({ zone: { soa: { data: 'ns.test. h.test. 1 2 3 4 5' } } })
  })
  test('in SRV keep their case since 1.12.3, the owner too', () => {
    const of = (version: CorednsVersion): unknown => [held(version, 'A 60 IN SRV 1 2 3 B.test.', 'a.zone.test.', 'SRV'), load(version, `${SOA}\nA 60 IN SRV 1 2 3 B.test.`)]
      .map(one => Array.isArray(one) ? one : 'zone' in (one as object) && (one as { zone: { tree: { search(name: string): { name: string } | undefined } } }).zone.tree.search('a.zone.test.')?.name)
    expect([of([1, 12, 2]), of([1, 12, 3])]).toEqual([[['1 2 3 b.test.'], 'a.zone.test.'], [['1 2 3 B.test.'], 'A.zone.test.']])
  })
  test('of targets of SVCB and HTTPS are lower case since 1.14.3, their parameters never', () => {
    for (const type of ['SVCB', 'HTTPS']) {
      const of = (version: CorednsVersion): unknown => held(version, `a 60 IN ${type} 1 B.test. key666=Xy`, 'a.zone.test.', type)
      expect([of([1, 14, 2]), of([1, 14, 3])], type).toEqual([['1 B.test. key666="Xy"'], ['1 b.test. key666="Xy"']])
    }
  })
  test('of owners are read back from the wire since 1.14.4', () => {
    const of = (version: CorednsVersion, name: string): unknown => held(version, '\\097b 60 IN A 10.0.0.1', name, 'A').length
    expect([[1, 14, 3], [1, 14, 4]].map(version => ['\\097b.zone.test.', 'ab.zone.test.'].map(name => of(version as unknown as CorednsVersion, name)))).toEqual([[1, 1], [1, 1]])
  })
})

test('SOA and NS of the apex, and their signatures, stand apart', () => {
  const sig = (type: string, name = '@'): string => `${name} 60 IN RRSIG ${type} 13 2 60 20300101000000 20200101000000 1 zone.test. AAAA`
  const loaded = load([1, 15, 0], [SOA, '@ 60 IN NS ns', 'sub 60 IN NS ns', sig('SOA'), sig('NS'), sig('NS', 'sub'), sig('A')].join('\n'))
  if (loaded === 'missing' || 'refused' in loaded) throw new Error('not loaded')
  const { zone } = loaded
  expect([zone.ns, zone.soaSignatures, zone.nsSignatures].map(records => records.map(r => `${r.name} ${r.data.split(' ')[0]}`))).toEqual([['zone.test. ns.zone.test.'], ['zone.test. SOA'], ['zone.test. NS']])
  expect(['zone.test.', 'sub.zone.test.'].map(name => [...zone.tree.search(name)?.byType.keys() ?? []])).toEqual([['RRSIG'], ['NS', 'RRSIG']])
})

test('a file is read once for each origin and release', () => {
  const files = new Map([['/z', { file: 'z', text: '@ 60 IN SOA ns h 1 2 3 4 5\nA 60 IN SRV 1 2 3 B.test.\n' }]])
  const model = { files } as unknown as CorednsModel
  expect(loadZone(model, '/z', 'a.test.', [1, 15, 0])).toBe(loadZone(model, '/z', 'a.test.', [1, 15, 0]))
  expect(loadZone(model, '/z', 'a.test.', [1, 12, 2])).toMatchObject({ zone: { version: [1, 12, 2], origin: 'a.test.' } })
  expect(loadZone(model, '/z', 'b.test.', [1, 15, 0])).toMatchObject({ zone: { version: [1, 15, 0], origin: 'b.test.' } })
  expect(loadZone(model, '/y', 'b.test.', [1, 15, 0])).toBe('missing')
})
