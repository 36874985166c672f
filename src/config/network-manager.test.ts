import { expect, test } from 'vitest'
import type { NodeFile } from './netplan.ts'
import { readNmConnections, readNmMain } from './network-manager.ts'

const files = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, NodeFile> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { file: path, text }]))

test('a profile: servers of both families, search once, what DHCP may add', () => {
  const text =
    '[connection]\nid=lan\ninterface-name=eth0\n[ipv4]\nmethod=auto\ndns=10.0.0.1;10.0.0.2;\ndns-search=corp.example;~x;\n'
    + 'ignore-auto-dns=true\n[ipv6]\nmethod=manual\ndns=2001:db8::1;\ndns-search=corp.example;\n'
  const [one] = readNmConnections(files({ '/etc/NetworkManager/system-connections/lan.nmconnection': text })).value
  expect(one?.servers.map(s => `${s.value} ${s.source.line}:${s.source.column}`)).toEqual(['10.0.0.1 6:5', '10.0.0.2 6:14',
    '2001:db8::1 11:5'])
  expect(one).toMatchObject({ interface: 'eth0', domains: [{ value: 'corp.example' }, { value: '~x' }],
    ignoreAutoDns: { ipv4: { value: true, source: { line: 8 } }, ipv6: undefined }, automatic: { ipv4: true, ipv6: false } })
})

test('the last assignment of dns= counts: conf.d after the main file, /etc after the others', () => {
  expect(readNmMain(files({
    '/etc/NetworkManager/NetworkManager.conf': '[main]\ndns=default\n', '/usr/lib/NetworkManager/conf.d/20-b.conf': '[main]\ndns=none\n',
    '/etc/NetworkManager/conf.d/10-a.conf': '[main]\ndns=systemd-resolved\nrc-manager=symlink\n',
  })).value).toMatchObject({ dns: { value: 'none' }, rcManager: { value: 'symlink' } })
})
