import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readNsswitch } from './nsswitch.ts'
import { readResolvConf } from './resolv-conf.ts'

const codes = (text: string): string[] => readResolvConf('etc/resolv.conf', text).problems.map(p => `${p.code} ${p.source?.line}`)

test('every word keeps its place', () => {
  const text = '# made by hand\nnameserver 10.96.0.10\n\nsearch a.svc.cluster.local\tcluster.local\noptions ndots:5\n'
  const { value, problems } = readResolvConf('etc/resolv.conf', text)
  expect(problems).toEqual([])
  expect(value.lines.map(line => [line.keyword, ...line.words.map(w => w.value)])).toEqual([
    ['nameserver', '10.96.0.10'], ['search', 'a.svc.cluster.local', 'cluster.local'], ['options', 'ndots:5'],
  ])
  const domain = value.lines[1]?.words[1]?.source
  expect(domain).toMatchObject({ line: 4, column: 28, text: 'cluster.local' })
  expect(text.slice(domain?.start, domain?.end)).toBe('cluster.local')
  expect(value.lines[1]?.source).toMatchObject({ line: 4, column: 1, text: 'search a.svc.cluster.local\tcluster.local' })
})

test('what some stub drops is said, with its line', () => {
  expect(codes('  nameserver 10.0.0.1\nNameserver 10.0.0.2\nnameserver dns.example\nnameserver 10.0.0.3 # office\n')).toEqual([
    'resolv-conf-indented 1', 'resolv-conf-unknown-directive 2', 'resolv-conf-bad-address 3', 'resolv-conf-text-after-address 4',
  ])
  expect(codes('nameserver\nsearch corp.test # office\n')).toEqual(['resolv-conf-no-value 1', 'resolv-conf-comment-is-domain 2'])
  expect(codes(`search ${'a'.repeat(248)}\n`)).toEqual(['resolv-conf-line-too-long-for-musl 1'])
  expect(codes('nameserver 1.1.1.1\nnameserver 1.1.1.2\nnameserver 1.1.1.3\nnameserver 1.1.1.4\n')).toEqual(['resolv-conf-too-many-servers 4'])
  expect(codes('nameserver 10.0.0.1\r\nsearch a.test\r\n')).toEqual(['resolv-conf-crlf 1'])
})

test('no text hurts the reader, and every Source is where it says', () => {
  const piece = fc.oneof(fc.constantFrom('nameserver', 'search', 'options', '\n', '\r\n', ' ', '\t', '#', '10.0.0.1', '__proto__', 'ndots:5'), fc.string({ maxLength: 8 }))
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }).map(all => all.join('')), text => {
    for (const line of readResolvConf('f', text).value.lines) {
      for (const { value, source } of line.words) expect(text.slice(source.start, source.end)).toBe(value)
      expect(text.slice(line.source.start, line.source.end)).not.toContain('\n')
    }
    readNsswitch('f', text)
  }), { verbose: 1 })
  expect(readResolvConf('f', `${'\n'.repeat(200_000)}search ${'x '.repeat(100_000)}`).problems.map(p => p.code)).toEqual(['resolv-conf-too-long'])
  expect(codes(`search ${'x '.repeat(100_000)}`)).toContain('resolv-conf-too-many-words 1')
})

test('the hosts line of nsswitch.conf, with its actions', () => {
  const text = 'passwd: files\nhosts:          files resolve [!UNAVAIL=return] dns # as Ubuntu has it\n'
  const { value, problems } = readNsswitch('etc/nsswitch.conf', text)
  expect(problems).toEqual([])
  expect(value.hosts?.map(word => word.value)).toEqual(['files', 'resolve', '[!UNAVAIL=return]', 'dns'])
  expect(value.hosts?.[1]?.source).toMatchObject({ line: 2, column: 23, text: 'resolve' })
  expect(readNsswitch('f', 'hosts: files [foo dns\nodd line\n').problems.map(p => p.code)).toEqual(['nsswitch-syntax', 'nsswitch-bad-action'])
  expect(readNsswitch('f', '').value.hosts).toBeUndefined()
})
