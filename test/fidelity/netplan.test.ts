// `netplan generate` of two releases: which server comes to which link, or where the error is and how it is worded.
import { expect, test } from 'vitest'
import { replay, type NetplanRow } from './netplan-replay.ts'
import { rows } from './rows.ts'
import { unequal } from './verdict.ts'

const all = rows<NetplanRow>('netplan')
/** One for each way in which thousands of generated configurations ended. */
const more = rows<NetplanRow>('netplan-more')
const different = (of: readonly NetplanRow[]) => unequal(of, replay, row => `${row.version} ${row.case}`)

test('every recorded run of netplan generate', () => {
  expect(different(all)).toEqual([])
  expect(all.length).toBe(164)
  expect(all.filter(row => row.exit === 1 && row.stderr.includes('Error in network definition')).length).toBeGreaterThan(40)
})

test('every way in which generated configurations ended', () => {
  expect(different(more)).toEqual([])
  expect(new Set(more.map(row => (row as NetplanRow & { readonly group: string }).group))).toEqual(new Set(['aborted', 'refused', 'written', 'yaml']))
})

test('a row that says something else is told apart', () => {
  const [failing, good] = [all.find(row => row.exit === 1), all.find(row => row.exit === 0 && /^DNS=/m.test(Object.values(row.filesOut).join('\n')))] as NetplanRow[]
  expect(replay({ ...failing!, exit: 0 }).kind).toBe('different')
  expect(replay({ ...failing!, stderr: failing!.stderr.replace(/:(\d+):/, ':99:') }).kind).toBe('different')
  expect(replay({ ...good!, filesOut: {} }).kind).toBe('different')
})
