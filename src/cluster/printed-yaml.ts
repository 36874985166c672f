// A short cut for YAML as kubectl prints it (sigs.k8s.io/yaml, block style): `key: value` lines, `- ` items, literal blocks, `{}` and `[]`.
// A cluster has tens of megabytes of it, and a YAML parser with positions takes a minute for what this takes a second.
// Whatever is not in this plain subset (anchors, flow collections, folded or many-line scalars, tabs, comments after a value …)
// makes it give up, and the caller reads the text with config/yaml-text.ts instead: the two never differ on what this one takes
// (printed-yaml.test.ts holds them against each other). Places are found when asked for, by reading one document again.
import type { Source } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { readYaml, type YamlDocument } from '../config/yaml-text.ts'
import { once } from './once.ts'
import { plainValue, quotedValue } from './printed-scalar.ts'

/** Deeper than any Kubernetes object; beyond it the general reader decides. */
const DEPTH_LIMIT = 100
/** Tabs, other line ends, directives and document ends. */
const NOT_PRINTED = /[\t\r\ufeff\u0085\u2028\u2029]|^%|^\.\.\./m
/** Lines of one quoted text. */
const FOLD_LIMIT = 10_000
const SIZE_LIMIT = 64 * 1024 * 1024

export function readPrintedYaml(file: string, text: string): readonly YamlDocument[] | undefined {
  if (text.length > SIZE_LIMIT || NOT_PRINTED.test(text) || !/^(?:---\n)?(?:#[^\n]*\n|\n)*[A-Za-z]/.test(text)) return undefined
  const scanner = new PrintedYaml(text)
  const spans = scanner.documents()
  if (!spans) return undefined
  const at = sourcesOf(file, text)
  const general = once(() => readYaml(file, text).value)
  return spans.map(({ value, start, items }, index) => {
    const whole = once(() => new PrintedYaml(text).placesOf(start))
    const parts = new Map<number, Place>()
    const part = (item: number): Place => {
      const known = parts.get(item)
      if (known) return known
      const made = new PrintedYaml(text).placesOfItem(items[item] as number)
      parts.set(item, made)
      return made
    }
    return {
      value,
      sourceAt: (path, what = 'value') => {
        const item = path[0] === 'items' ? path[1] : undefined
        const inItem = typeof item === 'number' && items[item] !== undefined
        return inItem ? placeOf(part(item), path.slice(2), what, at) : placeOf(whole(), path, what, at)
      },
      root: () => general()[index]?.root(),
    }
  })
}

/** Where a value is written; `children` by key or index. */
interface Place {
  readonly key: readonly [number, number] | undefined
  readonly start: number
  end: number
  readonly children: Map<string | number, Place> | undefined
}

type What = 'key' | 'value' | 'pair'

type SourceMaker = (start: number, end: number) => Source

function placeOf(root: Place, path: readonly (string | number)[], what: What, at: SourceMaker): Source | undefined {
  let place: Place | undefined = root
  for (const step of path) {
    const isList: boolean = place?.children?.has(0) === true || typeof step === 'number'
    place = place?.children?.get(isList && place.children.has(Number(step)) ? Number(step) : String(step))
  }
  if (!place) return undefined
  if (what === 'key') return place.key && at(place.key[0], place.key[1])
  return what === 'pair' && place.key ? at(place.key[0], Math.max(place.key[1], place.end)) : at(place.start, place.end)
}

/** One document: its value, where it starts, and the lines on which the items of its `items` start. */
interface Span {
  readonly value: unknown
  readonly start: number
  readonly items: readonly number[]
}

class GaveUp extends Error {}

class PrintedYaml {
  private readonly text: string
  /** Start of the current line, its indentation, and where its content ends. */
  private line = 0
  private indent = 0
  private end = 0
  private depth = 0
  /** The last thing read ended here. */
  private last = 0
  /** Line starts of the items of a list at depth 2, and those of the last one under the key `items`. */
  private items: number[] = []
  private itemLines: number[] = []

  constructor(text: string) {
    this.text = text
  }

  documents(): readonly Span[] | undefined {
    const found: Span[] = []
    try {
      this.enter(0)
      while (this.line < this.text.length) {
        if (this.isSeparator()) this.enter(this.nextLine())
        else found.push(this.document(undefined))
      }
      return found
    } catch (error) {
      if (error instanceof GaveUp) return undefined
      throw error
    }
  }

  placesOf(start: number): Place {
    const root: Place = { key: undefined, start, end: start, children: new Map() }
    this.enter(start)
    this.document(root)
    return root
  }

  /** One item of the top-level `items`: a dump of thousands of objects is never gone through for one place. */
  placesOfItem(line: number): Place {
    const place: Place = { key: undefined, start: 0, end: 0, children: new Map() }
    this.enter(line)
    this.item(this.indent, place)
    return place
  }

  private document(place: Place | undefined): Span {
    const start = this.line + this.indent
    this.itemLines = []
    if (this.indent !== 0 || this.text[start] === '-') throw new GaveUp()
    const value = this.map(0, place)
    if (this.line < this.text.length && !this.isSeparator()) throw new GaveUp()
    return { value, start, items: this.itemLines }
  }

  /** Goes to the next line with content, from a line's start; blank lines and whole-line comments are nothing. */
  private enter(from: number): void {
    let line = from
    for (;;) {
      if (line >= this.text.length) break
      const newline = this.text.indexOf('\n', line)
      const stop = newline < 0 ? this.text.length : newline
      let at = line
      while (at < stop && this.text.charCodeAt(at) === 0x20) at++
      if (at < stop && this.text.charCodeAt(at) !== 0x23) {
        let end = stop
        while (this.text.charCodeAt(end - 1) === 0x20) end--
        this.line = line
        this.indent = at - line
        this.end = end
        return
      }
      line = stop + 1
    }
    this.line = this.text.length
    this.indent = -1
    this.end = this.text.length
  }

  private nextLine(): number {
    const newline = this.text.indexOf('\n', this.end)
    return newline < 0 ? this.text.length : newline + 1
  }

  private isSeparator(): boolean {
    if (this.indent !== 0 || !this.text.startsWith('---', this.line)) return false
    if (this.end - this.line !== 3) throw new GaveUp()
    return true
  }

  /** Pairs whose keys stand in column `column`; the cursor is on the first. */
  private map(column: number, place: Place | undefined): Record<string, unknown> {
    if (++this.depth > DEPTH_LIMIT) throw new GaveUp()
    const object: Record<string, unknown> = {}
    let start = this.line + column
    do {
      const colon = this.colonAfter(start)
      const key = this.keyAt(start, colon)
      const child: Place | undefined = place && { key: [start, colon], start: 0, end: 0, children: new Map() }
      const isItems = this.depth === 1 && key === 'items'
      if (isItems) this.items = []
      const value = this.valueAfter(colon + 1, column, child)
      if (isItems) this.itemLines = Array.isArray(value) ? this.items : []
      if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
      else object[key] = value
      if (place && child) place.children?.set(key, child)
      start = this.line + column
    } while (this.indent === column && this.line < this.text.length && !(column === 0 && this.isSeparator()) && !this.isItem(start))
    if (place) place.end = this.last
    this.depth--
    return object
  }

  private colonAfter(start: number): number {
    for (let at = this.text.indexOf(':', start); at >= 0 && at < this.end; at = this.text.indexOf(':', at + 1)) {
      if (at + 1 === this.end || this.text.charCodeAt(at + 1) === 0x20) return at
    }
    throw new GaveUp()
  }

  private keyAt(start: number, colon: number): string {
    const key = this.text.slice(start, colon)
    if (!/^[A-Za-z0-9_.][^#\n]*$/.test(key) || key.endsWith(' ')) throw new GaveUp()
    return key
  }

  private isItem(start: number): boolean {
    return this.text.charCodeAt(start) === 0x2d && (start + 1 === this.end || this.text.charCodeAt(start + 1) === 0x20)
  }

  /** What stands behind a key's colon or an item's dash at `from`; `parent` is the column that nested lines must exceed. */
  private valueAfter(from: number, parent: number, place: Place | undefined): unknown {
    let start = from
    while (start < this.end && this.text.charCodeAt(start) === 0x20) start++
    if (start >= this.end) return this.nested(from, parent, place)
    return this.scalar(start, parent, place)
  }

  private nested(from: number, parent: number, place: Place | undefined): unknown {
    this.enter(this.nextLine())
    const start = this.line + this.indent
    const isItem = this.line < this.text.length && this.isItem(start)
    if (this.line < this.text.length && (this.indent > parent || (isItem && this.indent === parent && !this.inList(from)))) {
      if (place) Object.assign(place, { start })
      return isItem ? this.list(this.indent, place) : this.map(this.indent, place)
    }
    if (place) Object.assign(place, { start: from, end: from, children: undefined })
    this.last = from
    return null
  }

  /** A dash directly before: an item whose own value is on the next line may not stand in the dashes' column. */
  private inList(from: number): boolean {
    return this.text.charCodeAt(from - 1) === 0x2d
  }

  private list(column: number, place: Place | undefined): unknown[] {
    if (++this.depth > DEPTH_LIMIT) throw new GaveUp()
    const items: unknown[] = []
    do {
      const child: Place | undefined = place && { key: undefined, start: 0, end: 0, children: new Map() }
      if (this.depth === 2) this.items.push(this.line)
      items.push(this.item(column, child))
      if (place && child) place.children?.set(items.length - 1, child)
    } while (this.indent === column && this.line < this.text.length && this.isItem(this.line + column))
    if (place) place.end = this.last
    this.depth--
    return items
  }

  private item(column: number, place: Place | undefined): unknown {
    const dash = this.line + column
    let start = dash + 1
    while (start < this.end && this.text.charCodeAt(start) === 0x20) start++
    if (start >= this.end) return this.nested(dash + 1, column, place)
    if (this.isItem(start)) throw new GaveUp()
    if (/^[A-Za-z0-9_.]/.test(this.text[start] as string) && this.hasColon(start)) {
      if (place) Object.assign(place, { start })
      return this.map(start - this.line, place)
    }
    return this.scalar(start, column, place)
  }

  private hasColon(start: number): boolean {
    for (let at = this.text.indexOf(':', start); at >= 0 && at < this.end; at = this.text.indexOf(':', at + 1)) {
      if (at + 1 === this.end || this.text.charCodeAt(at + 1) === 0x20) return true
    }
    return false
  }

  private scalar(start: number, parent: number, place: Place | undefined): unknown {
    const first = this.text.charCodeAt(start)
    if (first === 0x7c) return this.literal(start, parent, place)
    const quoted = first === 0x22 || first === 0x27
    const written = quoted ? this.quotedLines(start, parent) : this.plainLines(start, parent)
    const value = written === '{}' ? {} : written === '[]' ? [] : quoted ? quotedValue(written) : plainValue(written)
    if (value === undefined) throw new GaveUp()
    if (place) Object.assign(place, { start, end: this.last })
    // A deeper line would go on with this scalar.
    if (this.line < this.text.length && this.indent > parent) throw new GaveUp()
    return value
  }

  /** kubectl breaks long texts at a blank: a line end stands for one. The cursor is behind the scalar afterwards. */
  private plainLines(start: number, parent: number): string {
    const lines = [this.text.slice(start, this.end)]
    for (let at = this.goOn(); at !== undefined && this.indent > parent; at = this.goOn()) {
      const line = this.text.slice(at, this.end)
      if (/: |:$| #/.test(line)) throw new GaveUp()
      lines.push(line)
    }
    // What ends such a text must be a line that can be nothing else.
    if (lines.length > 1 && /^(?:[{[]|-(?: |$))/.test(lines[0] as string)) throw new GaveUp()
    return lines.join(' ')
  }

  private quotedLines(start: number, parent: number): string {
    const lines = [this.text.slice(start, this.end)]
    const quote = this.text[start] as string
    while (!isClosed(lines, quote)) {
      if (this.goOn() === undefined || this.indent <= parent || lines.length > FOLD_LIMIT) throw new GaveUp()
      lines.push(this.text.slice(this.line + this.indent, this.end))
    }
    this.goOn()
    return lines.join(' ')
  }

  /** To the next line; its content's start, or undefined when a blank or a comment stands between, or nothing follows. */
  private goOn(): number | undefined {
    this.last = this.end
    const next = this.nextLine()
    this.enter(next)
    return this.line === next && this.line < this.text.length ? this.line + this.indent : undefined
  }

  /** `|`, `|-`, `|+` without an indentation digit. */
  private literal(start: number, parent: number, place: Place | undefined): string {
    const header = this.text.slice(start, this.end)
    if (header !== '|' && header !== '|-' && header !== '|+') throw new GaveUp()
    const lines: string[] = []
    let column = -1
    let line = this.nextLine()
    let bodyEnd = line
    while (line < this.text.length) {
      const newline = this.text.indexOf('\n', line)
      // Without a last line end the chomping rules have corners of their own.
      if (newline < 0) throw new GaveUp()
      let at = line
      while (at < newline && this.text.charCodeAt(at) === 0x20) at++
      if (at === newline) {
        if (column < 0) throw new GaveUp()
        lines.push(this.text.slice(Math.min(line + column, newline), newline))
      } else {
        if (column < 0) column = at - line
        if (at - line < column || at - line <= parent) {
          if (at - line > parent) throw new GaveUp()
          break
        }
        lines.push(this.text.slice(line + column, newline))
        bodyEnd = newline + 1
      }
      line = newline + 1
    }
    if (header === '|+') bodyEnd = line
    if (column < 0 || column <= parent) throw new GaveUp()
    if (place) Object.assign(place, { start, end: bodyEnd })
    this.last = bodyEnd
    this.enter(line)
    return chomp(lines, header)
  }
}

/** The last line ends with the quote, and in `'…'` not with a doubled one, in `"…"` not with an escaped one. */
function isClosed(lines: readonly string[], quote: string): boolean {
  const line = lines.at(-1) as string
  const from = lines.length === 1 ? 1 : 0
  if (line.length <= from || !line.endsWith(quote)) return false
  const run = quote === "'" ? /'+$/ : /\\*"$/
  return (run.exec(line.slice(from)) as RegExpExecArray)[0].length % 2 === 1
}

function chomp(lines: readonly string[], header: string): string {
  const body = `${lines.join('\n')}\n`
  return header === '|+' ? body : header === '|' ? body.replace(/\n+$/, '\n') : body.replace(/\n+$/, '')
}
