// systemd-resolved: that the replay of its rows (fidelity.test.ts) looks at the files it writes, whom it asks, what it answers and keeps.
import { expect, test } from 'vitest'
import { replay, type ResolvedRow } from './resolved-replay.ts'
import { rows } from './rows.ts'

const all = rows<ResolvedRow>('systemd-resolved')

test('a row that says something else is told apart', () => {
  const row = (group: string, title: string): ResolvedRow => all.find(one => one.version === '252' && one.group === group && one.case === title) as ResolvedRow
  const [sticky, written] = [row('sticky', 'one packet lost: the other server, and it stays'), row('files', 'one link, two servers')]
  const changed = (more: object): ResolvedRow => ({ ...sticky, observed: sticky.observed.map((one, index) => (index === 0 ? { ...one, ...more } : one)) })
  for (const more of [{ rcode: 'NOERROR' }, { elapsedMs: 0 }, { upstreamAsked: [] }, { flags: ['aa', 'ra', 'rd'] }]) {
    expect(replay(changed(more)).kind).toBe('different')
  }
  expect(replay({ ...written, orders: ['10.10.0.2 10.10.0.1'] }).kind).toBe('different')
  expect(replay({ ...written, filesOut: {} }).kind).toBe('different')
})
