// What holds for every finding: its page in both languages, and silence on a cluster in which nothing is wrong.
import { expect, test } from 'vitest'
import { findings } from '../src/findings/index.ts'
import { findingIds } from './support/finding-catalogue.ts'
import { bundle, hits, odds, probe, stockCluster, why } from './support/bundle.ts'

const HAN = /\p{Script=Han}/u

test('the twelve findings of the first issue are there', () => {
  const twelve = [
    'fix-that-does-not-fix', 'forward-loop', 'hostnetwork-dns-policy', 'missing-cluster-dns', 'mixed-upstreams', 'musl-stops-searching',
    'ndots-amplification', 'negative-cache', 'split-dns-lost', 'too-many-nameservers', 'topology-no-local-endpoint', 'topology-not-in-effect',
  ]
  expect(findings.map(f => f.id)).toEqual(expect.arrayContaining(twelve))
})

test.each(findings.map(f => [f.id, f] as const))('%s has a page in both languages', (_, { page, needs }) => {
  for (const said of [page.title, page.shows, page.proved, page.refuted]) {
    expect(said.en).not.toMatch(HAN)
    expect(said.en.length).toBeGreaterThan(10)
    expect(said.zh).toMatch(HAN)
  }
  for (const example of [page.wrong, page.right]) expect(example.trim()).not.toBe('')
  expect(page.wrong).not.toBe(page.right)
  expect(needs.length).toBeGreaterThan(0)
  expect(page.seeAlso.filter(id => !findingIds.has(id))).toEqual([])
})

test('a cluster in which nothing is wrong has no finding above info, whoever asks', () => {
  const healthy = bundle(
    ...stockCluster(['10.0.0.2', '10.0.0.3']),
    probe('10.0.0.2', 'db.corp.example', '10.9.0.7'),
    probe('10.0.0.3', 'db.corp.example', '10.9.0.7'),
  )
  for (const stub of ['glibc@2.36', 'musl@1.2.5', 'go@1.26']) {
    const diagnosis = why(healthy, 'db.corp.example', { stub })
    expect(odds(diagnosis)).toEqual({ 'answer 10.9.0.7': '1' })
    expect(diagnosis.status.verdict).toBe('works')
    expect(diagnosis.status.findings.filter(f => f.level !== 'info')).toEqual([])
  }
  expect(hits(why(healthy, 'db.corp.example'), 'ndots-amplification')).toHaveLength(1)
})

test('a name that does not exist anywhere is absent, and nothing is blamed for it', () => {
  const diagnosis = why(bundle(
    ...stockCluster(['10.0.0.2', '10.0.0.3']),
    probe('10.0.0.2', 'typo.corp.example', 'NXDOMAIN'), probe('10.0.0.3', 'typo.corp.example', 'NXDOMAIN'),
  ), 'typo.corp.example')
  expect(diagnosis.status.verdict).toBe('absent')
  expect(diagnosis.status.findings.filter(f => f.level !== 'info')).toEqual([])
})
