// The tree of a Go regular expression, with the three measures by which Go's parser refuses one (regexp/syntax/parse.go: checkSize,
// checkHeight, repeatIsValid), worked out as the nodes are made.
import type { CharTest } from './go-regexp-set.ts'

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'word' | 'noWord'

interface Measured {
  /** Instructions of the compiled form, as Go counts them. */
  readonly size: number
  readonly height: number
  /** Copies of the innermost part that nested counted repeats make. */
  readonly copies: number
}
export type Node = Measured & (
  | { readonly op: 'empty' }
  | { readonly op: 'char'; readonly char: CharTest }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'group'; readonly index: number; readonly sub: Node }
  | { readonly op: 'repeat'; readonly min: number; readonly max: number; readonly greedy: boolean; readonly sub: Node }
  | { readonly op: 'cat' | 'alt'; readonly subs: readonly Node[] }
)

const LEAF: Measured = { size: 1, height: 1, copies: 1 }

export const emptyNode: Node = { ...LEAF, op: 'empty' }
export const charNode = (char: CharTest): Node => ({ ...LEAF, op: 'char', char })
export const assertNode = (what: Assertion): Node => ({ ...LEAF, op: 'assert', what })
export const groupNode = (index: number, sub: Node): Node =>
  ({ op: 'group', index, sub, size: 2 + sub.size, height: sub.height + 1, copies: sub.copies })

/** `max` may be Infinity. */
export function repeatNode(sub: Node, min: number, max: number, greedy: boolean): Node {
  const atLeast = max === Infinity ? min : max
  const copies = max === 0 ? 0 : Math.max(1, atLeast) * sub.copies
  return { op: 'repeat', sub, min, max, greedy, copies, size: repeatSize(sub.size, min, max), height: sub.height + 1 }
}

function repeatSize(size: number, min: number, max: number): number {
  if (max === Infinity) return min === 0 ? 2 + size : 1 + min * size
  return Math.max(1, max * size + max - min)
}

/** One part is itself; a sequence in a sequence is one sequence, and so with alternatives. */
export function joinNodes(op: 'cat' | 'alt', parts: readonly Node[]): Node {
  if (parts.length === 0) return emptyNode
  if (parts.length === 1) return parts[0] as Node
  const subs = parts.flatMap(part => (part.op === op ? part.subs : [part]))
  let [size, height, copies] = [op === 'alt' ? subs.length - 1 : 0, 0, 0]
  // Letters in a row are one literal to Go.
  for (const sub of subs) {
    size += sub.size
    height = Math.max(height, sub.height)
    copies = Math.max(copies, sub.copies)
  }
  return { op, subs, size, height: height + 1, copies }
}
