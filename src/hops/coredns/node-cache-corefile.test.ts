import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineSource, sourcesOf, type Sourced } from '../../chain/source.ts'
import { isCompiledIn, corednsOfNodeCache } from './node-cache.ts'
import { nodeCacheCorefile, type NodeCacheSettings } from './node-cache-corefile.ts'

const of = (file: string, value: string): Sourced<string> => ({ value, source: lineSource(file, 1, value) })
const SETTINGS: NodeCacheSettings = {
  release: '1.26.7', localIps: of('args', '169.254.20.10,10.96.0.10'), port: 53, clusterDns: of('service', '10.96.77.7'),
}
const TEMPLATE = `cluster.local:53 {
    bind __PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__
    forward . __PILLAR__CLUSTER__DNS__ {
            force_tcp
    }
}
.:53 {
    forward . __PILLAR__UPSTREAM__SERVERS__
}
`

test('the process fills in its addresses, the Service of -upstreamsvc, and the node\'s resolv.conf', () => {
  expect(nodeCacheCorefile('t', TEMPLATE, SETTINGS)).toMatchObject({
    text: TEMPLATE.replace('__PILLAR__LOCAL__DNS__ __PILLAR__DNS__SERVER__', '169.254.20.10 10.96.0.10 ').replace('__PILLAR__CLUSTER__DNS__', '10.96.77.7')
      .replace('__PILLAR__UPSTREAM__SERVERS__', '/etc/resolv.conf'),
    problems: [], upstreams: '/etc/resolv.conf',
  })
})

test('servers of ConfigMap kube-dns are asked by UDP where the template says force_tcp in its usual spelling, and stub domains get blocks', () => {
  const template = '.:53 {\n    errors\n    forward . __PILLAR__UPSTREAM__SERVERS__ {\n            force_tcp\n    }\n    loop\n}\n'
  const made = nodeCacheCorefile('t', template, { ...SETTINGS, upstreamNameservers: of('up', '["10.0.0.2"]'), stubDomains: of('stub', '{"corp.test": ["10.0.0.3"]}') })
  expect(made.text).toBe('.:53 {\n    errors\n    forward . 10.0.0.2\n    loop\n}\n'
    + '\ncorp.test:53 {\n    errors\n    cache 30\n    bind 169.254.20.10 10.96.0.10\n    forward . 10.0.0.3\n}\n')
  const place = (word: string): unknown => {
    const start = made.text.indexOf(word)
    const { line, column, text, file, behind } = made.back(sourcesOf('t', made.text)(start, start + word.length))
    return { line, column, text, file, behind: behind?.map(b => b.file) }
  }
  expect(place('loop')).toEqual({ line: 6, column: 5, text: 'loop', file: 't', behind: undefined })
  expect(place('10.0.0.2')).toEqual({ line: 3, column: 15, text: '__PILLAR__UPSTREAM__SERVERS__', file: 't', behind: ['up'] })
  expect(place('10.0.0.3')).toMatchObject({ file: 'stub', line: 1 })
})

test('what the installer forgot, and a Service that was not there, are said with their places', () => {
  const { problems, text } = nodeCacheCorefile('t', `__PILLAR__DNS__DOMAIN__:53 {\n  forward . __PILLAR__CLUSTER__DNS__\n}\n`, { ...SETTINGS, clusterDns: { value: undefined, source: lineSource('args', 1, 'x') } })
  expect(text).toContain('forward . <nil>')
  expect(problems.map(p => [p.code, p.source?.line, p.source?.text])).toEqual([['node-cache-placeholder', 1, '__PILLAR__DNS__DOMAIN__'], ['node-cache-no-upstream', 2, '__PILLAR__CLUSTER__DNS__']])
})

test('one mistake in ConfigMap kube-dns makes nothing of all of it', () => {
  const made = nodeCacheCorefile('t', TEMPLATE, { ...SETTINGS, upstreamNameservers: of('up', '["10.0.0.2"]'), stubDomains: of('stub', '{"Corp": ["10.0.0.3"]}') })
  expect(made).toMatchObject({ upstreams: '/etc/resolv.conf', stubDomains: 0, refused: { by: 'sync', text: 'invalid domain name: "Corp"' }, problems: [{ code: 'node-cache-kube-dns' }] })
})

test('a server that is a name is refused since 1.22.10, and written into the Corefile before', () => {
  const made = (release: string): string => nodeCacheCorefile('t', TEMPLATE, { ...SETTINGS, release, stubDomains: of('stub', '{"corp.test": ["ns.corp.test"]}') }).text
  expect(made('1.22.10')).not.toContain('ns.corp.test')
  expect(made('1.22.9')).toContain('forward . ns.corp.test')
})

test('any text is filled in without an exception, and every place leads into the template', () => {
  const words = fc.constantFrom('__PILLAR__LOCAL__DNS__', '__PILLAR__DNS__SERVER__', '__PILLAR__CLUSTER__DNS__', '__PILLAR__UPSTREAM__SERVERS__', '__PILLAR__X__', ' ', '\n', '{', 'bind', '    forward . __PILLAR__UPSTREAM__SERVERS__ {\n            force_tcp\n    }\n')
  fc.assert(fc.property(fc.array(words).map(all => all.join('')), fc.option(fc.json()), fc.option(fc.string()), fc.nat(), fc.nat(), (template, stub, up, a, b) => {
    const made = nodeCacheCorefile('t', template, { ...SETTINGS, ...(stub !== null && { stubDomains: of('stub', stub) }), ...(up !== null && { upstreamNameservers: of('up', up) }) })
    const [start, end] = [a % (made.text.length + 1), b % (made.text.length + 1)].sort((x, y) => x - y) as [number, number]
    const back = made.back(sourcesOf('t', made.text)(start, end))
    if (back.file === 't') expect([back.start <= back.end, back.end <= template.length]).toEqual([true, true])
    else expect(back.file).toBe('stub')
  }))
})

test.each([['1.21.1', '1.7.0'], ['1.22.13', '1.7.0'], ['1.22.14', '1.10.0'], ['1.23.1', '1.10.0'], ['1.24.0', '1.11.3'], ['1.26.4', '1.11.3'], ['1.26.5', '1.12.2'], ['1.26.7', '1.13.1']])('node-cache %s is CoreDNS %s', (release, version) => {
  expect(corednsOfNodeCache(release)).toEqual({ version, assumed: false })
})

test('a release that nobody looked at is taken to be like the newest, and said to be', () => {
  expect([corednsOfNodeCache('1.27.0'), corednsOfNodeCache(undefined)]).toEqual([{ version: '1.13.1', assumed: true }, { version: '1.13.1', assumed: true }])
})

test('plugins came with releases, and most of CoreDNS\' own are in none', () => {
  const has = (version: string, plugin: string): boolean => isCompiledIn({ program: 'node-cache', version }, plugin)
  expect([has('1.22.6', 'bufsize'), has('1.22.7', 'bufsize'), has('1.21.1', 'dns64'), has('1.26.7', 'kubernetes'), has('1.26.7', 'metadata')]).toEqual([false, true, false, false, true])
  expect(isCompiledIn(undefined, 'kubernetes')).toBe(true)
})

test('a Service that is not there matters where its place is in the template', () => {
  const said = (template: string, clusterDns: NodeCacheSettings['clusterDns']): readonly string[] => nodeCacheCorefile('t', template, { ...SETTINGS, clusterDns } as NodeCacheSettings).problems.map(p => p.code)
  const absent = { value: undefined, source: lineSource('args', 1, 'x') }
  const named = '.:53 {\n  forward . __PILLAR__CLUSTER__DNS__\n}\n'
  expect([said(named, absent), said(named, SETTINGS.clusterDns), said(named, undefined), said('.:53 {\n  forward . 1.1.1.1\n}\n', absent)]).toEqual([['node-cache-no-upstream'], [], [], []])
})

test('the node\'s own servers come from the template alone, and a stub domain from its ConfigMap from its first letter on', () => {
  const template = '.:53 {\n  forward . __PILLAR__UPSTREAM__SERVERS__\n}\n'
  const { text, back } = nodeCacheCorefile('t', template, { ...SETTINGS, upstreamNameservers: of('up', '[]'), stubDomains: of('stub', '{"corp.test": ["10.0.0.3"]}') })
  const of1 = text.indexOf('/etc/resolv.conf')
  expect(back(sourcesOf('t', text)(of1, of1 + 3)).behind).toBeUndefined()
  const stub = text.indexOf('\ncorp.test')
  expect([stub - 1, stub, stub + 1].map(at => back(sourcesOf('t', text)(at, at + 1)).file)).toEqual(['t', 'stub', 'stub'])
})
