import { expect, test } from 'vitest'
import { NAME, NODE_FILE, POOL, poolCluster, rules, TIMEOUT } from '../../test/support/bundle-pools.ts'
import { brief, bundle, client, coredns, corefile, dnsService, hit, hits, lines, node, probe, why } from '../../test/support/bundle.ts'

const ID = 'topology-not-in-effect'

test('the node’s rules hold an endpoint that the annotation removes: confirmed, an error once questions are lost', () => {
  const more = [rules('10.244.1.3', '10.244.2.3')]
  const quiet = why(poolCluster({ topology: POOL, on: ['n1', 'n2'], more }), NAME)
  const found = hit(quiet, ID)
  expect(brief(found)).toBe(`warning confirmed ${ID}`)
  expect(lines(found)).toEqual(['* cluster/services.yaml: openyurt.io/nodepool', '  cluster/endpointslices.yaml: 10.244.2.3'])
  expect(brief(hit(why(poolCluster({ topology: POOL, on: ['n1', 'n2'], more: [...more, TIMEOUT] }), NAME), ID))).toBe(`error confirmed ${ID}`)
})

test('near miss: the rules hold the pool’s own endpoint only', () => {
  const diagnosis = why(poolCluster({ topology: POOL, on: ['n1', 'n2'], more: [rules('10.244.1.3')] }), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('no annotation and endpoints in two pools: worth a word, a warning once questions are lost; the annotation ends it', () => {
  const found = hit(why(poolCluster({ on: ['n1', 'n2'] }), NAME), ID)
  expect(brief(found)).toBe(`info possible ${ID}`)
  expect(found.message).toContain('1 of 2 endpoints')
  expect(brief(hit(why(poolCluster({ on: ['n1', 'n2'], more: [TIMEOUT] }), NAME), ID))).toBe(`warning possible ${ID}`)
  expect(found.fixes[0]?.title).toContain(`openyurt.io/topologyKeys: ${POOL}`)
  expect(hits(why(poolCluster({ topology: POOL, on: ['n1', 'n2'], more: [TIMEOUT] }), NAME), ID)).toEqual([])
})

test('near miss: no annotation, and all endpoints in the own pool; or a cluster without pools', () => {
  expect(hits(why(poolCluster({ on: ['n1'] }), NAME), ID)).toEqual([])
  const plain = bundle(
    node('n1', { resolvConf: NODE_FILE }), node('n2'), corefile(), coredns('coredns-a', { resolvConf: NODE_FILE }), coredns('coredns-b', { node: 'n2', address: '10.244.2.3', resolvConf: NODE_FILE }),
    dnsService([['10.244.0.3', 'n1'], ['10.244.2.3', 'n2']]), client('web'), probe('10.0.0.2', NAME, '10.9.0.7'), TIMEOUT,
  )
  expect(hits(why(plain, NAME), ID)).toEqual([])
})
