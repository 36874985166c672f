// Where a hop's source can be wrong in a small way, and how: found in the syntax tree, so that a mutant always parses.
//
// Not sites, because no answer depends on them or nobody could see it:
// - types, comments, imports and words of messages (only rcodes, flags, record types, classes and transports are exchanged);
// - what is handed to `report`: the text of a Problem is tested beside the plugin, and says nothing about an answer;
// - where something stands in a file (the places of a Source): it is shown, and nothing follows from it;
// - constants whose comment calls them a bound of ours: they keep a hostile input from taking the machine.
// Large numbers are doubled, because a millisecond more is below what any recording can tell; a release is moved over the nearest
// recorded one, because between two of them there is nothing to hold it against.
import { parseSync } from 'vite'

export interface Site {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly line: number
  readonly kind: string
  readonly was: string
  /** What can stand there instead; at least one. */
  readonly puts: readonly string[]
}

/** Releases of the program that a file models, of which there are rows. Ascending. */
export type Releases = readonly (readonly number[])[]

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

interface Reader {
  readonly text: string
  readonly releases: Releases
  readonly bounds: readonly Node[]
  readonly add: (kind: string, at: { readonly start: number; readonly end: number }, ...puts: readonly string[]) => void
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='], '<=': ['<', '>'], '>': ['>=', '<='], '>=': ['>', '<'], '===': ['!=='], '!==': ['==='],
  '&&': ['||'], '||': ['&&'], '+': ['-'], '-': ['+'], '*': ['/'], '/': ['*'], '%': ['*'], '+=': ['-='], '-=': ['+='],
}
const COMPARES = new Set(['<', '<=', '>', '>=', '===', '!=='])

const CALLEES: ReadonlyMap<unknown, string> = new Map([['some', 'every'], ['every', 'some'], ['min', 'max'], ['max', 'min']])

const WORDS: readonly { readonly kind: string; readonly words: readonly string[] }[] = [
  { kind: 'rcode', words: ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'BADVERS'] },
  { kind: 'flag', words: ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'] },
  { kind: 'record type', words: ['A', 'AAAA', 'CNAME', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'MX', 'DNAME', 'HTTPS', 'HINFO', 'AXFR', 'IXFR', 'RRSIG'] },
  { kind: 'class', words: ['IN', 'CH', 'HS', 'ANY'] },
  { kind: 'transport', words: ['udp', 'tcp'] },
]

export function sitesOf(file: string, text: string, releases: Releases): readonly Site[] {
  const { program, comments, errors } = parseSync(file, text, { lang: 'ts' })
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`)
  const sites: Site[] = []
  const lineOf = lineFinder(text)
  const add: Reader['add'] = (kind, { start, end }, ...puts) => {
    sites.push({ file, start, end, line: lineOf(start), kind, was: text.slice(start, end), puts })
  }
  const bounds = (program.body as unknown as readonly Node[]).filter(node => comments.some(comment =>
    /\bbounds?\b|hostile/i.test(comment.value) && comment.end <= node.start && text.slice(comment.end, node.start).trim() === '') && /^(?:export )?const/.test(text.slice(node.start)))
  visit({ text, releases, bounds, add }, program as unknown as Node, undefined)
  return sites.sort((a, b) => a.start - b.start || a.end - b.end)
}

export const parses = (file: string, text: string): boolean => parseSync(file, text, { lang: 'ts' }).errors.length === 0

function lineFinder(text: string): (at: number) => number {
  const ends = [...text.matchAll(/\n/g)].map(found => found.index)
  return at => ends.filter(end => end < at).length + 1
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Syntax that holds a value although its name begins with TS. */
const VALUES = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression'])

function visit(reader: Reader, node: Node, parent: Node | undefined): void {
  if (node.type.startsWith('TS') && !VALUES.has(node.type) || node.type === 'ImportDeclaration' || reader.bounds.includes(node)) return
  if (node.type === 'CallExpression' && /(?:^|\.)report$/.test(sourceOf(reader, node['callee'] as Node))) return
  if (isRelease(reader, node)) return
  LOOKS[node.type]?.(reader, node, parent)
  if (node.type === 'Property' && PLACES.has(String((node['key'] as Node)['name']))) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'key' && node['computed'] !== true || key === 'property' && node['computed'] !== true) continue
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(reader, child, node)
  }
}

const PLACES = new Set(['start', 'end', 'line', 'column', 'endLine', 'endColumn'])

const sourceOf = ({ text }: Reader, node: Node): string => text.slice(node.start, node.end)

const LOOKS: Readonly<Record<string, (reader: Reader, node: Node, parent: Node | undefined) => void>> = {
  BinaryExpression: lookAtOperator,
  LogicalExpression: lookAtOperator,
  AssignmentExpression: lookAtOperator,
  UnaryExpression: (reader, node) => {
    if (node['operator'] === '!') reader.add('dropped !', node, sourceOf(reader, node['argument'] as Node))
  },
  IfStatement: (reader, node) => {
    lookAtCondition(reader, node)
    if (!node['alternate'] && isJump(node['consequent'] as Node)) reader.add('dropped guard', node, ';')
  },
  ConditionalExpression: lookAtCondition,
  Literal: lookAtLiteral,
  CallExpression: (reader, node) => {
    const callee = node['callee'] as Node
    const property = callee['property'] as Node | undefined
    const put = CALLEES.get(property?.['name'])
    if (callee.type === 'MemberExpression' && property && put) reader.add('exchanged call', property, put)
  },
  ExpressionStatement: (reader, node) => {
    const expression = node['expression'] as Node
    if (expression.type === 'YieldExpression' && expression['delegate'] === true) reader.add('dropped effect', node, ';')
  },
  SpreadElement: (reader, node, parent) => {
    if (parent?.type === 'ObjectExpression') reader.add('dropped members', node, '...{}')
    if (parent?.type === 'ArrayExpression') reader.add('dropped elements', node, '...[]')
  },
}

function lookAtOperator(reader: Reader, node: Node): void {
  const operator = String(node['operator'])
  const [left, right] = [node['left'] as Node, node['right'] as Node]
  const puts = OPERATORS[operator]
  if (!puts || operator.startsWith('+') && (isText(left) || isText(right))) return
  // The operator is the first one between its sides that stands in no comment and no closing bracket.
  const at = left.end + reader.text.slice(left.end, right.start).indexOf(operator)
  const kind = COMPARES.has(operator) ? 'flipped comparison' : /[&|]/.test(operator) ? 'and for or' : 'exchanged arithmetic'
  reader.add(kind, { start: at, end: at + operator.length }, ...puts)
}

/** A sum of texts has no minus. */
function isText(node: Node): boolean {
  if (node.type === 'TemplateLiteral' || typeof node['value'] === 'string') return true
  return node.type === 'BinaryExpression' && (isText(node['left'] as Node) || isText(node['right'] as Node))
}

/** Where the condition is itself a comparison or a `!`, its own site is the same mutant. */
function lookAtCondition(reader: Reader, node: Node): void {
  const test = node['test'] as Node
  if (COMPARES.has(String(test['operator'])) || test['operator'] === '!') return
  reader.add(node.type === 'IfStatement' ? 'negated condition' : 'swapped branches', test, `!(${sourceOf(reader, test)})`)
}

const JUMPS = new Set(['ReturnStatement', 'ContinueStatement', 'BreakStatement', 'ThrowStatement'])
const isJump = (node: Node): boolean => JUMPS.has(node.type) || node.type === 'BlockStatement' && JUMPS.has((node['body'] as readonly Node[]).at(-1)?.type ?? '')

/** From here on one more is too little to be seen. */
const LARGE = 20

function lookAtLiteral(reader: Reader, node: Node): void {
  const value = node['value']
  if (typeof value === 'boolean') reader.add('exchanged truth', node, String(!value))
  else if (typeof value === 'number') {
    if (value >= LARGE) reader.add('changed number', node, String(value * 2), String(Math.floor(value / 2)))
    else reader.add('changed number', node, String(value + 1), ...(value > 0 ? [String(value - 1)] : []))
  } else {
    const group = WORDS.find(({ words }) => words.includes(value as string))
    if (group) reader.add(`exchanged ${group.kind}`, node, ...group.words.filter(word => word !== value).map(word => `'${word}'`))
  }
}

/** `since(version, 1, 11)`, `atLeast(version, 2, 26)` and `[1, 14, 4]` of a table are one site each, whose numbers are none. */
function isRelease(reader: Reader, node: Node): boolean {
  const isCall = node.type === 'CallExpression' && /^(?:since|atLeast)$/.test(sourceOf(reader, node['callee'] as Node))
  if (!isCall && node.type !== 'ArrayExpression') return false
  const parts = (isCall ? node['arguments'] as readonly Node[] : node['elements'] as readonly Node[]).slice(isCall ? 1 : 0)
  const numbers = parts.map(part => part?.['value'])
  const like = reader.releases[0]
  const isNumbers = (values: readonly unknown[]): values is number[] => values.length > 0 && values.every(value => typeof value === 'number')
  if (!like || !isNumbers(numbers) || numbers[0] !== like[0] || (!isCall && numbers.length !== like.length)) return false
  const puts = movedReleases(numbers, reader.releases).map(release => release.join(', '))
  const [first, last] = [parts[0] as Node, parts.at(-1) as Node]
  if (puts.length > 0) reader.add('moved release', { start: first.start, end: last.end }, ...puts)
  return true
}

/** The next release that has it loses it, the last one that has it not gets it. */
function movedReleases(release: readonly number[], recorded: Releases): (readonly number[])[] {
  const loses = recorded.find(one => compare(one, release) >= 0)
  const gets = recorded.findLast(one => compare(one, release) < 0)
  return [...(loses ? [[...loses.slice(0, -1), (loses.at(-1) as number) + 1]] : []), ...(gets ? [gets] : [])]
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0))
  return at < 0 ? 0 : (a[at] as number) - (b[at] ?? 0)
}

export const ascending = (releases: readonly (readonly number[])[]): Releases => releases.toSorted(compare)
