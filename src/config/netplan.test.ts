import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generateNetwork } from './netplan-generate.ts'
import type { NetplanVersion } from './netplan-keys.ts'
import { isCloudInit, type NodeFile } from './netplan.ts'

const OLD: NetplanVersion = [0, 106, 0]
const NEW: NetplanVersion = [1, 1, 2]
const files = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, NodeFile> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { file: `n${path}`, text }]))
const generate = (texts: Readonly<Record<string, string>>, version = OLD) => generateNetwork(files(texts), version)
const servers = (texts: Readonly<Record<string, string>>, version = OLD): string[] =>
  generate(texts, version).links.flatMap(l => l.servers.map(s => `${s.value} ${s.source.file}:${s.source.line}:${s.source.column}`))
const eth0 = (body: string): string => `network:\n  version: 2\n  ethernets:\n    eth0:\n${body}`

test('every server knows its file, line and column; repeats in 1.x stay known behind the first', () => {
  const texts = { '/etc/netplan/01.yaml': eth0('      nameservers:\n        addresses:\n        - 10.0.0.1\n'),
    '/etc/netplan/90.yaml': eth0('      nameservers: {addresses: ["10.0.0.1"]}\n') }
  expect(servers(texts)).toEqual(['10.0.0.1 n/etc/netplan/01.yaml:7:11', '10.0.0.1 n/etc/netplan/90.yaml:5:33'])
  const [only] = generate(texts, NEW).links.flatMap(l => l.servers)
  expect(only?.source).toMatchObject({ line: 7, behind: [{ file: 'n/etc/netplan/90.yaml', line: 5 }] })
})

test('a reference to a later definition: the document is read again, and 0.106 writes its servers twice', () => {
  const text =
    'network:\n  version: 2\n  bridges:\n    br0: {interfaces: [eth0], nameservers: {addresses: [10.0.0.1]}}\n  ethernets: {eth0: {}}\n'
  const of = (version: NetplanVersion) => generate({ '/etc/netplan/a.yaml': text }, version).links.find(l =>
    l.path.includes('br0'))?.servers.map(s => s.value)
  expect(of(NEW)).toEqual(['10.0.0.1'])
  expect(of(OLD)).toEqual(['10.0.0.1', '10.0.0.1'])
})

test('an empty value, an alias, a merge key', () => {
  const place = (text: string) => {
    const { failure } = generate({ '/etc/netplan/a.yaml': text })
    return failure && `${failure.line}:${failure.column} ${failure.message}`
  }
  expect(place(eth0('      nameservers:   # none\n'))).toBe('5:19 expected mapping (check indentation)')
  expect(place(eth0('      nameservers: &n {addresses: [10.0.0.1]}\n    eth1: {nameservers: *n}\n'))).toBeUndefined()
  expect(place(eth0('      <<: {dhcp4: true}\n'))).toBe("5:7 unknown key '<<'")
  expect(place('network: {version: 2, wifis: {w: {dhcp4: true}}}\n')).toBe('1:34 w: No access points defined')
})

test('keys of a newer release are errors for an older one', () => {
  const text = 'network: {version: 2, dummy-devices: {d0: {nameservers: {addresses: [10.0.0.1]}}}}\n'
  expect(generate({ '/etc/netplan/a.yaml': text }).failure?.message).toBe("unknown key 'dummy-devices'")
  expect(servers({ '/etc/netplan/a.yaml': text }, NEW)).toEqual(['10.0.0.1 n/etc/netplan/a.yaml:1:70'])
})

test.each([
  ['0.106.0', '10.0.0.1 10.0.0.1', "unknown key 'dummy-devices'", 'unknown key \'ra-overrides\''], ['0.106.1', '10.0.0.1', "unknown key 'dummy-devices'", "unknown key 'ra-overrides'"],
  ['0.107.0', '10.0.0.1', undefined, "unknown key 'ra-overrides'"], ['1.0.1', '10.0.0.1', undefined, "unknown key 'ra-overrides'"], ['1.1.0', '10.0.0.1', undefined, undefined],
])('netplan %s: repeated servers become %s; dummy-devices: %s; ra-overrides: %s', (release, listed, dummies, overrides) => {
  const version = release.split('.').map(Number) as unknown as NetplanVersion
  const twice = { '/etc/netplan/01.yaml': eth0('      nameservers: {addresses: [10.0.0.1]}\n'), '/etc/netplan/90.yaml': eth0('      nameservers: {addresses: [10.0.0.1]}\n') }
  expect(generate(twice, version).links.flatMap(l => l.servers).map(s => s.value).join(' ')).toBe(listed)
  expect(generate({ '/etc/netplan/a.yaml': 'network: {version: 2, dummy-devices: {d0: {}}}\n' }, version).failure?.message).toBe(dummies)
  expect(generate({ '/etc/netplan/a.yaml': eth0('      ra-overrides: {use-dns: false}\n') }, version).failure?.message).toBe(overrides)
})

test('the header of cloud-init', () => {
  expect(isCloudInit('# This file is generated from information provided by the datasource.  Changes\nnetwork: {}\n')).toBe(true)
  expect(isCloudInit('# written by the site team, not by a program\nnetwork: {}\n')).toBe(false)
})

test('no text throws, and a refusal is always said', () => {
  const piece = fc.constantFrom('network:', '\n', '  ', '    ', 'ethernets:', 'eth0:', 'nameservers:', 'addresses: [', '10.0.0.1', ']',
    'bridges:', 'interfaces: [eth0]', 'renderer: x', '{', '}', '- ', '&a ', '*a', '~', 'version: 2', 'null', '__proto__:', '\t')
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), fc.constantFrom(OLD, NEW), (pieces, version) => {
    const { links, failure, netplan } = generateNetwork(files({ '/etc/netplan/a.yaml': pieces.join('') }), version)
    expect(failure === undefined || links.length === 0 || netplan.failure === undefined).toBe(true)
  }), { numRuns: 400 })
})
