// The recorded bundles with their captures, diagnosed: what is observed equals the measured truth, whatever part of the evidence is taken away.
import { expect, test } from 'vitest'
import type { EvidenceFiles } from '../src/chain/evidence-files.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { diagnose } from '../src/diagnose.ts'
import type { Diagnosis } from '../src/findings/diagnosis.ts'

const PLACE = 'order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'
const ask = (files: EvidenceFiles): Diagnosis['status'] =>
  (diagnose(files, { name: 'a.corp-example.com', types: [], from: { kind: 'pod', namespace: 'alpha01', name: PLACE } })[0] as Diagnosis).status
const without = (files: EvidenceFiles, gone: RegExp): EvidenceFiles => ({ ...files, files: new Map([...files.files].filter(([path]) => !gone.test(path))) })

const SERVERS = {
  '10.53.136.11': { forwarded: 5, probed: 16, answers: { answer: 12, nodata: 9 } }, '10.53.136.12': { forwarded: 16, probed: 16, answers: { answer: 16, nodata: 16 } },
  '223.5.5.5': { forwarded: 17, probed: 16, answers: { nxdomain: 33 } }, '223.6.6.6': { forwarded: 0, probed: 16, answers: { nxdomain: 16 } },
}
const incident = await loadBundle('examples/incident')
const status = ask(incident)

test('servers, fills and the raster by upstream; nothing outside the model', () => {
  const { observed } = status
  expect(observed?.servers).toEqual(SERVERS)
  expect(observed).toMatchObject({ outsideModel: 0, lookups: 147, failed: 55, fills: { A: { n: 20, failed: 7 }, AAAA: { n: 19, failed: 10 } } })
  const legend = { A: '10.53.136.11 ok', B: '10.53.136.12 ok', C: '223.5.5.5 NXDOMAIN' }
  // The first fill is older than the capture.
  expect(observed?.raster.map(r => [r.type, r.letters, r.legend])).toEqual([
    ['A', 'oCBACABCBCBBBACABCCB', { ...legend, o: 'ok, server not seen' }], ['AAAA', 'BCBBCCACBCCBBCBCCCB', legend],
  ])
})

test('who denied the name is proved by packets: server, SOA, count', () => {
  const finding = status.findings.find(f => f.id === 'mixed-upstreams')
  expect(finding).toMatchObject({ level: 'error', certainty: 'confirmed' })
  expect(finding?.evidence.filter(e => e.startsWith('tx:')).length).toBe(3)
  const said = finding?.notes.find(n => n.en.startsWith('by packets'))
  expect(said?.en).toMatch(/tx:\d+: 10\.53\.136\.12 said 10\.53\.33\.38 16 times, 8 of them to CoreDNS itself; tx:\d+: 223\.5\.5\.5 said NXDOMAIN 15 times, 7 of them to CoreDNS itself \(SOA of corp-example\.com\. by dns3\.hichina\.com\.\)/)
  expect(said?.zh).toContain('223.5.5.5 回答 NXDOMAIN 15 次')
  expect(status.findings.map(f => f.id)).not.toContain('outside-model')
})

test('the five look-alikes are ruled out with numbers', () => {
  const because = Object.fromEntries(status.ruledOut.map(r => [r.id, r.because.en]))
  expect(because['cross-pool-coredns']).toContain('1780 of 1780 captured questions of 172.17.5.163 went to kube-system/coredns-edge-bz9bq')
  expect(because['packet-loss']).toBe('0 of 2495 questions of clients and 0 of 102 questions to upstreams about this name went without an answer; 0 were sent again')
  expect(because['replicas-disagree']).toContain('281 NOERROR, 166 NXDOMAIN')
  expect(because['search-list']).toContain('2328 of 2328')
  expect(because['truncation']).toBe('0 of 2597 captured replies about this name are truncated (TC)')
  for (const r of status.ruledOut) expect(r.because.zh).toMatch(/\d|一|两/)
})

test('captures alone tell the same: no log, no probe, no pasted output', () => {
  const alone = ask(without(incident, /^(?:logs|probes|text)\//))
  expect(alone.verdict).toBe('intermittent')
  expect(alone.observed?.servers).toEqual(SERVERS)
  expect(alone.observed?.fills).toMatchObject({ A: { n: 19, failed: 7 }, AAAA: { n: 19, failed: 10 } })
  expect(alone.prediction).toEqual(status.prediction)
  expect(alone.findings[0]).toMatchObject({ id: 'mixed-upstreams', certainty: 'confirmed' })
  expect(alone.observed?.lookups).toBeGreaterThan(147)
})

test('a capture of the node alone, through translations and bridges, tells the same as that of the pod', () => {
  const { observed } = ask(without(incident, /^captures\/kube-system\//))
  expect([observed?.servers, observed?.fills, observed?.raster]).toEqual([status.observed?.servers, status.observed?.fills, status.observed?.raster])
})

test('on the other bundles the observation agrees with the verdict', async () => {
  const edited = ask(await loadBundle('examples/incident-edited-generated-file'))
  expect([edited.verdict, edited.observed?.outsideModel]).toEqual(['intermittent', 0])
  expect(edited.observed?.servers).toMatchObject({ '223.5.5.5': { forwarded: 4, answers: { nxdomain: 20 } }, '223.6.6.6': { forwarded: 0, answers: { nxdomain: 16 } } })
  for (const bundle of ['examples/incident-after-corefile', 'examples/incident-after-netplan']) {
    const cured = ask(await loadBundle(bundle))
    expect([cured.verdict, cured.observed?.outsideModel, cured.observed?.failed]).toEqual(['works', 0, 0])
    expect(Object.values(cured.observed?.fills ?? {}).map(f => f.failed)).toEqual([0, 0])
    expect(cured.observed?.servers).toMatchObject({ '223.5.5.5': { forwarded: 0, probed: 16 }, '223.6.6.6': { forwarded: 0, probed: 16 } })
  }
})
