// Plugins whose whole use is a line or two.
import type { PluginCases } from '../world.ts'

const FORMATS = ['{common}', '{combined}', '"{type} {name} {rcode} {>rflags} {rsize}"', '"{name} {remote} {type} {class} {proto} {size} {>do} {>bufsize} {>opcode} {/log/type} {/log/class}"']

export const SMALL: readonly PluginCases[] = [
  { plugin: 'errors', share: 0.9, write: () => 'errors' },
  {
    plugin: 'log', share: 0.9,
    write: ({ dice }) => {
      const format = dice.chance(0.15) ? ` . ${dice.of(FORMATS)}` : dice.chance(0.05) ? ' sub.test' : ''
      return dice.chance(0.15) ? `log${format} {\n class ${dice.of(['denial', 'error', 'success', 'denial error', 'all'])}\n}` : `log${format}`
    },
  },
  // Its probe of itself moves `policy round_robin` on at a time of its own (cases/forward.ts).
  // Its probe comes from 127.0.0.1, wherever the lane is: nothing may look at that.
  { plugin: 'loop', share: 0.1, write: world => (world.looksAtClient ? undefined : 'loop') },
  {
    plugin: 'loadbalance', share: 0.15,
    write: world => {
      world.shuffles = true
      return world.dice.of(['loadbalance', 'loadbalance round_robin'])
    },
  },
  { plugin: 'minimal', share: 0.08, write: () => 'minimal' },
  { plugin: 'any', share: 0.1, write: world => (world.queries.push({ type: 'ANY' }), 'any') },
  {
    plugin: 'bufsize', share: 0.08,
    write: world => {
      world.queries.push({ edns: { size: 4096 } })
      return world.dice.of(['bufsize', 'bufsize 512', 'bufsize 1232', 'bufsize 4096'])
    },
  },
  {
    plugin: 'local', share: 0.08,
    write: world => {
      world.ask('localhost.', 'a.localhost.', 'localhost.test.', '1.0.0.127.in-addr.arpa.', '127.in-addr.arpa.', '255.in-addr.arpa.')
      return world.has(1, 14, 7) && world.dice.chance(0.2) ? 'local {\n localhost_prefix off\n}' : 'local'
    },
  },
  {
    plugin: 'whoami', share: 0.1,
    write: world => {
      world.looksAtClient = true
      return 'whoami'
    },
  },
]
