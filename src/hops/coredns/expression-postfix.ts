// What follows an operand of a `view` expression: `.name`, `?.name`, calls, indexes and slices.
import type { Node } from './expression-nodes.ts'
import { expression } from './expression-parser.ts'
import { current, expect, fail, is, isBracket, isOp, made, next, NONE, type Parser } from './expression-parser-state.ts'
import { callArguments } from './expression-operands.ts'

export function postfix(p: Parser, start: Node): Node {
  let node = start
  while (!p.fault) {
    if (isOp(p, '.') || isOp(p, '?.')) node = member(p, node)
    else if (isBracket(p, '[')) node = indexed(p, node, false)
    else break
  }
  return p.fault ? NONE : node
}

function member(p: Parser, base: Node): Node {
  const isOptional = isOp(p, '?.')
  next(p)
  if (isOptional && p.modern && isBracket(p, '[')) return indexed(p, base, true)
  const { value, at, kind } = current(p)
  next(p)
  // Words that are operators are names here.
  if (kind !== 'Identifier' && (kind !== 'Operator' || !/^[\p{L}_$]/u.test(value))) fail(p, 'expected name')
  const property = made(p, { kind: 'string', value, at })
  const isChain = base.kind === 'chain'
  const isMethod = is(p, 'Bracket', '(')
  const found = made(p, { kind: 'member', node: isChain ? base.node : base, property, isOptional, isMethod, at })
  if (p.fault && p.modern) return NONE
  const node = isMethod ? made(p, { kind: 'call', callee: found, args: callArguments(p, []), at }) : found
  return isChain || isOptional ? chained(p, node, at) : node
}

/** The older library knows no place of it. */
const chained = (p: Parser, node: Node, at: number): Node => made(p, { kind: 'chain', node, at: p.modern ? at : undefined })

function indexed(p: Parser, node: Node, isOptional: boolean): Node {
  const { at } = current(p)
  next(p)
  const from = isOp(p, ':') ? undefined : expression(p, 0)
  if (from === undefined || isOp(p, ':')) {
    next(p)
    const to = isBracket(p, ']') ? undefined : expression(p, 0)
    return closed(p, made(p, { kind: 'slice', node, from, to, at }))
  }
  const found = made(p, { kind: 'member', node, property: from, isOptional, isMethod: false, at })
  return closed(p, isOptional ? chained(p, found, at) : found)
}

function closed(p: Parser, node: Node): Node {
  if (p.fault && p.modern) return NONE
  expect(p, 'Bracket', ']')
  return node
}
