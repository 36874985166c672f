// The syntax of Go's regexp (regexp/syntax/parse.go, Go 1.20 to 1.26) with its error texts: RE2, so no look-around, no back-references,
// repeat counts up to 1000. Read from left to right with a stack of its own: depth of nesting costs no call stack.
// Not modelled: the limit of characters in classes (`expression too large` for some 26,000 Unicode groups).
// Common beginnings of alternatives, which Go takes out before it counts the size.
import { readClass } from './go-regexp-class.ts'
import { escapedSet, fault, nextChar, readEscape, type Flags, type Pattern } from './go-regexp-escape.ts'
import { charTest, rangeItem } from './go-regexp-set.ts'
import { assertNode, charNode, groupNode, joinNodes, repeatNode, type Assertion, type Node } from './go-regexp-tree.ts'

interface Frame {
  readonly group: number | undefined
  readonly flags: Flags
  readonly before: Node[]
  readonly alternatives: Node[]
}

interface Parser extends Pattern {
  readonly names: string[]
  readonly stack: Frame[]
  /** The sequence being read. */
  nodes: Node[]
  alternatives: Node[]
  /** Where the repetition operator just read began; undefined = the last thing was none. */
  repeatAt: number | undefined
}

const MAX_HEIGHT = 1000
const MAX_SIZE = Math.floor(2 ** 27 / 40)
const MAX_REPEAT = 1000

/** @throws RegexpFault. `names`: of the groups, '' for those without, [0] for the whole. */
export function parseRegexp(text: string, minor: number): { readonly node: Node; readonly names: readonly string[] } {
  const p: Parser = {
    text, minor, at: 0, flags: { fold: false, multiline: false, dotAll: false, lazy: false },
    names: [''], stack: [], nodes: [], alternatives: [], repeatAt: undefined,
  }
  while (p.at < text.length) {
    const start = p.at
    const isRepeat = readItem(p)
    p.repeatAt = isRepeat ? start : undefined
  }
  const node = closeAlternatives(p)
  if (p.stack.length > 0) fault('missing closing )', text)
  return { node, names: p.names }
}

/** True when it was a repetition. */
function readItem(p: Parser): boolean {
  const c = p.text[p.at] as string
  switch (c) {
    case '(': openGroup(p); return false
    case ')': closeGroup(p); return false
    case '|':
      p.at++
      p.alternatives.push(push(p, joinNodes('cat', p.nodes)))
      p.nodes = []
      return false
    case '^': return assertion(p, p.flags.multiline ? 'lineStart' : 'textStart', 1)
    case '$': return assertion(p, p.flags.multiline ? 'lineEnd' : 'textEnd', 1)
    case '.': {
      const all = p.flags.dotAll
      p.at++
      return add(p, charNode(char => all || char !== NEWLINE))
    }
    case '[': return add(p, charNode(readClass(p)))
    case '*': return repetition(p, 0, Infinity, 1)
    case '+': return repetition(p, 1, Infinity, 1)
    case '?': return repetition(p, 0, 1, 1)
    case '{': return braces(p)
    case '\\': return backslash(p)
    default: return add(p, literal(nextChar(p), p.flags.fold))
  }
}

const NEWLINE = 10

const literal = (char: number, fold: boolean): Node => charNode(fold ? charTest([rangeItem(char, char, true)], false) : c => c === char)

function add(p: Parser, node: Node): false {
  p.nodes.push(push(p, node))
  return false
}

function push(p: Parser, node: Node): Node {
  if (node.height > MAX_HEIGHT) fault('expression nests too deeply', p.text)
  if (node.size > MAX_SIZE) fault('expression too large', p.text)
  return node
}

function assertion(p: Parser, what: Assertion, length: number): false {
  p.at += length
  return add(p, assertNode(what))
}

function openGroup(p: Parser): void {
  const { text, at } = p
  if (text[at + 1] !== '?') {
    p.at++
    p.names.push('')
    pushFrame(p, p.names.length - 1, p.flags)
    return
  }
  const named = text.length - at > 4 && text.startsWith('P<', at + 2) ? 4 : p.minor >= 22 && text.length - at > 3 && text[at + 2] === '<' ? 3 : 0
  if (named === 0) return perlFlags(p)
  const end = text.indexOf('>', at)
  if (end === -1) fault('invalid named capture', text.slice(at))
  const name = text.slice(at + named, end)
  if (!/^[A-Za-z0-9_]+$/.test(name)) fault('invalid named capture', text.slice(at, end + 1))
  p.at = end + 1
  p.names.push(name)
  pushFrame(p, p.names.length - 1, p.flags)
}

function pushFrame(p: Parser, group: number | undefined, flags: Flags): void {
  p.stack.push({ group, flags, before: p.nodes, alternatives: p.alternatives })
  p.nodes = []
  p.alternatives = []
}

/** `(?i)`, `(?i-s:`. */
function perlFlags(p: Parser): void {
  const start = p.at
  p.at += 2
  const flags = { ...p.flags }
  let [on, seen] = [true, false]
  while (p.at < p.text.length) {
    const c = String.fromCodePoint(nextChar(p))
    const flag = FLAGS.get(c)
    if (flag) {
      flags[flag] = on
      seen = true
    } else if (c === '-' && on) [on, seen] = [false, false]
    else if ((c === ':' || c === ')') && (on || seen)) {
      if (c === ':') pushFrame(p, undefined, p.flags)
      p.flags = flags
      return
    } else break
  }
  fault('invalid or unsupported Perl syntax', p.text.slice(start, p.at))
}

const FLAGS: ReadonlyMap<string, keyof Flags> = new Map([['i', 'fold'], ['m', 'multiline'], ['s', 'dotAll'], ['U', 'lazy']])

function closeAlternatives(p: Parser): Node {
  const last = push(p, joinNodes('cat', p.nodes))
  return push(p, joinNodes('alt', [...p.alternatives, last]))
}

function closeGroup(p: Parser): void {
  const inside = closeAlternatives(p)
  const frame = p.stack.pop()
  if (!frame) return fault('unexpected )', p.text)
  p.at++
  p.flags = frame.flags
  p.nodes = frame.before
  p.alternatives = frame.alternatives
  add(p, frame.group === undefined ? inside : groupNode(frame.group, inside))
}

function repetition(p: Parser, min: number, max: number, length: number): true {
  const start = p.at
  p.at += length
  const lazy = p.text[p.at] === '?'
  if (lazy) p.at++
  if (p.repeatAt !== undefined) fault('invalid nested repetition operator', p.text.slice(p.repeatAt, p.at))
  const sub = p.nodes.pop()
  if (!sub) return fault('missing argument to repetition operator', p.text.slice(start, p.at))
  const node = push(p, repeatNode(sub, min, max, p.flags.lazy === lazy))
  if (node.copies > MAX_REPEAT) fault('invalid repeat count', p.text.slice(start, p.at))
  p.nodes.push(node)
  return true
}

/** `{2}`, `{2,}`, `{2,5}`; anything else is a brace. */
function braces(p: Parser): boolean {
  const form = /\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/y
  form.lastIndex = p.at
  const found = form.exec(p.text)
  if (!found) return add(p, literal(nextChar(p), p.flags.fold))
  const [whole, low = '', comma, high] = found
  const [min, most] = [Number(low), Number(high ?? low)]
  if (most > MAX_REPEAT || min > most) fault('invalid repeat count', whole)
  return repetition(p, min, comma !== undefined && high === undefined ? Infinity : most, whole.length)
}

function backslash(p: Parser): false {
  const next = p.text[p.at + 1] ?? ''
  const asserted = ASSERTIONS.get(next)
  if (asserted) return assertion(p, asserted, 2)
  if (next === 'C') fault('invalid escape sequence', '\\C')
  if (next === 'Q') {
    const end = p.text.indexOf('\\E', p.at)
    const stop = end === -1 ? p.text.length : end
    p.at += 2
    while (p.at < stop) add(p, literal(nextChar(p), p.flags.fold))
    p.at = end === -1 ? stop : stop + 2
    return false
  }
  const set = escapedSet(p)
  if (set) return add(p, charNode(charTest([set], false)))
  return add(p, literal(readEscape(p), p.flags.fold))
}

const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([['A', 'textStart'], ['b', 'word'], ['B', 'noWord'], ['z', 'textEnd']])
