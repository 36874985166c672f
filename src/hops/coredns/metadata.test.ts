import { expect, test } from 'vitest'
import { oneCoredns } from '../../../test/support/one-coredns.ts'

const said = (lines: string): unknown => oneCoredns('1.11.3', `. {\n ${lines}\n whoami\n}\n`).problems.map(p => [p.code, p.state, p.message])
const notSet = (label: string): unknown => [['corefile-metadata-unmodelled', 'partly-modelled', `the metadata label ${label} is not modelled; it counts as not set`]]

test('a label of a provider that is not modelled is said to count as not set, where the block has and collects it', () => {
  expect(said('metadata\n geoip /db\n log . "{/geoip/city/name}"')).toEqual(notSet('geoip/city/name'))
  expect(said('metadata\n trace\n rewrite name suffix a.test b.{/trace/traceid}.test')).toEqual(notSet('trace/traceid'))
  expect(said('metadata\n geoip /db\n log . "{/kubernetes/service} {/geoip/country/code}"')).toEqual(notSet('geoip/country/code'))
})

test('without the provider, without metadata, or with labels of others there is nothing to say', () => {
  for (const lines of ['metadata\n log . "{/geoip/city/name}"', 'geoip /db\n log . "{/geoip/city/name}"', 'metadata\n geoip /db\n log . "{/trace/traceid}"', 'metadata\n geoip /db\n log . "{/geoipx/a}"']) expect(said(lines), lines).toEqual([])
})
