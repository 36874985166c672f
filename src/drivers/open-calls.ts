// The calls that a running task is in the middle of, innermost last, and those of whoever asked for it: what `simulate` and `serve` share.
import type { Ask, Chain, Hop, HopRun } from '../chain/effects.ts'
import { textOf } from './canonical.ts'
import { assert } from './choices.ts'

export interface OpenCalls {
  readonly calls: { readonly ask: Ask; readonly hop: Hop; readonly run: HopRun }[]
  readonly asker: OpenCalls | undefined
}

/** A loop: the same question is being worked on already. */
export function isOpen(task: OpenCalls, ask: Ask): boolean {
  for (let at: OpenCalls | undefined = task; at; at = at.asker) {
    for (const call of at.calls) if (call.ask.hop === ask.hop && textOf(call.ask.query) === textOf(ask.query)) return true
  }
  return false
}

export function enter(task: OpenCalls, chain: Chain, ask: Ask): void {
  const hop = chain.get(ask.hop)
  assert(hop, `the chain has no hop "${ask.hop}"`)
  task.calls.push({ ask, hop, run: hop(ask.query) })
}

/** The innermost call has ended: what it says nobody reads again is forgotten. */
export function leave(task: OpenCalls, memory: { readonly forget: (gone: (key: string) => boolean) => void }): void {
  const call = task.calls.pop()
  assert(call, 'a call has ended that was not open')
  const { forgets } = call.hop
  if (forgets) memory.forget(key => forgets(call.ask.query, key))
}
