import { expect, test } from 'vitest'
import {
  brief, bundle, changed, CONFIG_MAP, coredns, corefile, client, dnsService, hit, hits, kubeletConfig, lines, log, node, odds, patched, probe, resolvConf,
  served, STOCK_COREFILE, stockCluster, why, type Piece,
} from '../../test/support/bundle.ts'

const ID = 'mixed-upstreams'
const NAME = 'db.corp.example'
const KNOWS = probe('10.0.0.2', NAME, '10.9.0.7')
const DENIES = probe('223.5.5.5', NAME, 'NXDOMAIN', { zone: 'example.' })
const FLAPS = log('kube-system/coredns-a', served('08:00:00.000', 'A', NAME, 'NOERROR'), served('08:01:00.000', 'A', NAME, 'NXDOMAIN'))
const explicit = (...servers: string[]): Piece => corefile(STOCK_COREFILE.replace('/etc/resolv.conf', servers.join(' ')))
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2', '223.5.5.5']), ...more)

test('asked directly and seen in the log: confirmed, at the forward line and at each server of the node’s file', () => {
  const diagnosis = why(cluster(KNOWS, DENIES, FLAPS), NAME)
  expect(diagnosis.status.verdict).toBe('intermittent')
  expect(odds(diagnosis)).toEqual({ 'answer 10.9.0.7': '1/2', nxdomain: '1/2' })
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error confirmed mixed-upstreams')
  expect(found.message).toContain('`corp.example`')
  expect(lines(found)).toEqual([
    '* cluster/configmaps.yaml: forward . /etc/resolv.conf',
    '  cluster/configmaps.yaml: cache 30',
    '* nodes/n1/etc/resolv.conf: 223.5.5.5',
    '  nodes/n1/etc/resolv.conf: 10.0.0.2',
  ])
  expect(found.evidence).toEqual(['probes/upstreams.jsonl:1', 'probes/upstreams.jsonl:3', 'logs/kube-system/coredns-a.log:1', 'logs/kube-system/coredns-a.log:2'])
})

test('one way alone is likely; addresses alone are a warning that says so', () => {
  expect(brief(hit(why(cluster(KNOWS, DENIES), NAME), ID))).toBe('error likely mixed-upstreams')
  expect(brief(hit(why(cluster(FLAPS), NAME), ID))).toBe('error likely mixed-upstreams')
  const guessed = hit(why(cluster(), NAME), ID)
  expect(brief(guessed)).toBe('warning possible mixed-upstreams')
  expect(guessed.message).toContain('private and public')
  expect(guessed.notes.map(n => n.en).join()).toContain('nobody asked these servers')
})

test('the asker’s own log is a second witness as well', () => {
  const app = log('default/web',
    '2024-09-03T08:00:00Z GET https://db.corp.example/ connected to 10.9.0.7:443', '2024-09-03T08:01:00Z dial tcp: lookup db.corp.example on 10.96.0.10:53: no such host')
  expect(brief(hit(why(cluster(KNOWS, DENIES, app), NAME), ID))).toBe('error confirmed mixed-upstreams')
})

test('two replicas, as everybody runs: each hides the other’s choice from the odds, and the hit is the same, once', () => {
  const files = bundle(
    node('n1', { resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }), corefile(),
    coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }), coredns('coredns-b', { address: '10.244.0.4', resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }),
    dnsService([['10.244.0.3', 'n1'], ['10.244.0.4', 'n1']]), client('web'), KNOWS, DENIES, FLAPS,
  )
  const found = hit(why(files, NAME), ID)
  expect(brief(found)).toBe('error confirmed mixed-upstreams')
  expect(found.fixes[0]?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
})

test('near miss: both servers know the name', () => {
  const diagnosis = why(cluster(KNOWS, probe('223.5.5.5', NAME, '10.9.0.7')), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: two private servers that nobody asked', () => {
  expect(hits(why(bundle(...stockCluster(['10.0.0.2', '10.0.0.3'])), NAME), ID)).toEqual([])
})

test('near miss: the public server knows the name, so nothing private is at stake', () => {
  expect(hits(why(cluster(probe('223.5.5.5', 'www.example.org', '203.0.113.5')), 'www.example.org'), ID)).toEqual([])
})

test('near miss: the denial comes from a copy of the same zone, out of step', () => {
  const twins = bundle(
    ...stockCluster(['10.0.0.2', '10.0.0.3']), KNOWS, probe('10.0.0.2', NAME, '10.9.0.7'), probe('10.0.0.3', NAME, 'NXDOMAIN', { zone: 'corp.example.' }),
  )
  const diagnosis = why(twins, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['intermittent', []])
})

test('a denial of the zone by another primary is its public side, not a copy', () => {
  expect(brief(hit(why(cluster(KNOWS, probe('223.5.5.5', NAME, 'NXDOMAIN', { zone: 'corp.example.', primary: 'dns3.hichina.example.' })), NAME), ID))).toBe('error likely mixed-upstreams')
})

test('near miss: the second server is dead, not ignorant', () => {
  const diagnosis = why(cluster(KNOWS, probe('223.5.5.5', NAME, 'timeout')), NAME)
  expect(hits(diagnosis, ID)).toEqual([])
})

test('near miss: the name has a block of its own, the mixed list serves others', () => {
  const own = corefile(`corp.example:53 {\n    forward . 10.0.0.2\n}\n${STOCK_COREFILE}`)
  const split = bundle(
    node('n1', { resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }), own, coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }),
    dnsService([['10.244.0.3', 'n1']]), client('web'), KNOWS, DENIES,
  )
  const diagnosis = why(split, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('the zone’s own block is proved, and applied it makes the name work', () => {
  const files = cluster(KNOWS, DENIES, FLAPS)
  const [own] = hit(why(files, NAME), ID).fixes
  expect(own?.proof?.before).toEqual({ 'answer 10.9.0.7': '1/2', nxdomain: '1/2' })
  expect(own?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
  expect(own?.proof?.losses).toEqual([])
  const after = why(patched(files, own?.edits ?? []), NAME)
  expect([after.status.verdict, hits(after, ID)]).toEqual(['works', []])
})

test('servers that the Corefile itself lists are taken out of its line', () => {
  const files = bundle(
    node('n1', { resolvConf: resolvConf(['10.0.0.2']) }), explicit('10.0.0.2', '223.5.5.5'), coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2']) }),
    dnsService([['10.244.0.3', 'n1']]), client('web'), KNOWS, DENIES,
  )
  const found = hit(why(files, NAME), ID)
  expect(lines(found)).toContain('* cluster/configmaps.yaml: forward . 10.0.0.2 223.5.5.5')
  const out = found.fixes.find(f => f.title.includes('out of the forward line'))
  expect(out?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
  const after = patched(files, out?.edits ?? [])
  expect(after.files.get(CONFIG_MAP)?.text()).toContain('forward . 10.0.0.2\n')
  expect(why(after, NAME).status.verdict).toBe('works')
})

test('the netplan line behind the generated file is what to change, and the change is proved through systemd and kubelet', () => {
  const uplink = '# This is /run/systemd/resolve/resolv.conf managed by man:systemd-resolved(8).\n# Do not edit.\n\n'
  const files = bundle(
    node('n1', {
      kubelet: kubeletConfig('clusterDNS:\n- 10.96.0.10\nresolvConf: /run/systemd/resolve/resolv.conf\n'),
      files: {
        '/etc/netplan/01-net.yaml': 'network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses: [10.1.0.5/24]\n      nameservers:\n        addresses: [10.0.0.2, 223.5.5.5]\n',
        '/run/systemd/resolve/resolv.conf': `${uplink}nameserver 10.0.0.2\nnameserver 223.5.5.5\nsearch .\n`,
      },
    }),
    corefile(), coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }), dnsService([['10.244.0.3', 'n1']]), client('web'), KNOWS, DENIES,
  )
  const found = hit(why(files, NAME), ID)
  expect(lines(found)).toContain('* nodes/n1/etc/netplan/01-net.yaml: 223.5.5.5')
  const off = found.fixes.find(f => f.title.includes('netplan'))
  expect(off?.edits.map(e => [e.file, e.madeBy])).toEqual([
    ['nodes/n1/etc/netplan/01-net.yaml', undefined], ['nodes/n1/run/systemd/resolve/resolv.conf', 'systemd-resolved'], ['pods/kube-system/coredns-a/etc/resolv.conf', 'kubelet'],
  ])
  const after = why(patched(files, off?.edits ?? []), NAME)
  expect([after.status.verdict, hits(after, ID)]).toEqual(['works', []])
})

test('a fixed order hides it for now: a warning, and an error once the ignorant server comes first', () => {
  const ordered = (...servers: string[]): ReturnType<typeof bundle> => changed(bundle(
    node('n1'), corefile(STOCK_COREFILE.replace('/etc/resolv.conf', `${servers.join(' ')} {\n        policy sequential\n    }`)),
    coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2']) }), dnsService([['10.244.0.3', 'n1']]), client('web'), KNOWS, DENIES,
  ), 'cluster/nodes.yaml', 'n1', 'n1')
  const good = why(ordered('10.0.0.2', '223.5.5.5'), NAME)
  expect([good.status.verdict, brief(hit(good, ID))]).toEqual(['works', 'warning likely mixed-upstreams'])
  const bad = why(ordered('223.5.5.5', '10.0.0.2'), NAME)
  expect([bad.status.verdict, brief(hit(bad, ID))]).toEqual(['fails', 'error likely mixed-upstreams'])
  expect(hit(bad, ID).fixes[0]?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
})

test('a public name that the private server denies: the block for it is no machine’s work', () => {
  const name = 'www.example.org'
  const files = cluster(probe('10.0.0.2', name, 'NXDOMAIN', { zone: '.' }), probe('223.5.5.5', name, '203.0.113.5'))
  const found = hit(why(files, name), ID)
  expect(found.fixes[0]).toMatchObject({ applicability: 'likely', caution: { en: expect.stringContaining('public name') as string } })
})
