// coredns/caddy's caddyfile/dispenser.go, whose words every set-up reads.
import { expect, test } from 'vitest'
import type { CorefileWord } from '../../chain/model.ts'
import { Dispenser } from './dispenser.ts'

/** A word a text, a line a row. */
const words = (...lines: readonly string[]): CorefileWord[] => lines.flatMap((line, at) => line.split(' ').filter(text => text !== '').map(text => ({
  text, path: '', line: at + 1, source: { file: 'Corefile', start: 0, end: 1, line: at + 1, column: 1, endLine: at + 1, endColumn: 2, text },
}))) as unknown as CorefileWord[]

function blockOf(nests: boolean, ...lines: readonly string[]): readonly string[] {
  const c = new Dispenser(words(...lines), nests)
  c.next()
  const seen: string[] = []
  while (c.nextBlock() && seen.length < 5) seen.push([c.val(), ...c.remainingArgs()].join(' '))
  return seen
}

test('next goes from word to word and stops at the last; nextArg stays in the line', () => {
  const c = new Dispenser(words('a b', 'c'), false)
  expect([c.val(), c.next(), c.val(), c.nextArg(), c.val(), c.nextArg(), c.val(), c.next(), c.val(), c.next(), c.val(), c.nextArg()])
    .toEqual(['', true, 'a', true, 'b', false, 'b', true, 'c', false, 'c', false])
})

test('the rest of a line ends before an opening brace', () => {
  const c = new Dispenser(words('a b c {', 'd', '}'), false)
  c.next()
  expect(c.remainingArgs()).toEqual(['b', 'c'])
  expect(c.val()).toBe('c')
})

test('a block has its lines, an empty one or none has none', () => {
  expect(blockOf(false, 'a {', 'b 1 2', 'c', '}', 'd')).toEqual(['b 1 2', 'c'])
  expect(blockOf(false, 'a {', '}', 'd')).toEqual([])
  expect(blockOf(false, 'a', 'd')).toEqual([])
})

test('since 1.15 the brace of a block inside a block opens another', () => {
  expect(blockOf(true, 'a {', 'b {', 'c', '}', 'd', '}')).toEqual(['b', 'c'])
  expect(blockOf(true, 'a {', 'b')).toEqual(['b'])
})

test('up to 1.14.7 the words of a block without an end are read for ever, which a set-up that does not mind them never leaves', () => {
  const c = new Dispenser(words('a {', 'b'), false)
  c.next()
  expect(() => { while (c.nextBlock()) c.remainingArgs() }).toThrow('the set-up reads the last word of its block for ever')
})

test('what is refused has its place: that of the word at hand, or of the first where none was read', () => {
  const c = new Dispenser(words('a b', 'c'), false)
  expect([c.refuse('x').word?.text, c.panic('x').word?.text, c.panic('x').message]).toEqual(['a', 'a', 'panic: x'])
  while (c.next());
  expect([c.refuse('x').word?.text, c.panic('x').word?.text]).toEqual(['c', 'c'])
})
