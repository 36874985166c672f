import { expect, test } from 'vitest'
import type { NodeFile } from './netplan.ts'
import { glob, networkFileFor, readNetworkFiles } from './networkd.ts'

const files = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, NodeFile> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { file: `n${path}`, text }]))

test('lists add up over drop-ins, an empty assignment clears, /etc hides /run and /usr/lib', () => {
  const { value } = readNetworkFiles(files({
    '/usr/lib/systemd/network/10-x.network': '[Match]\nName=hidden\n[Network]\nDNS=9.9.9.9\n',
    '/etc/systemd/network/10-x.network': '[Match]\nName=eth0\n[Network]\nDHCP=yes\nDNS=10.0.0.1\n  DNS = 10.0.0.2 \\\n   10.0.0.3\n'
      + 'Domains=~corp.example\n[DHCPv4]\nUseDNS=no\n# DNS=1\n',
    '/run/systemd/network/10-x.network.d/50.conf': '[Network]\nDNS=\nDNS=10.0.0.9\nDNSDefaultRoute=no\n',
    '/etc/systemd/network/20-y.network': '',
  }))
  expect(value.map(f => f.path)).toEqual(['/etc/systemd/network/10-x.network'])
  expect(value[0]).toMatchObject({ dns: [{ value: '10.0.0.9', source: { file: 'n/run/systemd/network/10-x.network.d/50.conf', line: 3 } }],
    defaultRoute: { value: false },
    dhcp: { ipv4: true, ipv6: true }, useDns: { ipv4: { value: false, source: { line: 10 } }, ipv6: undefined } })
})

test('the first file that fits a link is its file', () => {
  const { value, problems } = readNetworkFiles(files({
    '/etc/systemd/network/10.network': '[Match]\nName=!eth0 eth1\n[Network]\nDNS=1.1.1.1\n',
      '/etc/systemd/network/20.network': '[Match]\nMACAddress=00:11:22:33:44:55\n',
    '/etc/systemd/network/30.network': '[Match]\nKernelVersion=>5\n', '/etc/systemd/network/40.network': '[Match]\nName=en* eth[0-3]\n',
  }))
  const of = (name: string, mac?: string) => networkFileFor(value, { name, ...(mac !== undefined && { mac }) })?.path.slice(-10)
  expect([of('eth0', '00:11:22:33:44:55'), of('eth0'), of('wlan0'), of('eth3')]).toEqual(['20.network', '40.network', '10.network',
    '10.network'])
  expect(problems.map(p => p.code)).toEqual(['networkd-match-unmodelled'])
})

test('globs', () => {
  expect([['en*', 'enp3s0'], ['*', ''], ['e?h0', 'eth0'], ['eth[!0]', 'eth1'], ['[a-c]x', 'bx']].every(([p, t]) =>
    glob(p as string, t as string))).toBe(true)
  expect([['en*', 'eth0'], ['eth[!0]', 'eth0'], ['?', ''], ['a*b*c', 'ab']].some(([p, t]) => glob(p as string, t as string))).toBe(false)
  expect(glob('*a'.repeat(100), 'a'.repeat(5000))).toBe(true)
})
