// The tree of a Go template, and how its parts are written in errors (text/template/parse/node.go, Go 1.20 to 1.26).
import { goQuote } from './go-quote.ts'

export interface NumberForms {
  readonly int?: bigint
  readonly float: number
}

export type Operand =
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'number'; readonly at: number; readonly text: string; readonly forms: NumberForms }
  | { readonly kind: 'string'; readonly at: number; readonly quoted: string; readonly text: string }
  | { readonly kind: 'field' | 'variable'; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: 'identifier'; readonly at: number; readonly name: string }
  | { readonly kind: 'chain'; readonly at: number; readonly of: Operand; readonly fields: readonly string[] }
  | Pipe

export interface Command {
  readonly kind: 'command'
  readonly at: number
  readonly args: readonly Operand[]
}

export interface Pipe {
  readonly kind: 'pipe'
  readonly at: number
  readonly assigns: boolean
  readonly variables: readonly string[]
  readonly commands: readonly Command[]
}

export type Node =
  | { readonly kind: 'text'; readonly at: number; readonly text: string }
  | { readonly kind: 'action'; readonly at: number; readonly pipe: Pipe }
  | Branch
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | { readonly kind: 'template'; readonly at: number; readonly name: string; readonly pipe: Pipe | undefined }

export interface Branch {
  readonly kind: 'if' | 'range' | 'with'
  readonly at: number
  readonly pipe: Pipe
  readonly list: readonly Node[]
  readonly otherwise: readonly Node[] | undefined
}

/** `minor`: 1.22 and older print an assignment as a declaration. */
export function nodeText(node: Node | Operand | Command, minor: number): string {
  const text = (each: Node | Operand | Command): string => nodeText(each, minor)
  const inParens = (each: Operand): string => (each.kind === 'pipe' ? `(${text(each)})` : text(each))
  switch (node.kind) {
    case 'bool': return String(node.value)
    case 'dot': return '.'
    case 'nil': return 'nil'
    case 'number': return node.text
    case 'string': return node.quoted
    case 'field': return node.names.map(n => `.${n}`).join('')
    case 'variable': return node.names.join('.')
    case 'identifier': return node.name
    case 'chain': return inParens(node.of) + node.fields.map(f => `.${f}`).join('')
    case 'command': return node.args.map(inParens).join(' ')
    case 'pipe': {
      const names = node.variables.length > 0 ? `${node.variables.join(', ')} ${node.assigns && minor >= 23 ? '=' : ':='} ` : ''
      return names + node.commands.map(text).join(' | ')
    }
    case 'text': return node.text
    case 'action': return `{{${text(node.pipe)}}}`
    case 'break': case 'continue': return `{{${node.kind}}}`
    case 'template': return `{{template ${goQuote(node.name)}${node.pipe ? ` ${text(node.pipe)}` : ''}}}`
    default: {
      const otherwise = node.otherwise ? `{{else}}${node.otherwise.map(text).join('')}` : ''
      return `{{${node.kind} ${text(node.pipe)}}}${node.list.map(text).join('')}${otherwise}{{end}}`
    }
  }
}
