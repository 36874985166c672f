// Uses of `hosts`: a file and lines in the Corefile, wildcards, reverse entries, passing on (plugin/hosts/setup.go, hostsfile.go).
import type { PluginCases, World } from '../world.ts'

const LINES = [
  '10.1.0.1 h1.test', '10.1.0.2 h1.test H2.Test', '10.1.0.3 h2.test h3.sub.test # three', 'fd00::5 h1.test six.test', '10.1.0.4 *.w.test', '10.1.0.5 x.w.test',
  '10.1.0.6', 'not.an.address h4.test', '10.1.0.999 h5.test', 'fe80::1%eth0 zoned.test', '::ffff:10.1.0.7 mapped.test', '\t10.1.0.8\th6.test\th7.test', '10.1.0.9 example.org',
  '10.1.0.1 again.test', '010.1.0.1 octal.test', '', '# a comment',
]
const NAMES = ['h1.test.', 'H1.TEST.', 'h2.test.', 'h3.sub.test.', 'six.test.', 'x.w.test.', 'y.w.test.', 'a.b.w.test.', 'zoned.test.', 'mapped.test.', 'h6.test.', 'again.test.', 'octal.test.', 'example.org.']
const REVERSE = ['1.0.1.10.in-addr.arpa.', '2.0.1.10.in-addr.arpa.', '9.9.1.10.in-addr.arpa.', '5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa.']

const inline = (world: World): string[] => world.dice.shuffled(LINES.filter(l => /^[\d.:a-f]+ /.test(l) && !l.includes('#'))).slice(0, world.dice.between(1, 4))

export const hosts: PluginCases = {
  plugin: 'hosts', share: 0.3,
  write: world => {
    const { dice } = world
    const hasFile = dice.chance(0.6)
    // Without a file of its own it reads the machine's /etc/hosts, which no case knows.
    const path = hasFile ? world.file('hosts.txt', `${dice.shuffled(LINES).slice(0, dice.between(3, LINES.length)).join(dice.chance(0.1) ? '\r\n' : '\n')}\n`) : world.file('empty.txt', '')
    world.ask(...dice.shuffled(NAMES).slice(0, 4))
    world.queries.push({ name: dice.of(REVERSE), type: 'PTR' })
    const zones = dice.chance(0.15) ? ` ${dice.of(['test', 'sub.test', 'test 10.0.0.0/8', 'w.test'])}` : ''
    const falls = dice.chance(0.7)
    const options = [
      ...(dice.chance(0.5) ? inline(world) : []), ...(dice.chance(0.3) ? [`ttl ${dice.of([1, 30, 60, 65535])}`] : []), ...(dice.chance(0.2) ? ['no_reverse'] : []),
      ...(dice.chance(0.1) ? [`reload ${dice.of(['0', '1h', '300ms'])}`] : []), ...(falls ? [dice.chance(0.7) ? 'fallthrough' : `fallthrough ${dice.of(['test', 'sub.test w.test', 'in-addr.arpa'])}`] : []),
      ...(falls && world.has(1, 14, 7) && dice.chance(0.3) ? ['fallthrough_unsupported'] : []),
    ]
    return options.length > 0 ? `hosts ${path}${zones} {\n${options.map(o => ` ${o}\n`).join('')}}` : `hosts ${path}${zones}`
  },
}
