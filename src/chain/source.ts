/** Where a value was written: a range of one file of the evidence. Lines and columns count from 1, offsets from 0 (UTF-16 units). */
export interface Source {
  /** Path inside the bundle, with `/`; an embedded text is `<path>#<key>`, for example `cluster/configmaps.yaml#kube-system/coredns/Corefile`. */
  readonly file: string
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** The text in the range, at most 200 characters. */
  readonly text: string
  /** What stands behind this text: a resolv.conf line has the netplan line that put it there. Nearest first. */
  readonly behind?: readonly Source[]
  /** How the file was come by; absent = read as it is. `inferred` = worked out from other files, and said to be so. */
  readonly obtained?: 'snapshot' | 'today' | 'inferred'
}

/** A value and the place that says so. */
export interface Sourced<T> {
  readonly value: T
  readonly source: Source
}

/** Something odd in an input. `state`: what became of the odd text. */
export interface Problem {
  /** A permanent word, kebab-case: `corefile-unknown-plugin`, `yaml-syntax`. */
  readonly code: string
  readonly message: string
  readonly source?: Source
  readonly state: 'unknown' | 'ignored' | 'unmodelled' | 'partly-modelled' | 'damaged'
}

/** A change of one file's text: [start, end) becomes `text`. */
export interface Edit {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
  /** Set when nobody types this: the file is written by that command or program once the other edits are in (`netplan apply`). */
  readonly madeBy?: string
}

/** What every reader returns. */
export interface Read<T> {
  readonly value: T
  readonly problems: readonly Problem[]
}

const TEXT_LIMIT = 200

/** The offsets at which lines begin; made once per text. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** A maker of Sources for one text. `shift` moves the result into an enclosing file (a Corefile inside a ConfigMap). */
export function sourcesOf(file: string, text: string): (start: number, end: number) => Source {
  const starts = lineStarts(text)
  const lineOf = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return (start, end) => {
    const first = lineOf(start)
    const last = lineOf(Math.max(start, end))
    return {
      file, start, end,
      line: first + 1, column: start - (starts[first] as number) + 1,
      endLine: last + 1, endColumn: end - (starts[last] as number) + 1,
      text: text.slice(start, Math.min(end, start + TEXT_LIMIT)),
    }
  }
}

/** The Source of one whole line (1-based), without its line end. */
export function lineSource(file: string, line: number, text: string, start = 0): Source {
  return { file, start, end: start + text.length, line, column: 1, endLine: line, endColumn: text.length + 1, text: text.slice(0, TEXT_LIMIT) }
}
