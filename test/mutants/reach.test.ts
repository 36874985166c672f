// What decides which rows a mutant is tried on must itself be right.
import { expect, test } from 'vitest'
import { Reach } from './reach.ts'

test('a place in a function is run through when its block is, and not again before it is run again', async () => {
  const url = `data:text/javascript,${encodeURIComponent('export const pick = x => { if (x > 1) { return "large" } return "small" }')}`
  const code = decodeURIComponent(url.slice(url.indexOf(',') + 1))
  const { pick } = await import(/* @vite-ignore */ url) as { pick: (x: number) => string }
  const reach = new Reach([{ url, at: code.indexOf('x > 1') }, { url, at: code.indexOf('"large"') }])
  const after = (x: number): readonly number[] => {
    pick(x)
    return reach.take()
  }
  expect([after(0), after(2), reach.take()]).toEqual([[0], [0, 1], []])
  reach.end()
})
