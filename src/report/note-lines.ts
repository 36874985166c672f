// Two shapes that recur: a note under a gutter (`   = why: …`) and a listed fact (`ruled out   id   because`), both wrapped
// under their own text.
import { styled, type Line, type Style } from './paint.ts'
import { padEnd, widthOf, wrap } from './width.ts'

export function noteLines(gutter: number, key: string, text: string, columns: number, colon: string, style: Style = 'bold'): Line[] {
  const head = `${key}${colon}`
  const left = gutter + 3
  const indent = left + widthOf(head)
  const words = text.split(/\s+/).map(widthOf)
  const room = columns - indent
  // On a narrow terminal the text goes on under the key, not under itself; a long name (of a pod) is not broken for its sake.
  const hang = room < 24 || words.some(width => width > room && width <= columns - left - 2) ? left + 2 : indent
  const [first = '', ...rest] = (words[0] ?? 0) > room && hang !== indent ? ['', ...wrap(text, columns - hang)] : wrap(text, columns - hang, room)
  return [
    [styled('gutter', `${' '.repeat(gutter)} = `), styled(style, head), first],
    ...rest.map((line): Line => [' '.repeat(hang), line]),
  ]
}

export interface Fact {
  /** Second column: an id, an unknown; may be empty. */
  readonly name: string
  readonly text: string
}

/** `key` stands once, the facts under each other beside it. */
export function factLines(key: string, facts: readonly Fact[], columns: number): Line[] {
  if (facts.length === 0) return []
  const keyWidth = Math.max(12, widthOf(key) + 2)
  const longest = Math.max(...facts.map(fact => widthOf(fact.name)))
  const nameWidth = longest === 0 ? 0 : Math.min(longest + 2, 26)
  const lines: Line[] = []
  for (const fact of facts) {
    const lead = (text: string): Line => (lines.length === 0 ? [styled('bold', padEnd(key, keyWidth)), text] : [' '.repeat(keyWidth), text])
    // A long name, or a narrow terminal, puts the text on its own line.
    const stacked = widthOf(fact.name) + 2 > nameWidth + 1 && fact.name !== '' || (nameWidth > 0 && columns - keyWidth - nameWidth < 30)
    const body = wrap(fact.text, columns - keyWidth - (stacked ? 2 : nameWidth))
    if (stacked) for (const text of wrap(fact.name, columns - keyWidth)) lines.push(lead(text))
    for (const [index, text] of body.entries()) {
      if (stacked) lines.push([' '.repeat(keyWidth + 2), text])
      else lines.push(index === 0 ? [...lead(padEnd(fact.name, nameWidth)), text] : [' '.repeat(keyWidth + nameWidth), text])
    }
  }
  return lines
}
