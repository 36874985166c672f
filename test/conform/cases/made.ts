// Plugins that make replies, or change them, by options of few words: template, header, dns64, autopath, erratic, chaos, nsid.
import type { PluginCases, World } from '../world.ts'

const TEMPLATES: readonly ((world: World) => string)[] = [
  w => {
    w.ask('ip-10-3-0-1.test.', 'ip-1-2.test.')
    return 'template IN A test {\n match ^ip-(?P<a>[0-9]+)-(?P<b>[0-9]+)-(?P<c>[0-9]+)-(?P<d>[0-9]+)\\.test\\.$\n answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"\n fallthrough\n}'
  },
  w => `template IN ${w.dice.of(['AAAA', 'ANY', 'TXT'])} ${w.dice.of(['.', 'test'])} {\n rcode ${w.dice.of(['NXDOMAIN', 'NOERROR', 'REFUSED'])}${w.dice.chance(0.5) ? '\n authority "{{ .Zone }} 60 IN SOA ns.{{ .Zone }} h.{{ .Zone }} (1 60 60 60 60)"' : ''}\n}`,
  w => {
    w.ask('x.t.test.', 'y.x.t.test.')
    return 'template ANY ANY t.test {\n match "^(.*)\\.t\\.test\\.$"\n answer "{{ .Name }} 30 {{ .Class }} TXT \\"{{ index .Match 1 }} {{ .Type }}\\""\n additional "ns.test. 60 IN A 10.4.0.1"\n}'
  },
  w => {
    w.ask('cn.test.')
    return 'template IN A cn.test {\n answer "{{ .Name }} 60 IN CNAME a.test."\n}'
  },
]

export const MADE: readonly PluginCases[] = [
  { plugin: 'template', share: 0.12, write: world => world.dice.of(TEMPLATES)(world) },
  {
    plugin: 'header', share: 0.07,
    write: world => {
      const ways = world.has(1, 14) ? ['query ', 'response '] : world.has(1, 11) ? ['', 'query ', 'response '] : ['']
      const lines = Array.from({ length: world.dice.between(1, 2) }, () => ` ${world.dice.of(ways)}${world.dice.of(['set ra', 'clear ra', 'set aa', 'clear aa rd', 'set rd'])}\n`)
      return `header {\n${lines.join('')}}`
    },
  },
  {
    plugin: 'dns64', share: 0.07,
    write: world => {
      world.queries.push({ type: 'AAAA' })
      // Clients here are on IPv4.
      return world.dice.of(['dns64 {\n allow_ipv4\n}', 'dns64 {\n allow_ipv4\n translate_all\n}', 'dns64 {\n prefix fd64::/96\n allow_ipv4\n}', 'dns64', 'dns64 fd64::/96 {\n allow_ipv4\n}'])
    },
  },
  {
    plugin: 'autopath', share: 0.06,
    write: world => {
      world.ask('a.test.sub.test.', 'b.sub.test.', 'x.y.sub.test.', 'www.example.org.sub.test.')
      return `autopath ${world.dice.of(['.', 'test', 'sub.test'])} ${world.file('search.conf', 'search sub.test test example.org\nnameserver 127.0.0.11\n')}`
    },
  },
  { plugin: 'erratic', share: 0.04, write: world => `erratic {\n drop 0\n truncate ${world.dice.of([0, 2, 3])}\n delay ${world.dice.of(['0', '2 20ms', '3'])}\n}` },
  {
    plugin: 'chaos', share: 0.05,
    write: world => {
      world.queries.push({ name: 'version.bind.', type: 'TXT', klass: 'CH' }, { name: 'authors.bind.', type: 'TXT', klass: 'CH' }, { name: 'hostname.bind.', type: 'TXT', klass: 'CH' })
      return 'chaos CoreDNS-test host@test'
    },
  },
  {
    plugin: 'nsid', share: 0.05,
    write: world => {
      world.queries.push({ edns: { size: 1232, options: [{ code: 3, hex: '' }] } })
      return 'nsid "here I am"'
    },
  },
]
