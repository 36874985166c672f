import { expect, test } from 'vitest'
import type { NodeFile } from './netplan.ts'
import { readResolvedConf, serverParts } from './resolved-conf.ts'

const read = (texts: Readonly<Record<string, string>>) =>
  readResolvedConf(new Map(Object.entries(texts).map(([path, text]): [string, NodeFile] => [path, { file: path, text }])))

test('drop-ins add up after the main file; an empty DNS= clears and still counts as assigned', () => {
  const main = { '/etc/systemd/resolved.conf': '[Resolve]\nDNS=1.1.1.1 1.1.1.1 127.0.0.53\nDomains=~corp.example lan\nCache=no-negative\n' }
  const one = read({ ...main, '/run/systemd/resolved.conf.d/b.conf': '[Resolve]\nDNS=9.9.9.9\n',
    '/etc/systemd/resolved.conf.d/a.conf': '[Resolve]\nDNSStubListener=false\nReadEtcHosts=no\n' }).value
  expect(one.dns.map(s => `${s.value} ${s.source.file}:${s.source.line}`)).toEqual(['1.1.1.1 /etc/systemd/resolved.conf:2',
    '9.9.9.9 /run/systemd/resolved.conf.d/b.conf:2'])
  expect(one).toMatchObject({ assigned: true, domains: [{ value: '~corp.example' }, { value: 'lan' }], cache: { value: 'no-negative' },
    stubListener: { value: 'no' }, readEtcHosts: false, fallbackDns: undefined })
  expect(read({ ...main, '/etc/systemd/resolved.conf.d/z.conf': '[Resolve]\nDNS=\n' }).value).toMatchObject({ dns: [], assigned: true })
  expect(read({ '/etc/systemd/resolved.conf': '[Resolve]\n#DNS=1.1.1.1\n' }).value).toMatchObject({ dns: [], assigned: false })
})

test('a value that resolved does not know is said and left', () => {
  expect(read({ '/etc/systemd/resolved.conf': '[Resolve]\nCache=maybe\nDNS\n' })).toMatchObject({ value: { cache: undefined },
    problems: [{ code: 'ini-syntax' }, { code: 'resolved-conf-value', source: { line: 2 } }] })
})

test('server texts', () => {
  expect(['1.2.3.4:5353%eth0#x', '[2001:db8::1]:53', '2001:db8::1%eth0', '1.2.3.4#dns.example'].map(serverParts)).toEqual([
    { address: '1.2.3.4', port: 5353 }, { address: '2001:db8::1', port: 53 }, { address: '2001:db8::1', port: 53 },
      { address: '1.2.3.4', port: 53 }])
})
