// Lines of hostile text. A line longer than the bound keeps its head; the rest of it is dropped and counted.

/** 64 Ki UTF-16 units: kubelet splits container output at 16 KiB, CoreDNS' longest line is below 2 KiB. */
export const LINE_LIMIT = 65_536

export interface Line {
  readonly text: string
  /** From 1. */
  readonly number: number
  /** Offset of the line's first unit in the file. */
  readonly start: number
  /** Units that did not fit. */
  readonly dropped: number
}

/** All lines of a text, without line ends (`\n`, `\r\n`). A last line without an end counts; an empty rest does not. */
export function* linesOf(text: string): Generator<Line> {
  let number = 0
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const next = newline < 0 ? text.length : newline
    let end = next
    if (end > start && text.charCodeAt(end - 1) === 13) end--
    const kept = Math.min(end, start + LINE_LIMIT)
    yield { text: text.slice(start, kept), number: ++number, start, dropped: end - kept }
    start = next + 1
  }
}

/** A copy that does not keep the (large) text alive it was cut from. */
export const detached = (cut: string): string => ` ${cut}`.slice(1)
