import { expect, test } from 'vitest'
import { brief, bundle, CONFIG_MAP, hit, hits, lines, log, patched, probe, served, stockCluster, STOCK_COREFILE, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'cached-servfail'
const NAME = 'db.corp.example'
const at = (second: number, rcode: string, cached = false): string => served(`08:00:${String(second).padStart(2, '0')}.000`, 'A', NAME, rcode, { cached })
const story = (...told: string[]): Piece => log('kube-system/coredns-a', ...told)
const REPEATED = story(at(0, 'SERVFAIL'), at(1, 'SERVFAIL', true), at(4, 'SERVFAIL', true), at(9, 'NOERROR'))
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2']), ...more)

test('one failure and its copies: a warning where the name resolves otherwise, an information where it never does', () => {
  const found = hit(why(cluster(REPEATED), NAME), ID)
  expect(brief(found)).toBe('warning likely cached-servfail')
  expect([found.message, found.message_zh]).toEqual(['kube-system/coredns-a repeated a SERVFAIL for `db.corp.example.` from its cache: 2 of 3 (kept 5 s)', expect.stringContaining('缓存')])
  expect(lines(found)).toEqual(['* cluster/configmaps.yaml: cache 30', `  logs/kube-system/coredns-a.log: ${at(0, 'SERVFAIL')}`, `  logs/kube-system/coredns-a.log: ${at(1, 'SERVFAIL', true)}`])
  expect(found.evidence).toEqual([1, 2, 3].map(n => `logs/kube-system/coredns-a.log:${n}`))
  expect(brief(hit(why(cluster(story(at(0, 'SERVFAIL'), at(1, 'SERVFAIL', true))), NAME), ID))).toBe('info likely cached-servfail')
})

test('the upstream said so itself: confirmed', () => {
  const found = hit(why(cluster(REPEATED, probe('10.0.0.2', NAME, 'SERVFAIL')), NAME), ID)
  expect([brief(found), found.evidence.at(-1)]).toEqual(['warning confirmed cached-servfail', 'probes/upstreams.jsonl:1'])
})

test('musl: the copy ends the search', () => {
  expect(hit(why(cluster(REPEATED), NAME, { stub: 'musl@1.2.4' }), ID).notes.map(n => n.en).join()).toContain('musl asks again at once')
})

test('CoreDNS 1.15 sets no aa: the time tells', () => {
  const plain = story(at(0, 'SERVFAIL'), at(1, 'SERVFAIL', true).replace('qr,aa,', 'qr,'))
  expect(hits(why(bundle(...stockCluster(['10.0.0.2'], { version: '1.15.0' }), plain), NAME), ID)).toHaveLength(1)
  expect(hits(why(cluster(plain), NAME), ID)).toEqual([])
})

test('near miss: each took its own time, so each failed anew', () => {
  expect(hits(why(cluster(story(at(0, 'SERVFAIL'), at(1, 'SERVFAIL'), at(4, 'SERVFAIL'))), NAME), ID)).toEqual([])
})

test('near miss: later than it is kept, or another type', () => {
  expect(hits(why(cluster(story(at(0, 'SERVFAIL'), at(7, 'SERVFAIL', true))), NAME), ID)).toEqual([])
  expect(hits(why(cluster(story(served('08:00:00.000', 'AAAA', NAME, 'SERVFAIL'), at(1, 'SERVFAIL', true))), NAME), ID)).toEqual([])
})

test('near miss: a denial from the cache is another finding', () => {
  expect(hits(why(cluster(story(at(0, 'NXDOMAIN'), at(1, 'NXDOMAIN', true))), NAME), ID)).toEqual([])
})

test('not to keep it is a suggestion; with it the finding is gone', () => {
  const files = cluster(REPEATED)
  const [fix] = hit(why(files, NAME), ID).fixes
  expect([fix?.applicability, fix?.proof]).toEqual(['likely', null])
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get(CONFIG_MAP)?.text()).toContain('cache 30 {\n            servfail 0\n        }')
  expect(hits(why(after, NAME), ID)).toEqual([])
})

test('the option as written, and releases that do not know it', () => {
  const cache = (options: string, version = '1.11.1'): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2'], { version, corefile: STOCK_COREFILE.replace('cache 30', `cache 30${options}`) }), REPEATED)
  expect(hit(why(cache(' {\n        servfail 2s\n    }'), NAME), ID).message).toContain('1 of 2 (kept 2 s)')
  expect(hit(why(cache(' {\n        servfail 1m\n    }'), NAME), ID).message).toContain('kept 60 s')
  expect(hit(why(cache('', '1.9.3'), NAME), ID).fixes).toEqual([])
})
