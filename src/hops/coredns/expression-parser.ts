// The grammar of `view` expressions: parser/parser.go of antonmedv/expr 1.15.5 (CoreDNS 1.11) and expr-lang/expr 1.17.8 (since 1.12).
// Not modelled: optional chaining (`?.`), `let`, `if` and sequences, `$env`.
import { isBuiltin, isPredicate, PREDICATES } from './expression-builtins.ts'
import { ExpressionFault, ExpressionUnmodelled } from './expression-fault.ts'
import { NEGATABLE, tokensOf, tokenText, type Token, type TokenKind } from './expression-tokens.ts'
import { numberFault } from './go-number.ts'

export type Node = { readonly at: number | undefined } & (
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'pointer'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: string; readonly node: Node }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Node; readonly right: Node }
  | { readonly kind: 'ternary'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'array'; readonly nodes: readonly Node[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Node, Node])[] }
  | { readonly kind: 'member'; readonly node: Node; readonly property: Node; readonly isMethod: boolean }
  | { readonly kind: 'slice'; readonly node: Node; readonly from: Node | undefined; readonly to: Node | undefined }
  | { readonly kind: 'call'; readonly callee: Node; readonly args: readonly Node[] }
  | { readonly kind: 'builtin'; readonly name: string; readonly args: readonly Node[]; /** Place of the predicate. */ readonly bodyAt?: number }
)

const UNARY: Readonly<Record<string, number>> = { not: 50, '!': 50, '-': 90, '+': 90 }
const BINARY: Readonly<Record<string, number>> = {
  '|': 0, or: 10, '||': 10, and: 15, '&&': 15, '==': 20, '!=': 20, '<': 20, '>': 20, '>=': 20, '<=': 20, in: 20, matches: 20, contains: 20, startsWith: 20,
  endsWith: 20, '..': 25, '+': 30, '-': 30, '*': 60, '/': 60, '%': 60, '**': 100, '^': 100, '??': 500,
}
const RIGHT = new Set(['**', '^'])
const COMPARISONS = new Set(['<', '>', '>=', '<='])

/** Nodes inside nodes; the library has no bound but the stack. */
const DEEPEST = 200

interface Parser {
  readonly tokens: readonly Token[]
  readonly modern: boolean
  at: number
  depth: number
  predicates: number
}

export function parseExpression(text: string, modern: boolean): Node {
  const p: Parser = { tokens: tokensOf(text, modern), modern, at: 0, depth: 0, predicates: 0 }
  const node = expression(p, 0)
  if (modern && isOp(p, ';')) throw new ExpressionUnmodelled('a sequence of expressions')
  if (current(p).kind !== 'EOF') unexpected(p)
  return node
}

function current(p: Parser): Token {
  const token = p.tokens[p.at] as Token
  if (token.fault) throw token.fault
  return token
}
const is = (token: Token | undefined, kind: TokenKind, value?: string): boolean => token?.kind === kind && (value === undefined || token.value === value)
const isOp = (p: Parser, value: string): boolean => is(current(p), 'Operator', value)
const isBracket = (p: Parser, value: string): boolean => is(current(p), 'Bracket', value)

function unexpected(p: Parser, token = current(p)): never {
  throw new ExpressionFault(`unexpected token ${tokenText(token)}`, token.at)
}

function next(p: Parser): Token {
  const token = current(p)
  if (token.kind === 'EOF') throw new ExpressionFault('unexpected end of expression', token.at)
  p.at++
  return token
}

function expect(p: Parser, kind: TokenKind, value?: string): Token {
  if (!is(current(p), kind, value)) unexpected(p)
  return next(p)
}

function expression(p: Parser, precedence: number): Node {
  if (++p.depth > DEEPEST) throw new ExpressionUnmodelled('an expression nested this deep')
  if (precedence === 0 && (isOp(p, 'let') || (p.modern && isOp(p, 'if')))) throw new ExpressionUnmodelled('let and if')
  let left = primary(p)
  let previous = ''
  while (current(p).kind === 'Operator') {
    const step = operation(p, left, precedence, previous)
    if (!step) break
    left = step.node
    previous = step.op
  }
  p.depth--
  return precedence === 0 ? conditional(p, left) : left
}

/** One operator and what stands right of it; undefined = nothing that binds this tightly. */
function operation(p: Parser, left: Node, precedence: number, previous: string): { readonly node: Node; readonly op: string } | undefined {
  const negation = isOp(p, 'not') ? p.tokens[p.at + 1] as Token : undefined
  const token = negation ?? current(p)
  if (negation && p.modern && !NEGATABLE.has(token.value)) unexpected(p, token)
  const binds = BINARY[token.value]
  if (token.kind !== 'Operator' || binds === undefined || binds < precedence) {
    // The older library has gone past the `not` by then.
    if (negation && !p.modern) p.at++
    return undefined
  }
  p.at += negation ? 2 : 1
  const op = token.value
  if (op === '|') return { node: call(p, expect(p, 'Identifier'), [left]), op }
  if (previous === '??' && op !== '??') {
    throw new ExpressionFault(`Operator (${op}) and coalesce expressions (??) cannot be mixed. Wrap either by parentheses.`, token.at)
  }
  if (p.modern && COMPARISONS.has(op)) return { node: comparison(p, left, token, binds), op }
  const right = expression(p, RIGHT.has(op) ? binds : binds + 1)
  const node: Node = { kind: 'binary', op, left, right, at: token.at }
  return { node: negation ? { kind: 'unary', op: 'not', node, at: token.at } : node, op }
}

/** `1 < a < 5` is two comparisons in the newer library. */
function comparison(p: Parser, first: Node, token: Token, binds: number): Node {
  let [left, operator] = [first, token]
  let root: Node | undefined
  for (;;) {
    const right = expression(p, binds + 1)
    const compared: Node = { kind: 'binary', op: operator.value, left, right, at: operator.at }
    root = root ? { kind: 'binary', op: '&&', left: root, right: compared, at: operator.at } : compared
    if (current(p).kind !== 'Operator' || !COMPARISONS.has(current(p).value)) return root
    left = right
    operator = next(p)
  }
}

function conditional(p: Parser, test: Node): Node {
  let node = test
  while (isOp(p, '?')) {
    next(p)
    const yes = isOp(p, ':') ? node : expression(p, 0)
    expect(p, 'Operator', ':')
    const no = expression(p, 0)
    node = { kind: 'ternary', test: node, yes, no, at: p.modern ? current(p).at : undefined }
  }
  return node
}

function primary(p: Parser): Node {
  const token = current(p)
  if (token.kind === 'Operator' && UNARY[token.value] !== undefined) {
    next(p)
    return postfix(p, { kind: 'unary', op: token.value, node: expression(p, UNARY[token.value] as number), at: token.at })
  }
  if (isBracket(p, '(')) {
    next(p)
    const inner = expression(p, 0)
    if (p.modern && isOp(p, ';')) throw new ExpressionUnmodelled('a sequence of expressions')
    expect(p, 'Bracket', ')')
    return postfix(p, inner)
  }
  if (isOp(p, '#') || isOp(p, '.')) {
    if (p.predicates > 0) return postfix(p, pointer(p))
    if (!p.modern) throw new ExpressionFault('cannot use pointer accessor outside closure', token.at)
  }
  if (p.modern && isOp(p, '::')) throw new ExpressionUnmodelled('::')
  return secondary(p)
}

function pointer(p: Parser): Node {
  const { at } = current(p)
  if (isOp(p, '.')) return { kind: 'pointer', name: '', at }
  next(p)
  return { kind: 'pointer', name: current(p).kind === 'Identifier' ? next(p).value : '', at }
}

function secondary(p: Parser): Node {
  const token = current(p)
  const { at, value } = token
  if (token.kind === 'Identifier') {
    next(p)
    if (value === 'true' || value === 'false') return { kind: 'bool', value: value === 'true', at }
    if (value === 'nil') return { kind: 'nil', at }
    if (value === '$env') throw new ExpressionUnmodelled('$env')
    return postfix(p, isBracket(p, '(') ? call(p, token, []) : { kind: 'name', name: value, at })
  }
  if (token.kind === 'Number') return number(p)
  if (token.kind === 'String') {
    next(p)
    const string: Node = { kind: 'string', value, at }
    return p.modern ? postfix(p, string) : string
  }
  if (isBracket(p, '[')) return postfix(p, { kind: 'array', nodes: listed(p, '[', ']'), at })
  if (isBracket(p, '{')) return postfix(p, map(p))
  return unexpected(p)
}

/** Past it stands the token that an error of a literal points at. */
function number(p: Parser): Node {
  const { at, value } = next(p)
  const digits = value.replaceAll('_', '')
  const isInteger = /^(0x[0-9a-f]*|0o[0-7]*|0b[01]*|\d+)$/i.test(digits)
  if (!isInteger || (/^0x/i.test(digits) && /\./.test(digits))) return { kind: 'float', value: Number(digits), at }
  const [name, least] = /^0x/i.test(digits) ? ['hex', 3] : /^0b/i.test(digits) ? ['binary', 3] : /^0o/i.test(digits) ? ['octal', 3] : ['integer', 1]
  // The older library reads only decimal and `0x`.
  const unreadable = digits.length < (least as number) || (!p.modern && /^0[bo]/i.test(digits))
  if (unreadable) throw new ExpressionFault(`invalid ${p.modern || name === 'hex' ? name : 'integer'} literal: ${numberFault('ParseInt', digits, 'invalid syntax').fault}`, current(p).at)
  if (BigInt(digits) >= 2n ** 63n) throw new ExpressionFault(`invalid ${name} literal: ${numberFault('ParseInt', digits, 'value out of range').fault}`, current(p).at)
  return { kind: 'int', value: Number(digits), at }
}

function listed(p: Parser, open: string, close: string): readonly Node[] {
  const nodes: Node[] = []
  expect(p, 'Bracket', open)
  while (!isBracket(p, close)) {
    if (nodes.length > 0) {
      expect(p, 'Operator', ',')
      // A comma may end the list, but in the older library not that of arguments.
      if (isBracket(p, close) && (p.modern || open === '[')) break
    }
    nodes.push(expression(p, 0))
  }
  expect(p, 'Bracket', close)
  return nodes
}

function map(p: Parser): Node {
  const { at } = expect(p, 'Bracket', '{')
  const pairs: (readonly [Node, Node])[] = []
  while (!isBracket(p, '}')) {
    if (pairs.length > 0) {
      expect(p, 'Operator', ',')
      if (isBracket(p, '}')) break
      if (isOp(p, ',')) unexpected(p)
    }
    const token = current(p)
    const isWord = token.kind === 'Number' || token.kind === 'String' || token.kind === 'Identifier'
    if (!isWord && !isBracket(p, '(')) {
      throw new ExpressionFault(`a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses (unexpected token ${tokenText(token)})`, token.at)
    }
    const key: Node = isWord ? { kind: 'string', value: next(p).value, at: token.at } : expression(p, 0)
    expect(p, 'Operator', ':')
    pairs.push([key, expression(p, 0)])
  }
  expect(p, 'Bracket', '}')
  return { kind: 'map', pairs, at }
}

function call(p: Parser, token: Token, before: readonly Node[]): Node {
  const { value: name, at } = token
  if (isPredicate(name, p.modern)) return { kind: 'builtin', name, ...predicateArguments(p, before, PREDICATES.get(name) === true), at }
  if (!p.modern && name === 'type' && before.length > 0) throw new ExpressionUnmodelled('type() of the library behind a pipe')
  const args = [...before, ...listed(p, '(', ')')]
  // `type` is taken out of the library's functions: CoreDNS has its own.
  if (isBuiltin(name, p.modern)) return { kind: 'builtin', name, args, at }
  return { kind: 'call', callee: { kind: 'name', name, at }, args, at }
}

/** An array, then a predicate in which `#` is an element. */
function predicateArguments(p: Parser, before: readonly Node[], isOptional: boolean): { readonly args: readonly Node[]; readonly bodyAt: number } {
  const args = [...before]
  expect(p, 'Bracket', '(')
  if (args.length === 0) {
    if (p.modern && isBracket(p, ')')) throw new ExpressionFault('expected at least 2 arguments', current(p).at)
    args.push(expression(p, 0))
    if (p.modern && !isOptional && isBracket(p, ')')) throw new ExpressionFault('expected at least 2 arguments', current(p).at)
    if (!(p.modern && isBracket(p, ')'))) expect(p, 'Operator', ',')
  }
  const bodyAt = current(p).at
  if (!(isOptional && p.modern && isBracket(p, ')'))) {
    if (p.modern && isBracket(p, ')')) throw new ExpressionFault('expected at least 1 arguments', current(p).at)
    args.push(predicateBody(p))
  }
  if (p.modern && isOp(p, ',')) next(p)
  expect(p, 'Bracket', ')')
  return { args, bodyAt }
}

function predicateBody(p: Parser): Node {
  const isBraced = isBracket(p, '{')
  if (isBraced) next(p)
  p.predicates++
  const body = expression(p, 0)
  p.predicates--
  if (isOp(p, ';') && p.modern) throw new ExpressionUnmodelled('a sequence of expressions')
  if (isBraced) expect(p, 'Bracket', '}')
  return body
}

function postfix(p: Parser, start: Node): Node {
  let node = start
  for (;;) {
    const token = current(p)
    if (isOp(p, '?.')) throw new ExpressionUnmodelled('optional chaining')
    if (isOp(p, '.')) node = member(p, node)
    else if (isBracket(p, '[')) node = indexed(p, node, token)
    else return node
  }
}

function member(p: Parser, node: Node): Node {
  next(p)
  const token = next(p)
  if (token.kind !== 'Identifier' && !(token.kind === 'Operator' && /^[\p{L}_$]/u.test(token.value))) throw new ExpressionFault('expected name', current(p).at)
  const isMethod = isBracket(p, '(')
  const found: Node = { kind: 'member', node, property: { kind: 'string', value: token.value, at: token.at }, isMethod, at: token.at }
  return isMethod ? { kind: 'call', callee: found, args: listed(p, '(', ')'), at: token.at } : found
}

function indexed(p: Parser, node: Node, { at }: Token): Node {
  next(p)
  const from = isOp(p, ':') ? undefined : expression(p, 0)
  if (!isOp(p, ':')) {
    expect(p, 'Bracket', ']')
    return { kind: 'member', node, property: from as Node, isMethod: false, at }
  }
  next(p)
  const to = isBracket(p, ']') ? undefined : expression(p, 0)
  expect(p, 'Bracket', ']')
  return { kind: 'slice', node, from, to, at }
}
