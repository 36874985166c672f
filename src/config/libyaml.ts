// A YAML document as libyaml 0.2.5 loads it (src/parser.c, src/loader.c): its first document, every node with the place at which libyaml
// starts it (a tag or an anchor in front counts, an absent value lies where its colon ends), an alias standing for the node it names.
// Not modelled: the prefixes of %TAG directives (an undeclared handle is an error, as there).
import type { Source } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { LibyamlError, type Mark } from './libyaml-cursor.ts'
import { LibyamlScanner, type Token } from './libyaml-scanner.ts'
import type { YamlNode } from './yaml-text.ts'

export interface LibyamlFault {
  readonly problem: string
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly next: string
  readonly tokenInHand: boolean
  /** It stopped where a block mapping should have had its next key. */
  readonly atKey: boolean
}

export type LibyamlResult = { readonly root: YamlNode | undefined } | { readonly fault: LibyamlFault }

/** Deeper nesting is no configuration of anybody; the reader is recursive. */
const DEPTH_LIMIT = 200

export function loadLibyaml(file: string, text: string): LibyamlResult {
  let loader: Loader | undefined
  try {
    loader = new Loader(file, text)
    return { root: loader.document() }
  } catch (error) {
    if (!(error instanceof LibyamlError)) throw error
    const { mark, next, tokenInHand, message } = error
    return { fault: { problem: message, line: mark.line + 1, column: mark.column + 1, offset: mark.offset, next, tokenInHand, atKey: loader?.atKey === true } }
  }
}

class Loader {
  /** The state in which libyaml's parser would be. */
  atKey = false
  readonly #place: (start: number, end: number) => Source
  readonly #anchors = new Map<string, YamlNode>()
  readonly #scanner: LibyamlScanner

  constructor(file: string, text: string) {
    this.#scanner = new LibyamlScanner(text)
    this.#place = sourcesOf(file, text)
  }

  document(): YamlNode | undefined {
    this.#take()
    const { type } = this.#peek()
    if (type === 'stream end') return undefined
    const explicit = type === 'directive' || type === 'document start'
    if (explicit) this.#explicitStart()
    const token = this.#peek()
    const empty = explicit && ['directive', 'document start', 'document end', 'stream end'].includes(token.type)
    const root = empty ? this.#empty(token.start) : this.#node(true, false, 0)
    this.#peek()
    return root
  }

  #explicitStart(): void {
    let versions = 0
    while (this.#peek().type === 'directive') {
      const directive = this.#take()
      if (directive.text === 'YAML' && ++versions > 1) this.#fail('found duplicate %YAML directive', directive.start)
    }
    const token = this.#peek()
    if (token.type !== 'document start') this.#fail('did not find expected <document start>', token.start)
    this.#take()
  }

  #fail(problem: string, mark: Mark, tokenInHand = true): never {
    throw new LibyamlError(problem, mark, this.#scanner.next, tokenInHand)
  }

  #peek(): Token { return this.#scanner.peek() }
  #take(): Token { return this.#scanner.take() }

  /** Columns of `sourcesOf` count UTF-16 units, libyaml's count characters. */
  #source(start: Mark, end: Mark): Source {
    return { ...this.#place(start.offset, Math.max(start.offset, end.offset)), line: start.line + 1, column: start.column + 1 }
  }

  #empty(mark: Mark): YamlNode {
    return { kind: 'scalar', value: null, text: '', style: 'plain', source: this.#source(mark, mark) }
  }

  #node(block: boolean, indentless: boolean, depth: number): YamlNode {
    let token = this.#peek()
    if (depth > DEPTH_LIMIT) this.#fail('exceeded maximum nesting', token.start)
    if (token.type === 'alias') {
      this.#take()
      return this.#anchors.get(token.text) ?? this.#fail('found undefined alias', token.start, false)
    }
    const start = token.start
    let anchor: Token | undefined
    let tag: Token | undefined
    while ((token.type === 'anchor' && !anchor) || (token.type === 'tag' && !tag)) {
      if (token.type === 'anchor') anchor = token
      else tag = token
      this.#take()
      token = this.#peek()
    }
    if (tag && tag.text !== '' && tag.text !== '!') this.#fail('found undefined tag handle', tag.start)
    const node = this.#content(token, start, block, indentless, anchor !== undefined || tag !== undefined, depth)
    if (anchor) {
      if (this.#anchors.has(anchor.text)) this.#fail('found duplicate anchor', start, false)
      this.#anchors.set(anchor.text, node)
    }
    return node
  }

  #content(token: Token, start: Mark, block: boolean, indentless: boolean, bare: boolean, depth: number): YamlNode {
    if (indentless && token.type === '-') return this.#sequence(start, depth, true)
    if (token.type === 'scalar') {
      this.#take()
      return { kind: 'scalar', value: token.text, text: token.text, style: token.style, source: this.#source(start, token.end) }
    }
    if (token.type === '[') return this.#flowSequence(start, depth)
    if (token.type === '{') return this.#flowMapping(start, depth)
    if (block && token.type === 'block sequence') return this.#sequence(start, depth, false)
    if (block && token.type === 'block mapping') return this.#mapping(start, depth)
    if (bare) return this.#empty(start)
    return this.#fail('did not find expected node content', token.start)
  }

  #sequence(start: Mark, depth: number, indentless: boolean): YamlNode {
    if (!indentless) this.#take()
    const items: YamlNode[] = []
    for (;;) {
      this.atKey = false
      const entry = this.#peek()
      if (entry.type !== '-') {
        if (!indentless && entry.type !== 'block end') this.#fail("did not find expected '-' indicator", entry.start)
        if (!indentless) this.#take()
        return { kind: 'list', items, source: this.#source(start, entry.start) }
      }
      this.#take()
      const { type } = this.#peek()
      const absent = type === '-' || type === 'block end' || (indentless && (type === 'key' || type === 'value'))
      items.push(absent ? this.#empty(entry.end) : this.#node(true, false, depth + 1))
    }
  }

  #mapping(start: Mark, depth: number): YamlNode {
    this.#take()
    this.atKey = false
    const pairs: { key: YamlNode; value: YamlNode }[] = []
    const isNext = (token: Token): boolean => token.type === 'key' || token.type === 'value' || token.type === 'block end'
    for (;;) {
      const token = this.#peek()
      if (token.type === 'block end') {
        this.#take()
        return { kind: 'map', pairs, source: this.#source(start, token.end) }
      }
      if (token.type !== 'key') this.#fail('did not find expected key', token.start)
      this.#take()
      const key = isNext(this.#peek()) ? this.#empty(token.end) : this.#node(true, true, depth + 1)
      this.atKey = false
      const colon = this.#peek()
      if (colon.type === 'value') {
        this.#take()
        pairs.push({ key, value: isNext(this.#peek()) ? this.#empty(colon.end) : this.#node(true, true, depth + 1) })
      } else pairs.push({ key, value: this.#empty(colon.start) })
      this.atKey = true
    }
  }

  #flowSequence(start: Mark, depth: number): YamlNode {
    const items: YamlNode[] = []
    const end = this.#entries(']', token => items.push(token.type === 'key' ? this.#pairInSequence(depth) : this.#node(false, false, depth + 1)))
    return { kind: 'list', items, source: this.#source(start, end) }
  }

  /** A flow collection with its brackets, commas between its entries; where it ends. */
  #entries(close: ']' | '}', read: (first: Token) => void): Mark {
    this.#take()
    for (let count = 0; ; count++) {
      this.atKey = false
      let token = this.#peek()
      if (token.type !== close && count > 0) {
        if (token.type !== ',') this.#fail(`did not find expected ',' or '${close}'`, token.start)
        this.#take()
        token = this.#peek()
      }
      if (token.type === close) return this.#take().end
      read(token)
    }
  }

  /** `[a: b]` is a list of one mapping. */
  #pairInSequence(depth: number): YamlNode {
    const token = this.#take()
    const ends = (one: Token): boolean => one.type === ',' || one.type === ']'
    let next = this.#peek()
    const key = next.type === 'value' || ends(next) ? this.#empty(this.#take().end) : this.#node(false, false, depth + 1)
    next = this.#peek()
    let value = this.#empty(next.start)
    if (next.type === 'value') {
      this.#take()
      next = this.#peek()
      value = ends(next) ? this.#empty(next.start) : this.#node(false, false, depth + 1)
    }
    return { kind: 'map', pairs: [{ key, value }], source: this.#source(token.start, this.#peek().start) }
  }

  #flowMapping(start: Mark, depth: number): YamlNode {
    const pairs: { key: YamlNode; value: YamlNode }[] = []
    const end = this.#entries('}', token => pairs.push(this.#flowPair(token, depth)))
    return { kind: 'map', pairs, source: this.#source(start, end) }
  }

  #flowPair(token: Token, depth: number): { key: YamlNode; value: YamlNode } {
    const ends = (one: Token): boolean => one.type === ',' || one.type === '}'
    if (token.type !== 'key') {
      const key = this.#node(false, false, depth + 1)
      return { key, value: this.#empty(this.#peek().start) }
    }
    this.#take()
    const first = this.#peek()
    const key = first.type === 'value' || ends(first) ? this.#empty(first.start) : this.#node(false, false, depth + 1)
    if (this.#peek().type !== 'value') return { key, value: this.#empty(this.#peek().start) }
    this.#take()
    const next = this.#peek()
    return { key, value: ends(next) ? this.#empty(next.start) : this.#node(false, false, depth + 1) }
  }
}
