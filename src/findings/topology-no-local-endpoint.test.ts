import { expect, test } from 'vitest'
import { NAME, POOL, poolCluster, TIMEOUT } from '../../test/support/bundle-pools.ts'
import { brief, changed, hit, hits, lines, VIP, why } from '../../test/support/bundle.ts'

const ID = 'topology-no-local-endpoint'
const OUTSIDE = 'topology-not-in-effect'

test('no CoreDNS in the pool: the filter leaves nothing, and nothing falls back', () => {
  const diagnosis = why(poolCluster({ topology: POOL, on: ['n2'] }), NAME)
  expect(diagnosis.status.verdict).toBe('fails')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe(`error likely ${ID}`)
  expect(lines(found)).toEqual(['* cluster/services.yaml: openyurt.io/nodepool', '  cluster/endpointslices.yaml: 10.244.2.3'])
  expect(hits(diagnosis, OUTSIDE)).toEqual([])
})

test('the application’s time-out confirms it', () => {
  expect(brief(hit(why(poolCluster({ topology: POOL, on: ['n2'], more: [TIMEOUT] }), NAME), ID))).toBe(`error confirmed ${ID}`)
})

test('an endpoint of the pool that is not ready is named', () => {
  const files = changed(poolCluster({ topology: POOL, on: ['n1', 'n2'] }), 'cluster/endpointslices.yaml',
    'nodeName: n1\n  conditions: {ready: true, serving: true, terminating: false}', 'nodeName: n1\n  conditions: {ready: false, serving: false, terminating: false}')
  const found = hit(why(files, NAME), ID)
  expect(found.sources.map(s => s.label)).toContainEqual(expect.stringMatching(/^10\.244\.1\.3 on n1 would count, but /))
})

test('near miss: a CoreDNS pod in the pool, which is also the change that the page names', () => {
  expect(hit(why(poolCluster({ topology: POOL, on: ['n2'] }), NAME), ID).fixes[0]).toMatchObject({ applicability: 'byHand', title: expect.stringContaining('run CoreDNS in pool hangzhou') as string })
  const diagnosis = why(poolCluster({ topology: POOL, on: ['n1', 'n2'] }), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID), hits(diagnosis, OUTSIDE)]).toEqual(['works', [], []])
})

test('near miss: no endpoint anywhere is another fault', () => {
  expect(hits(why(poolCluster({ topology: POOL, on: [] }), NAME), ID)).toEqual([])
})

test('near miss: the asker’s file names another server', () => {
  const files = changed(poolCluster({ topology: POOL, on: ['n2'] }), 'pods/default/web/etc/resolv.conf', VIP, '169.254.20.1')
  expect(hits(why(files, NAME), ID)).toEqual([])
})
