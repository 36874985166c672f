// Files of `[Section]` and `key=value` lines: systemd's configuration (systemd.syntax(7)), its state files, NetworkManager's keyfiles.
// systemd joins a line that ends in a backslash with the next; GKeyFile does not. Lines that are neither are passed over with a Problem.
import type { Problem, Read, Source } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'

export interface IniEntry {
  /** Without brackets; '' before the first section. */
  readonly section: string
  readonly key: string
  readonly value: string
  /** The value alone. */
  readonly source: Source
  /** From the key to the end of the value. */
  readonly line: Source
}

const LIMIT = 4 * 1024 * 1024

export function readIni(file: string, text: string, dialect: 'systemd' | 'keyfile' = 'systemd'): Read<readonly IniEntry[]> {
  const problems: Problem[] = []
  const at = sourcesOf(file, text)
  const entries: IniEntry[] = []
  let section = ''
  for (let start = 0; start < Math.min(text.length, LIMIT);) {
    const { end, next } = lineFrom(text, start, dialect)
    const raw = text.slice(start, end)
    const line = raw.trim()
    const first = start + raw.length - raw.trimStart().length
    start = next
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    if (line.startsWith('[') && line.endsWith(']')) {
      section = line.slice(1, -1)
      continue
    }
    const equals = line.indexOf('=')
    if (equals <= 0) {
      problems.push({ code: 'ini-syntax', message: `neither a section nor key=value: ${line.slice(0, 60)}`,
        source: at(first, first + line.length), state: 'ignored' })
      continue
    }
    const rawValue = line.slice(equals + 1)
    const value = rawValue.trim()
    const valueStart = first + equals + 1 + rawValue.length - rawValue.trimStart().length
    entries.push({ section, key: line.slice(0, equals).trim(), value: dialect === 'systemd' ? value.replace(/\\\r?\n\s*/g, ' ') : value,
      source: at(valueStart, valueStart + value.length), line: at(first, first + line.length) })
  }
  if (text.length > LIMIT) problems.push({ code: 'ini-too-large', message: `only the first ${LIMIT} characters are read`,
    source: at(LIMIT, LIMIT), state: 'damaged' })
  return { value: entries, problems }
}

function lineFrom(text: string, start: number, dialect: 'systemd' | 'keyfile'): { readonly end: number; readonly next: number } {
  let end = text.indexOf('\n', start)
  while (dialect === 'systemd' && end > start && /\\\r?$/.test(text.slice(Math.max(start, end - 2), end))
    && !/^\s*[#;]/.test(text.slice(start, start + 80))) {
    const following = text.indexOf('\n', end + 1)
    if (following === end) break
    end = following
    if (end < 0) break
  }
  return end < 0 ? { end: text.length, next: text.length } : { end, next: end + 1 }
}

/** The words of a value, each with its place. `separator` splits; empty words are dropped. */
export function wordsOf(entry: IniEntry, separator = /\s+/g): { readonly value: string; readonly source: Source }[] {
  const words: { value: string; source: Source }[] = []
  // The value's own text may be cut at 200 characters in its Source: positions come from the value itself, which has no joined lines.
  const { source, value } = entry
  const joined = source.end - source.start !== value.length
  let from = 0
  const push = (start: number, end: number): void => {
    const word = value.slice(start, end)
    const text = word.trim()
    if (text === '') return
    const offset = start + word.indexOf(text)
    words.push({ value: text, source: joined ? source : { ...source, start: source.start + offset, end: source.start + offset + text.length,
      column: source.column + offset, endLine: source.line, endColumn: source.column + offset + text.length, text: text.slice(0, 200) } })
  }
  for (const match of value.matchAll(separator)) {
    push(from, match.index)
    from = match.index + match[0].length
  }
  push(from, value.length)
  return words
}

/** parse_boolean of systemd. */
export function systemdBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase()
  return ['1', 'yes', 'y', 'true', 't', 'on'].includes(word) ? true : ['0', 'no', 'n', 'false', 'f', 'off'].includes(word) ? false
    : undefined
}
