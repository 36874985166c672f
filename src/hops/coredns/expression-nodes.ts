// The tree of an expression of `view`: ast/node.go of antonmedv/expr 1.15.5 and expr-lang/expr 1.17.8.
import type { Value } from './expression-value.ts'

/** `at`: code points before it; undefined = the library has no place for it. */
export type Node = { readonly at: number | undefined } & (
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: string }
  /** Worked out before anything runs. */
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'pointer'; readonly name: string }
  | { readonly kind: 'unary'; readonly op: string; readonly node: Node }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Node; readonly right: Node }
  /** All of an optional chain: what is nil inside ends it. */
  | { readonly kind: 'chain'; readonly node: Node }
  | { readonly kind: 'member'; readonly node: Node; readonly property: Node; readonly isOptional: boolean; readonly isMethod: boolean }
  | { readonly kind: 'slice'; readonly node: Node; readonly from: Node | undefined; readonly to: Node | undefined }
  | { readonly kind: 'call'; readonly callee: Node; readonly args: readonly Node[] }
  | BuiltinNode
  | { readonly kind: 'predicate'; readonly node: Node }
  | { readonly kind: 'let'; readonly name: string; readonly value: Node; readonly body: Node }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'conditional'; readonly test: Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'array'; readonly nodes: readonly Node[] }
  | { readonly kind: 'map'; readonly pairs: readonly (readonly [Node, Node])[] }
)

/** `then`: what `filter` and `find` give of an element. `throws`: `find` fails where nothing is found. `enough`: `count` stops there. */
export interface BuiltinNode {
  readonly kind: 'builtin'
  readonly name: string
  readonly args: readonly Node[]
  readonly then?: Node
  readonly throws?: boolean
  readonly enough?: bigint
}

/** `..` that costs nothing of the memory budget. */
export const FREE_RANGE = 'free ..'

export type NodeOf<K extends Node['kind']> = Extract<Node, { readonly kind: K }>

/** The same node over other children, in the order in which the library walks them. */
export function withChildren(node: Node, change: (child: Node) => Node): Node {
  switch (node.kind) {
    case 'unary': case 'chain': case 'predicate': return { ...node, node: change(node.node) }
    case 'binary': return { ...node, left: change(node.left), right: change(node.right) }
    case 'member': return { ...node, node: change(node.node), property: change(node.property) }
    case 'slice': return { ...node, node: change(node.node), from: node.from && change(node.from), to: node.to && change(node.to) }
    case 'call': return { ...node, callee: change(node.callee), args: node.args.map(change) }
    case 'builtin': return { ...node, args: node.args.map(change) }
    case 'let': return { ...node, value: change(node.value), body: change(node.body) }
    case 'sequence': case 'array': return { ...node, nodes: node.nodes.map(change) }
    case 'conditional': return { ...node, test: change(node.test), yes: change(node.yes), no: change(node.no) }
    case 'map': return { ...node, pairs: node.pairs.map(([key, value]) => [change(key), change(value)] as const) }
    default: return node
  }
}

export function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = []
  withChildren(node, child => {
    children.push(child)
    return child
  })
  return children
}
