// Uses of `acl`: actions, types, networks of the asker (plugin/acl/setup.go).
import type { PluginCases, World } from '../world.ts'

const NETS = ['127.0.0.2', '127.0.0.3/32', '127.0.0.0/25', '127.0.0.128/25', '*', '127.0.0.2 127.0.0.4', '10.0.0.0/8', 'fd00::/8']

function line({ dice }: World, drops: boolean): string {
  const action = dice.of(drops ? ['allow', 'block', 'filter', 'drop'] : ['allow', 'block', 'filter', 'block'])
  const type = dice.chance(0.5) ? ` type ${dice.of(['A', 'AAAA', 'A AAAA', '*', 'TXT MX'])}` : ''
  const net = dice.chance(0.75) ? ` net ${dice.of(NETS)}` : ''
  return ` ${action}${type}${net}`
}

export const acl: PluginCases = {
  plugin: 'acl', share: 0.12,
  write: world => {
    const { dice } = world
    world.looksAtClient = true
    // Silence takes a scenario's time.
    const drops = world.has(1, 10, 1) && dice.chance(0.1)
    const zones = dice.chance(0.3) ? ` ${dice.of(['test', 'sub.test', 'test example.org'])}` : ''
    return `acl${zones} {\n${Array.from({ length: dice.between(1, 4) }, () => `${line(world, drops)}\n`).join('')}}`
  },
}
