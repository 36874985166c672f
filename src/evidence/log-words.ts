// The words of one application log line: `key=value` pairs (logfmt), JSON members, bare words. One pass, no expression: lines are hostile.

export interface LogWord {
  readonly key?: string
  /** Without quotes. */
  readonly value: string
}

const WORD_LIMIT = 256
const KEY = /^[A-Za-z_@][\w@.-]{0,63}$/

/** End of a value that opens with a quote or bracket: after its partner, or the line's end. */
function groupEnd(line: string, at: number): number {
  const open = line[at]
  const close = open === '[' ? ']' : open === '{' ? '}' : open
  for (let i = at + 1; i < line.length; i++) {
    if (line[i] === '\\') i++
    else if (line[i] === close) return i + 1
  }
  return line.length
}

const opensGroup = (c: string | undefined): boolean => c === '"' || c === '[' || c === '{'
const isBlank = (c: string | undefined): boolean => c === ' ' || c === '\t'

export function wordsOf(line: string): LogWord[] {
  if (line[0] === '{') {
    const members = jsonWords(line)
    if (members) return members
  }
  const words: LogWord[] = []
  for (let at = 0; at < line.length && words.length < WORD_LIMIT;) {
    while (isBlank(line[at])) at++
    if (at >= line.length) break
    let end = at
    let equals = -1
    if (opensGroup(line[at])) end = groupEnd(line, at)
    while (end < line.length && !isBlank(line[end])) {
      if (line[end] === '=' && equals < 0 && !opensGroup(line[at])) {
        equals = end
        if (opensGroup(line[end + 1])) {
          end = groupEnd(line, end + 1)
          continue
        }
      }
      end++
    }
    const key = equals > at ? line.slice(at, equals) : ''
    words.push(equals > at && KEY.test(key) ? { key, value: bare(line.slice(equals + 1, end)) } : { value: bare(line.slice(at, end)) })
    at = end
  }
  return words
}

const bare = (value: string): string => (value.length >= 2 && value.startsWith('"') && value.endsWith('"')
  ? value.slice(1, -1).replaceAll('\\"', '"') : value)

function jsonWords(line: string): LogWord[] | undefined {
  try {
    const parsed: unknown = JSON.parse(line)
    if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return undefined
    return Object.entries(parsed).slice(0, WORD_LIMIT).map(([key, value]) =>
      ({ key, value: typeof value === 'string' ? value : JSON.stringify(value) ?? '' }))
  } catch {
    return undefined
  }
}
