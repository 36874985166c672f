// Operands of `view` expressions: names, literals, lists, maps and calls. parser/parser.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import { isBuiltin, predicateShape } from './expression-builtins.ts'
import type { Node } from './expression-nodes.ts'
import { expression, sequence } from './expression-parser.ts'
import { current, expect, fail, is, isBracket, isOp, made, next, NONE, unexpected, type Parser } from './expression-parser-state.ts'
import { postfix } from './expression-postfix.ts'
import { tokenText, type Token } from './expression-tokens.ts'
import { isFault, numberFault, parseFloat64 } from './go-number.ts'

export function word(p: Parser): Node {
  const token = current(p)
  const { value, at } = token
  next(p)
  if (value === 'true' || value === 'false') return made(p, { kind: 'bool', value: value === 'true', at })
  if (value === 'nil') return made(p, { kind: 'nil', at })
  return postfix(p, isBracket(p, '(') ? call(p, token, []) : made(p, { kind: 'name', name: value, at }))
}

export function literal(p: Parser): Node {
  const { value, at, kind } = current(p)
  if (kind === 'Number') return number(p)
  if (kind === 'String') {
    next(p)
    const string = made(p, { kind: 'string', value, at })
    return p.modern ? postfix(p, string) : string
  }
  if (kind === 'Bytes') {
    next(p)
    return postfix(p, made(p, { kind: 'bytes', value, at }))
  }
  if (isBracket(p, '[')) return postfix(p, array(p))
  if (isBracket(p, '{')) return postfix(p, map(p))
  unexpected(p)
  return NONE
}

const LARGEST = 2n ** 63n

/** What is wrong with a literal is said of the token behind it. */
function number(p: Parser): Node {
  const { value, at } = current(p)
  next(p)
  const text = value.replaceAll('_', '')
  const kind = numberKind(text, p.modern)
  if (kind === 'float') {
    const parsed = parseFloat64(text)
    if (!isFault(parsed)) return made(p, { kind: 'float', value: parsed.value, at })
    fail(p, `invalid float literal: ${parsed.fault}`)
    return NONE
  }
  const fault = (why: 'invalid syntax' | 'value out of range'): void => fail(p, `invalid ${kind} literal: ${numberFault('ParseInt', text, why).fault}`)
  const isGood = kind === 'integer' ? /^\d+$/.test(text) : text.length > 2 && !text.includes('.')
  const digits = isGood ? BigInt(text.toLowerCase()) : 0n
  if (!isGood) fault('invalid syntax')
  else if (digits >= LARGEST) fault('value out of range')
  return made(p, { kind: 'int', value: digits, at })
}

type NumberKind = 'hex' | 'float' | 'binary' | 'octal' | 'integer'

/** The older library takes any `x`, and reads other prefixes as a decimal number. */
function numberKind(text: string, modern: boolean): NumberKind {
  const lower = text.toLowerCase()
  if (modern ? lower.startsWith('0x') : text.includes('x')) return 'hex'
  if (/[.e]/.test(lower)) return 'float'
  if (modern && lower.startsWith('0b')) return 'binary'
  return modern && lower.startsWith('0o') ? 'octal' : 'integer'
}

function array(p: Parser): Node {
  const { at } = current(p)
  next(p)
  const nodes: Node[] = []
  while (!isBracket(p, ']') && !p.fault) {
    if (nodes.length > 0) {
      expect(p, 'Operator', ',')
      if (isBracket(p, ']')) break
    }
    nodes.push(expression(p, 0))
  }
  expect(p, 'Bracket', ']')
  return made(p, { kind: 'array', nodes, at })
}

function map(p: Parser): Node {
  const { at } = current(p)
  next(p)
  const pairs: (readonly [Node, Node])[] = []
  while (!isBracket(p, '}') && !p.fault) {
    if (pairs.length > 0) {
      expect(p, 'Operator', ',')
      if (isBracket(p, '}')) break
      if (isOp(p, ',')) unexpected(p)
    }
    const key = mapKey(p)
    if (p.fault && p.modern) return NONE
    expect(p, 'Operator', ':')
    const value = expression(p, 0)
    // The library counts the pair, too.
    made(p, NONE)
    pairs.push([key, value])
  }
  expect(p, 'Bracket', '}')
  return made(p, { kind: 'map', pairs, at })
}

function mapKey(p: Parser): Node {
  const { value, at } = current(p)
  if (is(p, 'Number') || is(p, 'String') || is(p, 'Identifier')) {
    const key = made(p, { kind: 'string', value, at })
    if (!p.fault) next(p)
    return key
  }
  if (isBracket(p, '(')) return expression(p, 0)
  fail(p, `a map key must be a quoted string, a number, a identifier, or an expression enclosed in parentheses (unexpected token ${tokenText(current(p))})`)
  return NONE
}

/** `piped`: what stands before the `|`. */
export function call(p: Parser, { value: name, at }: Token, piped: readonly Node[]): Node {
  const shape = predicateShape(name, p.modern)
  if (shape) {
    const args = p.modern ? predicateArguments(p, shape, piped) : oldPredicateArguments(p, name, piped)
    return made(p, { kind: 'builtin', name, args, at })
  }
  // `type` of the library is out of reach, but for a pipe of the older one.
  if (isBuiltin(name, p.modern) || (!p.modern && name === 'type' && piped.length > 0)) {
    return made(p, { kind: 'builtin', name, args: callArguments(p, piped), at })
  }
  const callee = made(p, { kind: 'name', name, at })
  return made(p, { kind: 'call', callee, args: callArguments(p, piped), at })
}

export function callArguments(p: Parser, piped: readonly Node[]): readonly Node[] {
  const args = [...piped]
  expect(p, 'Bracket', '(')
  while (!isBracket(p, ')') && !p.fault) {
    if (args.length > piped.length) expect(p, 'Operator', ',')
    // The older library takes no comma at the end.
    if (p.modern && isBracket(p, ')')) break
    args.push(expression(p, 0))
  }
  expect(p, 'Bracket', ')')
  return args
}

function predicateArguments(p: Parser, shape: readonly string[], piped: readonly Node[]): readonly Node[] {
  const args = [...piped]
  expect(p, 'Bracket', '(')
  const wanted = shape.slice(piped.length)
  for (const [i, part] of wanted.entries()) {
    const isEnd = isBracket(p, ')')
    if (isEnd && part.endsWith('?')) break
    if (isEnd) fail(p, `expected at least ${wanted.length} arguments`)
    if (i > 0) expect(p, 'Operator', ',')
    args.push(part.startsWith('value') ? expression(p, 0) : predicate(p))
  }
  if (isOp(p, ',')) next(p)
  expect(p, 'Bracket', ')')
  return args
}

function oldPredicateArguments(p: Parser, name: string, piped: readonly Node[]): readonly Node[] {
  const args = [...piped]
  expect(p, 'Bracket', '(')
  if (piped.length === 0) {
    args.push(expression(p, 0))
    expect(p, 'Operator', ',')
  }
  args.push(predicate(p))
  if (name === 'reduce' && isOp(p, ',')) {
    next(p)
    args.push(expression(p, 0))
  }
  expect(p, 'Bracket', ')')
  return args
}

function predicate(p: Parser): Node {
  const { at } = current(p)
  const isBraced = isBracket(p, '{')
  if (isBraced) next(p)
  p.predicates++
  const body = isBraced && p.modern ? sequence(p) : expression(p, 0)
  if (p.modern && !isBraced && isOp(p, ';')) fail(p, 'wrap predicate with brackets { and }')
  p.predicates--
  if (isBraced) expect(p, 'Bracket', '}')
  return made(p, { kind: 'predicate', node: body, at })
}
