// What the parser of expressions has in hand: the words, the first thing that was wrong, the nodes made.
import { ExpressionFault, ExpressionUnmodelled } from './expression-fault.ts'
import { childrenOf, type Node } from './expression-nodes.ts'
import { tokensOf, tokenText, type Token, type TokenKind } from './expression-tokens.ts'

export interface Parser {
  readonly tokens: readonly Token[]
  readonly modern: boolean
  /** The text cannot be read behind the tokens. */
  readonly end: ExpressionFault | undefined
  readonly heights: WeakMap<Node, number>
  at: number
  fault: ExpressionFault | undefined
  nodes: number
  /** Expressions inside expressions, and predicates inside predicates. */
  depth: number
  predicates: number
}

/** Of the library. */
const MOST_NODES = 10_000
/** A bound of ours on nodes inside nodes, where the library has that of its stack. */
const MOST_HEIGHT = 500

/** Stands where a fault has left none. */
export const NONE: Node = { kind: 'nil', at: undefined }

export function parserOf(text: string, modern: boolean): Parser {
  const { tokens, fault } = tokensOf(text, modern)
  if (fault && !modern) throw fault
  const start: Token = { kind: 'EOF', value: '', at: 0 }
  const p: Parser = { tokens: [start, ...tokens], modern, end: fault, heights: new WeakMap(), at: 0, fault: undefined, nodes: 0, depth: 0, predicates: 0 }
  next(p)
  return p
}

export const current = (p: Parser): Token => p.tokens[p.at] as Token
export const is = (p: Parser, kind: TokenKind, value?: string): boolean => current(p).kind === kind && (value === undefined || current(p).value === value)
export const isOp = (p: Parser, value: string): boolean => is(p, 'Operator', value)
export const isBracket = (p: Parser, value: string): boolean => is(p, 'Bracket', value)

/** The first fault stays, but the newer library forgets it over a text that it cannot read any further. */
export function next(p: Parser): void {
  if (p.at + 1 < p.tokens.length) p.at++
  else if (p.end) p.fault = p.end
  else fail(p, 'unexpected end of expression')
}

export function fail(p: Parser, message: string, token = current(p)): void {
  p.fault ??= new ExpressionFault(message, token.at)
}

export const unexpected = (p: Parser): void => fail(p, `unexpected token ${tokenText(current(p))}`)

export function expect(p: Parser, kind: TokenKind, value?: string): void {
  if (is(p, kind, value)) next(p)
  else unexpected(p)
}

/** A node of the tree; NONE behind a fault. */
export function made(p: Parser, node: Node): Node {
  if (p.modern && ++p.nodes > MOST_NODES) fail(p, 'compilation failed: expression exceeds maximum allowed nodes')
  return p.fault ? NONE : uncounted(p, node)
}

/** One that the newer library does not count. */
export function uncounted(p: Parser, node: Node): Node {
  let height = 0
  for (const child of childrenOf(node)) height = Math.max(height, p.heights.get(child) ?? 0)
  if (height >= MOST_HEIGHT) tooDeep()
  p.heights.set(node, height + 1)
  return node
}

export function tooDeep(): never {
  throw new ExpressionUnmodelled('an expression nested this deep')
}
