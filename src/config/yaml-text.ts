// YAML and JSON with positions: the only place that parses either. YAML 1.2 core schema by the package `yaml`; a text that is
// plain JSON takes a shorter way (a cluster dump is tens of megabytes), with the same result.
// Kubernetes' own reader (sigs.k8s.io/yaml, YAML 1.1) also takes `yes`, `on`, `0o17` and `1_000` for other things than text:
// not modelled, such values stay text. `<<` merge keys are followed in `value` and `sourceAt`, as Kubernetes does; `root()`
// shows them as written, as libyaml's event stream (netplan) does.
// Hostile input: text beyond 64 Mi characters, nesting beyond 200 and aliases that stand for more than 1 Mi nodes are cut off with a
// Problem. Objects are plain; a key such as `__proto__` or `constructor` is an own property, so look foreign keys up with Object.hasOwn.
import { isAlias, isMap, isPair, isScalar, isSeq, parseAllDocuments, type Document, type Node, type Scalar } from 'yaml'
import type { Problem, Read, Source } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import { jsonPlaces } from './json-places.ts'

const SIZE_LIMIT = 64 * 1024 * 1024
const DEPTH_LIMIT = 200
const NODE_LIMIT = 1 << 20

export interface YamlDocument {
  readonly value: unknown
  /** Where the field at `path` is written: its key, its value (default), or both. Undefined when it is not there. */
  sourceAt(path: readonly (string | number)[], what?: 'key' | 'value' | 'pair'): Source | undefined
  /** The document as written: repeated keys, styles and order kept, merge keys not followed. */
  root(): YamlNode | undefined
}

export type YamlNode = YamlScalar | YamlMap | YamlList
export interface YamlScalar {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | bigint | null
  /** The text without quotes and escapes, whatever it stands for: what libyaml hands on. */
  readonly text: string
  readonly style: 'plain' | 'quoted' | 'block'
  readonly source: Source
}
export interface YamlMap {
  readonly kind: 'map'
  readonly pairs: readonly { readonly key: YamlNode; readonly value: YamlNode }[]
  readonly source: Source
}
export interface YamlList {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
  readonly source: Source
}

/** Documents without content (a leading `---`, only comments) are left out. */
export function readYaml(file: string, text: string): Read<readonly YamlDocument[]> {
  const problems: Problem[] = []
  const at = sourcesOf(file, text)
  if (text.length > SIZE_LIMIT) {
    problems.push({ code: 'yaml-too-large', message: `${file}: only texts up to ${SIZE_LIMIT} characters are read`, source: at(0, 0),
      state: 'damaged' })
    return { value: [], problems }
  }
  const json = parseJson(text)
  if (json !== undefined) {
    const places = jsonPlaces(text)
    let slow: Read<readonly YamlDocument[]> | undefined
    return { problems, value: [{
      value: json.value,
      sourceAt: (path, what = 'value') => {
        const place = places(path)
        if (!place || (place.key === undefined && what === 'key')) return undefined
        const [start, end] = what === 'key' ? place.key! : what === 'pair' && place.key ? [place.key[0], place.value[1]] : place.value
        return at(start, end)
      },
      root: () => (slow ??= readDocuments(text, at, [])).value[0]?.root(),
    }] }
  }
  return readDocuments(text, at, problems)
}

/** Depth is checked first: JSON.parse itself would take any, and its readers are recursive. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[{[]/.test(text) || jsonDepth(text) > DEPTH_LIMIT) return undefined
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (quoted) {
      if (c === 0x5c) at++
      else if (c === 0x22) quoted = false
    } else if (c === 0x22) quoted = true
    else if (c === 0x7b || c === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (c === 0x7d || c === 0x5d) depth--
  }
  return deepest
}

type SourceMaker = (start: number, end: number) => Source

function readDocuments(text: string, at: SourceMaker, problems: Problem[]): Read<readonly YamlDocument[]> {
  let parsed: readonly Document[]
  try {
    const all = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent', stringKeys: false })
    parsed = Array.isArray(all) ? all : []
  } catch (error) {
    // The package recurses over nested values; a text made to exhaust the stack ends here.
    problems.push({ code: 'yaml-syntax', message: `not readable as YAML: ${error instanceof Error ? error.message : 'unknown'}`,
      source: at(0, 0), state: 'damaged' })
    return { value: [], problems }
  }
  const documents: YamlDocument[] = []
  for (const document of parsed) {
    const first = document.errors[0]
    if (first) problems.push({ code: 'yaml-syntax', message: first.message.split('\n')[0] ?? '', source: at(first.pos[0], first.pos[1]),
      state: 'damaged' })
    if (!document.contents) continue
    const root = treeOf(document.contents as Node, at, problems)
    if (root.kind === 'scalar' && root.value === null && root.text === '') continue
    documents.push({ value: valueOf(root), sourceAt: (path, what = 'value') => locate(root, path, what, at), root: () => root })
  }
  return { value: documents, problems }
}

interface Sized { readonly node: YamlNode; readonly nodes: number }

function treeOf(contents: Node, at: SourceMaker, problems: Problem[]): YamlNode {
  const anchors = new Map<string, Sized>()
  let budget = NODE_LIMIT
  const empty = (offset: number): YamlScalar => ({ kind: 'scalar', value: null, text: '', style: 'plain', source: at(offset, offset) })
  const cut = (code: string, message: string, offset: number): Sized => {
    problems.push({ code, message, source: at(offset, offset), state: 'damaged' })
    return { node: empty(offset), nodes: 1 }
  }
  const walk = (node: unknown, depth: number, offset: number): Sized => {
    if (isAlias(node)) {
      const start = node.range?.[0] ?? offset
      const target = anchors.get(node.source)
      if (!target) return cut('yaml-unknown-alias', `the alias *${node.source} has no anchor before it`, start)
      budget -= target.nodes
      return budget < 0 ? cut('yaml-alias-limit', 'aliases stand for more than a million values; the rest is left out', start) : target
    }
    const [start, end] = rangeOf(node, offset)
    if (depth > DEPTH_LIMIT) return cut('yaml-too-deep', `values nested deeper than ${DEPTH_LIMIT} are left out`, start)
    const made = isMap(node) ? mapOf(node.items, depth, start, end) : isSeq(node) ? listOf(node.items, depth, start, end)
      : isScalar(node) ? { node: scalarOf(node, at(start, end)), nodes: 1 } : { node: empty(start), nodes: 1 }
    const anchor = (node as { anchor?: string } | null)?.anchor
    if (anchor) anchors.set(anchor, made)
    return made
  }
  const mapOf = (items: readonly unknown[], depth: number, start: number, end: number): Sized => {
    let nodes = 1
    const pairs: { key: YamlNode; value: YamlNode }[] = []
    for (const item of items) {
      if (!isPair(item)) continue
      const key = walk(item.key, depth + 1, start)
      const value = walk(item.value, depth + 1, key.node.source.end)
      nodes += key.nodes + value.nodes
      pairs.push({ key: key.node, value: value.node })
    }
    return { node: { kind: 'map', pairs, source: at(start, end) }, nodes }
  }
  const listOf = (all: readonly unknown[], depth: number, start: number, end: number): Sized => {
    const items = all.map(item => walk(item, depth + 1, start))
    return { node: { kind: 'list', items: items.map(item => item.node), source: at(start, end) },
      nodes: 1 + items.reduce((sum, item) => sum + item.nodes, 0) }
  }
  return walk(contents, 0, 0).node
}

const rangeOf = (node: unknown, offset: number): readonly [number, number] => {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range
  return range ? [range[0], Math.max(range[0], range[1])] : [offset, offset]
}

function scalarOf(node: Scalar, source: Source): YamlScalar {
  const value = node.value
  const style = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? 'block' : node.type?.startsWith('QUOTE') ? 'quoted'
    : 'plain'
  const known = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    || typeof value === 'bigint'
  return { kind: 'scalar', value: known ? value : String(value), text: style === 'plain' ? node.source ?? '' : String(value), style,
    source }
}

const keyText = (key: YamlNode): string => (key.kind === 'scalar' ? key.text : key.source.text)
const isMerge = (key: YamlNode): boolean => key.kind === 'scalar' && key.style === 'plain' && key.text === '<<'

/** Maps whose pairs a `<<` brings in; the first has precedence. */
const merged = (value: YamlNode): readonly YamlMap[] =>
  value.kind === 'map' ? [value] : value.kind === 'list' ? value.items.filter(item => item.kind === 'map') : []

function valueOf(node: YamlNode): unknown {
  const made = new Map<YamlNode, unknown>()
  const walk = (at: YamlNode): unknown => {
    if (at.kind === 'scalar') return at.value
    if (made.has(at)) return made.get(at)
    if (at.kind === 'list') {
      const list = at.items.map(walk)
      made.set(at, list)
      return list
    }
    const object: Record<string, unknown> = {}
    made.set(at, object)
    for (const { key, value } of at.pairs) if (!isMerge(key)) define(object, keyText(key), walk(value))
    for (const { key, value } of at.pairs) {
      if (!isMerge(key)) continue
      for (const map of merged(value)) {
        for (const [name, inherited] of Object.entries(walk(map) as object)) if (!Object.hasOwn(object, name)) define(object, name,
          inherited)
      }
    }
    return object
  }
  return walk(node)
}

/** `__proto__` as a key is data: an assignment would set the prototype. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  else object[name] = value
}

function locate(root: YamlNode, path: readonly (string | number)[], what: 'key' | 'value' | 'pair', at: SourceMaker): Source | undefined {
  let node = root
  let key: YamlNode | undefined
  for (const step of path) {
    if (node.kind === 'list') {
      const item = node.items[Number(step)]
      if (!item) return undefined
      node = item
      key = undefined
    } else {
      const pair = node.kind === 'map' ? findPair(node, String(step), 0) : undefined
      if (!pair) return undefined
      node = pair.value
      key = pair.key
    }
  }
  if (what === 'key') return key?.source
  return what === 'pair' && key ? at(key.source.start, Math.max(key.source.end, node.source.end)) : node.source
}

function findPair(map: YamlMap, name: string, depth: number): YamlMap['pairs'][number] | undefined {
  // The last of several equal keys is the one that counts.
  const own = map.pairs.findLast(pair => !isMerge(pair.key) && keyText(pair.key) === name)
  if (own || depth > 8) return own
  for (const pair of map.pairs) {
    if (!isMerge(pair.key)) continue
    for (const other of merged(pair.value)) {
      const found = findPair(other, name, depth + 1)
      if (found) return found
    }
  }
  return undefined
}
