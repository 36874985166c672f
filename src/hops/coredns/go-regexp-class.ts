// Character classes of Go's regexp, `[…]` (regexp/syntax/parse.go, Go 1.20 to 1.26): `]` and `-` first are ordinary, `[:name:]` inside only.
import { charTest, posixItem, rangeItem, type CharTest, type SetItem } from './go-regexp-set.ts'
import { escapedSet, fault, nextChar, readEscape, type Pattern } from './go-regexp-escape.ts'

/** @throws RegexpFault */
export function readClass(p: Pattern): CharTest {
  const start = p.at++
  const negated = p.text[p.at] === '^'
  if (negated) p.at++
  const items: SetItem[] = []
  for (let first = true; first || p.text[p.at] !== ']'; first = false) items.push(named(p) ?? range(p, start))
  p.at++
  return charTest(merged(items), negated)
}

function named(p: Pattern): SetItem | undefined {
  const { text, at } = p
  if (text[at] === '\\') return escapedSet(p)
  if (!text.startsWith('[:', at)) return undefined
  const end = text.indexOf(':]', at + 2)
  if (end === -1) return undefined
  p.at = end + 2
  return posixItem(text.slice(at + 2, end), p.flags.fold) ?? fault('invalid character class range', text.slice(at, end + 2))
}

function range(p: Pattern, classStart: number): SetItem {
  const start = p.at
  const low = classChar(p, classStart)
  const next = p.text[p.at + 1]
  if (p.text[p.at] !== '-' || next === undefined || next === ']') return rangeItem(low, low, p.flags.fold)
  p.at++
  const high = classChar(p, classStart)
  return high < low ? fault('invalid character class range', p.text.slice(start, p.at)) : rangeItem(low, high, p.flags.fold)
}

function classChar(p: Pattern, classStart: number): number {
  if (p.at >= p.text.length) fault('missing closing ]', p.text.slice(classStart))
  return p.text[p.at] === '\\' ? readEscape(p) : nextChar(p)
}

/** Ranges of one kind are one test. */
function merged(items: readonly SetItem[]): readonly SetItem[] {
  const plain = items.filter(item => !item.negated)
  const bodies = (fold: boolean): SetItem[] => {
    const body = plain.filter(item => item.fold === fold).map(item => item.body).join('')
    return body === '' ? [] : [{ body, fold, negated: false }]
  }
  return [...bodies(false), ...bodies(true), ...items.filter(item => item.negated)]
}
