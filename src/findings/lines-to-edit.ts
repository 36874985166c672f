// The lines that a person edits to change a value: what stands behind a pod's copy of a file and behind a generated file.
import type { Source } from '../chain/source.ts'

export function linesToEdit(source: Source | undefined): Source[] {
  if (!source) return []
  const lasting = (source.behind ?? []).filter(s => !s.file.includes('/run/'))
  return lasting.length > 0 ? lasting : [...(source.behind ?? []), source].slice(0, 1)
}
