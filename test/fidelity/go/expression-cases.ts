// Expressions of `view` and what is known of a query: by hand where a rule has an edge (expression-cases.txt), and grown from a grammar,
// some of them damaged.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { damaged } from './damaged.ts'

export interface ExpressionQuery {
  readonly type: string; readonly name: string; readonly class: string; readonly proto: string; readonly size: number; readonly client: string; readonly port: string
  readonly id: number; readonly opcode: number; readonly do: boolean; readonly bufsize: number; readonly server: string; readonly metadata: Readonly<Record<string, string>>
}

export interface ExpressionCase {
  readonly expression: string
  readonly query: ExpressionQuery
}

const QUERIES: readonly ExpressionQuery[] = [
  {
    type: 'A', name: 'a.b.test.', class: 'IN', proto: 'udp', size: 26, client: '10.1.2.3', port: '40000', id: 7, opcode: 0, do: true, bufsize: 1232, server: '10.0.0.53',
    metadata: { 'view/name': 'v' },
  },
  {
    type: 'AAAA', name: 'Éa.', class: 'CH', proto: 'tcp', size: 21, client: 'fd00::1', port: '53', id: 65535, opcode: 5, do: false, bufsize: 65535, server: '::', metadata: {},
  },
]

/** Those that a line of a file cannot hold. */
const AROUND = [
  '', ' ', '\n', 'name()\n == 1 +\n\t"a"', '1 +\n\n', '\n\n@', 'é\n  + 1', "'é' + 1", "'😀' + 1 + nil", '\t@', '\'\u0080\' + 1', '\'\u007f\' + 1', 'a\r\nb', '"a\nb"', '"a\r', "'\u0000'", '\u0000', '1\u00a0+ 1', '1\u2003+\u20031', '\ufeff1', '\u200b1',
  `${'('.repeat(60)}1${')'.repeat(60)}`, `${'['.repeat(40)}1`, Array.from({ length: 400 }, () => '1').join(' + '), `[${Array.from({ length: 300 }, (_, i) => i).join(', ')}]`, `${'-'.repeat(50)}1`, `${'not '.repeat(50)}true`,
  `[${'1,'.repeat(9998)}1]`, `[${'1,'.repeat(9999)}1]`, `[${'1,'.repeat(12000)}1]`, 'sortBy([3,1,2,3,1,2,3,1,2,3,1,2,3,1,2], #)', 'sortBy(1..20, # % 3)', 'sort([1, 1.0, 2, 2.0, 1, 1.0, 2, 2.0, 1, 1.0, 2, 2.0, 1])',
]

type Kind = 'bool' | 'int' | 'float' | 'string' | 'list' | 'map' | 'any'

const LITERALS: Readonly<Record<Kind, readonly string[]>> = {
  bool: ['true', 'false', 'do()'],
  int: ['0', '1', '2', '-1', '7', '0x1F', '0b11', '0o17', '1_000', '9223372036854775807', 'size()', 'id()', 'opcode()', 'bufsize()'],
  float: ['0.5', '2.0', '1e3', '.5', '-1.5', '1.', '1e400', '0.1'],
  string: [
    '\'a\'', '\'\'', '"b"', '\'A\'', '\'test\'', '\'é\'', '\'a.b.test.\'', 'name()', 'type()', 'class()', 'proto()', 'client_ip()', 'server_ip()', 'port()', '`r\\n`', '\'\\n\\x41\'', '\'10\'', '\'1.5\'',
    '\'[1, "a", null]\'', '\'{"a": 1, "b": [true]}\'', '\'YQ==\'', '\'asc\'', '\'desc\'', 'metadata(\'view/name\')',
  ],
  list: ['[]', '[1, 2, 3]', '[\'a\', \'b\']', '[1, \'a\', nil, true]', '[3.5, 1]', '1..4', '2..1', '[[1, 2], [\'a\']]', 'split(name(), \'.\')', '[{a: 1}, {a: 2, b: \'x\'}]', '[size(), 1]', '[[\'a\', 1], [\'b\', 2]]', '[true, false]'],
  map: ['{}', '{a: 1}', '{\'a\': \'x\', b: [1]}', '{"k": {a: 2}}', '{(name()): 1}'],
  any: ['nil', 'fromJSON(\'[1, 2.5, "a"]\')', 'fromJSON(\'{"a": null}\')', 'fromJSON(\'"s"\')', 'fromJSON(\'2\')', 'fromJSON(\'true\')', 'fromJSON(\'null\')', '$env', 'first([])', 'duration(\'90s\')', 'name', 'len', 'get({a: 1}, \'a\')', 'b\'ab\''],
}
const POINTERS = ['#', '#', '#', '.a', '#.a', '#index', '#acc', '#[0]', '#b', '##']

/** Alternatives of a kind: capital letters stand for an operand, `P` for a predicate's body. B bool, I int, F float, S string, L list, M map, A any, N number. */
const SHAPES: Readonly<Record<Kind, readonly string[]>> = {
  bool: [
    'I == N', 'S == S', 'A == A', 'B == B', 'L == L', 'M == M', 'I != N', 'A != A', 'N < N', 'S <= S', 'N >= N', 'S > S', 'A < A', 'N < N < N', 'B and B', 'B && B', 'B or B', 'B || B', 'not B', '!B',
    'A in L', 'S in M', 'I in L', 'I in 1..5', 'I not in [1, 2]', 'S in [\'a\', \'b\', \'A\']', 'S not in L', 'A in A', 'S matches S', 'S matches \'^a\'', 'S not matches \'[.]$\'', 'S matches \'(\'', 'S contains S', 'S startsWith S', 'S endsWith S', 'S not endsWith S',
    'A contains S', 'all(L, P)', 'any(L, P)', 'none(L, P)', 'one(L, P)', 'any(L, {P})', 'all(L, P) && all(L, P)', 'any([1, 2, \'a\'], # == 1) || any([1, 2, \'a\'], # == 2)', 'none(L, P) and none(L, P)', 'hasPrefix(S, S)', 'hasSuffix(S, S)', 'incidr(S, \'10.0.0.0/8\')',
    'incidr(client_ip(), S)', 'count(L, P) > 0', 'count(L, P) >= 2', 'count(L, P) <= 1', 'B ? B : B', 'if B { B } else { B }', '(B)', 'A ?? B', 'L | any(P)', 'not (B)', 'count(L, # == 1) > 1',
  ],
  int: [
    'I + I', 'I - I', 'I * I', 'I % I', '-I', '+I', 'len(L)', 'len(S)', 'len(M)', 'len(A)', 'int(N)', 'int(S)', 'int(A)', 'abs(I)', 'max(I, I)', 'min(I, I)', 'sum(L)', 'sum([I, I, N])', 'count(L, P)', 'findIndex(L, P)', 'findLastIndex(L, P)', 'indexOf(S, S)', 'lastIndexOf(S, S)',
    'bitand(I, I)', 'bitor(I, I)', 'bitxor(I, I)', 'bitnand(I, I)', 'bitnot(I)', 'bitshl(I, I)', 'bitshr(I, I)', 'bitushr(I, I)', 'B ? I : I', 'L[0]', 'L[-1]', 'L[I]', 'reduce(L, # + #acc)', 'reduce(L, P, I)', 'sum(1..10, # * 2)', 'reduce(1..5, #acc + #, 1)', 'sum(L, P)',
    'let x = I; x + 1', 'let x = I; let y = x; x * y', 'I | max(2)', 'count(L)', 'sum(map(L, P))', 'len(filter(L, P))', '(I; I)',
  ],
  float: ['N + F', 'F - N', 'F * N', 'N / N', 'N ** I', 'N ^ I', 'float(N)', 'float(S)', 'ceil(N)', 'floor(N)', 'round(N)', 'abs(F)', 'max(N, N)', 'mean(L)', 'median(L)', 'mean(N, N)', 'median(L, N)', '-F', 'duration(S).Seconds()', 'F % I'],
  string: [
    'S + S', 'upper(S)', 'lower(S)', 'trim(S)', 'trim(S, S)', 'trimPrefix(S, S)', 'trimSuffix(S)', 'repeat(S, I)', 'replace(S, S, S)', 'replace(S, S, S, I)', 'join(L)', 'join(L, S)', 'string(A)', 'string(N)', 'string(L)', 'string(M)', 'toJSON(A)', 'toJSON(L)', 'toJSON(M)', 'toJSON(N)', 'toJSON(S)',
    'toBase64(S)', 'fromBase64(S)', 'S[I:I]', 'S[:I]', 'S[I:]', 'S[:]', 'B ? S : S', 'L[0]', 'S | upper()', 'S | split(\'.\') | join(\'-\')', 'A ?? S', 'type()', 'M.a', 'M?.a ?? S',
  ],
  list: [
    'filter(L, P)', 'map(L, P)', 'split(S, S)', 'split(S, S, I)', 'splitAfter(S, S)', 'splitAfter(S, S, I)', 'L[I:I]', 'L[I:]', 'L[:I]', 'I..I', 'sort(L)', 'sort(L, S)', 'sortBy(L, P)', 'sortBy(L, P, \'desc\')', 'sortBy(L, \'a\')', 'uniq(L)', 'concat(L, L)', 'flatten(L)', 'reverse(L)',
    'take(L, I)', 'keys(M)', 'values(M)', 'toPairs(M)', 'map(filter(L, P), P)', 'filter(filter(L, P), P)', 'L | map(P) | filter(P)', '[A, A]', '[I, S, N]', '[S, S]', 'map(L, {P})', 'map(L, #index)', 'reverse(L)[1:]', 'map(filter(L, P), #index)',
  ],
  map: ['{a: A, b: N}', '{(S): A}', 'fromPairs(L)', 'groupBy(L, P)', 'fromPairs(toPairs(M))', '{S: 1}', '{"a": A,}', '{1: 2}'],
  any: [
    'first(L)', 'last(L)', 'get(L, I)', 'get(M, S)', 'get(A, A)', 'find(L, P)', 'findLast(L, P)', 'filter(L, P)[0]', 'filter(L, P)[-1]', 'first(filter(L, P))', 'last(filter(L, P))', 'M[S]', 'M.b', 'M?.a', 'M?.a?.b', 'M?.["a"]', 'A?.a.b', 'A[A]', 'A.a', 'fromJSON(S)', 'reduce(L, #acc)', 'reduce(L, #index)', 'A ?? A', 'B ? A : A',
    'A + A', 'A - A', 'A * A', 'duration(S)', 'duration(S) + duration(\'1s\')', 'duration(S) * I', '$env.name()', '$env["size"]()', '$env[S]', 'get($env, S)', 'A()', 'S()', 'now().Year()', 'date(S)', 'let f = A; f', 'type', 'A.Foo()', '::len(L)', '1; A', 'max(L)', 'min(L, N)', 'A[I:I]', 'let x = L; x[I]',
  ],
}

const OPERANDS: Readonly<Record<string, readonly Kind[]>> = {
  B: ['bool'], I: ['int'], F: ['float'], S: ['string'], L: ['list'], M: ['map'], N: ['int', 'float'], A: ['bool', 'int', 'float', 'string', 'list', 'map', 'any', 'any'],
}
const KINDS = Object.keys(LITERALS) as readonly Kind[]
const BODIES = ['# == A', '# > I', '# + I', '# contains S', '# in L', '#', '# == # and B', 'len(#) > I', '# * N', '.a == A', '#.a', '#index', '# != A', 'A', 'B', '# % 2 == 0', 'upper(#)', '# ?? A', '{A; # == I}', 'let y = #; y == A', '# + #acc', '[#, #]', '#a > I', 'any(L, # == I)', 'string(#)']

const grown = (depth: number, kind: Kind, inside: boolean): fc.Arbitrary<string> => {
  const leaf = fc.constantFrom(...LITERALS[kind])
  const pointer = fc.constantFrom(...POINTERS)
  const end = inside ? fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: pointer }) : leaf
  if (depth <= 0) return end
  const shape = fc.constantFrom(...SHAPES[kind]).chain(text => filled(depth - 1, text, inside))
  return fc.oneof({ weight: 1, arbitrary: end }, { weight: 3, arbitrary: shape })
}

/** A piece in a hundred is of another kind than the place asks for. */
function filled(depth: number, text: string, inside: boolean): fc.Arbitrary<string> {
  const pieces = text.split(/(?<![\w.$])([BIFSLMNAP])(?!\w)/)
  return fc.tuple(...pieces.map((piece, i): fc.Arbitrary<string> => {
    if (i % 2 === 0) return fc.constant(piece)
    if (piece === 'P') return fc.constantFrom(...BODIES).chain(body => filled(Math.min(depth, 1), body, true))
    return fc.tuple(fc.constantFrom(...OPERANDS[piece] as readonly Kind[]), fc.nat(60), fc.constantFrom(...KINDS)).chain(([kind, roll, other]) => grown(depth, roll === 0 ? other : kind, inside))
      .map(operand => (/ /.test(operand) && depth > 0 && !/^\(.*\)$/.test(operand) && operand.length % 3 > 0 ? `(${operand})` : operand))
  })).map(parts => parts.join(''))
}

const whole = fc.tuple(fc.constantFrom<Kind>('bool', 'bool', 'bool', 'int', 'float', 'string', 'list', 'map', 'any'), fc.constantFrom(1, 1, 2, 2, 3)).chain(([kind, depth]) => grown(depth, kind, false))
const PUT = [...'()[]{}#.,:;?|!=<>+-*/%^&\'"`\\@ \n\té0_$xb', '..', '??', '?.', '::', '//', '/*', '*/', 'not ', ' in ', 'let ', 'if ', 'nil', 'else']

export const expressionText = fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: damaged(whole, PUT) })

/** The same for the same seed. */
export function expressionCases(count: number, seed: number): readonly ExpressionCase[] {
  const byHand = readFileSync(new URL('expression-cases.txt', import.meta.url), 'utf8').split('\n')
  const texts = [...byHand, ...AROUND, ...fc.sample(expressionText, { numRuns: count, seed })]
  return [...new Set(texts)].map((expression, i) => ({ expression, query: QUERIES[i % 3 === 2 ? 1 : 0] as ExpressionQuery }))
}
