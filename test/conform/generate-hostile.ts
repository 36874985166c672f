// Packets that no resolver sends: cut, bent and made-up bytes to a server, over UDP and TCP. The real one replies, or is silent, and so must ours.
import { queryToWire } from '../../src/dns/wire-chain.ts'
import { Dice, seedOf } from './dice.ts'
import { releaseOf } from './generate.ts'
import type { Query, Scenario, ScenarioDirective, Step } from './scenario.ts'

const SALT = 0x4057

export function generateHostile(seed: number, nth: number): Scenario {
  const dice = new Dice(seedOf(seed ^ SALT, nth))
  const own: readonly ScenarioDirective[] = dice.of([
    [{ plugin: 'whoami', text: 'whoami' }], [{ plugin: 'whoami', text: 'whoami' }], [{ plugin: 'forward', text: 'forward . 127.0.0.11' }],
    [{ plugin: 'cache', text: 'cache 30' }, { plugin: 'forward', text: 'forward . 127.0.0.11' }], [{ plugin: 'hosts', text: 'hosts empty.txt {\n 10.1.0.1 a.test\n}' }], [{ plugin: 'chaos', text: 'chaos v a@b' }, { plugin: 'whoami', text: 'whoami' }],
  ])
  const directives = [{ plugin: 'bind', text: 'bind 127.0.0.1' }, { plugin: 'errors', text: 'errors' }, { plugin: 'log', text: 'log' }, ...own]
  const steps: Step[] = Array.from({ length: dice.between(12, 24) }, () => ({ query: packetQuery(dice) }))
  return {
    id: `hostile-${seed}-${nth}`, part: 'hostile', version: releaseOf(nth), blocks: [{ keys: dice.of(['.', '.', 'test', 'test a.test']), directives }], files: { 'empty.txt': '' }, env: {},
    script: own.some(d => d.plugin === 'forward') ? { '127.0.0.11': [{ do: { answer: ['@ 60 IN A 10.0.0.1'] } }] } : {}, steps,
  }
}

/** Silence on TCP ends with the patience of the asker: it is rarer. */
function packetQuery(dice: Dice): Query {
  const bytes = bent(dice, whole(dice))
  return { name: 'a.test.', type: 'A', proto: dice.chance(0.15) ? 'tcp' : 'udp', rawHex: Buffer.from(bytes).toString('hex') }
}

const NAMES = ['a.test.', 'A.TEST.', '.', 'b.a.test.', 'example.org.'] as const
const TYPES = ['A', 'AAAA', 'ANY', 'AXFR', 'OPT', 'TXT', 'NS', 'TYPE0', 'TYPE65535', 'IXFR', 'TKEY'] as const

function whole(dice: Dice): Uint8Array {
  const edns = dice.chance(0.4) ? { edns: { sizeBytes: dice.of([0, 512, 4096, 65_535]), ...(dice.chance(0.2) && { version: dice.of([1, 255]) }), ...(dice.chance(0.3) && { options: [[dice.of([3, 8, 10, 12, 65_001]), dice.of(['', '00', '0001180001020300', 'aabbccddeeff0011'])] as const] }) } } : {}
  const name = dice.of(NAMES)
  const made = queryToWire({ name, type: dice.of(TYPES.filter(type => name !== '.' || type !== 'NS')), transport: 'udp', rd: dice.chance(0.8), ...(dice.chance(0.15) && { class: dice.of(['CH', 'ANY', 'NONE', 'HS', 'CLASS0']) }), ...edns }, dice.between(1, 65_535))
  return made.value ?? new Uint8Array([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1])
}

type Bend = (dice: Dice, bytes: Uint8Array) => Uint8Array
const setWord = (bytes: Uint8Array, at: number, word: number): Uint8Array => {
  const out = bytes.slice()
  out.set([word >> 8 & 255, word & 255], Math.min(at, out.length - 2))
  return out
}
const joined = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => Uint8Array.from(parts.flatMap(part => [...part]))
const QUESTION = [1, 98, 4, 116, 101, 115, 116, 0, 0, 1, 0, 1] as const
const OPT = [0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0] as const
const RECORD = [192, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1] as const

const BENDS: readonly (readonly [weight: number, bend: Bend])[] = [
  [3, (dice, b) => b.slice(0, dice.below(b.length))],
  [2, (dice, b) => setWord(b, 2, dice.below(65_536))],
  [2, (dice, b) => setWord(b, 2, (dice.between(0, 15) << 11) | 0x100)],
  [2, (dice, b) => setWord(b, dice.of([4, 6, 8, 10]), dice.of([0, 1, 2, 3, 255, 65_535]))],
  [3, (dice, b) => b.with(dice.below(b.length), dice.below(256))],
  [1, (dice, b) => joined(b, Array.from({ length: dice.between(1, 20) }, () => dice.below(256)))],
  [1, (_, b) => setWord(joined(b, QUESTION), 4, 2)],
  [1, (_, b) => setWord(joined(b.slice(0, 12), [192, 12, 0, 1, 0, 1]), 10, 0)],
  [1, (_, b) => setWord(joined(b.slice(0, 12), [63, ...Array.from({ length: 63 }, () => 97), 63, ...Array.from({ length: 63 }, () => 97), 63, ...Array.from({ length: 63 }, () => 97), 63, ...Array.from({ length: 63 }, () => 97), 0, 0, 1, 0, 1]), 10, 0)],
  [1, (dice, b) => setWord(joined(b.slice(0, 12), [dice.of([64, 128, 100]), 97, 0, 0, 1, 0, 1]), 10, 0)],
  [1, (_, b) => setWord(joined(b, OPT, OPT), 10, ((b[11] ?? 0) + 2))],
  [1, (_, b) => setWord(joined(b, OPT), 6, 1)],
  [1, (_, b) => setWord(joined(b, RECORD), 6, 1)],
  [1, (_, b) => setWord(joined(b, RECORD), 8, 1)],
  [1, (dice, b) => joined(b.slice(0, 12), [1, dice.below(256), 4, 116, 101, 115, 116, 0, 0, 1, 0, 1])],
  [1, (dice) => Uint8Array.from({ length: dice.of([0, 1, 11, 12, 13, 40, 600, 1300]) }, () => dice.below(256))],
  [1, (dice, b) => joined(b.slice(0, 12), [1, 97, 4, 116, 101, 115, 116, 0], b.slice(20, 24), ([...OPT] as number[]).with(dice.of([3, 5, 6, 9, 10]), dice.below(256)))],
]
const WEIGHT = BENDS.reduce((sum, [weight]) => sum + weight, 0)

function bent(dice: Dice, bytes: Uint8Array): Uint8Array {
  if (dice.chance(0.1)) return bytes
  let left = dice.below(WEIGHT)
  const bend = BENDS.find(([weight]) => (left -= weight) < 0)?.[1]
  return bend ? bend(dice, bytes) : bytes
}
