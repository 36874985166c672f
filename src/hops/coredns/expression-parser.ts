// The grammar of `view` expressions: parser/parser.go of antonmedv/expr 1.15.5 (CoreDNS 1.11) and expr-lang/expr 1.17.8 (since 1.12).
import { call, literal, word } from './expression-operands.ts'
import type { Node } from './expression-nodes.ts'
import { current, expect, fail, is, isBracket, isOp, made, next, NONE, parserOf, tooDeep, uncounted, unexpected, type Parser } from './expression-parser-state.ts'
import { postfix } from './expression-postfix.ts'
import { NEGATABLE, type Token } from './expression-tokens.ts'

/** From those that bind most loosely to the tightest. */
const LEVELS: readonly { readonly takes: 'one' | 'two'; readonly operators: readonly string[] }[] = [
  { takes: 'two', operators: ['|'] },
  { takes: 'two', operators: ['or', '||'] },
  { takes: 'two', operators: ['and', '&&'] },
  { takes: 'two', operators: ['==', '!=', '<', '>', '>=', '<=', 'in', 'matches', 'contains', 'startsWith', 'endsWith'] },
  { takes: 'two', operators: ['..'] },
  { takes: 'two', operators: ['+', '-'] },
  { takes: 'one', operators: ['not', '!'] },
  { takes: 'two', operators: ['*', '/', '%'] },
  { takes: 'one', operators: ['-', '+'] },
  { takes: 'two', operators: ['**', '^'] },
  { takes: 'two', operators: ['??'] },
]
/** How tightly each binds. */
const taking = (count: 'one' | 'two'): ReadonlyMap<string, number> =>
  new Map(LEVELS.flatMap(({ takes, operators }, level) => (takes === count ? operators.map(op => [op, level] as const) : [])))
const UNARY = taking('one')
const BINARY = taking('two')
const RIGHT = new Set(['**', '^'])
const COMPARISONS = new Set(['<', '>', '>=', '<='])

/** A bound of ours on expressions inside expressions, where the library has that of its stack. */
const DEEPEST = 200

export function parseExpression(text: string, modern: boolean): Node {
  const p = parserOf(text, modern)
  const node = modern ? sequence(p) : expression(p, 0)
  if (!is(p, 'EOF')) unexpected(p)
  if (p.fault) throw p.fault
  return node
}

/** `a; b` is b, since the newer library. */
export function sequence(p: Parser): Node {
  const nodes = [expression(p, 0)]
  while (isOp(p, ';') && !p.fault) {
    next(p)
    if (is(p, 'EOF')) break
    nodes.push(expression(p, 0))
  }
  const [first] = nodes as [Node, ...Node[]]
  return nodes.length === 1 ? first : made(p, { kind: 'sequence', nodes, at: first.at })
}

export function expression(p: Parser, precedence: number): Node {
  if (p.fault) return NONE
  if (++p.depth > DEEPEST) tooDeep()
  const node = precedence === 0 && isOp(p, 'let') ? variable(p) : precedence === 0 && isOp(p, 'if') ? choice(p) : operation(p, precedence)
  p.depth--
  return node
}

function operation(p: Parser, precedence: number): Node {
  let left = primary(p)
  let previous = ''
  while (is(p, 'Operator') && !p.fault) {
    const step = operated(p, left, precedence, previous)
    if (!step) break
    left = step.node
    previous = step.op
  }
  return precedence === 0 ? conditional(p, left) : left
}

/** One operator and what stands right of it; undefined = nothing that binds this tightly. */
function operated(p: Parser, left: Node, precedence: number, previous: string): { readonly node: Node; readonly op: string } | undefined {
  const before = p.at
  const isNegated = isOp(p, 'not')
  if (isNegated) next(p)
  const token = current(p)
  const op = token.value
  if (isNegated && p.modern && !NEGATABLE.has(op)) return void unexpected(p)
  const binds = BINARY.get(op)
  if (binds === undefined || binds < precedence) {
    // The older library has gone past the `not` by then.
    if (p.modern) p.at = before
    return undefined
  }
  next(p)
  if (op === '|') {
    const name = current(p)
    expect(p, 'Identifier')
    return { node: call(p, name, [left]), op }
  }
  if (previous === '??' && op !== '??') {
    return void fail(p, `Operator (${op}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`, token)
  }
  if (p.modern && COMPARISONS.has(op)) return { node: comparison(p, left, token, binds), op }
  const right = expression(p, RIGHT.has(op) ? binds : binds + 1)
  const node = made(p, { kind: 'binary', op, left, right, at: token.at })
  return { node: isNegated ? made(p, { kind: 'unary', op: 'not', node, at: token.at }) : node, op }
}

/** `1 < a < 5` is two comparisons in the newer library. */
function comparison(p: Parser, first: Node, token: Token, binds: number): Node {
  let [left, operator] = [first, token]
  let root: Node | undefined
  for (;;) {
    const right = expression(p, binds + 1)
    const compared = made(p, { kind: 'binary', op: operator.value, left, right, at: operator.at })
    root = root ? made(p, { kind: 'binary', op: '&&', left: root, right: compared, at: operator.at }) : compared
    if (p.fault || !is(p, 'Operator') || !COMPARISONS.has(current(p).value)) return root
    left = right
    operator = current(p)
    next(p)
  }
}

function variable(p: Parser): Node {
  next(p)
  const { value: name, at } = current(p)
  expect(p, 'Identifier')
  expect(p, 'Operator', '=')
  const value = expression(p, 0)
  expect(p, 'Operator', ';')
  const body = p.modern ? sequence(p) : expression(p, 0)
  return made(p, { kind: 'let', name, value, body, at })
}

/** `if a { b } else { c }`; it has no place of its own, and is taken to be at the beginning. */
function choice(p: Parser): Node {
  next(p)
  const test = expression(p, 0)
  const yes = block(p)
  expect(p, 'Operator', 'else')
  const no = isOp(p, 'if') ? nested(p) : block(p)
  return uncounted(p, { kind: 'conditional', test, yes, no, at: 0 })
}

function nested(p: Parser): Node {
  p.depth++
  const node = choice(p)
  p.depth--
  return node
}

function block(p: Parser): Node {
  expect(p, 'Bracket', '{')
  const node = sequence(p)
  expect(p, 'Bracket', '}')
  return node
}

function conditional(p: Parser, test: Node): Node {
  let node = test
  while (isOp(p, '?') && !p.fault) {
    next(p)
    let yes = node
    if (isOp(p, ':')) next(p)
    else {
      yes = expression(p, 0)
      expect(p, 'Operator', ':')
    }
    const no = expression(p, 0)
    node = made(p, { kind: 'conditional', test: node, yes, no, at: p.modern ? current(p).at : undefined })
  }
  return node
}

function primary(p: Parser): Node {
  const token = current(p)
  const { at, value } = token
  const binds = is(p, 'Operator') ? UNARY.get(value) : undefined
  if (binds !== undefined) {
    next(p)
    const node = expression(p, binds)
    return postfix(p, made(p, { kind: 'unary', op: value, node, at }))
  }
  if (isBracket(p, '(')) {
    next(p)
    const inner = p.modern ? sequence(p) : expression(p, 0)
    expect(p, 'Bracket', ')')
    return postfix(p, inner)
  }
  if (isOp(p, '#') || isOp(p, '.')) {
    if (p.predicates > 0) return postfix(p, pointer(p))
    if (!p.modern) fail(p, 'cannot use pointer accessor outside closure')
  }
  if (p.modern && isOp(p, '::')) {
    next(p)
    const name = current(p)
    expect(p, 'Identifier')
    return postfix(p, call(p, name, []))
  }
  return is(p, 'Identifier') ? word(p) : literal(p)
}

function pointer(p: Parser): Node {
  const { at } = current(p)
  let name = ''
  if (isOp(p, '#')) {
    next(p)
    if (is(p, 'Identifier')) {
      name = current(p).value
      next(p)
    }
  }
  return made(p, { kind: 'pointer', name, at })
}
