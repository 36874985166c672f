// Every story of test/scenarios is told again: what its blocks expect is what the chain produces. `UPDATE=1` writes the blocks anew.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { brokenContract, produce, readScenario } from './support/scenario.ts'
import { read, ROOT } from './support/source-files.ts'

const STORIES = readdirSync(join(ROOT, 'test/scenarios')).filter(file => file.endsWith('.md')).sort()

test('there are stories, and a block that nobody produces is noticed', () => {
  expect(STORIES.length).toBeGreaterThanOrEqual(8)
  expect(() => readScenario('# x\n\n```outcome a.example\n1 answer\n```\n')).toThrow('nobody produces')
  expect(() => readScenario('# x\n\n```corefile\n. {\n}\n```\n')).toThrow('nothing is expected')
  expect(() => readScenario('# x\n\n```outcomes a.example\n1 answer\n')).toThrow('not closed')
})

describe.each(STORIES)('%s', file => {
  const markdown = read(`test/scenarios/${file}`)
  const scenario = readScenario(markdown)

  test('ends as it is told', () => {
    const told = scenario.expected.reduceRight((text, block) => text.slice(0, block.start) + produce(scenario, block) + text.slice(block.end), markdown)
    if (process.env['UPDATE'] === '1' && told !== markdown) writeFileSync(join(ROOT, 'test/scenarios', file), told)
    else expect(told).toBe(markdown)
  })

  test.each(scenario.expected.filter(block => block.kind === 'outcomes'))('what is simulated was explored, and every witness replays: $name $settings', block => {
    expect(brokenContract(scenario, block)).toEqual([])
  })
})
