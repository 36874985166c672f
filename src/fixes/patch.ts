// Edits on source text. A fix is text changed in the user's own file, so that the reader of that file is part of its proof.
import type { Edit } from '../chain/source.ts'

/** Applies edits of one file. Offsets are of the unchanged text; edits must not overlap (two inserts at one place keep their order). */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end)
  let result = ''
  let at = 0
  for (const edit of ordered) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) throw new RangeError(`edits of ${edit.file} overlap or leave the file`)
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

export function editsByFile(edits: readonly Edit[]): ReadonlyMap<string, readonly Edit[]> {
  const files = new Map<string, Edit[]>()
  for (const edit of edits) files.set(edit.file, [...(files.get(edit.file) ?? []), edit])
  return files
}
