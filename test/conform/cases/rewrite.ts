// Uses of `rewrite`: each field, each way to match, with and without what is done to the reply (plugin/rewrite/*.go).
import type { PluginCases, World } from '../world.ts'

type Rule = readonly [weight: number, write: (world: World) => string, since?: readonly [number, number, number]]

const ask = (world: World, name: string, text: string): string => {
  world.ask(name)
  return text
}

const RULES: readonly Rule[] = [
  [3, w => ask(w, 'old.test.', 'name old.test www.test')],
  [3, w => ask(w, 'old.test.', `name exact old.test. ${w.dice.of(['www.test.', 'a.sub.test.', 'b.example.org.'])}`)],
  [2, w => ask(w, 'old.test.', 'name exact old.test. www.test. answer auto')],
  [2, w => ask(w, 'pre-a.test.', `name prefix pre- ${w.dice.of(['post-', '"x."'])}`)],
  [3, w => ask(w, 'a.old.test.', `name suffix .old.test. .test.${w.dice.of(['', ' answer auto', ' answer name .test. .old.test.'])}`)],
  [2, w => ask(w, 'a.deep.test.', `name substring deep ${w.dice.of(['sub', 'shallow'])}`)],
  [4, w => ask(w, 'a.re.test.', `name regex (.*)\\.re\\.test ${w.dice.of(['{1}.test', '{1}.sub.test', 'x.{1}.test'])}${w.dice.of(['', ' answer auto', ' answer name (.*)\\.test {1}.re.test', ' answer name (.*)\\.test {1}.re.test answer value (.*)\\.test {1}.val.test'])}`)],
  [1, w => ask(w, 'a.val.test.', 'name suffix .val.test .test answer value .test. .val.test.')],
  [1, () => 'type ANY HINFO'],
  [1, w => `type ${w.dice.of(['MX A', 'AAAA A', 'TXT SRV'])}`],
  [1, () => 'class CH IN'],
  [2, w => `ttl ${w.dice.of(['exact a.test.', 'suffix test', 'regex (.*)\\.test', 'substring es', 'prefix a', 'a.test.'])} ${w.dice.of(['30', '0', '4000'])}`],
  [1, w => `ttl suffix test ${w.dice.of(['10-60', '60-', '-30'])}`, [1, 11, 3]],
  [1, w => `edns0 local ${w.dice.of(['set', 'append', 'replace'])} 0xffee ${w.dice.of(['0x61626364', 'text', '{client_ip}', '{qname}', '{qtype}'])}`],
  [1, w => `edns0 nsid ${w.dice.of(['set', 'append', 'replace'])}`],
  [1, w => `edns0 subnet ${w.dice.of(['set', 'append', 'replace'])} ${w.dice.of(['24 56', '16 48', '32 128'])}`],
  [1, () => 'edns0 local unset 0xffee', [1, 14, 7]],
  [1, w => `rcode ${w.dice.of(['suffix test', 'exact a.test.', 'regex .*'])} ${w.dice.of(['NXDOMAIN NOERROR', 'SERVFAIL NXDOMAIN', 'NOERROR REFUSED'])}`, [1, 11, 3]],
  [1, w => `cname ${w.dice.of(['exact target.test. www.test.', 'suffix target.test. b.test.', 'regex target(.*) www{1}'])}`, [1, 11, 3]],
]
const WEIGHT = RULES.reduce((sum, [weight]) => sum + weight, 0)

function rule(world: World): string {
  let left = world.dice.below(1000) / 1000 * WEIGHT
  for (const [weight, write, first] of RULES) {
    left -= weight
    if (left < 0) return !first || world.has(...first) ? write(world) : 'name old.test www.test'
  }
  return 'type ANY HINFO'
}

export const rewrite: PluginCases = {
  plugin: 'rewrite', share: 0.2,
  write: world => {
    world.looksAtClient = true
    const count = world.dice.between(1, 3)
    return Array.from({ length: count }, () => {
      const text = rule(world)
      const mode = world.dice.of(['', '', 'stop ', count > 1 ? 'continue ' : ''])
      return `rewrite ${mode}${text}`
    }).join('\n')
  },
}
