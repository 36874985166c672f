// Lookups for the machine's own stub resolvers: resolv.conf × hosts × name × what four scripted servers answer. Times are short where the file has a say.
import type { StubCase } from './stub-live.ts'
import { Dice, seedOf } from './dice.ts'

const SALT = 0x57b5

const SERVERS = ['127.0.1.1', '127.0.1.2', '127.0.1.3', '127.0.1.9'] as const
const SEARCHES = ['', '', 'search a.test', 'search a.test b.test', 'search a.test b.test c.d.test', 'domain a.test', 'search .', 'search A.test', 'search a.test. b.test.', 'search a.test\nsearch b.test', 'domain a.test\nsearch b.test', 'search'] as const
const OPTIONS = ['ndots:0', 'ndots:2', 'ndots:5', 'ndots:15', 'ndots:99', 'ndots:x', 'single-request', 'single-request-reopen', 'use-vc', 'edns0', 'trust-ad', 'no-tld-query', 'no-aaaa', 'debug', 'inet6', 'nosuchoption', 'ndots:1', 'timeout:2'] as const
const NAMES = ['host', 'host.a', 'host.a.test', 'host.a.test.', 'x.y.z', 'x.y.z.', 'HOST', 'localhost', 'pod7', '10.1.2.3', 'fd00::1', 'under_score', 'a..b', '.', `${'l'.repeat(63)}.test`, `${'l'.repeat(64)}.test`, 'host.', '1.2', 'alias', 'v4only', 'v6only', 'both.test', '*.test', 'a b', '-dash.test', '0x7f.1', '127.1'] as const
const DO = ['ADDR 10.0.0.1', 'ADDR 10.0.0.1', 'ADDR 10.0.0.1', 'ADDR 10.0.0.1 10.0.0.2', 'NX', 'NX', 'NODATA', 'NODATA', 'NXNOSOA', 'NODATANOSOA', 'SERVFAIL', 'SERVFAIL', 'REFUSED', 'FORMERR', 'NOTIMP', 'LAME', 'LAMENS', 'CNAME target.test 10.0.0.3', 'CNAME target.test', 'TC', 'TCPART', 'DROP', 'WRONGID', 'AS other.test. A ADDR 10.0.0.5', 'AS @ A NODATA', 'AS @ AAAA NX', 'DELAY 60 ADDR 10.0.0.4', 'DELAY 300 NX'] as const
const HOSTS = ['', '', '', '10.7.0.1 host', '10.7.0.1 host.a.test host', 'fd00::7 host\n10.7.0.2 host', '10.7.0.1 HOST # x', '127.0.0.1 localhost\n10.7.0.9 pod7', 'bad host\n10.7.0.3 x.y.z'] as const

/** The k-th lookup of a seed; the same for every program. */
export function generateStub(seed: number, nth: number): StubCase {
  const dice = new Dice(seedOf(seed ^ SALT, nth))
  const servers = dice.shuffled(SERVERS.slice(0, dice.chance(0.15) ? 4 : 3)).slice(0, dice.of([1, 1, 1, 2, 2, 3]))
  const search = dice.of(SEARCHES)
  // One second and one more try, so that a silent server takes seconds and not a minute.
  const options = ['timeout:1', 'attempts:2', ...dice.some(OPTIONS, 0.1)]
  const resolvConf = [...search === '' ? [] : [search], ...servers.map(s => `nameserver ${s}`), `options ${options.join(' ')}`, ''].join('\n')
  const name = dice.of(NAMES)
  const families = ['unspec', 'unspec', 'unspec', 'inet', 'inet6'] as const
  return { group: 'conform', case: `stub-${seed}-${nth}`, resolvConf, hosts: `${dice.of(HOSTS)}\n`, name, family: dice.of(families), rules: rulesFor(dice, name) }
}

type Rules = StubCase['rules']

/** An address is of its question's type: what no real server sends, a program may read in any way. */
const typed = (rule: Rules[number]): Rules => (!rule.do.includes('10.0.0.') || rule.type === 'A' ? [rule]
  : rule.type === 'AAAA' ? [{ ...rule, do: rule.do.replaceAll('10.0.0.', 'fd00::') }]
    : [{ ...rule, type: 'A' }, { ...rule, type: 'AAAA', do: rule.do.replaceAll('10.0.0.', 'fd00::') }])

function rulesFor(dice: Dice, name: string): Rules {
  const bare = name.replace(/\.$/, '')
  const names = bare === '' ? ['*'] : ['*', '*', `${bare}.`, `${bare}.a.test.`, `${bare}.b.test.`]
  const count = dice.between(1, 4)
  return Array.from({ length: count }, (): Rules => {
    const server = dice.chance(0.3) ? dice.of(['1', '2', '3']) : undefined
    const type = dice.chance(0.35) ? dice.of(['A', 'AAAA']) : undefined
    const proto = dice.chance(0.08) ? dice.of(['udp', 'tcp']) : undefined
    const wanted = dice.of(names)
    const act = dice.of(DO)
    return typed({ ...(server !== undefined && { server }), ...(wanted !== '*' && { name: wanted }), ...(type !== undefined && { type }), ...(proto !== undefined && { proto }), do: act })
  }).flat()
}
