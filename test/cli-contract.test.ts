// The command as a program: what the launcher does on another Node, what a shell sees, and the published schema.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { readingSchemaText, schemaText, simulationSchemaText } from '../scripts/schema.ts'
import { asResult } from '../src/report/json.ts'
import { diagnosisListSchema, diagnosisSchema } from '../src/report/schema.ts'
import { sampleDiagnosis } from './support/sample-diagnosis.ts'
import { read, ROOT } from './support/source-files.ts'

const launch = (args: readonly string[], env: Record<string, string> = {}): { status: number | null, stdout: string, stderr: string } =>
  spawnSync(process.execPath, [join(ROOT, 'bin/whydns'), ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', ...env } })

test('docs/schema is fresh: else run node scripts/schema.ts', () => {
  expect(read('docs/schema/diagnosis.v1.json')).toBe(schemaText())
  expect(read('docs/schema/simulation.v1.json')).toBe(simulationSchemaText())
  expect(read('docs/schema/reading.v1.json')).toBe(readingSchemaText())
})

test('a diagnosis fits the schema, and one with a foreign field does not', () => {
  expect(v.is(diagnosisSchema, sampleDiagnosis)).toBe(true)
  expect(v.is(diagnosisListSchema, asResult([sampleDiagnosis, sampleDiagnosis]))).toBe(true)
  expect(v.is(diagnosisSchema, { ...sampleDiagnosis, extra: 1 })).toBe(false)
})

test('the launcher gives on arguments, streams and exit codes', () => {
  const wrong = launch(['why', 'x.example', '--bundel', 'y'])
  expect(wrong.status).toBe(2)
  expect(wrong.stdout).toBe('')
  expect(wrong.stderr).toContain('--bundle')
  const page = launch(['explain', 'mixed-upstreams'], { LANG: 'zh_CN.UTF-8' })
  expect([page.status, page.stderr]).toEqual([0, ''])
  expect(page.stdout).toMatch(/[\u4e00-\u9fff]/)
})

test('called as kubectl-whydns it speaks of kubectl whydns', () => {
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'bin/kubectl-whydns'), '--help'], { encoding: 'utf8' })
  expect(stdout).toContain('Usage: kubectl whydns')
})

test('a reader that closes the pipe early gets no complaint', () => {
  const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${join(ROOT, 'bin/whydns')}" explain | head -n 1`], { encoding: 'utf8' })
  expect(stderr).toBe('')
})

test('every npm script names files that exist', () => {
  const scripts = Object.values((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)
  const named = scripts.flatMap(script => script.match(/\b(?:scripts|bin|bench)\/[\w./-]+/g) ?? [])
  expect([...new Set(named)].filter(path => !existsSync(join(ROOT, path)))).toEqual([])
})
