// NodeLocal DNSCache before CoreDNS runs: releases, flags and settings of kube-dns, each by its table (kubernetes/dns at its tags).
import { describe, expect, test } from 'vitest'
import { lineSource, sourcesOf, type Sourced } from '../../chain/source.ts'
import { corednsOfNodeCache, isCompiledIn, nodeCacheVersion } from './node-cache.ts'
import { nodeCacheCorefile, type NodeCacheSettings } from './node-cache-corefile.ts'
import { startNodeCache } from './node-cache-start.ts'
import { reloadTimes } from './reload.ts'
import { readCorefile } from '../../config/corefile.ts'
import type { Directive } from '../../chain/model.ts'

const of = (file: string, value: string): Sourced<string> => ({ value, source: lineSource(file, 1, value) })
const SETTINGS: NodeCacheSettings = { release: '1.26.7', localIps: of('args', '169.254.20.10'), port: 53, clusterDns: of('service', '10.96.77.7') }
const TEMPLATE = '.:53 {\n    forward . __PILLAR__UPSTREAM__SERVERS__\n}\n'

test.each([
  ['1.16.0', '1.7.0', false], ['1.15.9', '1.13.1', true], ['1.20.0', '1.8.3', false], ['1.20.9', '1.8.3', false], ['1.21.0', '1.7.0', false], ['1.19.9', '1.7.0', false], ['1.22.13', '1.7.0', false], ['1.22.14', '1.10.0', false], ['1.23.9', '1.10.0', false],
  ['1.24.0', '1.11.3', false], ['1.26.4', '1.11.3', false], ['1.26.5', '1.12.2', false], ['1.26.6', '1.13.1', false], ['1.26.7', '1.13.1', false], ['1.26.8', '1.13.1', true], ['1.27.0', '1.13.1', true], ['latest', '1.13.1', true],
])('node-cache %s holds CoreDNS %s, assumed: %s', (release, version, assumed) => {
  expect(corednsOfNodeCache(release)).toEqual({ version, assumed })
})

test('plugins of the build came with their releases', () => {
  const has = (version: string, plugin: string): boolean => isCompiledIn({ program: 'node-cache', version }, plugin)
  const edges: readonly (readonly [string, string, string])[] = [['hosts', '1.16.9', '1.17.0'], ['rewrite', '1.16.9', '1.17.0'], ['trace', '1.16.9', '1.17.0'], ['dns64', '1.21.2', '1.21.3'], ['bufsize', '1.22.6', '1.22.7'], ['timeouts', '1.26.7', '1.26.8']]
  expect(edges.map(([plugin, before, from]) => [has(before, plugin), has(from, plugin)])).toEqual(edges.map(() => [false, true]))
  expect(['bind', 'cache', 'debug', 'dnstap', 'errors', 'forward', 'health', 'loadbalance', 'log', 'loop', 'metadata', 'prometheus', 'pprof', 'reload', 'template', 'whoami'].every(name => has('1.16.0', name))).toBe(true)
  expect([has('x', 'bufsize'), has('x', 'timeouts'), has('1.26.7', 'ready')]).toEqual([true, false, false])
  expect([nodeCacheVersion('v1.2.3-x'), nodeCacheVersion('1.2'), nodeCacheVersion(undefined)]).toEqual([[1, 2, 3], undefined, undefined])
})

describe('settings of kube-dns that it does not take', () => {
  test.each([
    ['upstreamNameservers', '["10.0.0.1:0"]', 'bad port number: "0"'], ['upstreamNameservers', '["10.0.0.1:65536"]', 'bad port number: "65536"'], ['upstreamNameservers', '["10.0.0.1:x"]', 'bad port number: "x"'], ['upstreamNameservers', '["a.test:53"]', 'bad IP address: "a.test"'],
    ['upstreamNameservers', '["a.test"]', 'address a.test: missing port in address'], ['upstreamNameservers', '["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]', 'upstreamNameserver cannot have more than three entries'],
    ['stubDomains', '{"Corp": []}', 'invalid domain name: "Corp"'], ['stubDomains', '{"corp": ["10.0.0.1:65536"]}', 'invalid nameserver: "10.0.0.1:65536"'], ['stubDomains', '{"corp": ["x y"]}', 'invalid nameserver: "x y"'],
    ['stubDomains', '["a"]', 'stubDomains is no JSON object of lists'], ['stubDomains', '{"a": [1]}', 'stubDomains is no JSON object of lists'], ['upstreamNameservers', '{}', 'upstreamNameservers is no JSON list'], ['upstreamNameservers', '[1]', 'upstreamNameservers is no JSON list'], ['upstreamNameservers', 'x', 'upstreamNameservers is no JSON list'],
  ])('%s %s', (key, text, refused) => {
    expect(nodeCacheCorefile('t', TEMPLATE, { ...SETTINGS, [key]: of(key, text) })).toMatchObject({ refused: { by: 'sync', text: refused }, upstreams: '/etc/resolv.conf', stubDomains: 0, problems: [{ code: 'node-cache-kube-dns', source: { file: key } }] })
  })

  test.each([
    ['upstreamNameservers', '["10.0.0.1:1", "10.0.0.2:65535", "fd00::1"]', '10.0.0.1:1 10.0.0.2:65535 fd00::1'], ['upstreamNameservers', 'null', '/etc/resolv.conf'], ['upstreamNameservers', '[]', '/etc/resolv.conf'], ['stubDomains', '{"a": null}', '/etc/resolv.conf'],
    ['stubDomains', '{"a.test": ["10.0.0.1:65535", "fd00::1", "10.0.0.2"]}', '/etc/resolv.conf'],
  ])('%s %s is taken', (key, text, upstreams) => {
    expect(nodeCacheCorefile('t', TEMPLATE, { ...SETTINGS, [key]: of(key, text) })).toMatchObject({ refused: undefined, upstreams, problems: [] })
  })
})

test('blocks of stub domains come in the order of their names', () => {
  const { text } = nodeCacheCorefile('t', TEMPLATE, { ...SETTINGS, stubDomains: of('stub', '{"c.test": ["10.0.0.3"], "a.test": ["10.0.0.1"], "b.test": ["10.0.0.2"]}') })
  expect([...text.matchAll(/^(\S+):53 \{/gm)].map(m => m[1])).toEqual(['.', 'a.test', 'b.test', 'c.test'])
})

test('a place in what it wrote leads to the place in the template, letter for letter, or to the whole placeholder', () => {
  const template = 'a {\n    bind __PILLAR__LOCAL__DNS__ 1.1.1.1\n    forward . __PILLAR__CLUSTER__DNS__\n}\n'
  const { text, back } = nodeCacheCorefile('t', template, SETTINGS)
  const at = sourcesOf('t', text)
  const place = (from: number, to: number): string => {
    const { start, end, behind } = back(at(from, to))
    return `${template.slice(start, end)}${behind ? ` of ${behind.map(b => b.file).join()}` : ''}`
  }
  const word = (found: string): string => place(text.indexOf(found), text.indexOf(found) + found.length)
  expect([word('bind'), word('1.1.1.1'), word('169.254.20.10'), word('10.96.77.7'), word('54.20'), word('a')]).toEqual([
    'bind', '1.1.1.1', '__PILLAR__LOCAL__DNS__ of args', '__PILLAR__CLUSTER__DNS__ of service', '__PILLAR__LOCAL__DNS__ of args', 'a'])
  expect([place(0, 0), place(0, 1), place(text.length - 2, text.length), place(text.indexOf('bind'), text.indexOf('1.1.1.1'))]).toEqual(['', 'a', '}\n', 'bind __PILLAR__LOCAL__DNS__ '])
})

describe('flags it ends with', () => {
  const said = (...args: string[]): string | undefined => startNodeCache({ release: '1.26.7', args, env: new Map([['KUBE_DNS_SERVICE_HOST', '10.96.77.7']]), files: new Map([['/etc/coredns/Corefile.base', TEMPLATE]]) }).lines.find(l => l.includes('FATAL'))?.replace('DATE [FATAL] Error parsing flags - ', '')
  test.each([
    [['-localip', 'x'], 'invalid localip specified - "x", Exiting'], [['-localip', ''], 'invalid localip specified - "", Exiting'], [['-localip', '1.1.1.1,y'], 'invalid localip specified - "y", Exiting'],
    [['-localip', '1.1.1.1,fd00::1'], 'unexpected IP Family for localIP - "fd00::1", want IPv6=false, Exiting'], [['-localip=fd00::1,1.1.1.1'], 'unexpected IP Family for localIP - "1.1.1.1", want IPv6=true, Exiting'],
    [['-localip', '1.1.1.1', '-dns.port', 'x'], 'invalid port specified - "x", Exiting'], [['-localip', '1.1.1.1', '-health-port', 'y'], 'invalid healthcheck port specified - "y", Exiting'],
    [['-localip', '1.1.1.1'], undefined], [['--localip=x', '-localip', '1.1.1.1'], undefined], [['-localip', '1.1.1.1,2.2.2.2', '-dns.port=+5', '-health-port', '-1'], undefined],
  ])('%j', (args, fault) => {
    expect(said(...args)).toBe(fault)
  })
})

test.each([['reload', 22_500, 37_500], ['reload 10s', 7500, 12_500], ['reload 10s 2s', 9000, 11_000], ['reload 10s 8s', 7500, 12_500], ['reload 10s 0s', 10_000, 10_000]])('%s looks first between %i and %i ms', (line, earliestMs, latestMs) => {
  expect(reloadTimes(readCorefile('Corefile', `. {\n ${line}\n}\n`, { env: new Map() }).value.blocks[0]?.directives[0] as Directive)).toEqual({ earliestMs, latestMs })
})

test('without a template it writes no Corefile', () => {
  const { corefile, lines } = startNodeCache({ release: '1.26.7', args: ['-localip', '1.1.1.1'], env: new Map([['KUBE_DNS_SERVICE_HOST', '10.96.77.7']]), files: new Map() })
  expect([corefile, lines.length]).toEqual([undefined, 3])
})
