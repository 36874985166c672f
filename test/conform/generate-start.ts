// Starts: Corefiles made of right and wrong words of each plugin, then damaged as people damage them. What is compared is what the process prints and whether it runs.
import { since } from '../../src/hops/coredns/plugin.ts'
import { pluginOrder } from '../../src/hops/coredns/order.ts'
import { Dice, seedOf } from './dice.ts'
import { releaseOf, versionOf } from './generate.ts'
import type { Scenario } from './scenario.ts'
import { KEY_LINES, STRAY, WORDS, type PluginWords } from './start-words.ts'

/** Apart from the scenarios of other parts that have the same seed. */
const SALT = 0x5747

const ZONE = '$TTL 300\n@ IN SOA ns host 7 3600 600 86400 60\n@ IN NS ns\nns IN A 10.2.0.53\n'
const FILES: Readonly<Record<string, string>> = {
  'zone.db': ZONE, 'broken.db': `${ZONE}a IN A 300.1.1.1\n`, 'empty.db': '', 'noSoa.db': '@ 300 IN NS ns\nns 300 IN A 10.2.0.53\n', 'zones/db.test': ZONE, 'zones/db.sub.test': 'x',
  'hosts.txt': '10.1.0.1 h1.test\n', 'resolv.conf': 'nameserver 127.0.0.11\nnameserver 127.0.0.12\n', 'search.conf': 'search a.test b.test\nnameserver 127.0.0.11\n', 'empty.conf': '', 'import.conf': 'whoami\n',
  'w.txt': 'w1.test\n10.0.0.1 3\n10.0.0.2 1\n',
}
const ENV = { ZONE: 'env.test' }

export function generateStart(seed: number, nth: number, plugins?: readonly string[]): Scenario {
  const version = releaseOf(nth)
  const dice = new Dice(seedOf(seed ^ SALT, nth))
  const known = new Set(pluginOrder(versionOf(version)))
  const names = Object.keys(WORDS).filter(name => (plugins ? plugins.includes(name) : name === 'import' || known.has(name) || dice.chance(0.02)) && isThere(WORDS[name] as PluginWords, version))
  const count = dice.of([1, 1, 1, 1, 2, 3])
  const blocks = Array.from({ length: count }, () => block(dice, names))
  const snippet = dice.chance(0.1) ? ['(snippet) {', ' whoami', '}'] : []
  const whole = [...snippet, ...blocks.flat()]
  const lines = dice.chance(0.3) ? damaged(dice, whole) : whole
  const text = lines.join('\n')
  const files = Object.fromEntries(Object.entries(FILES).filter(([path]) => text.includes(path.split(/[/.]/)[0] as string)))
  return { id: `start-${seed}-${nth}`, part: 'start', version, blocks: [], lines: [...lines, ''], script: {}, files, env: text.includes('ZONE') ? ENV : {}, steps: [] }
}

const isThere = (words: PluginWords, version: string): boolean => !words.since || since(versionOf(version), ...words.since)

function block(dice: Dice, names: readonly string[]): string[] {
  const key = dice.chance(0.85) ? dice.of(['.', 'test', '.:5300', 'test example.org']) : dice.of(KEY_LINES)
  const uses = dice.of([1, 1, 1, 2, 2, 3])
  return [`${key} {`, ...Array.from({ length: uses }, () => use(dice, dice.of(names))).flat(), ...dice.chance(0.1) ? [' errors'] : [], ...dice.chance(0.2) ? [' whoami'] : [], '}']
}

function use(dice: Dice, name: string): string[] {
  const { args, options } = WORDS[name] as PluginWords
  // Mostly what a right use begins with, so that options are come to.
  const head = ` ${name} ${dice.chance(0.5) ? dice.of(args.slice(0, 4)) : dice.of(args)}`.trimEnd()
  if (options.length === 0 || dice.chance(0.35)) return dice.chance(0.03) ? [`${head} {`, ' }'] : [head]
  const some = Array.from({ length: dice.of([1, 1, 1, 2, 2, 3]) }, () => dice.of(options))
  return [`${head} {`, ...some.map(option => `  ${option}`), ' }']
}

/** One change of the kinds that come of an editor. */
function damaged(dice: Dice, lines: readonly string[]): string[] {
  const at = dice.below(lines.length)
  const line = lines[at] as string
  const words = line.trim().split(' ')
  const place = dice.below(words.length)
  const indent = /^ */.exec(line)?.[0] ?? ''
  const rewritten = (now: readonly string[]): string[] => lines.with(at, indent + now.join(' ')) as string[]
  switch (dice.below(8)) {
    case 0: return lines.toSpliced(at, 1) as string[]
    case 1: return lines.toSpliced(at, 0, line) as string[]
    case 2: return rewritten(words.toSpliced(place, 1))
    case 3: return rewritten(words.toSpliced(place, 0, dice.of(STRAY)))
    case 4: return rewritten(words.with(place, dice.of(STRAY)))
    case 5: return rewritten(words.with(place, `${words[place]}${dice.of(STRAY)}`))
    case 6: return lines.toSpliced(at, 0, dice.of(STRAY)) as string[]
    default: return lines.slice(0, at) as string[]
  }
}
