// Uses of `file` and `auto` with a zone of the kinds of names that they tell apart (plugin/file/lookup.go).
import type { PluginCases, World } from '../world.ts'

const RECORDS = [
  '@ 300 IN A 10.2.0.1', 'a IN A 10.2.0.2', 'a IN A 10.2.0.3', 'www 60 IN CNAME a', 'c 60 IN CNAME gone', 'ext IN CNAME host.example.org.', 'loop1 IN CNAME loop2', 'loop2 IN CNAME loop1',
  'sub IN NS ns.sub', 'ns.sub IN A 10.2.0.9', '*.wild IN A 10.2.0.4', 'x.wild IN TXT "not the wildcard"', 'deep.er.e IN A 10.2.0.5', 'mx IN MX 10 mail', 'mail IN A 10.2.0.6',
  '_s._tcp IN SRV 0 5 80 a', 'd IN DNAME other.test.', 'txt IN TXT "one" "two three"', 'six IN AAAA fd00::6', '@ IN TXT "apex"', '*.al IN CNAME a', 'b 0 IN A 10.2.0.7', 'B IN AAAA fd00::7',
]
const NAMES = ['', 'a', 'A', 'www', 'c', 'ext', 'loop1', 'x.sub', 'sub', 'ns.sub', 'q.wild', 'wild', 'x.wild', 'er.e', 'e', 'deep.er.e', 'mx', '_s._tcp', 'h.d', 'd', 'txt', 'six', 'x.al', 'nx', 'b', 'x.a', 'a.b.wild']

function zone({ dice }: World): string {
  return [
    `$TTL ${dice.of(['300', '1h', '5'])}`, '@ IN SOA ns host 7 3600 600 86400 60', '@ IN NS ns', '@ IN NS ns2.example.org.', 'ns IN A 10.2.0.53', ...dice.some(RECORDS, 0.8), '',
  ].join('\n')
}

const askAbout = (world: World): void => {
  world.ask(...world.dice.shuffled(NAMES).slice(0, 8).map(n => (n === '' ? 'test.' : `${n}.test.`)))
  world.queries.push({ type: world.dice.of(['NS', 'SOA', 'A', 'ANY', 'CNAME', 'SRV', 'MX']) }, { edns: { size: 1232, do: true } })
}

/** Of zones that the block serves; without this the plugin would answer for the whole block. */
const served = (world: World): boolean => world.zone === '.' || world.zone === 'test.'

export const ZONES: readonly PluginCases[] = [
  {
    plugin: 'file', share: 0.15,
    write: world => {
      if (!served(world)) return undefined
      askAbout(world)
      const falls = world.has(1, 12, 2) && world.dice.chance(0.3)
      return `file ${world.file('zone.db', zone(world))} test${falls ? ' {\n fallthrough\n}' : world.dice.chance(0.2) ? ' {\n reload 0\n}' : ''}`
    },
  },
  {
    plugin: 'auto', share: 0.06,
    write: world => {
      if (!served(world) || world.used.has('file')) return undefined
      askAbout(world)
      world.file('zones/db.test', zone(world))
      if (world.dice.chance(0.3)) world.file('zones/db.sub.test', zone(world))
      return `auto test {\n directory zones\n reload ${world.dice.of(['0', '1m'])}\n}`
    },
  },
]
