import { expect, test } from 'vitest'
import {
  brief, bundle, changed, client, CONFIG_MAP, coredns, corefile, dnsService, hit, hits, kubeletConfig, lines, log, node, probe, resolvConf, served,
  STOCK_COREFILE, stockCluster, why, type Piece,
} from '../../test/support/bundle.ts'

const ID = 'fix-that-does-not-fix'
const NAME = 'db.corp.example'
const KNOWS = probe('10.0.0.2', NAME, '10.9.0.7')
const DENIES = probe('223.5.5.5', NAME, 'NXDOMAIN', { zone: 'example.' })
const withPolicy = (options: string, servers = '10.0.0.2 223.5.5.5'): string => STOCK_COREFILE.replace('/etc/resolv.conf', `${servers} {\n        ${options}\n    }`)
const cluster = (text: string, ...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2'], { corefile: text, version: '1.13.1' }), ...more)

test('policy sequential over servers that disagree: still a mixed list', () => {
  const diagnosis = why(cluster(withPolicy('policy sequential'), KNOWS, DENIES), NAME)
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('warning likely fix-that-does-not-fix')
  expect(lines(found)).toEqual(['* cluster/configmaps.yaml: policy sequential', '  cluster/configmaps.yaml: forward . 10.0.0.2 223.5.5.5'])
})

test('round_robin alike; and by the addresses alone it is possible', () => {
  expect(brief(hit(why(cluster(withPolicy('policy round_robin'), KNOWS, DENIES), NAME), ID))).toBe('warning likely fix-that-does-not-fix')
  expect(brief(hit(why(cluster(withPolicy('policy sequential')), NAME), ID))).toBe('warning possible fix-that-does-not-fix')
})

test('near miss: random is nobody’s attempt; equal servers may have any policy; failover NXDOMAIN does mend it', () => {
  expect(hits(why(cluster(withPolicy('policy random'), KNOWS, DENIES), NAME), ID)).toEqual([])
  expect(hits(why(cluster(withPolicy('policy sequential', '10.0.0.2 10.0.0.3'), KNOWS), NAME), ID)).toEqual([])
  expect(hits(why(cluster(withPolicy('policy sequential'), KNOWS, probe('223.5.5.5', NAME, '10.9.0.7')), NAME), ID)).toEqual([])
  expect(hits(why(cluster(withPolicy('policy sequential\n        failover NXDOMAIN'), KNOWS, DENIES), NAME), ID)).toEqual([])
})

test('near miss: the name has its own block, which is the cure that the page names', () => {
  const files = cluster(`corp.example:53 {\n    forward . 10.0.0.2\n}\n${withPolicy('policy sequential')}`, KNOWS, DENIES)
  const diagnosis = why(files, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('alternate and fanout are in no stock image; a server that refused the file confirms it, one that answers refutes it', () => {
  const text = STOCK_COREFILE.replace('cache 30', 'cache 30\n    alternate NXDOMAIN . 10.0.0.2')
  const quiet = hit(why(cluster(text, KNOWS), NAME), ID)
  expect([brief(quiet), lines(quiet)]).toEqual(['warning likely fix-that-does-not-fix', ['* cluster/configmaps.yaml: alternate NXDOMAIN . 10.0.0.2']])
  const refused = log('kube-system/coredns-a', "/etc/coredns/Corefile:8 - Error during parsing: Unknown directive 'alternate'")
  expect(brief(hit(why(cluster(text, KNOWS, refused), NAME), ID))).toBe('error confirmed fix-that-does-not-fix')
  const serves = log('kube-system/coredns-a', served('08:00:00.000', 'A', NAME, 'NOERROR'))
  expect(hits(why(cluster(text, KNOWS, serves), NAME), ID)).toEqual([])
  expect(hits(why(changed(cluster(text, KNOWS), CONFIG_MAP, 'alternate NXDOMAIN . 10.0.0.2\n', '\n'), NAME), ID)).toEqual([])
})

const HEAD = '# This is /run/systemd/resolve/resolv.conf managed by man:systemd-resolved(8).\n# Do not edit.\n\n'
const generated = (servers: string, listed: readonly string[]): ReturnType<typeof bundle> => bundle(
  node('n1', {
    kubelet: kubeletConfig('clusterDNS:\n- 10.96.0.10\nresolvConf: /run/systemd/resolve/resolv.conf\n'),
    files: {
      '/etc/netplan/01-net.yaml': `network:\n  version: 2\n  ethernets:\n    eth0:\n      addresses: [10.1.0.5/24]\n      nameservers:\n        addresses: [${servers}]\n`,
      '/run/systemd/resolve/resolv.conf': `${HEAD}${resolvConf(listed)}search .\n`,
    },
  }),
  corefile(), coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2', '223.5.5.5']) }), dnsService([['10.244.0.3', 'n1']]), client('web'), KNOWS, DENIES,
)

test('an edit of the file that systemd-resolved writes is a line that its sources would not make', () => {
  const found = hit(why(generated('10.0.0.2, 223.5.5.5', ['10.0.0.2', '10.0.0.9']), NAME), ID)
  expect(brief(found)).toBe('warning likely fix-that-does-not-fix')
  expect(lines(found)[0]).toBe('* nodes/n1/run/systemd/resolve/resolv.conf: 10.0.0.9')
})

test('so is a line that was taken out', () => {
  const found = hit(why(generated('10.0.0.2, 223.5.5.5', ['10.0.0.2']), NAME), ID)
  expect(lines(found)).toEqual(['* nodes/n1/etc/netplan/01-net.yaml: 223.5.5.5'])
  expect(found.sources[0]?.label).toContain('puts it there again')
})

test('near miss: the file is what its sources make, whatever pods still have', () => {
  expect(hits(why(generated('10.0.0.2, 223.5.5.5', ['10.0.0.2', '223.5.5.5']), NAME), ID)).toEqual([])
})
