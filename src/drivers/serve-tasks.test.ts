import { expect, test } from 'vitest'
import { handClock } from '../../test/support/hand-clock.ts'
import { ask, background, call, get, LOOP, LOST, put, sleep, type Chain, type Hop, type Plain } from '../chain/effects.ts'
import { ServedMemory } from './serve-memory.ts'
import { Tasks, type Ended, type Remote } from './serve-tasks.ts'

function tasksOf(hops: Record<string, Hop>, remote?: Remote): { clock: ReturnType<typeof handClock>; tasks: Tasks; faults: unknown[]; look: (hop: string, query?: Plain) => Ended[] } {
  const clock = handClock()
  const faults: unknown[] = []
  const chain: Chain = new Map(Object.entries(hops))
  const memory = new ServedMemory({ below: () => 0, world: new Map() })
  const tasks = new Tasks({ chain, memory, clock, onFault: error => faults.push(error), ...(remote && { remote }) })
  return {
    clock, tasks, faults,
    look: (hop, query = null) => {
      const ended: Ended[] = []
      tasks.lookUp({ hop, query }, how => ended.push(how))
      return ended
    },
  }
}

const answer: Hop = function* (query) { return query }
const lost: Hop = function* () { return LOST }

test('a lost ask takes its time limit, a slow one its time, and both are told apart in parallel', () => {
  const slow: Hop = function* (query) {
    yield* sleep(300)
    return query
  }
  const { clock, look } = tasksOf({ answer, lost, slow, root: function* () {
    const got = yield* ask([{ hop: 'lost', query: 0 }, { hop: 'slow', query: 1 }, { hop: 'answer', query: 2 }], 1000)
    return got.map(a => [a.from, a.atMs]) as Plain
  } })
  const ended = look('root')
  clock.advance(999)
  expect(ended).toEqual([])
  clock.advance(1)
  expect(ended).toMatchObject([{ value: [[2, 0], [1, 300]], elapsedMs: 1000 }])
  expect(clock.waiting()).toBe(0)
})

test('enough is enough: the rest comes too late', () => {
  const { clock, look } = tasksOf({ answer, late: function* () {
    yield* sleep(50)
    return 'late'
  }, root: function* () {
    const got = yield* ask([{ hop: 'late', query: 0 }, { hop: 'answer', query: 'first' }], 1000, all => all.length > 0)
    yield* sleep(100)
    return got.map(a => a.value) as Plain
  } })
  const ended = look('root')
  clock.advance(100)
  expect(ended.map(e => e.value)).toEqual([['first']])
})

test('a call and an ask that are open already are a loop', () => {
  const { look } = tasksOf({
    root: function* (query) { return yield* call('inner', query) },
    inner: function* () {
      const [reply] = yield* ask([{ hop: 'root', query: null }], 10)
      return [reply?.value, yield* call('inner', null)] as Plain
    },
  })
  expect(look('root').map(e => e.value)).toEqual([[LOOP, LOOP]])
})

test('a hop that throws costs its own lookup only, and is heard of', () => {
  const { look, faults, clock, tasks } = tasksOf({ answer, bad: function* () { throw new Error('mistake') }, missing: function* () { return yield* call('nobody', null) }, root: function* () {
    const [reply] = yield* ask([{ hop: 'bad', query: null }], 10)
    return reply ? 'reply' : 'none'
  } })
  expect(look('bad').map(e => e.value)).toEqual([LOST])
  expect(look('missing').map(e => e.value)).toEqual([LOST])
  expect(look('nowhere').map(e => e.value)).toEqual([LOST])
  const asked = look('root')
  clock.advance(10)
  expect(asked.map(e => e.value)).toEqual(['none'])
  expect(look('answer', 1).map(e => e.value)).toEqual([1])
  expect(faults.length).toBe(4)
  expect(tasks.lookups).toBe(0)
})

test('what never ends is ended: effects without end, asks without end, background without end', () => {
  const { look, tasks, clock } = tasksOf({
    answer, busy: function* () { for (;;) yield* put('c', 1, 1) },
    deeper: function* (query) { return (yield* ask([{ hop: 'deeper', query: Number(query) + 1 }], 1000))[0]?.value ?? 'bottom' },
    forever: function* () { for (;;) yield* sleep(10) },
    spawn: function* () {
      for (let n = 0; n < 2000; n++) yield* background('forever', n)
      return 'spawned'
    },
  })
  expect(look('busy').map(e => e.value)).toEqual([LOST])
  const deep = look('deeper', 0)
  clock.advance(300_000)
  expect(deep.map(e => e.value)).toEqual(['bottom'])
  expect(look('spawn').map(e => e.value)).toEqual(['spawned'])
  clock.advance(100)
  expect(tasks.inBackground).toBe(512)
  tasks.close()
  expect(clock.waiting()).toBe(0)
  expect(look('answer')).toEqual([])
})

test('a background hop runs beside the lookup and leaves its cells', () => {
  const { look, clock } = tasksOf({
    probe: function* () {
      yield* sleep(20)
      yield* put('down', true, Infinity)
      return null
    },
    root: function* () {
      const held = yield* get('down')
      yield* background('probe', null)
      return held?.value ?? 'up'
    },
  })
  expect(look('root').map(e => e.value)).toEqual(['up'])
  clock.advance(20)
  expect(look('root').map(e => e.value)).toEqual([true])
})

test('a real server in place of a hop: its answer, its silence, and the calling off', () => {
  const open: ((value: Plain) => void)[] = []
  let calledOff = 0
  const remote: Remote = ({ hop }, done) => {
    if (hop !== 'outside') return undefined
    open.push(done)
    return () => { calledOff++ }
  }
  const { look, clock } = tasksOf({ root: function* () {
    const [reply] = yield* ask([{ hop: 'outside', query: null }], 2000)
    return reply ? [reply.value, reply.atMs] : 'silent'
  } }, remote)
  const first = look('root')
  clock.advance(70)
  open[0]?.('reply')
  expect(first.map(e => e.value)).toEqual([['reply', 70]])
  const second = look('root')
  clock.advance(2000)
  open[1]?.('too late')
  expect(second.map(e => e.value)).toEqual(['silent'])
  expect(calledOff).toBe(2)
})
