import { expect, test } from 'vitest'
import type { DnsQuery } from '../../dns/message.ts'
import { byZoneOf, chosenBlock, type Choosable } from './block-choice.ts'

interface Block extends Choosable { readonly name: string }

const block = (name: string, more: Partial<Block> = {}): Block => ({ name, head: name, ...more })
const passing = (takes: boolean): Partial<Block> => ({ *takes() { return takes } })

function chosen(served: readonly (readonly [zone: string, block: Block])[], name: string, type = 'A'): string | undefined {
  const query: DnsQuery = { name, type, transport: 'udp', rd: true }
  const end = chosenBlock(byZoneOf(served.map(([zone, of]) => ({ zone, block: of }))), query).next()
  if (!end.done) throw new Error('no effect was expected')
  return end.value?.block.name
}

test('the longest zone by whole labels takes a question, and the root what is left', () => {
  const served = [['.', block('root')], ['test.', block('test')], ['a.test.', block('a')]] as const
  expect(['x.a.test.', 'a.test.', 'ba.test.', 'test.', 'org.', '.'].map(name => chosen(served, name))).toEqual(['a', 'a', 'test', 'test', 'root', 'root'])
  expect(chosen([['a.test.', block('a')]], 'test.')).toBeUndefined()
})

test('of the blocks of one zone the first whose view takes the question, and if none does, those of the zone above', () => {
  const served = [['test.', block('closed', passing(false))], ['test.', block('open', passing(true))], ['test.', block('plain')], ['.', block('root')]] as const
  expect(chosen(served, 'test.')).toBe('open')
  expect(chosen([['test.', block('closed', passing(false))], ['.', block('root')]], 'test.')).toBe('root')
  expect(chosen([['.', block('closed', passing(false))]], '.')).toBeUndefined()
})

test('a DS question goes up as far as there are blocks, but to the root only if it is of the root', () => {
  const served = [['.', block('root')], ['test.', block('test')], ['a.test.', block('a')]] as const
  expect(['a.test.', 'test.', 'org.', '.'].map(name => chosen(served, name, 'DS'))).toEqual(['test', 'test', 'root', 'root'])
  const twice = [['test.', block('first')], ['test.', block('second')], ['.', block('third')], ['.', block('fourth')]] as const
  expect(['test.', '.', 'org.'].map(name => chosen(twice, name, 'DS'))).toEqual(['second', 'fourth', 'third'])
  expect(chosen([['a.test.', block('a')]], '.', 'DS')).toBeUndefined()
  expect(chosen([['a.test.', block('a')]], 'b.test.', 'DS')).toBeUndefined()
})

test('a block without plugins ends the search, except as the last resort', () => {
  const bare = block('bare', { head: undefined })
  expect(chosen([['test.', bare], ['.', block('root')]], 'test.')).toBe('bare')
  expect(chosen([['.', bare], ['.', block('root')]], 'org.')).toBe('root')
  expect(chosen([['.', bare], ['.', block('root')]], '.')).toBe('bare')
})
