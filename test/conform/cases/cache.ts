// Uses of `cache`: caps, floors, stale answers (plugin/cache/setup.go). Times are short, so that a scenario sees entries run out.
import type { PluginCases, World } from '../world.ts'

type Option = readonly [share: number, write: (world: World) => string, since?: readonly [number, number, number]]

const OPTIONS: readonly Option[] = [
  [0.4, world => `success ${world.dice.of(['1024', '5000', '5000 30', '5000 3600 0', '5000 10 1', '5000 300 60'])}`],
  [0.4, world => `denial ${world.dice.of(['1024', '5000', '5000 30', '5000 3600 0', '5000 10 1', '5000 300 60'])}`],
  [0.2, world => `servfail ${world.dice.of(['0', '1s', '10s', '5m', '500ms'])}`, [1, 9, 4]],
  [0.1, world => `disable ${world.dice.of(['success', 'denial', 'success test', 'denial sub.test'])}`, [1, 9, 4]],
  [0.1, () => 'keepttl', [1, 10, 1]],
]

export const cache: PluginCases = {
  plugin: 'cache', share: 0.6,
  write: world => {
    const { dice } = world
    const ttl = dice.chance(0.5) ? ` ${dice.of([1, 2, 5, 30, 60, 300, 3600, 7200])}` : ''
    const zones = dice.chance(0.1) ? ` ${dice.of(['test', 'sub.test', 'test example.org'])}` : ''
    const options = dice.chance(0.4) ? OPTIONS.flatMap(([share, write, from]) => (dice.chance(share) && (!from || world.has(...from)) ? [`\n ${write(world)}`] : [])) : []
    const head = `cache${ttl}${zones}`
    return options.length > 0 ? `${head} {${options.join('')}\n}` : head
  },
}
