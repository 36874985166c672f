// What a tired reader must not have to work out: files that programs write, who is helped, what decides, what was not understood.
import { expect, test } from 'vitest'
import type { Problem } from '../chain/source.ts'
import type { Diagnosis, FixReport } from '../findings/diagnosis.ts'
import { sampleDiagnosis, textOf } from '../../test/support/sample-diagnosis.ts'
import { helpLines } from './help-lines.ts'
import { renderJson } from './json.ts'
import { noteLines } from './note-lines.ts'
import { paint } from './paint.ts'
import { problemLines } from './problem-lines.ts'
import { raster } from './raster.ts'
import type { TextOptions } from './text-options.ts'
import { renderText } from './text.ts'
import { widthOf } from './width.ts'
import { words } from './wording.ts'

const options: TextOptions = { lang: 'en', columns: 100, color: false, wide: false, command: 'whydns', textOf }
const netplanFix = sampleDiagnosis.status.findings[0]?.fixes[1] as FixReport
const shown = (fix: FixReport, lang: 'en' | 'zh' = 'en'): string => paint(helpLines(fix, true, { columns: 100, lang, textOf }), false)
const withStatus = (status: Partial<Diagnosis['status']>): Diagnosis => ({ ...sampleDiagnosis, status: { ...sampleDiagnosis.status, ...status } })

test('files that a program writes are one line, not edits; JSON keeps them', () => {
  const uplink = { file: 'nodes/n/run/systemd/resolve/resolv.conf', start: 0, end: 0, text: 'nameserver 10.0.0.1\n', madeBy: 'systemd-resolved' }
  const fix = { ...netplanFix, edits: [...netplanFix.edits, uplink, { ...uplink, file: 'pods/kube-system/c/etc/resolv.conf', madeBy: 'kubelet' }] }
  const text = shown(fix)
  expect(text).toContain('= then written: node/n, /run/systemd/resolve/resolv.conf by systemd-resolved')
  expect(text).toContain('= then written: pod/c -n kube-system, /etc/resolv.conf by kubelet')
  expect(text).not.toContain('+ nameserver 10.0.0.1')
  expect(text.match(/~>/g)).toHaveLength(1)
  expect(shown(fix, 'zh')).toContain('= 随后写入：node/n, /run/systemd/resolve/resolv.conf（由 systemd-resolved）')
  const finding = { ...sampleDiagnosis.status.findings[0], fixes: [fix] } as Diagnosis['status']['findings'][number]
  expect(JSON.parse(renderJson(withStatus({ findings: [finding] }))).status.findings[0].fixes[0].edits.at(-1).madeBy).toBe('kubelet')
})

test('a step does not say then twice', () => {
  expect(shown({ ...netplanFix, steps: [{ en: 'then make the pods anew', zh: '然后重建 Pod' }] })).toContain('= then: make the pods anew')
  expect(shown({ ...netplanFix, steps: [{ en: 'then make the pods anew', zh: '然后重建 Pod' }] }, 'zh')).toContain('= 然后：重建 Pod')
})

test('those who are helped alike stand together', () => {
  const proof = { before: { nxdomain: '1/3' }, after: {}, gains: ['a/x n.example.: intermittent -> works', 'a/y and 2 like it n.example.: intermittent -> works', 'node/n n.example.: fails -> works'], losses: [] }
  expect(shown({ ...netplanFix, proof })).toContain('= better for: a/x, a/y (and 2 like it) (intermittent -> works); node/n (fails -> works)')
})

test('what decides is one line each; open unknowns are not repeated there', () => {
  const text = renderText(sampleDiagnosis, options)
  expect(text).toContain('decided by  coredns-edge-bz9bq forward . server: 10.53.136.11 -> answer; 223.5.5.5 -> nxdomain\n')
  const open = withStatus({ decidedBy: [{ choice: 'upstream 10.53.136.12', influence: 1, alternatives: [{ taken: 'up', ends: 'answer' }] }] })
  expect(renderText(open, options)).not.toContain('decided by')
})

test('one measurement that settles several unknowns stands once', () => {
  const settledBy = { en: 'from where CoreDNS runs: dig @10.0.0.1 n.example A', zh: '' }
  const world = (unknown: string, en = settledBy.en): Diagnosis['status']['worlds'][number] => ({ unknown, options: ['yes', 'no'], settledBy: { en, zh: '' } })
  const text = renderText(withStatus({ worlds: [world('up 10.0.0.1'), world('view 10.0.0.1 n.example.', 'from where CoreDNS runs: dig @10.0.0.1 n.example. A')] }), options)
  expect(text.match(/settled by/g)).toHaveLength(1)
})

test('the type of a raster row is never cut off', () => {
  const row = { place: `kube-system/${'coredns-'.repeat(9)}x`, from: '', to: '', letters: 'oX', legend: { o: 'NOERROR', X: 'NXDOMAIN' } }
  const text = paint(raster([{ ...row, type: 'A' }, { ...row, type: 'AAAA' }], 60, words.en), false)
  expect(text).toMatch(/… A .*\n(?:.*\n)*.*… AAAA /)
})

const problem = (code: string, state: Problem['state'], message = `${code} happened`): Problem => ({ code, state, message })

test('problems: one entry a code, the gravest first, few lines, nothing lost', () => {
  const many = [...Array.from({ length: 30 }, (_, n) => problem(`odd-${n}`, 'ignored')), problem('same', 'unknown'), problem('same', 'unknown', 'again'), problem('broken-file', 'damaged')]
  const lines = paint(problemLines(many, { lang: 'en', columns: 100, wide: false }), false).trimEnd().split('\n')
  expect(lines[0]).toMatch(/^not understood {2}broken-file happened \[broken-file\]$/)
  expect(lines[1]?.trim()).toBe('same happened [same]; and 1 more like it')
  expect(lines.length).toBeLessThanOrEqual(9)
  expect(lines.at(-1)).toMatch(/ 24 more: `-o wide` lists them$/)
  expect(paint(problemLines(many, { lang: 'en', columns: 60, wide: true }), false).match(/\[/g)).toHaveLength(33)
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(100)
})

test('without anything seen, nothing is held beside the outcomes', () => {
  const text = renderText(withStatus({ observed: { lookups: 0, failed: 0, fills: {}, servers: {}, outsideModel: 0, spells: [], raster: [] }, spells: null }), options)
  expect(text).not.toMatch(/^(?:seen|predicted) /m)
})

test('the name of a pod is not broken where the next line has room for it', () => {
  const name = 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'
  const text = paint(noteLines(2, 'better for', `${name}, alpha01/other`, 60, ': '), false)
  expect(text).toBe(`   = better for:\n       ${name},\n       alpha01/other\n`)
})
