// The parts of `npm run conform` themselves: what is generated, how a difference is found and called, what is said where nothing can be run.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judgeRows } from '../fidelity/judge.ts'
import type { Json } from '../fidelity/programs.ts'
import { atMost, tails } from './binomial.ts'
import { wantedOf } from './command.ts'
import { explained } from './explained.ts'
import { fieldsOf, fingerprint, shortName } from './fingerprint.ts'
import { frequencyFault } from './frequency.ts'
import { generate, RELEASES } from './generate.ts'
import { generateHostile } from './generate-hostile.ts'
import { generateKubernetes } from './generate-kubernetes.ts'
import { generateStart } from './generate-start.ts'
import { generateStub } from './generate-stub.ts'
import { selects } from './label-selector.ts'
import { Lane, OWN_NETWORK, SHARED_NETWORK } from './lane.ts'
import { PARTS } from './parts.ts'
import { casesIn, rowsOf, type Scenario } from './scenario.ts'
import { candidates, shrink } from './shrink.ts'

const GENERATORS = { coredns: generate, start: generateStart, hostile: generateHostile, kubernetes: generateKubernetes, stub: generateStub }

describe.each(Object.entries(GENERATORS))('the generator of %s', (_, make) => {
  test('makes the same case of the same seed and number, and others of others', () => {
    const text = (seed: number, nth: number): string => JSON.stringify(make(seed, nth))
    expect(text(5, 17)).toBe(text(5, 17))
    const some = new Set(Array.from({ length: 40 }, (_unused, nth) => text(5, nth)))
    expect(some.size).toBe(40)
    expect(text(6, 17)).not.toBe(text(5, 17))
  })
})

test('scenarios take the releases in turns, whatever else is asked for', () => {
  expect(Array.from({ length: 4 }, (_, nth) => generate(1, nth).version)).toEqual([...RELEASES])
  expect(generateStart(9, 6).version).toBe(RELEASES[2])
})

const scenario: Scenario = {
  id: 'coredns-1-0', part: 'coredns', version: '1.11.3', blocks: [{ keys: '.', directives: [{ plugin: 'bind', text: 'bind 127.0.0.1' }, { plugin: 'whoami', text: 'whoami' }] }],
  script: {}, files: {}, env: {}, steps: [{ query: { name: 'a.test.', type: 'A', proto: 'udp' } }, { query: { name: 'b.test.', type: 'A', proto: 'udp' } }],
}
const whoami = (name: string): Json => ({
  rcode: 'NOERROR', flags: ['qr', 'aa', 'rd'], question: [`${name} IN A`], answer: [], authority: [], additional: [`${name} 0 IN A 127.0.0.1`, `_udp.${name} 0 IN SRV 0 0 40000 .`], opt: null, log: [], upstreamAsked: [],
})

describe('a case in the columns of the recordings', () => {
  test('is judged equal where the real program did what the model does', () => {
    const rows = rowsOf(scenario, { steps: scenario.steps, seen: [whoami('a.test.'), whoami('b.test.')] })
    expect(judgeRows(rows as unknown as Json[]).judged.map(row => row.verdict.kind)).toEqual(['equal', 'equal'])
  })

  test('is judged different where a difference is planted, and the difference is called by its field', () => {
    const rows = rowsOf(scenario, { steps: scenario.steps, seen: [whoami('a.test.'), { ...whoami('b.test.'), flags: ['qr', 'rd'] }] })
    const [first, second] = judgeRows(rows as unknown as Json[]).judged.map(row => row.verdict)
    expect(first?.kind).toBe('equal')
    if (second?.kind !== 'different') throw new Error('the planted difference was not found')
    expect(fieldsOf(second)).toEqual(['reply.flags'])
    expect(fingerprint(scenario, second)).toBe('whoami: reply.flags')
    expect(explained(scenario, second)).toBeUndefined()
  })
})

test('a fingerprint does not change with the names in a case, and its short name is what --show takes', () => {
  const of = (what: string): string => fingerprint(scenario, { kind: 'different', what: [what] })
  const one = of('reply: {"rcode":"NXDOMAIN","answer":[]} for {"rcode":"NOERROR","answer":["a.test. 5 IN A 10.0.0.1"]}')
  expect(of('reply: {"rcode":"NXDOMAIN","answer":[]} for {"rcode":"NOERROR","answer":["b.test. 7 IN A 10.0.0.2"]}')).toBe(one)
  expect(one).toBe('whoami: reply.rcode NXDOMAIN for NOERROR')
  expect(shortName(one)).toMatch(/^[0-9a-f]{6}$/)
})

test('a difference is known only where the release of the case and what differs both fit', () => {
  const dotted = { kind: 'different', what: ['reply: {"answer":[".old.test. 30 IN A 10.0.0.1"]} for {"answer":[]}'] } as const
  expect(explained({ ...scenario, version: '1.9.3' }, dotted)).toBeDefined()
  expect(explained({ ...scenario, version: '1.15.0' }, dotted)).toBeUndefined()
  expect(explained({ ...scenario, version: '1.9.3' }, { kind: 'different', what: ['reply: {"answer":["old.test. 30 IN A 10.0.0.1"]} for {"answer":[]}'] })).toBeUndefined()
})

test('questions of an endless lookup are known beside what a later question asked, and no others', () => {
  const endless = { ...scenario, blocks: [{ keys: '.', directives: [{ plugin: 'rewrite', text: 'rewrite cname exact b.test. a.test.' }] }] }
  const asked = (...theirs: string[]) => ({ kind: 'different', what: [`asked: ["127.0.0.12 udp b.test. A rd "] for ${JSON.stringify(theirs)}`] }) as const
  expect(explained(endless, asked('127.0.0.11 udp b.test. A rd ', '127.0.0.12 udp a.test. A rd '))).toBeDefined()
  expect(explained(endless, asked('127.0.0.11 udp b.test. A rd ', '127.0.0.12 udp c.test. A rd '))).toBeUndefined()
  expect(explained(endless, asked('127.0.0.12 udp a.test. A rd '))).toBeUndefined()
  expect(explained(scenario, asked('127.0.0.11 udp b.test. A rd ', '127.0.0.12 udp a.test. A rd '))).toBeUndefined()
  const logged = (...theirs: string[]) => ({ kind: 'different', what: [`log: ["\\"A IN b.test. udp"] for ${JSON.stringify(theirs)}`] }) as const
  expect(explained(endless, logged('"A IN b.test. udp', '"A IN a.test. udp 24'))).toBeDefined()
  expect(explained(endless, logged('"A IN b.test. udp', '"AAAA IN a.test. udp 24'))).toBeUndefined()
})

test('the line of a panic that a probe of loop met is known beside any question of such a case, and nothing else of the log', () => {
  const looping = { ...scenario, blocks: [{ keys: '.', directives: [{ plugin: 'loop', text: 'loop' }] }] }
  const panic = '[ERROR] Recovered from panic in server: "dns://127.0.0.1:53" runtime error'
  const logged = (...theirs: string[]) => ({ kind: 'different', what: [`log: ["a line"] for ${JSON.stringify(theirs)}`] }) as const
  expect(explained(looping, logged(panic, 'a line'))).toBeDefined()
  expect(explained(looping, logged(panic, 'another line'))).toBeUndefined()
  expect(explained(scenario, logged(panic, 'a line'))).toBeUndefined()
})

test('a case is made smaller as long as it still differs, and keeps the question that does', async () => {
  const large = generate(3, 8)
  const query = { query: { name: 'kept.test.', type: 'A', proto: 'udp' } } as const
  const smallest = await shrink({ ...large, steps: [...large.steps, query] }, async one => one.steps.at(-1) === query)
  expect(smallest.steps).toEqual([query])
  expect(smallest.blocks.flatMap(b => b.directives).every(d => d.plugin === 'bind')).toBe(true)
  expect(candidates(smallest).every(one => casesIn(one) === 1)).toBe(true)
})

test('a scenario is put on addresses of its own, and what comes back is in its own words again', () => {
  const lane = new Lane(4, OWN_NETWORK)
  expect(lane.placed('forward . 127.0.0.11')).toBe('forward . 127.1.5.11')
  expect(lane.written('read udp 127.1.5.1:4->127.1.5.11:53')).toBe('read udp 127.0.0.1:4->127.0.0.11:53')
  expect(lane.writtenHex('000118007f0105')).toBe('000118007f0000')
  expect(new Lane(4, SHARED_NETWORK).placed('forward . 127.0.0.11')).toBe('forward . 127.1.5.11:25354')
})

describe('odds and counts', () => {
  test('tails of the binomial distribution are exact', () => {
    expect(atMost(0, 2, 0.5)).toBeCloseTo(0.25, 12)
    expect(atMost(1, 3, 1 / 3)).toBeCloseTo(20 / 27, 12)
    expect(tails(500, 1000, 0.5)).toBeGreaterThan(0.9)
    expect(tails(600, 1000, 0.5)).toBeLessThan(1e-9)
  })

  test('a count that its odds explain is no fault, one that they do not is, and an outcome without odds only has to be possible', () => {
    const odds = new Map([['a', 0.5], ['b', 0.5]])
    expect(frequencyFault(odds, new Map([['a', 480], ['b', 520]]), 1e-4)).toBeUndefined()
    expect(frequencyFault(odds, new Map([['a', 300], ['b', 700]]), 1e-4)).toBe('a: 300 of 1000, the odds are 0.5000')
    expect(frequencyFault(odds, new Map([['a', 480], ['c', 520]]), 1e-4)).toBe('cannot happen: c')
    expect(frequencyFault(new Map([['a', undefined], ['b', undefined]]), new Map([['a', 1000]]), 1e-4)).toBeUndefined()
  })
})

test('label selectors select as the API server does', () => {
  const labels = { team: 'a', tier: 'front' }
  expect(['', 'team=a', 'team==a,tier=front', 'team in (a,b)', 'team!=b', 'team notin (b,c)', '!nope', 'tier'].every(s => selects(s, labels))).toBe(true)
  expect(['team=b', 'team in (b)', '!team', 'nope', 'team!=a', 'team notin (a)', '('].some(s => selects(s, labels))).toBe(false)
})

describe('the command line', () => {
  test('takes a part, a part of one release, and a case by its id', () => {
    expect(wantedOf(['--only', 'coredns'])).toMatchObject({ parts: [{ name: 'coredns' }] })
    expect(wantedOf(['--only', 'start@1.9.3'])).toMatchObject({ version: '1.9.3', parts: [{ name: 'start' }] })
    expect(wantedOf(['--case', 'hostile-7-12'])).toMatchObject({ seed: 7, nth: 12, parts: [{ name: 'hostile' }] })
    expect(wantedOf([])).toMatchObject({ parts: PARTS.map(({ name }) => ({ name })) })
  })

  test.each([
    [['--only', 'corend']], [['--only', 'coredns@1.2.3']], [['--only', 'stub@1.9.3']], [['--case', '12']], [['--case', 'nothing-1-2']], [['--cases', '0']], [['--cases', 'x']], [['--lanes', '1000']], [['--nope']], [['stray']],
  ])('says what is wrong with %j', argv => {
    expect(typeof wantedOf(argv)).toBe('string')
  })

  test('an unknown part is told with those there are', () => {
    expect(wantedOf(['--only', 'corend'])).toContain(PARTS.map(p => p.name).join(', '))
  })
})

test('a machine without CoreDNS, Go or a compiler is told what is missing, and nothing is claimed', () => {
  const empty = mkdtempSync(join(tmpdir(), 'conform-empty-'))
  try {
    // Nothing on the path but what starts the command.
    symlinkSync(process.execPath, join(empty, 'node'))
    const { status, stdout } = spawnSync(process.execPath, ['scripts/conform.ts', '--cases', '50'], { encoding: 'utf8', env: { HOME: empty, XDG_CACHE_HOME: empty, PATH: empty } })
    expect(status, stdout).toBe(0)
    for (const part of PARTS) expect(stdout).toContain(part.name)
    expect(stdout).toContain('nothing was run')
    expect(stdout).toContain('scripts/build-coredns.sh builds it (it needs Go)')
    expect(stdout).not.toMatch(/\d+ equal/)
  } finally {
    rmSync(empty, { recursive: true, force: true })
  }
})
