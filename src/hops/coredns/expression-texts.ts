// Functions of `view` expressions on strings, which are those of package strings.
import { isGoSpace } from '../../dns/go-space.ts'
import { grow, type Run } from './expression-run.ts'
import { isList, stop, stringOf, strings, toInt, unknownInput, type Value } from './expression-value.ts'
import { bytesBefore, bytesOfGo, runesOf } from './go-bytes.ts'

type Texts = (args: readonly string[], most: bigint | undefined) => Value

/** Undefined: it is no function on strings. */
export function textFunction(r: Run, name: string, args: readonly Value[]): Value | undefined {
  if (name === 'join') return joined(args)
  if (name === 'repeat') return repeated(r, stringOf(args[0] as Value), toInt(args[1] as Value))
  if (!Object.hasOwn(TEXTS, name)) return undefined
  const numbered = NUMBERED[name]
  const texts = args.filter((_, i) => i !== numbered).map(stringOf)
  const most = numbered === undefined ? undefined : args[numbered]
  return (TEXTS[name] as Texts)(texts, most === undefined ? undefined : toInt(most))
}

/** Which argument is a number. */
const NUMBERED: Readonly<Record<string, number>> = { split: 2, splitAfter: 2, replace: 3 }

const TEXTS: Readonly<Record<string, Texts>> = {
  trim: ([text = '', set]) => trimmed(text, set === undefined ? isGoSpace : c => runesOf(set).includes(c)),
  trimPrefix: ([text = '', prefix = ' ']) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
  trimSuffix: ([text = '', suffix = ' ']) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text),
  upper: ([text = '']) => cased(text, c => c.toUpperCase()),
  lower: ([text = '']) => cased(text, c => (c === '\u0130' ? 'i' : c.toLowerCase())),
  split: ([text = '', mark = ''], most) => split(text, mark, most, false),
  splitAfter: ([text = '', mark = ''], most) => split(text, mark, most, true),
  replace: ([text = '', from = '', to = ''], most) => replaced(text, from, to, most),
  indexOf: ([text = '', part = '']) => BigInt(bytesBefore(text, text.indexOf(part))),
  lastIndexOf: ([text = '', part = '']) => BigInt(bytesBefore(text, text.lastIndexOf(part))),
  hasPrefix: ([text = '', part = '']) => text.startsWith(part),
  hasSuffix: ([text = '', part = '']) => text.endsWith(part),
}

function trimmed(text: string, isCut: (char: string) => boolean): string {
  const chars = runesOf(text)
  const from = chars.findIndex(c => !isCut(c))
  return from < 0 ? '' : chars.slice(from, chars.findLastIndex(c => !isCut(c)) + 1).join('')
}

/** Letters that have a greek iota below them, whose capital is a letter of its own to Go and two to others. */
const IOTA: ReadonlyMap<string, string> = new Map([
  ...Array.from({ length: 0x30 }, (_, i) => [String.fromCodePoint(0x1f80 + i), String.fromCodePoint((0x1f80 + i) | 8)] as const),
  ['\u1fb3', '\u1fbc'], ['\u1fc3', '\u1fcc'], ['\u1ff3', '\u1ffc'],
])

/** One letter for a letter, and what is no UTF-8 becomes U+FFFD where there are letters outside ASCII. */
const cased = (text: string, change: (char: string) => string): string => runesOf(text).map(char => {
  if (/^[\udc80-\udcff]$/.test(char)) return '\ufffd'
  const changed = change(char)
  if (runesOf(changed).length === 1) return changed
  return IOTA.get(char) ?? char
}).join('')

/** strings.SplitN: below 0 is no limit, the last part keeps the rest. */
function split(text: string, mark: string, limit: bigint | undefined, keeps: boolean): Value {
  const most = limit === undefined || limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)
  if (most === 0) return { ...strings([]), isNil: true }
  const parts = mark === '' ? runesOf(text) : text.split(mark)
  const whole = keeps && mark !== '' ? parts.map((part, i) => (i < parts.length - 1 ? part + mark : part)) : parts
  return parts.length <= most ? strings(whole) : strings([...whole.slice(0, most - 1), parts.slice(most - 1).join(mark)])
}

/** Nothing is found in front of each character and at the end. */
function replaced(text: string, from: string, to: string, limit: bigint | undefined): string {
  const parts = from === '' ? ['', ...runesOf(text), ''] : text.split(from)
  const places = parts.length - 1
  const most = limit === undefined || limit < 0n ? places : Math.min(Number(limit), places)
  return parts.map((part, i) => (i === places ? part : part + (i < most ? to : from))).join('')
}

const MOST_TIMES = 1_000_000n
/** A bound of ours, where the older library has none. */
const LONGEST = 1_000_000

function repeated(r: Run, text: string, times: bigint): Value {
  if (times < 0n || times > MOST_TIMES) return stop('memory budget exceeded')
  const size = bytesOfGo(text).length * Number(times)
  if (r.modern) grow(r, size)
  else if (size > LONGEST) return unknownInput('a string this long')
  return text.repeat(Number(times))
}

function joined([parts = null, glue = '']: readonly Value[]): Value {
  const isJoined = isList(parts) && (parts.type === '[]string' || parts.type === '[]interface {}')
  return isJoined ? parts.items.map(stringOf).join(stringOf(glue)) : stop('invalid argument for join')
}
