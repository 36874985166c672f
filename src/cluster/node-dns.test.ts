import { readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { NodeFile } from '../config/netplan.ts'
import { removeListEntries } from '../fixes/yaml-list.ts'
import { nodeDns } from './node-dns.ts'
import { generateUplink, UPLINK } from './uplink-file.ts'

const BUNDLES = ['incident', 'incident-edited-generated-file', 'incident-after-corefile', 'incident-after-netplan']
const NODES = ['cloud-1', 'hz-edge-1', 'hz-edge-2', 'sh-edge-1']

function nodeFiles(bundle: string, node: string): ReadonlyMap<string, NodeFile> {
  const root = new URL(`../../examples/${bundle}/nodes/${node}/`, import.meta.url)
  return new Map(readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => statSync(new URL(name, root)).isFile())
    .map(name => [`/${name}`, { file: `nodes/${node}/${name}`, text: readFileSync(new URL(name, root), 'utf8') }]))
}

const made = (texts: Readonly<Record<string, string>>): ReadonlyMap<string, NodeFile> =>
  new Map(Object.entries(texts).map(([path, text]) => [path, { file: `nodes/n${path}`, text }]))

const edited = (files: ReadonlyMap<string, NodeFile>, path: string, text: string): ReadonlyMap<string, NodeFile> =>
  new Map(files).set(path, { ...(files.get(path) as NodeFile), text })

const apply = (text: string, edits: readonly { readonly start: number; readonly end: number; readonly text: string }[]): string =>
  [...edits].sort((a, b) => b.start - a.start).reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text)

test('the recorded uplink file of every node of every bundle is what its configuration leads to', () => {
  for (const bundle of BUNDLES) {
    for (const node of NODES) {
      const files = nodeFiles(bundle, node)
      expect(generateUplink(files).text, `${bundle} ${node}`).toBe(files.get(UPLINK)?.text)
      const fromConfiguration = new Map([...files].filter(([path]) => !path.endsWith('.txt') && !path.startsWith('/run/systemd/netif')
        && !path.startsWith('/run/systemd/network')))
      expect(generateUplink(fromConfiguration).text, `${bundle} ${node}, from netplan alone`).toBe(files.get(UPLINK)?.text)
    }
  }
})

test('each server of the uplink file has its netplan entry behind it', () => {
  const dns = nodeDns(nodeFiles('incident', 'hz-edge-1'), { node: 'hz-edge-1' })
  const uplink = dns.files.get(UPLINK)!
  expect(uplink.servers.map(s => [s.address, s.origin, ...s.behind.map(b => `${b.file}:${b.line}:${b.column} ${b.text}`)])).toEqual([
    ['10.53.136.11', 'netplan', 'nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml:16:29 10.53.136.11'],
    ['10.53.136.12', 'netplan', 'nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml:16:43 10.53.136.12'],
    ['223.5.5.5', 'netplan', 'nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml:16:57 223.5.5.5'],
    ['223.6.6.6', 'netplan', 'nodes/hz-edge-1/etc/netplan/50-cloud-init.yaml:16:68 223.6.6.6'],
  ])
  expect(uplink).toMatchObject({ generatedBy: 'systemd-resolved', mode: 'uplink', strayLines: [], missing: [] })
  expect(dns).toMatchObject({ etcMode: 'stub', resolved: { node: 'hz-edge-1', version: '252', stubListener: true } })
  expect(dns.resolved?.scopes.map(s => ({ name: s.name, servers: s.servers.map(x => x.value), current: s.currentServer?.value,
    route: s.defaultRoute }))).toEqual([
    { name: 'eth0', servers: ['10.53.136.11', '10.53.136.12', '223.5.5.5', '223.6.6.6'], current: '10.53.136.11', route: true },
  ])
  expect(dns.resolved?.scopes[0]?.servers[2]?.source).toMatchObject({ file: 'nodes/hz-edge-1/resolvectl-status.txt',
    behind: [{ line: 16, column: 57 }] })
})

test('a patch of netplan leads to the file that the real node had after `netplan apply`', () => {
  const path = '/etc/netplan/50-cloud-init.yaml'
  for (const node of ['hz-edge-1', 'hz-edge-2']) {
    const files = nodeFiles('incident', node)
    const bad = nodeDns(files, { node }).files.get(UPLINK)!.servers.filter(s => s.address.startsWith('223.'))
    const { file, text } = files.get(path)!
    const edits = removeListEntries(file, text, bad.flatMap(s => s.behind.map(b => b.start)))
    const after = generateUplink(edited(files, path, apply(text, edits!)), files)
    expect(after.text).toBe(nodeFiles('incident-after-netplan', node).get(UPLINK)?.text)
    expect(after.resolvConf.lines[1]?.words[0]?.source).toMatchObject({ obtained: 'inferred', behind: [{ file, text: '10.53.136.12' }] })
  }
})

test('an edit of the generated file is seen as such: it would not last', () => {
  const files = nodeFiles('incident', 'hz-edge-1')
  const uplink = files.get(UPLINK)!.text
  const without = nodeDns(edited(files, UPLINK, uplink.replace(/nameserver 223.*\n/g, '')), { node: 'n' }).files.get(UPLINK)
  expect(without?.missing.map(s => s.value)).toEqual(['223.5.5.5', '223.6.6.6'])
  const withMore = nodeDns(edited(files, UPLINK, uplink.replace('10.53.136.11', '1.1.1.1')), { node: 'n' })
  expect(withMore.files.get(UPLINK)?.strayLines.map(s => s.text)).toEqual(['1.1.1.1'])
  expect(withMore.problems.map(p => p.code)).toContain('generated-file-edited')
})

test('netplan edited and not applied: the state is the old one, the difference is said', () => {
  const path = '/etc/netplan/50-cloud-init.yaml'
  const files = nodeFiles('incident', 'hz-edge-1')
  const changed = edited(files, path, files.get(path)!.text.replace(', 223.5.5.5, 223.6.6.6', ''))
  const dns = nodeDns(changed, { node: 'n' })
  expect(dns.uplinkResolvConf?.lines.filter(l => l.keyword === 'nameserver').length).toBe(4)
  expect(dns.problems.filter(p => p.code === 'netplan-not-applied').map(p => p.source?.text)).toEqual(['223.5.5.5', '223.6.6.6'])
  const more = edited(changed, path, changed.get(path)!.text.replace('10.53.136.12]', '10.53.136.12, 10.9.9.9]'))
  expect(generateUplink(more, changed).servers.map(s => s.value)).toEqual(['10.53.136.11', '10.53.136.12', '10.9.9.9'])
})

const NETPLAN = 'network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n      nameservers: {addresses: [10.0.0.1]}\n'
const STATE =
  'ADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/run/systemd/network/10-netplan-eth0.network\n'
  + 'DNS=10.0.0.1 192.0.2.53\nDOMAINS=\nROUTE_DOMAINS=\n'
const UPLINK_TEXT =
  '# This is /run/systemd/resolve/resolv.conf managed by man:systemd-resolved(8).\n# all known uplink DNS servers.\n\n'
  + 'nameserver 10.0.0.1\nnameserver 192.0.2.53\nsearch .\n'

test('a server from DHCP: the lease is behind it; without the lease it is said to be learnt', () => {
  const base = { '/etc/netplan/a.yaml': NETPLAN, '/run/systemd/netif/links/2': STATE, [UPLINK]: UPLINK_TEXT,
    '/run/systemd/network/10-netplan-eth0.network': '[Match]\nName=eth0\n[Network]\nDHCP=ipv4\nDNS=10.0.0.1\n' }
  const seen = nodeDns(made({ ...base, '/run/systemd/netif/leases/2': 'ADDRESS=192.0.2.9\nDNS=192.0.2.53\n' }),
    { node: 'n' }).files.get(UPLINK)!.servers
  expect(seen.map(s => [s.address, s.origin, s.behind[0]?.file])).toEqual([['10.0.0.1', 'netplan', 'nodes/n/etc/netplan/a.yaml'],
    ['192.0.2.53', 'dhcp', 'nodes/n/run/systemd/netif/leases/2']])
  const files = made(base)
  expect(nodeDns(files, { node: 'n' }).files.get(UPLINK)!.servers[1]).toMatchObject({ origin: 'dhcp-or-ra',
    behind: [{ file: 'nodes/n/run/systemd/netif/links/2' }] })
  // Taking the static server out leaves what DHCP gave.
  const after = generateUplink(edited(files, '/etc/netplan/a.yaml', NETPLAN.replace('[10.0.0.1]', '[10.0.0.7]')), files)
  expect(after.servers.map(s => s.value)).toEqual(['10.0.0.7', '192.0.2.53'])
})

test('a route-only domain takes the servers of the link out of the uplink file, and is a route of the model', () => {
  const text = NETPLAN.replace('[10.0.0.1]', '[10.0.0.1], search: ["~corp.example", lan]')
  const files = made({ '/etc/netplan/a.yaml': text,
    '/etc/systemd/resolved.conf': '[Resolve]\nDNS=1.1.1.1 9.9.9.9:5353#x\nDomains=global.example\n' })
  const uplink = generateUplink(files)
  expect(uplink.text.split('\n').slice(2)).toEqual(['nameserver 1.1.1.1', 'search global.example lan', ''])
  expect(nodeDns(files, { node: 'n' }).routes.map(r => [r.link, r.domain.value, r.servers.map(s => s.value)])).toEqual([
    ['eth0', '~corp.example', ['10.0.0.1']], ['eth0', 'lan', ['10.0.0.1']]])
})

test('two links: global servers first, the remark before the fourth, the order of links not known', () => {
  const files = made({
    '/etc/systemd/network/a.network': '[Match]\nName=eth0\n[Network]\nDNS=10.0.0.1 10.0.0.2\nDomains=a.example\n',
    '/etc/systemd/network/b.network': '[Match]\nName=eth1\n[Network]\nDNS=10.0.0.9\nDNS=\nDNS=10.0.0.2 10.0.0.3\n',
    '/etc/systemd/network/b.network.d/x.conf': '[Network]\nDomains=b.example A.example\n',
    '/etc/systemd/resolved.conf.d/x.conf': '[Resolve]\nDNS=1.1.1.1\n',
  })
  const uplink = generateUplink(files)
  expect(uplink.orderKnown).toBe(false)
  expect(uplink.text.split('\n').slice(2)).toEqual(['nameserver 1.1.1.1', 'nameserver 10.0.0.1', 'nameserver 10.0.0.2',
    '# Too many DNS servers configured, the following entries may be ignored.', 'nameserver 10.0.0.2', 'nameserver 10.0.0.3',
      'search a.example b.example', ''])
})

test('only the file itself: it is its own source', () => {
  const dns = nodeDns(made({ [UPLINK]: UPLINK_TEXT,
    '/etc/resolv.conf': '# This file is managed by man:systemd-resolved(8). Do not edit.\n'
      + '# internal DNS stub resolver of systemd-resolved.\n\nnameserver 127.0.0.53\n' }), { node: 'n' })
  expect(dns.files.get(UPLINK)?.servers.map(s => [s.address, s.behind.length, s.origin])).toEqual([['10.0.0.1', 0, 'file'],
    ['192.0.2.53', 0, 'file']])
  expect(dns.etcMode).toBe('stub')
  expect(dns.resolved?.scopes[0]?.servers.map(s => s.value)).toEqual(['10.0.0.1', '192.0.2.53'])
  expect(dns.problems.map(p => p.code)).toContain('resolved-scopes-not-seen')
})

test('a file of NetworkManager: its profile is behind it', () => {
  const dns = nodeDns(made({ '/etc/resolv.conf': '# Generated by NetworkManager\nnameserver 10.1.1.1\nnameserver 10.1.1.2\n',
    '/etc/NetworkManager/system-connections/lan.nmconnection':
      '[connection]\nid=lan\ninterface-name=eth0\n[ipv4]\nmethod=auto\ndns=10.1.1.1;\n' }), { node: 'n' })
  expect(dns.files.get('/etc/resolv.conf')).toMatchObject({ mode: 'foreign', generatedBy: 'NetworkManager',
    servers: [{ address: '10.1.1.1', behind: [{ line: 6, column: 5, text: '10.1.1.1' }], origin: 'network-manager' },
      { address: '10.1.1.2', behind: [] }] })
  expect(dns.resolved).toBeUndefined()
})
