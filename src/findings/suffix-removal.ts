// One word less in the search list that kubelet hands on to pods.
import type { Edit, Sourced } from '../chain/source.ts'
import { removeListEntries } from '../fixes/yaml-list.ts'
import type { Case } from './case.ts'

/** Takes the suffix out of the file that a person edits: the node's own resolv.conf, or a netplan list. */
export function suffixRemoval(c: Case, suffix: Sourced<string>): readonly Edit[] {
  for (const source of suffix.source.behind ?? []) {
    const text = c.textOf(source.file)
    if (text === undefined || source.file.includes('/run/')) continue
    if (/\/netplan\/[^/]+\.yaml$/.test(source.file)) return removeListEntries(source.file, text, [source.start]) ?? []
    const generated = [...c.cluster.nodeDns.values()].some(n => n.file !== undefined && source.file.endsWith(n.file) && n.generatedBy !== undefined)
    if (!source.file.startsWith('nodes/') || !source.file.endsWith('/resolv.conf') || generated) continue
    const from = text.lastIndexOf('\n', source.start - 1) + 1
    const newline = text.indexOf('\n', source.end)
    const to = newline < 0 ? text.length : newline
    const alone = text.slice(from, to).trim().split(/\s+/).length <= 2
    return [alone ? { file: source.file, start: from, end: Math.min(to + 1, text.length), text: '' } : { file: source.file, start: source.start - 1, end: source.end, text: '' }]
  }
  return []
}
