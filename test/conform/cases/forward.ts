// Uses of `forward`: its servers, policies, options by release (plugin/forward/setup.go).
import { CLOSED, UPSTREAMS, type PluginCases, type World } from '../world.ts'

type Option = readonly [share: number, write: (world: World) => string, since?: readonly [number, number, number]]

const OPTIONS: readonly Option[] = [
  [0.15, () => 'except skip.test'],
  [0.1, () => 'force_tcp'],
  [0.15, () => 'prefer_udp'],
  [0.25, world => `policy ${world.dice.of(['random', world.used.has('loop') ? 'random' : 'round_robin', 'sequential'])}`],
  [0.1, world => `max_fails ${world.dice.of([0, 1, 3])}`],
  [0.05, () => 'expire 5s'],
  [0.08, world => `health_check ${world.dice.of(['0.5s', '1s', '1s no_rec', '0.5s domain probe.test.'])}`],
  [0.05, () => 'max_concurrent 100'],
  [0.2, world => `next ${world.dice.of(['NXDOMAIN', 'SERVFAIL', 'NXDOMAIN REFUSED', 'NOERROR'])}`, [1, 11, 4]],
  [0.1, () => 'next_on_nodata', [1, 14, 4]],
  [0.1, world => `failover ${world.dice.of(['SERVFAIL', 'REFUSED SERVFAIL', 'NXDOMAIN'])}`, [1, 13, 0]],
  [0.05, () => 'failfast_all_unhealthy_upstreams', [1, 12, 1]],
  [0.05, world => `max_connect_attempts ${world.dice.of([1, 2, 5])}`, [1, 13, 2]],
  [0.05, () => 'max_idle_conns 2', [1, 14, 1]],
  [0.05, () => 'max_age 30s', [1, 14, 3]],
  [0.05, () => 'read_timeout 1s', [1, 14, 5]],
]

function servers(world: World): string[] {
  const { dice } = world
  const count = dice.of([1, 1, 1, 1, 2, 2, 3])
  const chosen: string[] = dice.shuffled(UPSTREAMS).slice(0, count)
  for (const address of chosen) world.upstreams.add(address)
  // A refused port is tried again and again before 1.14.7, which fills the time of a scenario.
  if (dice.chance(world.has(1, 14, 7) ? 0.05 : 0.01)) chosen.push(CLOSED)
  return chosen.map(address => (dice.chance(0.05) ? `dns://${address}` : dice.chance(0.05) ? `${address}:53` : address))
}

function one(world: World, from: string): string {
  const { dice } = world
  if (dice.chance(0.03)) {
    for (const address of UPSTREAMS) world.upstreams.add(address)
    return `forward ${from} ${world.file('resolv.conf', UPSTREAMS.map(a => `nameserver ${a}\n`).join(''))}`
  }
  const tos = servers(world).join(' ')
  const options = dice.chance(0.5) ? [] : OPTIONS.flatMap(([share, write, first]) => (dice.chance(share) && (!first || world.has(...first)) ? [`\n ${write(world)}`] : []))
  if (options.some(o => o.includes('except'))) world.ask('skip.test.', 'a.skip.test.')
  return options.length > 0 ? `forward ${from} ${tos} {${options.join('')}\n}` : `forward ${from} ${tos}`
}

export const forward: PluginCases = {
  plugin: 'forward', share: 0.85,
  write: world => {
    const from = world.dice.chance(0.85) ? '.' : world.dice.of(['test', 'sub.test', 'example.org'])
    const first = one(world, from)
    if (!world.has(1, 10) || world.dice.chance(0.85)) return first
    return `${first}\n${one(world, world.dice.of(['.', 'test', from]))}`
  },
}
