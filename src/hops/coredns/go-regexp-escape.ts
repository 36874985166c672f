// Escapes of Go's regexp (regexp/syntax/parse.go, Go 1.20 to 1.26), the same inside and outside of a class, and the place in the pattern that
// all readers of it share.
import { perlItem, unicodeItem, type SetItem } from './go-regexp-set.ts'

export class RegexpFault extends Error {}

/** @throws RegexpFault */
export function fault(what: string, where: string): never {
  throw new RegexpFault(`error parsing regexp: ${what}: \`${where}\``)
}

export interface Flags {
  readonly fold: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly lazy: boolean
}

export interface Pattern {
  readonly text: string
  /** Go 1.<minor>. */
  readonly minor: number
  at: number
  flags: Flags
}

export function nextChar(p: Pattern): number {
  const char = p.text.codePointAt(p.at) as number
  p.at += char > 0xffff ? 2 : 1
  return char
}

/** `\d`, `\pL`, `\P{Greek}`, inside and outside of a class; undefined = another escape, nothing read. */
export function escapedSet(p: Pattern): SetItem | undefined {
  const letter = p.text[p.at + 1] ?? ''
  if (letter !== 'p' && letter !== 'P') {
    const perl = perlItem(letter, p.flags.fold)
    if (perl) p.at += 2
    return perl
  }
  const start = p.at
  p.at += 2
  let name: string
  if (p.text[p.at] === '{') {
    const end = p.text.indexOf('}', start)
    if (end === -1) fault('invalid character class range', p.text.slice(start))
    name = p.text.slice(p.at + 1, end)
    p.at = end + 1
  } else name = p.at < p.text.length ? String.fromCodePoint(nextChar(p)) : ''
  const negates = name.startsWith('^')
  const item = unicodeItem(negates ? name.slice(1) : name, (letter === 'P') !== negates, p.flags.fold, p.minor)
  return item ?? fault('invalid character class range', p.text.slice(start, p.at))
}

const C_ESCAPES: ReadonlyMap<string, number> = new Map([['a', 7], ['f', 12], ['n', 10], ['r', 13], ['t', 9], ['v', 11]])
const MAX_CHAR = 0x10ffff

/** An escape that stands for one character. */
export function readEscape(p: Pattern): number {
  const start = p.at++
  if (p.at >= p.text.length) fault('trailing backslash at end of expression', '')
  const char = nextChar(p)
  const c = String.fromCodePoint(char)
  const named = C_ESCAPES.get(c)
  if (named !== undefined) return named
  if (/^[0-7]$/.test(c)) {
    const octal = /[0-7]{1,2}/y
    octal.lastIndex = p.at
    const rest = octal.exec(p.text)?.[0] ?? ''
    // A single digit other than 0 would be a back-reference.
    if (c === '0' || rest !== '') {
      p.at += rest.length
      return Number.parseInt(c + rest, 8)
    }
  } else if (c === 'x') {
    const value = hexEscape(p)
    if (value !== undefined) return value
  } else if (char < 128 && !/[0-9A-Za-z]/.test(c)) return char
  return fault('invalid escape sequence', p.text.slice(start, p.at))
}

/** After `\x`. What was read of a bad one is part of the error. */
function hexEscape(p: Pattern): number | undefined {
  if (p.at >= p.text.length) return undefined
  const first = String.fromCodePoint(nextChar(p))
  if (first !== '{') {
    const second = p.at < p.text.length ? String.fromCodePoint(nextChar(p)) : ''
    return /^[0-9A-Fa-f]{2}$/.test(first + second) ? Number.parseInt(first + second, 16) : undefined
  }
  let [value, digits] = [0, 0]
  while (p.at < p.text.length) {
    const c = String.fromCodePoint(nextChar(p))
    if (c === '}') return digits > 0 ? value : undefined
    if (!/^[0-9A-Fa-f]$/.test(c)) return undefined
    value = value * 16 + Number.parseInt(c, 16)
    if (value > MAX_CHAR) return undefined
    digits++
  }
  return undefined
}
