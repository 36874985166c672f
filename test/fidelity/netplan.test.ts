// `netplan generate` of two releases: that the replay of its rows (fidelity.test.ts) looks at files, ends, and where the error is.
import { expect, test } from 'vitest'
import { replay, type NetplanRow } from './netplan-replay.ts'
import { rows } from './rows.ts'

const all = rows<NetplanRow>('netplan')

test('many recorded runs end in an error in the definition', () => {
  expect(all.filter(row => row.exit === 1 && row.stderr.includes('Error in network definition')).length).toBeGreaterThan(40)
})

test('a row that says something else is told apart', () => {
  const [failing, good] = [all.find(row => row.exit === 1), all.find(row => row.exit === 0 && /^DNS=/m.test(Object.values(row.filesOut).join('\n')))] as NetplanRow[]
  expect(replay({ ...failing!, exit: 0 }).kind).toBe('different')
  expect(replay({ ...failing!, stderr: failing!.stderr.replace(/:(\d+):/, ':99:') }).kind).toBe('different')
  expect(replay({ ...good!, filesOut: {} }).kind).toBe('different')
})
