// A text inside another text: a Corefile in a ConfigMap's block scalar, a kubelet configuration in a JSON string.
// Readers read the inner text as if it were a file; what they say of it is then moved into the file that a person edits.
// Models YAML 1.2 block (`|`, without folding) and JSON/double-quoted scalars; a folded (`>`) or plain multi-line
// scalar is moved line by line where the lines still match, else to the whole scalar.
import type { Edit, Source } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'

export interface EmbeddedText {
  /** The file that holds it. */
  readonly file: string
  /** Decoded, as the modelled program reads it. */
  readonly text: string
  /** A place in `text` → the same place in `file`. */
  readonly outer: (inner: Source) => Source
  /** Replaces [start, end) of `text` by `replacement`, as an edit of `file`, encoded as the scalar needs. */
  readonly edit: (start: number, end: number, replacement: string) => Edit
}

/** A text that is a file of its own. */
export function wholeFile(file: string, text: string): EmbeddedText {
  return { file, text, outer: inner => inner, edit: (start, end, replacement) => ({ file, start, end, text: replacement }) }
}

/** `raw` is the scalar as written in `outerText` at `rawStart`: with its `|` header or quotes; `text` is its decoded value. */
export function embeddedText(file: string, outerText: string, rawStart: number, rawEnd: number, text: string): EmbeddedText {
  const raw = outerText.slice(rawStart, rawEnd)
  const map = raw.startsWith('"') ? quotedOffsets(raw) : blockOffsets(raw, text)
  const at = sourcesOf(file, outerText)
  const place = (offset: number): number => rawStart + (map.offsets[Math.max(0, Math.min(offset, text.length))] ?? raw.length)
  return {
    file, text,
    outer: inner => {
      const start = place(inner.start)
      return { ...inner, ...at(start, Math.max(start, inner.end > inner.start ? place(inner.end - 1) + 1 : start)), text: inner.text }
    },
    edit: (start, end, replacement) => ({ file, start: place(start), end: end > start ? place(end) : place(start), text: map.encode(replacement, start) }),
  }
}

interface OffsetMap {
  /** Offset in the decoded text → offset in the raw scalar; one more entry than characters. */
  readonly offsets: readonly number[]
  readonly encode: (replacement: string, at: number) => string
}

function quotedOffsets(raw: string): OffsetMap {
  const offsets: number[] = []
  let at = 1
  while (at < raw.length && raw[at] !== '"') {
    offsets.push(at)
    if (raw[at] !== '\\') at += 1
    else at += raw[at + 1] === 'u' ? 6 : raw[at + 1] === 'x' ? 4 : 2
  }
  offsets.push(at)
  return { offsets, encode: replacement => JSON.stringify(replacement).slice(1, -1) }
}

function blockOffsets(raw: string, text: string): OffsetMap {
  const header = raw.indexOf('\n')
  const body = raw.slice(header + 1)
  const indent = /^(?: *\r?\n)*( *)/.exec(body)?.[1]?.length ?? 0
  const offsets: number[] = []
  let rawAt = header + 1
  let textAt = 0
  for (const line of text.split('\n')) {
    const rawLineEnd = raw.indexOf('\n', rawAt)
    const rawLine = raw.slice(rawAt, rawLineEnd < 0 ? raw.length : rawLineEnd)
    const shift = rawLine.slice(0, indent).trim() === '' ? Math.min(indent, rawLine.length) : 0
    for (let column = 0; column <= line.length; column++) offsets[textAt + column] = Math.min(rawAt + shift + column, raw.length)
    textAt += line.length + 1
    rawAt = rawLineEnd < 0 ? raw.length : rawLineEnd + 1
  }
  const pad = ' '.repeat(indent)
  // A place in column 0 (an empty line, the end of the block) has no indent to lend to the first line, and none left over for the last.
  const encode = (replacement: string, at: number): string => {
    const bare = raw[(offsets[at] ?? raw.length) - 1] === '\n'
    return replacement.split('\n').map((line, index, all) => {
      const last = index === all.length - 1
      return line === '' ? (last && index > 0 && !bare ? pad : '') : index > 0 || bare ? pad + line : line
    }).join('\n')
  }
  return { offsets, encode }
}

/** Moves every Source of `innerFile` found anywhere in plain data; Maps and functions are kept as they are. */
export function moveSources<T>(value: T, innerFile: string, outer: (inner: Source) => Source): T {
  const seen = new Map<object, unknown>()
  const walk = (node: unknown): unknown => {
    if (node === null || typeof node !== 'object' || node instanceof Map) return node
    const known = seen.get(node)
    if (known !== undefined) return known
    if (Array.isArray(node)) {
      const list: unknown[] = []
      seen.set(node, list)
      for (const item of node) list.push(walk(item))
      return list
    }
    const record = node as Record<string, unknown>
    if (record['file'] === innerFile && typeof record['start'] === 'number' && typeof record['line'] === 'number') return outer(node as Source)
    const copy: Record<string, unknown> = {}
    seen.set(node, copy)
    for (const [key, item] of Object.entries(record)) copy[key] = walk(item)
    return copy
  }
  return walk(value) as T
}
