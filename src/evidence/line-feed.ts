// Chunks of a file → its lines, in bounded memory: a line may be cut between two chunks, and a line without end keeps only its head.
// Lines are handed on as ranges of the chunk, so that a caller that drops most of them makes no string of them.
import { LINE_LIMIT, detached } from './lines.ts'

export interface FedLine {
  /** The chunk; the line is [start, end) of it, without its line end. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** The first quote in the line, or -1. */
  readonly quote: number
  /** From 1. */
  readonly number: number
  /** Offset of the line in the file. */
  readonly offset: number
  /** Units of it that did not fit. */
  readonly dropped: number
}

export interface LineFeed {
  push(chunk: string): void
  /** The last line, if it has no end; returns how many there were. */
  end(): number
}

/** Empty lines are counted, not handed on. */
export function lineFeed(onLine: (line: FedLine) => void): LineFeed {
  let number = 0
  let offset = 0
  let carry = ''
  let carryDropped = 0

  /** All complete lines of `text`; returns where the last, incomplete one begins. */
  const readLines = (text: string): number => {
    let start = 0
    let quote = text.indexOf('"')
    for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', start)) {
      number++
      let end = newline
      if (end > start && text.charCodeAt(end - 1) === 13) end--
      const dropped = Math.max(0, end - start - LINE_LIMIT) + carryDropped
      if (dropped > 0) end = Math.min(end, start + LINE_LIMIT)
      // Searched for once a quote, not once a line: a text without quotes would be searched to its end each time.
      if (quote >= 0 && quote < start) quote = text.indexOf('"', start)
      if (end > start) onLine({ text, start, end, quote: quote >= 0 && quote < end ? quote : -1, number, offset: offset + start, dropped })
      // Only the first line of a chunk can have lost a part in the chunks before.
      offset += carryDropped
      carryDropped = 0
      start = newline + 1
    }
    return start
  }

  const push = (chunk: string): void => {
    const text = carry === '' ? chunk : carry + chunk
    const rest = readLines(text)
    offset += rest
    carry = detached(text.slice(rest, rest + LINE_LIMIT + 1))
    carryDropped += Math.max(0, text.length - rest - LINE_LIMIT - 1)
  }
  return {
    push,
    end() {
      if (carry !== '') push('\n')
      return number
    },
  }
}
