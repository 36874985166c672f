import { expect, test } from 'vitest'
import { readCorefile } from '../../config/corefile.ts'
import type { DnsQuery } from '../../dns/message.ts'
import type { PluginSetup, Served } from './plugin.ts'
import { unmodelledPlugin } from './unmodelled.ts'

const PASSED: Served = { rcode: 'NXDOMAIN' }

function answers(line: string, name: string, type: string): boolean {
  const { value } = readCorefile('Corefile', `zone.test {\n ${line}\n}\n`, { env: new Map() })
  const directives = value.blocks[0]?.directives ?? []
  const setup = { server: 's', block: 0, zones: ['zone.test.'], directives, version: [1, 11, 3], report: () => undefined } as unknown as PluginSetup
  const handler = unmodelledPlugin(line.split(' ')[0] as string, true)(setup)
  const end = handler?.({ name, type, transport: 'udp', rd: true } as DnsQuery, function* () { return PASSED }).next()
  return end?.done === true && end.value !== PASSED
}

/** The words of each plugin's README that are zones. */
test.each([
  'acl in.test', 'auto in.test', 'autopath in.test f', 'autopath x.test in.test f', 'autopath in.test x.test f', 'azure g:in.test', 'clouddns in.test:p:z', 'dnssec in.test', 'etcd in.test', 'federation in.test', 'file f in.test', 'grpc in.test zone.test',
  'k8s_external in.test', 'nomad in.test', 'route53 in.test:Z', 'secondary in.test', 'template IN A in.test', 'template IN ANY in.test',
])('%s answers for in.test and not for zone.test', line => {
  expect([answers(line, 'a.in.test.', 'A'), answers(line, 'a.zone.test.', 'A')]).toEqual([true, false])
})

test('without zones it answers for those of its block, a template for its type alone, and one of which nothing is known for all', () => {
  expect(['etcd', 'file f', 'autopath f', 'template IN A'].map(line => [answers(line, 'zone.test.', 'A'), answers(line, 'in.test.', 'A')])).toEqual([[true, false], [true, false], [true, false], [true, false]])
  expect([answers('template IN A', 'zone.test.', 'MX'), answers('template IN ANY', 'zone.test.', 'MX'), answers('template', 'zone.test.', 'MX'), answers('odd zone.test', 'in.test.', 'A')]).toEqual([false, true, true, true])
})
