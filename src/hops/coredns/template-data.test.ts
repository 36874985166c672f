// What a template sees of a query: templateData of plugin/template, dns.Msg, dns.Question and dns.OPT of miekg/dns.
import { describe, expect, test } from 'vitest'
import type { DnsQuery } from '../../dns/message.ts'
import { compileGoTemplate, type TemplateResult } from './go-template.ts'
import { goInt } from './go-value.ts'
import { TEMPLATE_FUNCTIONS, templateData, type TemplateData } from './template-data.ts'

function rendered(text: string, query: Partial<DnsQuery> = {}, more: Partial<TemplateData> = {}): TemplateResult {
  const template = compileGoTemplate('answer', text, TEMPLATE_FUNCTIONS, 26)
  const data: TemplateData = {
    zone: 'test.', name: 'a.test.', regex: '(a)', match: ['a', 'a'], group: [['0', 'a'], ['1', 'a']], class: 'IN', type: 'A', query: { name: 'a.test.', type: 'A', transport: 'udp', ...query },
    remote: '10.0.0.9', metadata: label => (label === 'a/b' ? 'm' : undefined), ...more,
  }
  return 'run' in template ? template.run(templateData(data)) : template
}
const text = (of: string, query?: Partial<DnsQuery>, more?: Partial<TemplateData>): unknown => Object.values(rendered(of, query, more))[0]
const EDNS = { sizeBytes: 1232, do: true } as const

test('the fields of the data', () => {
  expect(text('{{.Zone}} {{.Name}} {{.Regex}} {{.Match}} {{.Group}} {{.Class}} {{.Type}} {{.Remote}} [{{.Meta "a/b"}}{{.Meta "c/d"}}]')).toBe('test. a.test. (a) [a a] map[0:a 1:a] IN A 10.0.0.9 [m]')
  expect(rendered('{{.Remote}}', {}, { remote: undefined })).toEqual({ unmodelled: '.Remote of a template: who asks is not known' })
  expect(text('{{.Var.x}}', {}, { variables: new Map([['x', goInt(5)]]) })).toBe('5')
  expect(text('{{.Var}}')).toBe('template: answer:1:2: executing "answer" at <.Var>: can\'t evaluate field Var in type *template.templateData')
  expect(text('{{.md}}')).toBe('template: answer:1:2: executing "answer" at <.md>: md is an unexported field of struct type *template.templateData')
})

test('the question, by its fields and as a text', () => {
  const all = '{{.Question.Name}} {{.Question.Qtype}} {{.Question.Qclass}} {{.Question}} {{.Question.String}} {{.Message.Question}} {{(index .Message.Question 0).Qtype}}'
  expect(text(all)).toBe('a.test. 1 1 ;a.test.\tIN\t A ;a.test.\tIN\t A [{a.test. 1 1}] 1')
  expect(text(all, { type: 'AAAA', class: 'CH' })).toBe('a.test. 28 3 ;a.test.\tCH\t AAAA ;a.test.\tCH\t AAAA [{a.test. 28 3}] 28')
  expect(text(all, { class: 'ANY' })).toBe('a.test. 1 255 ;a.test.\tCLASS255\t A ;a.test.\tCLASS255\t A [{a.test. 1 255}] 1')
})

describe('the message', () => {
  const FLAGS = ['Response', 'Authoritative', 'Truncated', 'RecursionDesired', 'RecursionAvailable', 'Zero', 'AuthenticatedData', 'CheckingDisabled', 'Compress']
  const on = (query: Partial<DnsQuery>): readonly string[] => FLAGS.filter(flag => text(`{{.Message.${flag}}}`, query) !== 'false')

  test('has the flags of the query', () => {
    expect([on({}), on({ rd: true }), on({ ad: true }), on({ cd: true })]).toEqual([[], ['RecursionDesired'], ['AuthenticatedData'], ['CheckingDisabled']])
  })

  test('has its opcode, no rcode, no records, and its length', () => {
    expect(text('{{.Message.Opcode}} {{.Message.Rcode}} {{len .Message.Answer}} {{len .Message.Ns}} {{len .Message.Extra}} {{.Message.Len}}')).toBe('0 0 0 0 0 24')
    expect(text('{{.Message.Opcode}} {{.Message.Len}}', { opcode: 'NOTIFY', edns: EDNS })).toBe('4 35')
  })

  test('has an OPT record where the query has one', () => {
    expect(text('{{with .Message.IsEdns0}}{{.Do}} {{.UDPSize}} {{.Version}}{{else}}none{{end}}')).toBe('none')
    expect(text('{{with .Message.IsEdns0}}{{.Do}} {{.UDPSize}} {{.Version}}{{else}}none{{end}}', { edns: EDNS })).toBe('true 1232 0')
    expect(text('{{with .Message.IsEdns0}}{{.Do}} {{.UDPSize}} {{.Version}}{{else}}none{{end}}', { edns: { sizeBytes: 512, version: 1 } })).toBe('false 512 1')
    expect(rendered('{{.Message.IsEdns0.Hdr}}', { edns: EDNS })).toEqual({ unmodelled: '.Hdr of an OPT record in a template is not modelled' })
    expect(rendered('{{.Message.Extra}}', { edns: EDNS })).toEqual({ unmodelled: '.Message.Extra of a template is not modelled' })
  })

  test('has more that is said to be not modelled, and no more than the library gives it', () => {
    for (const name of ['Id', 'MsgHdr', 'IsTsig', 'String', 'Copy', 'Pack', 'SetReply', 'SetQuestion', 'SetRcode', 'SetEdns0']) expect(rendered(`{{.Message.${name}}}`)).toEqual({ unmodelled: `.Message.${name} of a template is not modelled` })
    expect(text('{{.Message.Nope}}')).toBe('template: answer:1:10: executing "answer" at <.Message.Nope>: can\'t evaluate field Nope in type *dns.Msg')
  })
})
