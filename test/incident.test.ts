// The recorded incident (examples/), held against its measured truth: what `npm start` shows must be so.
import { expect, test } from 'vitest'
import type { EvidenceFiles } from '../src/chain/evidence-files.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { diagnose } from '../src/diagnose.ts'
import { overlay } from '../src/diagnosis/layout.ts'
import type { Diagnosis } from '../src/findings/diagnosis.ts'
import { applyEdits, editsByFile } from '../src/fixes/patch.ts'

const NAME = 'a.corp-example.com'
const HANGZHOU = 'order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'
const SHANGHAI = 'order-sync-shanghai-zp72c-84bcd94655-46jgg'

const ask = (evidence: EvidenceFiles, pod = HANGZHOU, stub?: { kind: string, version: string }): Diagnosis =>
  diagnose(evidence, { name: NAME, types: [], from: { kind: 'pod', namespace: 'alpha01', name: pod }, ...(stub && { stub }) })[0] as Diagnosis
const odds = (d: Diagnosis, result: string): unknown => {
  const all = d.status.outcomes.filter(o => o.result === result)
  expect(all.length).toBeLessThanOrEqual(1)
  const [outcome] = all
  return outcome && 'exact' in outcome.probability ? outcome.probability.exact : undefined
}

const incident = await loadBundle('examples/incident')
const diagnosis = ask(incident)

test('one fill in three is denied, because kubelet keeps three servers of four', () => {
  expect(diagnosis.status.verdict).toBe('intermittent')
  expect(odds(diagnosis, 'nxdomain')).toBe('1/3')
  expect(odds(diagnosis, 'answer')).toBe('2/3')
  expect(diagnosis.status.complete).toBe(true)
  expect(diagnosis.status.outcomes.find(o => o.result === 'nxdomain')).toMatchObject({
    cause: 'denied by upstream 223.5.5.5', applicationSays: 'lookup a.corp-example.com on 192.168.0.10:53: no such host',
  })
})

test('an Alpine image would fail in five of nine', () => {
  expect(odds(ask(incident, HANGZHOU, { kind: 'musl', version: '1.2.2' }), 'nxdomain')).toBe('5/9')
})

test('the other pool works, and so does the incident after either cure; editing the generated file changes nothing', async () => {
  expect(ask(incident, SHANGHAI).status).toMatchObject({ verdict: 'works', findings: expect.not.arrayContaining([expect.objectContaining({ level: 'error' })]) })
  expect(ask(await loadBundle('examples/incident-after-corefile')).status.verdict).toBe('works')
  expect(ask(await loadBundle('examples/incident-after-netplan')).status.verdict).toBe('works')
  expect(ask(await loadBundle('examples/incident-edited-generated-file')).status.verdict).toBe('intermittent')
})

test('the forward line decides, and behind it stand the servers of the netplan file', () => {
  expect(diagnosis.status.decidedBy[0]).toMatchObject({ influence: 1, source: { file: 'cluster/configmaps.yaml', text: 'forward . /etc/resolv.conf' } })
  const [finding] = diagnosis.status.findings
  expect(finding).toMatchObject({ id: 'mixed-upstreams', level: 'error', certainty: 'confirmed' })
  const places = finding?.sources.map(s => `${s.file} ${s.text}`)
  expect(places).toContain('cluster/configmaps.yaml forward . /etc/resolv.conf')
  for (const address of ['223.5.5.5', '223.6.6.6']) expect(places).toContain(`nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml ${address}`)
})

test('what was seen stands beside it: 20 fills with an interval over them, 55 of 147 lookups, nothing outside the model', () => {
  const { observed, prediction, spells } = diagnosis.status
  expect(observed).toMatchObject({ lookups: 147, failed: 55, outsideModel: 0, fills: { A: { n: 20, failed: 7 } } })
  expect(observed?.fills['A']?.low).toBeLessThan(1 / 3)
  expect(observed?.fills['A']?.high).toBeGreaterThan(1 / 3)
  expect(observed?.servers['223.6.6.6']).toMatchObject({ forwarded: 0 })
  expect(prediction).toEqual({ 'answer 10.53.33.38': '2/3', nxdomain: '1/3' })
  // 30 s a fill, one in three bad: 45 s bad and 90 s good, a little more for the wait until somebody asks again.
  expect(spells?.meanBadS).toBeGreaterThan(44)
  expect(spells?.meanBadS).toBeLessThan(50)
  expect(spells?.worstRecoveryS).toBe(30)
})

test('both cures are proved, and hold in a copy of the bundle', () => {
  const fixes = diagnosis.status.findings[0]?.fixes ?? []
  expect(fixes.map(f => f.proof?.after)).toEqual([{ 'answer 10.53.33.38': '1' }, { 'answer 10.53.33.38': '1' }])
  for (const fix of fixes) {
    const changed = new Map([...editsByFile(fix.edits)].map(([file, edits]) => [file, applyEdits(incident.files.get(file)?.text() ?? '', edits)]))
    const after = ask(overlay(incident, changed))
    expect(after.status.verdict).toBe('works')
    expect(after.status.findings.filter(f => f.id === 'mixed-upstreams')).toEqual([])
    expect(fix.proof?.losses).toEqual([])
    expect(fix.proof?.gains.some(g => g.includes('order-report'))).toBe(true)
  }
})

test('the folklore is refuted in the model', () => {
  expect(diagnosis.status.notCures.map(n => n.id)).toEqual(['policy-sequential', 'edit-generated-file', 'more-replicas', 'lower-ndots', 'remove-one-server'])
  for (const { proof } of diagnosis.status.notCures) expect(Object.keys(proof?.after ?? {})).toContain('nxdomain')
})

test('look-alikes are ruled out with numbers', () => {
  const ids = diagnosis.status.ruledOut.map(r => r.id)
  for (const id of ['search-list', 'cross-pool-coredns', 'corefile-zone', 'replicas-disagree']) expect(ids).toContain(id)
  for (const { because } of diagnosis.status.ruledOut) expect(because.en).toMatch(/\d|one/)
})

test('with nodes, probes, pasted output and logs taken away nothing is confirmed', () => {
  const taken = [...incident.files.keys()].filter(path => /^(?:nodes|probes|text|logs|captures)\//.test(path))
  const bare = ask(overlay(incident, new Map(taken.map(path => [path, undefined]))))
  expect(bare.status.findings.filter(f => f.certainty === 'confirmed')).toEqual([])
  expect(bare.status.observed).toBeNull()
})

test('the same input gives the same bytes', () => {
  expect(JSON.stringify(ask(incident))).toBe(JSON.stringify(diagnosis))
})
