// Takes entries out of a YAML list as a person would: flow lists keep their brackets, block lists lose the line, and a
// list that would become empty goes with its key (netplan rejects `addresses: null`; resolver-chain.md §7.1).
import { isMap, isPair, isScalar, isSeq, parseDocument, type Document, type Node, type Pair, type YAMLSeq } from 'yaml'
import type { Edit } from '../chain/source.ts'

/** Removes the entries that begin at `starts`; undefined when one of them is not an entry of a list. */
export function removeListEntries(file: string, text: string, starts: readonly number[]): readonly Edit[] | undefined {
  const document = parseDocument(text, { logLevel: 'silent' })
  const parents = listsWithParents(document)
  const edits: Edit[] = []
  const left = new Set(starts)
  for (const { list, parents: above } of parents) {
    const doomed = list.items.filter(item => isScalar(item) && item.range && starts.includes(item.range[0]))
    if (doomed.length === 0) continue
    for (const item of doomed) left.delete((item as Node).range![0])
    const edit = doomed.length === list.items.length ? removePair(file, text, above) : isFlow(text, list)
      ? [shrinkFlow(file, text, list, doomed as Node[])] : doomed.map(item => removeLine(file, text, (item as Node).range![0]))
    if (!edit) return undefined
    edits.push(...edit)
  }
  return left.size > 0 || edits.length === 0 ? undefined : edits
}

interface Located {
  readonly list: YAMLSeq
  /** Pairs that lead to the list, outermost first. */
  readonly parents: readonly { readonly pair: Pair; readonly siblings: number }[]
}

function listsWithParents(document: Document): Located[] {
  const found: Located[] = []
  const walk = (node: unknown, parents: Located['parents'], depth: number): void => {
    if (depth > 64) return
    if (isSeq(node)) {
      found.push({ list: node, parents })
      for (const item of node.items) walk(item, [], depth + 1)
    } else if (isMap(node)) {
      for (const pair of node.items) if (isPair(pair)) walk(pair.value, [...parents, { pair, siblings: node.items.length }], depth + 1)
    }
  }
  walk(document.contents, [], 0)
  return found
}

const isFlow = (text: string, list: YAMLSeq): boolean => list.range !== undefined && list.range !== null && text[list.range[0]] === '['

function shrinkFlow(file: string, text: string, list: YAMLSeq, doomed: readonly Node[]): Edit {
  const [start, end] = list.range as [number, number, number]
  const kept = list.items.filter(item => !doomed.includes(item as Node)).map(item => text.slice((item as Node).range![0], (item as Node).range![1]).trim())
  return { file, start, end, text: `[${kept.join(', ')}]` }
}

function removeLine(file: string, text: string, at: number): Edit {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  return { file, start, end: end < 0 ? text.length : end + 1, text: '' }
}

/** Removes the key of the list, and every key above it that would be left without a value. */
function removePair(file: string, text: string, parents: Located['parents']): Edit[] | undefined {
  let level = parents.length - 1
  while (level > 0 && parents[level]?.siblings === 1) level--
  const key = parents[level]?.pair.key
  const value = parents[level]?.pair.value
  if (!isScalar(key) || !key.range) return undefined
  const start = text.lastIndexOf('\n', key.range[0] - 1) + 1
  const valueEnd = (value as Node | null)?.range?.[1] ?? key.range[1]
  const end = text.indexOf('\n', Math.max(key.range[1], valueEnd - 1))
  return [{ file, start, end: end < 0 ? text.length : end + 1, text: '' }]
}
