// Makes scenarios: the k-th of a seed is always the same one. Configuration × what was done before × question, from the tables in cases/.
import { since, type CorednsVersion } from '../../src/hops/coredns/plugin.ts'
import { CASES } from './cases/index.ts'
import { OTHERWISE, scriptName } from './cases/upstream.ts'
import { Dice, seedOf } from './dice.ts'
import type { Query, Scenario, ScenarioBlock, Script, Step } from './scenario.ts'
import { CLIENTS, World, type PluginCases } from './world.ts'

export const RELEASES = ['1.9.3', '1.11.3', '1.14.7', '1.15.0'] as const

/** Releases take turns. */
export const releaseOf = (nth: number): string => RELEASES[nth % RELEASES.length] as string

export const versionOf = (release: string): CorednsVersion => release.split('.').map(Number) as unknown as CorednsVersion

/** `plugins`: only these, and all of them where they exist; for a look at one plugin. */
export function generate(seed: number, nth: number, plugins?: readonly string[]): Scenario {
  const release = releaseOf(nth)
  const world = new World(new Dice(seedOf(seed, nth)), versionOf(release))
  const blocks = blocksOf(world, plugins)
  nameNames(world)
  const script: Script = Object.fromEntries([...world.upstreams].sort().map(address => [address, [...world.rules, OTHERWISE]]))
  return {
    id: `coredns-${seed}-${nth}`, part: 'coredns',
    version: release, blocks, script, files: { ...world.files }, env: { ...world.env }, steps: stepsOf(world),
  }
}

const KEYS: readonly (readonly (readonly [keys: string, zone: string])[])[] = [
  [['.', '.']], [['.', '.']], [['.', '.']], [['test', 'test.']], [['.', '.'], ['sub.test', 'sub.test.']], [['test', 'test.'], ['sub.test', 'sub.test.']],
  [['sub.test example.org', 'sub.test.'], ['test', 'test.']], [['10.0.0.0/8 test', 'test.'], ['.', '.']], [['dns://.', '.']],
]

function blocksOf(world: World, plugins: readonly string[] | undefined): ScenarioBlock[] {
  const isViewed = world.has(1, 10) && (plugins ? plugins.includes('view') : world.dice.chance(0.08))
  const all = isViewed ? VIEWED : world.dice.of(KEYS)
  return all.map(([keys, zone], i) => {
    world.isViewed = isViewed && i < all.length - 1
    world.zone = zone
    world.used.clear()
    const directives = CASES.flatMap(table => {
      if (!isUsed(world, table, plugins)) return []
      const text = table.write(world)
      if (text === undefined) return []
      world.used.add(table.plugin)
      return [{ plugin: table.plugin, text }]
    })
    return { keys, directives: [{ plugin: 'bind', text: 'bind 127.0.0.1' }, ...directives] }
  })
}

/** Several blocks of one key: all but the last have a view. */
const VIEWED: (typeof KEYS)[number] = [['.', '.'], ['.', '.']]

function isUsed(world: World, table: PluginCases, plugins: readonly string[] | undefined): boolean {
  if (table.plugin === 'view') return world.isViewed
  const drawn = world.dice.chance(table.share)
  if (table.since && !since(world.version, ...table.since)) return false
  return plugins ? plugins.includes(table.plugin) : drawn
}

const LABELS = ['a', 'b', 'c', 'www', 'long-label-of-some-length', 'x1', '_dns._udp', '*']

/** A few names, each with its behaviour; fewer names than questions, so that they come again. */
function nameNames(world: World): void {
  const { dice } = world
  const zones = ['test.', 'test.', 'sub.test.', 'example.org.']
  const fresh = Array.from({ length: dice.between(2, 5) }, () => `${dice.of(LABELS)}.${dice.of(zones)}`)
  for (const name of new Set([...fresh, ...world.names.filter(() => dice.chance(0.3))])) scriptName(world, name)
  world.ask(...fresh, ...fresh, ...(dice.chance(0.1) ? ['.', 'test.', 'org.'] : []))
}

const TYPES = ['A', 'A', 'A', 'A', 'A', 'A', 'AAAA', 'AAAA', 'TXT', 'MX', 'SRV', 'CNAME', 'NS', 'SOA', 'PTR', 'HTTPS', 'DS', 'CAA'] as const
/** Not probes of `forward`, which the recordings leave out. */
const isProbe = (name: string, type: string): boolean => name === '.' && type === 'NS'
const COOKIE = { code: 10, hex: 'aabbccddeeff0011' }
const SUBNET = { code: 8, hex: '00011800c00002' }
const NSID = { code: 3, hex: '' }

function stepsOf(world: World): Step[] {
  const { dice } = world
  const steps: Step[] = []
  const questions: Query[] = []
  const count = dice.between(14, 34)
  for (let i = 0; i < count; i++) {
    if (i > 0 && dice.chance(0.08)) steps.push({ sleepMs: dice.of([300, 600, 900, 1400, 2400]) })
    if (i > 2 && dice.chance(0.03) && world.upstreams.size > 0) steps.push({ upstream: Object.fromEntries([...world.upstreams].map(a => [a, [OTHERWISE]])) })
    const again = questions.length > 0 && dice.chance(0.35)
    const query = again ? varied(world, dice.of(questions)) : questionOf(world)
    questions.push(query)
    steps.push({ query })
  }
  return steps
}

function questionOf(world: World): Query {
  const { dice } = world
  const wanted = world.queries.length > 0 && dice.chance(0.25) ? dice.of(world.queries) : {}
  const name = dice.of(world.names)
  const edns = dice.chance(0.25) ? ednsOf(world) : undefined
  const type = dice.of(TYPES)
  const query: Query = {
    name: dice.chance(0.05) ? name.toUpperCase() : name, type: isProbe(name, type) ? 'A' : type, proto: dice.chance(0.15) ? 'tcp' : 'udp', ...(edns && { edns }),
    ...(dice.chance(0.04) && { rd: false }), ...(dice.chance(0.04) && { ad: true }), ...(dice.chance(0.04) && { cd: true }),
    ...(dice.chance(0.01) && { klass: dice.of(['CH', 'ANY', 'HS']) }), ...(world.looksAtClient && { from: dice.of(CLIENTS) }), ...wanted,
  }
  return isProbe(query.name, query.type) ? { ...query, type: 'A' } : query
}

function ednsOf({ dice }: World): NonNullable<Query['edns']> {
  const options = dice.chance(0.25) ? dice.some([COOKIE, SUBNET, NSID], 0.5) : []
  return { size: dice.of([0, 512, 1232, 1232, 4096, 4096, 65_535]), ...(dice.chance(0.35) && { do: true }), ...(dice.chance(0.02) && { version: 1 }), ...(options.length > 0 && { options }) }
}

/** The same question, or nearly: what a cache must tell apart. */
function varied({ dice, looksAtClient }: World, query: Query): Query {
  const { edns: _, ...rest } = query
  const changes: Partial<Query>[] = [{}, {}, {}, { type: dice.of(TYPES.filter(type => !isProbe(query.name, type))) }, { name: query.name.toUpperCase() }, { proto: query.proto === 'udp' ? 'tcp' : 'udp' }, { cd: true }, { ad: true }, { edns: { size: 1232, do: true } }]
  return { ...(dice.chance(0.2) ? rest : query), ...dice.of(changes), ...(looksAtClient && { from: dice.of(CLIENTS) }) }
}
