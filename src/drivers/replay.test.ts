import { expect, test } from 'vitest'
import { incidentChain, ROOT } from '../../test/support/incident-chain.ts'
import { text } from '../chain/effects.ts'
import { rational } from '../chain/rational.ts'
import { explore } from './explore.ts'
import { replay } from './replay.ts'

const chain = incidentChain({ loss: rational(1, 50), upstreams: ['internal', 'flaky', 'public'], suffixes: ['svc.cluster.local.'] })

test.each(['cold', 'steady', 'any'] as const)('every witness from %s leads to its own outcome, notes included', start => {
  const { outcomes } = explore(chain, ROOT, { start })
  for (const o of outcomes) {
    const { value, elapsedMs, notes } = o
    expect(replay(chain, ROOT, o.witness, { start, world: o.world })).toEqual({ followed: true, value, elapsedMs, notes })
  }
})

test('it says where a witness no longer fits the chain', () => {
  const denied = explore(chain, ROOT, { start: 'cold' }).outcomes.find(o => text(o.value).includes('NONAME') && o.elapsedMs === 0)
  const witness = denied?.witness ?? []
  expect(witness.length).toBeGreaterThan(3)
  const one = incidentChain({ upstreams: ['public'], suffixes: ['svc.cluster.local.'] })
  expect(replay(one, ROOT, witness)).toMatchObject({ followed: false, step: 0, why: expect.stringContaining('service endpoint') })
  expect(replay(chain, ROOT, witness.slice(0, -1))).toMatchObject({ followed: false, why: expect.stringContaining('ended') })
  const ended = { followed: false, step: witness.length, why: expect.stringContaining('the lookup ended before') }
  expect(replay(chain, ROOT, [...witness, ...witness])).toMatchObject(ended)
  const changed = witness.map((s, i) => (i === 1 ? { ...s, taken: 'elsewhere' } : s))
  expect(replay(chain, ROOT, changed)).toMatchObject({ followed: false, why: expect.stringContaining('does not offer') })
})
