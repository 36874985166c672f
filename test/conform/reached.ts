// Which branches of the hops the cases went through, from the coverage that V8 counts.
import { readFileSync } from 'node:fs'
import type { Profiler } from 'node:inspector'
import { fileURLToPath } from 'node:url'

/** One file of src/hops. */
export interface Reached {
  readonly file: string
  readonly branches: number
  readonly reached: number
  /** Lines where branches begin that no case reached. */
  readonly missed: readonly number[]
}

const HOPS = '/src/hops/'

/** A branch is a block that V8 counts apart: a function, the side of a condition, the rest behind a return. */
export function reachedOf(scripts: readonly Profiler.ScriptCoverage[]): readonly Reached[] {
  return scripts.filter(({ url }) => url.includes(HOPS)).map(({ url, functions }): Reached => {
    const text = readFileSync(fileURLToPath(url), 'utf8')
    const ranges = functions.flatMap(f => f.ranges)
    const missed = ranges.filter(range => range.count === 0 && text.slice(range.startOffset, range.endOffset).trim() !== '')
    return {
      file: url.slice(url.indexOf(HOPS) + HOPS.length), branches: ranges.length, reached: ranges.length - missed.length,
      missed: [...new Set(missed.map(range => lineAt(text, range.startOffset)))].sort((a, b) => a - b),
    }
  }).sort((a, b) => (a.file < b.file ? -1 : 1))
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
