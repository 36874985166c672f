import { expect, test } from 'vitest'
import {
  brief, bundle, changed, client, CONFIG_MAP, coredns, corefile, dnsService, hit, hits, kubeletConfig, lines, node, patched, probe, resolvConf, STOCK_COREFILE,
  why, type Piece,
} from '../../test/support/bundle.ts'

const ID = 'split-dns-lost'
const NAME = 'db.corp.example'
const STATUS = `Global
       Protocols: -LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported
resolv.conf mode: stub

Link 2 (eth0)
    Current Scopes: DNS
         Protocols: +DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported
Current DNS Server: 223.5.5.5
       DNS Servers: 223.5.5.5

Link 3 (tun0)
    Current Scopes: DNS
         Protocols: +DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported
Current DNS Server: 10.8.0.1
       DNS Servers: 10.8.0.1
        DNS Domain: corp.example
`
const UPLINK = '# This is /run/systemd/resolve/resolv.conf managed by man:systemd-resolved(8).\n# Do not edit.\n\nnameserver 223.5.5.5\nnameserver 10.8.0.1\nsearch corp.example\n'
const KNOWS = probe('10.8.0.1', NAME, '10.9.0.7')
const DENIES = probe('223.5.5.5', NAME, 'NXDOMAIN', { zone: 'example.' })

const cluster = ({ status = STATUS, text = STOCK_COREFILE }: { status?: string; text?: string }, ...more: Piece[]): ReturnType<typeof bundle> => bundle(
  node('n1', {
    kubelet: kubeletConfig('clusterDNS:\n- 10.96.0.10\nresolvConf: /run/systemd/resolve/resolv.conf\n'),
    files: { '/run/systemd/resolve/resolv.conf': UPLINK, '/resolvectl-status.txt': status },
  }),
  corefile(text), coredns('coredns-a', { resolvConf: resolvConf(['223.5.5.5', '10.8.0.1']) }), dnsService([['10.244.0.3', 'n1']]), client('web'), ...more,
)

test('a domain of one link, and a file that lists the servers of all: confirmed once asked', () => {
  const diagnosis = why(cluster({}, KNOWS, DENIES), NAME)
  expect(diagnosis.status.verdict).toBe('intermittent')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error confirmed split-dns-lost')
  expect(lines(found)).toEqual([
    '* nodes/n1/resolvectl-status.txt: corp.example', '  cluster/configmaps.yaml: forward . /etc/resolv.conf', '  pods/kube-system/coredns-a/etc/resolv.conf: 223.5.5.5',
  ])
})

test('a routing-only domain: its link is no default route, its server not in the file at all, and no pod ever finds the name', () => {
  const status = STATUS.replace('+DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported\nCurrent DNS Server: 10.8.0.1', '-DefaultRoute -LLMNR -mDNS -DNSOverTLS DNSSEC=no/unsupported\nCurrent DNS Server: 10.8.0.1')
    .replace('Domain: corp.example', 'Domain: ~corp.example')
  const files = changed(changed(cluster({ status }, KNOWS, DENIES), 'nodes/n1/run/systemd/resolve/resolv.conf', 'nameserver 10.8.0.1\nsearch corp.example', 'search .'),
    'pods/kube-system/coredns-a/etc/resolv.conf', 'nameserver 10.8.0.1\n', '')
  const diagnosis = why(files, NAME)
  expect([diagnosis.status.verdict, brief(hit(diagnosis, ID)), hits(diagnosis, 'fix-that-does-not-fix')]).toEqual(['fails', 'error confirmed split-dns-lost', []])
  expect(hit(diagnosis, ID).fixes[0]?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
})

test('nobody asked: possible, a warning', () => {
  expect(brief(hit(why(cluster({}), NAME), ID))).toBe('warning possible split-dns-lost')
})

test('near miss: another domain is routed', () => {
  expect(hits(why(cluster({ status: STATUS.replace('Domain: corp.example', 'Domain: lab.example') }, KNOWS, DENIES), NAME), ID)).toEqual([])
})

test('near miss: the root is routed, which is no split', () => {
  expect(hits(why(cluster({ status: STATUS.replace('Domain: corp.example', 'Domain: ~.') }, KNOWS, DENIES), NAME), ID)).toEqual([])
})

test('near miss: the Corefile has the rule anew, even where that server fails', () => {
  const text = `corp.example:53 {\n    forward . 10.8.0.1\n}\n${STOCK_COREFILE}`
  const works = why(cluster({ text }, KNOWS, DENIES), NAME)
  expect([works.status.verdict, hits(works, ID)]).toEqual(['works', []])
  const dead = why(cluster({ text }, probe('10.8.0.1', NAME, 'timeout'), DENIES), NAME)
  expect([dead.status.verdict === 'works', hits(dead, ID)]).toEqual([false, []])
})

test('near miss: every server of the file knows the domain', () => {
  const diagnosis = why(cluster({}, KNOWS, probe('223.5.5.5', NAME, '10.9.0.7')), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('the longest routing domain holds', () => {
  const status = STATUS.replace('DNS Servers: 223.5.5.5', 'DNS Servers: 223.5.5.5\n        DNS Domain: example')
  expect(hit(why(cluster({ status }, KNOWS, DENIES), NAME), ID).message).toContain('`corp.example`')
})

test('the rule as a block of the Corefile is proved, and applied it works', () => {
  const files = cluster({}, KNOWS, DENIES)
  const [fix] = hit(why(files, NAME), ID).fixes
  expect(fix?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get(CONFIG_MAP)?.text()).toContain('corp.example:53 {')
  const diagnosis = why(after, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
  expect(hits(why(changed(after, CONFIG_MAP, 'corp.example:53 {', 'corp.invalid:53 {'), NAME), ID)).toHaveLength(1)
})
