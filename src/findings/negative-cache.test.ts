import { expect, test } from 'vitest'
import { brief, bundle, CONFIG_MAP, corefile, hit, hits, lines, log, patched, probe, served, stockCluster, STOCK_COREFILE, why, type Piece } from '../../test/support/bundle.ts'

const ID = 'negative-cache'
const NAME = 'new.corp.example'
const at = (second: number, rcode: string, cached = false, name = NAME): string => served(`08:00:${String(second).padStart(2, '0')}.000`, 'A', name, rcode, { cached })
const story = (...told: string[]): Piece => log('kube-system/coredns-a', ...told)
/** Asked too early; denied from the cache; known in the end. */
const HEALED = story(at(0, 'NXDOMAIN'), at(5, 'NXDOMAIN', true), at(20, 'NXDOMAIN', true), at(31, 'NOERROR'), at(40, 'NOERROR', true))
const EXISTS = [probe('10.0.0.2', NAME, '10.9.0.7'), probe('10.0.0.3', NAME, '10.9.0.7')]
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2', '10.0.0.3']), ...more)

test('denied from the cache, then known for good, and every server knows it: confirmed', () => {
  const diagnosis = why(cluster(...EXISTS, HEALED), NAME)
  expect(diagnosis.status.verdict).toBe('works')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('warning confirmed negative-cache')
  expect(found.message).toContain('up to 30 s')
  expect(lines(found)).toEqual(['* cluster/configmaps.yaml: cache 30', `  logs/kube-system/coredns-a.log: ${at(20, 'NXDOMAIN', true)}`])
  expect(found.evidence).toEqual(['logs/kube-system/coredns-a.log:2', 'logs/kube-system/coredns-a.log:3'])
})

test('one way alone is likely: the log that heals, or the servers that know by now', () => {
  expect(brief(hit(why(cluster(HEALED), NAME), ID))).toBe('warning likely negative-cache')
  expect(brief(hit(why(cluster(...EXISTS, story(at(0, 'NXDOMAIN'), at(5, 'NXDOMAIN', true))), NAME), ID))).toBe('warning likely negative-cache')
})

test('the default keeps a denial half an hour', () => {
  const files = bundle(...stockCluster(['10.0.0.2', '10.0.0.3'], { corefile: STOCK_COREFILE.replace('cache 30', 'cache') }), ...EXISTS, HEALED)
  expect(hit(why(files, NAME), ID).message).toContain('up to 1800 s')
})

test('near miss: it comes back after an answer, so it is no question of age', () => {
  expect(hits(why(cluster(...EXISTS, story(at(0, 'NXDOMAIN'), at(5, 'NXDOMAIN', true), at(31, 'NOERROR'), at(62, 'NXDOMAIN'))), NAME), ID)).toEqual([])
})

test('near miss: no denial came from the cache', () => {
  expect(hits(why(cluster(...EXISTS, story(at(0, 'NXDOMAIN'), at(31, 'NOERROR'))), NAME), ID)).toEqual([])
})

test('near miss: a server denies it still', () => {
  expect(hits(why(cluster(probe('10.0.0.2', NAME, '10.9.0.7'), probe('10.0.0.3', NAME, 'NXDOMAIN'), HEALED), NAME), ID)).toEqual([])
})

test('near miss: private and public servers side by side may well disagree', () => {
  expect(hits(why(bundle(...stockCluster(['10.0.0.2', '223.5.5.5']), HEALED), NAME), ID)).toEqual([])
})

test('near miss: it was never there', () => {
  expect(hits(why(cluster(probe('10.0.0.2', NAME, 'NXDOMAIN'), probe('10.0.0.3', NAME, 'NXDOMAIN'), story(at(0, 'NXDOMAIN'), at(5, 'NXDOMAIN', true))), NAME), ID)).toEqual([])
})

const service = (created: string): Piece => ({
  'cluster/services.yaml': `apiVersion: v1\nkind: Service\nmetadata: {name: shop, namespace: default, creationTimestamp: "${created}"}\nspec: {clusterIP: 10.96.0.77, ports: [{port: 80, protocol: TCP}]}\n`,
})
const SHOP = 'shop.default.svc.cluster.local.'

test('a Service that the log denies after its creation: by the objects, although the cluster zone always answers with aa', () => {
  const denied = story(at(0, 'NXDOMAIN', true, SHOP), at(20, 'NXDOMAIN', true, SHOP), at(31, 'NOERROR', true, SHOP))
  const found = hit(why(cluster(service('2024-09-03T08:00:03Z'), denied), 'shop'), ID)
  expect([brief(found), found.evidence]).toEqual(['warning confirmed negative-cache', ['logs/kube-system/coredns-a.log:2']])
  // Near miss: every denial is older than the Service.
  expect(hits(why(cluster(service('2024-09-03T08:00:25Z'), denied), 'shop'), ID)).toEqual([])
})

test('a shorter life of denials is a suggestion; with it the finding is gone', () => {
  const files = cluster(...EXISTS, HEALED)
  const [fix] = hit(why(files, NAME), ID).fixes
  expect([fix?.applicability, fix?.proof]).toEqual(['likely', null])
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get(CONFIG_MAP)?.text()).toContain('cache 30 {\n            denial 9984 5\n        }')
  expect(hits(why(after, NAME), ID)).toEqual([])
  expect(hits(why(bundle(...stockCluster(['10.0.0.2', '10.0.0.3'], { corefile: STOCK_COREFILE.replace('cache 30', 'cache 30 {\n        disable denial\n    }') }), ...EXISTS, HEALED), NAME), ID)).toEqual([])
})

test('without a cache there is nothing to outlive', () => {
  expect(hits(why(bundle(...stockCluster(['10.0.0.2', '10.0.0.3']).filter(piece => !(CONFIG_MAP in piece)), corefile(STOCK_COREFILE.replace('    cache 30\n', '')), ...EXISTS, HEALED), NAME), ID)).toEqual([])
})
