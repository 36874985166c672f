// A piece of pasted output: one command and what it printed. Readers of tools take sections, so that places are right in a file of several.
import type { Source } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'
import { linesOf, type Line } from './lines.ts'
import { placeOf } from './probes.ts'

export interface PastedSection {
  readonly file: string
  /** What stands behind the prompt; `''` = not known. */
  readonly command: string
  readonly place: string | undefined
  readonly lines: readonly Line[]
}

// `$ dig x`, `root@pod:/# dig x`, `[root@node ~]# dig x`, `/ # nslookup x`, `node$ dig x`.
const PROMPT = /^(?:\$|[\w.-]{1,64}@[\w.-]{1,64}[^$#\n]{0,80}[$#]|\[[^\]\n]{1,80}\][$#]|\/[\w/.-]{0,60} [$#]) {1,4}(\S.{0,2000})$/
const FROM = /^# *from +(.{1,500})$/

/** Text bigger than this is cut: nobody pastes more, a log is not pasted output. */
const LINES_LIMIT = 200_000

export function sectionsOf(file: string, text: string): { sections: PastedSection[]; cutAt: Source | undefined } {
  const sections: { file: string; command: string; place: string | undefined; lines: Line[] }[] = []
  let current = { file, command: '', place: undefined as string | undefined, lines: [] as Line[] }
  for (const line of linesOf(text)) {
    if (line.number > LINES_LIMIT) return { sections: close(sections, current),
      cutAt: lineSource(file, line.number, line.text, line.start) }
    const prompt = PROMPT.exec(line.text)
    if (prompt) {
      if (current.command !== '' || current.lines.some(seen => seen.text.trim() !== '')) sections.push(current)
      current = { file, command: prompt[1] as string, place: undefined, lines: [] }
      continue
    }
    const from = FROM.exec(line.text)
    if (from && current.lines.every(seen => seen.text.trim() === '')) current.place = placeOf(from[1] as string)
    else current.lines.push(line)
  }
  return { sections: close(sections, current), cutAt: undefined }
}

const close = (sections: PastedSection[], last: PastedSection): PastedSection[] =>
  last.command !== '' || last.lines.some(line => line.text.trim() !== '') ? [...sections, last] : sections

export const sourceOf = (section: PastedSection, line: Line): Source => lineSource(section.file, line.number, line.text, line.start)

/** From the first line of a block to its last. */
export function blockSource(section: PastedSection, first: Line, last: Line): Source {
  const end = last.start + last.text.length
  return { ...sourceOf(section, first), end, endLine: last.number, endColumn: last.text.length + 1 }
}

/** The words of the last simple command that runs one of `tools`: `while :; do date; nslookup x; done` → [`nslookup`, `x`]. */
export function toolWords(command: string, tools: readonly string[]): string[] | undefined {
  for (const part of command.slice(0, 2000).split(/[;|&]+|\b(?:do|then)\b/).reverse()) {
    const words = part.trim().split(/\s+/).map(word => word.replace(/^["']|["']$/g, ''))
    const at = words.findIndex(word => tools.includes(word.replace(/^.*\//, '')))
    if (at >= 0) return words.slice(at)
  }
  return undefined
}
