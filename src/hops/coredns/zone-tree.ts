// The names of a zone in canonical order: plugin/file/tree of CoreDNS, 1.9.3 to 1.15.0. Labels are compared from the right, byte by byte as text:
// up to 1.12.2 with their case, up to 1.14.7 with the escapes as they are written (`\.` is two bytes, `\046` one), later by what they mean.
import type { ResourceRecord } from '../../dns/message.ts'
import { labelsOf } from '../../dns/name.ts'
import { since, type CorednsVersion } from './plugin.ts'

export interface ZoneNode {
  /** As its first record has it. */
  readonly name: string
  readonly key: readonly string[]
  readonly byType: Map<string, ResourceRecord[]>
}

export class ZoneTree {
  private readonly version: CorednsVersion
  private readonly nodes = new Map<string, ZoneNode>()
  private sorted: readonly ZoneNode[] | undefined

  constructor(version: CorednsVersion) {
    this.version = version
  }

  insert(name: string, record: ResourceRecord): void {
    const key = this.keyOf(name)
    const id = key.join('\0')
    const node = this.nodes.get(id) ?? { name, key, byType: new Map<string, ResourceRecord[]>() }
    this.nodes.set(id, node)
    this.sorted = undefined
    const held = node.byType.get(record.type)
    if (held) held.push(record)
    else node.byType.set(record.type, [record])
  }

  search(name: string): ZoneNode | undefined {
    return this.nodes.get(this.keyOf(name).join('\0'))
  }

  /** The smallest name that is not before it. */
  next(name: string): ZoneNode | undefined {
    return this.inOrder()[this.firstFrom(this.keyOf(name))]
  }

  /** The greatest name that is not behind it. */
  previous(name: string): ZoneNode | undefined {
    const key = this.keyOf(name)
    const at = this.firstFrom(key)
    const here = this.inOrder()[at]
    return here && compare(here.key, key) === 0 ? here : this.inOrder()[at - 1]
  }

  isSame(node: ZoneNode, name: string): boolean {
    return compare(node.key, this.keyOf(name)) === 0
  }

  private inOrder(): readonly ZoneNode[] {
    return this.sorted ??= [...this.nodes.values()].sort((a, b) => compare(a.key, b.key))
  }

  private firstFrom(key: readonly string[]): number {
    const nodes = this.inOrder()
    let low = 0
    let high = nodes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compare((nodes[middle] as ZoneNode).key, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Labels, the last first. */
  private keyOf(name: string): readonly string[] {
    const folded = since(this.version, 1, 12, 3) ? name.toLowerCase() : name
    const meant = since(this.version, 1, 15)
    return labelsOf(folded).reverse().map(label => {
      if (!label.includes('\\')) return label
      return label.replace(/\\(\d{3})|\\([^])/g, (all, code: string | undefined, c: string) =>
        code === undefined ? meant ? c : all : String.fromCharCode(Number(code) & 0xff))
    })
  }
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const [x, y] = [a[at] as string, b[at] as string]
    if (x !== y) return x < y ? -1 : 1
  }
  return a.length - b.length
}

export const recordsOf = (node: ZoneNode, type: string): readonly ResourceRecord[] => node.byType.get(type) ?? []

/** Signatures of one type at a name. */
export const signaturesOf = (node: ZoneNode, type: string): readonly ResourceRecord[] =>
  recordsOf(node, 'RRSIG').filter(r => r.data.startsWith(`${type} `))
