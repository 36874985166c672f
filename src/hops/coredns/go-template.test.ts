import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { templateInput, templateText, type TemplateInput } from '../../../test/fidelity/go/template-cases.ts'
import { readRows } from '../../../test/fidelity/rows.ts'
import { compileGoTemplate, type TemplateResult } from './go-template.ts'
import type { GoValue } from './go-value.ts'
import { TEMPLATE_FUNCTIONS, templateData } from './template-data.ts'

interface Row {
  readonly versions: readonly string[]; readonly text: string; readonly data: TemplateInput
  readonly parse?: string; readonly error?: string; readonly output: string
}

const recorded = readRows(new URL('../../../test/fidelity/go/template.jsonl.gz', import.meta.url)) as unknown as readonly Row[]
const MINORS: Readonly<Record<string, number>> = { '1.9.3': 20, '1.11.3': 21, '1.14.7': 26 }

const dataOf = (input: TemplateInput): GoValue => templateData({
  zone: input.zone, name: input.name, regex: '.*', match: input.match, group: Object.entries(input.group), class: 'IN', type: input.type,
  query: { name: input.name, type: 'A', transport: 'udp' }, remote: '127.0.0.1', metadata: label => (Object.hasOwn(input.meta, label) ? input.meta[label] : undefined),
})

function ran(text: string, input: TemplateInput, minor: number): TemplateResult | { readonly parse: string } {
  const template = compileGoTemplate('answer', text, TEMPLATE_FUNCTIONS, minor)
  if ('error' in template) return { parse: template.error }
  return 'run' in template ? template.run(dataOf(input)) : template
}

describe('templates', () => {
  test('say what Go of that CoreDNS release says, errors and their places included', () => {
    let [compared, unmodelled] = [0, 0]
    for (const row of recorded) {
      for (const version of row.versions) {
        const mine = ran(row.text, row.data, MINORS[version] as number)
        if ('unmodelled' in mine) {
          unmodelled++
          continue
        }
        const real = row.parse !== undefined ? { parse: row.parse } : row.error !== undefined ? { error: row.error } : { text: row.output }
        expect({ version, template: row.text, ...mine }).toEqual({ version, template: row.text, ...real })
        compared++
      }
    }
    expect(unmodelled).toBeLessThan(compared / 50)
    expect(compared).toBeGreaterThan(15_000)
  })

  test('of any shape end, in an output, an error, or in words that it is not modelled', () => {
    fc.assert(fc.property(fc.oneof(templateText, fc.string({ unit: 'binary', maxLength: 40 })), templateInput, fc.constantFrom(20, 21, 26), (text, input, minor) => {
      const end = ran(text, input, minor)
      return Object.values(end).every(value => typeof value === 'string')
    }), { numRuns: 1500 })
  })

  test.each([
    '{{range 1000000000}}{{range 1000000000}}x{{end}}{{end}}', '{{define "t"}}{{template "t" .}}{{end}}{{template "t" .}}', '{{range 100000}}0123456789{{end}}', `${'('.repeat(5000)}`,
    `{{${'('.repeat(5000)}1${')'.repeat(5000)}}}`, `${'{{if 1}}'.repeat(5000)}${'{{end}}'.repeat(5000)}`, '{{printf "%999999d" 1}}', 'x'.repeat(70_000),
  ])('that would take much time, room or stack are stopped: %#', text => {
    const end = ran(text, fc.sample(templateInput, 1)[0] as TemplateInput, 26)
    expect('unmodelled' in end || ('text' in end && end.text.length <= 2 ** 16)).toBe(true)
  })
})
