// The parser of Go templates (text/template/parse/parse.go, Go 1.20 to 1.26), with its error texts.
// Not modelled: nesting deeper than MAX_DEPTH.
import { goQuote, goUnquote } from './go-quote.ts'
import { TemplateFault, TemplateUnmodelled, type TemplateOptions } from './go-template-fault.ts'
import { Lexer, tokenName, type Token, type TokenKind } from './go-template-lexer.ts'
import { nodeText, type Branch, type Command, type Node, type Operand, type Pipe } from './go-template-nodes.ts'
import { numberForms } from './go-template-number.ts'

/** The bound of what is read inside of each other: neither this parser nor the run may exhaust the stack. */
const MAX_DEPTH = 200

/** `{{end}}` and `{{else}}` end a list. */
type End = { readonly kind: 'end' | 'else' }
const endName = ({ kind }: End): string => `{{${kind}}}`

/** Templates of one text by name, the whole's among them. */
export type Trees = Map<string, readonly Node[]>

/** @throws TemplateFault, TemplateUnmodelled */
export function parseTemplate(name: string, text: string, options: TemplateOptions): Trees {
  const trees: Trees = new Map()
  const shared: Shared = { lexer: new Lexer(text, options.minor >= 24), parseName: name, options, trees, depth: 0 }
  const parser = new Parser(shared)
  parser.add(name, parser.whole())
  return trees
}

interface Shared {
  readonly lexer: Lexer
  readonly parseName: string
  readonly options: TemplateOptions
  readonly trees: Trees
  depth: number
}

/** Nothing but space. */
const isEmptyTree = (nodes: readonly Node[]): boolean => nodes.every(n => n.kind === 'text' && n.text.trim() === '')

class Parser {
  private readonly shared: Shared
  /** Tokens that were read and put back, the next one last. */
  private readonly ahead: Token[] = []
  private last: Token = { kind: 'eof', at: 0, text: '', line: 0 }
  private variables: string[] = ['$']
  private actionLine = 0
  private ranges = 0

  constructor(shared: Shared) {
    this.shared = shared
  }

  private next(): Token {
    const back = this.ahead.pop()
    if (back) return back
    this.last = this.shared.lexer.next()
    return this.last
  }

  private back(...tokens: readonly Token[]): void {
    this.ahead.push(...tokens)
  }

  private peek(): Token {
    const token = this.next()
    this.back(token)
    return token
  }

  private nextNonSpace(): Token {
    let token = this.next()
    while (token.kind === 'space') token = this.next()
    return token
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace()
    this.back(token)
    return token
  }

  private fail(text: string): never {
    throw new TemplateFault(`template: ${this.shared.parseName}:${this.last.line}: ${text}`)
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${tokenName(token)} in ${context}`)
    const started = this.actionLine !== 0 && this.actionLine !== token.line ? ` in action started at ${this.shared.parseName}:${this.actionLine}` : ''
    this.fail(token.text + (token.text.endsWith(' action') ? started.replace(' in action', '') : started))
  }

  private expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace()
    return token.kind === kind ? token : this.unexpected(token, context)
  }

  private nested<T>(read: () => T): T {
    if (++this.shared.depth > MAX_DEPTH) throw new TemplateUnmodelled('a template nested so deeply is not modelled')
    const value = read()
    this.shared.depth--
    return value
  }

  add(name: string, nodes: readonly Node[]): void {
    const before = this.shared.trees.get(name)
    if (before === undefined || isEmptyTree(before)) this.shared.trees.set(name, nodes)
    else if (!isEmptyTree(nodes)) this.fail(`template: multiple definition of template ${goQuote(name)}`)
  }

  whole(): readonly Node[] {
    const nodes: Node[] = []
    for (let token = this.peek(); token.kind !== 'eof'; token = this.peek()) {
      if (token.kind === 'left') {
        const left = this.next()
        const word = this.nextNonSpace()
        if (word.kind === 'define') {
          new Parser(this.shared).definition()
          continue
        }
        this.back(word, left)
      }
      const node = this.textOrAction()
      if (node.kind === 'end' || node.kind === 'else') this.fail(`unexpected ${endName(node as End)}`)
      nodes.push(node as Node)
    }
    return nodes
  }

  definition(): void {
    const context = 'define clause'
    const name = this.templateName(context)
    this.expect('right', context)
    const { nodes, end } = this.list()
    if (end.kind !== 'end') this.fail(`unexpected ${endName(end)} in ${context}`)
    this.add(name, nodes)
  }

  private list(): { readonly nodes: readonly Node[]; readonly end: End } {
    return this.nested(() => {
      const nodes: Node[] = []
      while (this.peekNonSpace().kind !== 'eof') {
        const node = this.textOrAction()
        if (node.kind === 'end' || node.kind === 'else') return { nodes, end: node as End }
        nodes.push(node as Node)
      }
      return this.fail('unexpected EOF')
    })
  }

  private textOrAction(): Node | End {
    const token = this.nextNonSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'left') return this.unexpected(token, 'input')
    this.actionLine = token.line
    const node = this.action()
    this.actionLine = 0
    return node
  }

  private action(): Node | End {
    const token = this.nextNonSpace()
    switch (token.kind) {
      case 'block': return this.block()
      case 'break': case 'continue':
        if (this.peekNonSpace().kind !== 'right') this.unexpected(this.nextNonSpace(), `{{${token.kind}}}`)
        this.nextNonSpace()
        if (this.ranges === 0) this.fail(`{{${token.kind}}} outside {{range}}`)
        return { kind: token.kind, at: token.at }
      case 'else': {
        const after = this.peekNonSpace()
        const chains = after.kind === 'if' || (after.kind === 'with' && this.shared.options.minor >= 23)
        if (!chains) this.expect('right', 'else')
        return { kind: 'else' }
      }
      case 'end':
        this.expect('right', 'end')
        return { kind: 'end' }
      case 'if': case 'range': case 'with': return this.branch(token.kind)
      case 'template': return this.templateAction()
    }
    this.back(token)
    return { kind: 'action', at: token.at, pipe: this.pipeline('command', 'right') }
  }

  private branch(kind: Branch['kind']): Branch {
    const before = this.variables.length
    const pipe = this.pipeline(kind, 'right')
    if (kind === 'range') this.ranges++
    const { nodes: list, end } = this.list()
    if (kind === 'range') this.ranges--
    let otherwise: readonly Node[] | undefined
    if (end.kind === 'else') {
      // `else if`, and since Go 1.23 `else with`, share the end of the whole.
      const after = this.peek().kind
      if (kind !== 'range' && after === kind && (kind === 'if' || this.shared.options.minor >= 23)) {
        this.next()
        otherwise = [this.nested(() => this.branch(kind))]
      } else {
        const rest = this.list()
        if (rest.end.kind !== 'end') this.fail(`expected end; found ${endName(rest.end)}`)
        otherwise = rest.nodes
      }
    }
    this.variables.length = before
    return { kind, at: pipe.at, pipe, list, otherwise }
  }

  private block(): Node {
    const context = 'block clause'
    const { at } = this.peekNonSpace()
    const name = this.templateName(context)
    const pipe = this.pipeline(context, 'right')
    const inner = new Parser(this.shared)
    const { nodes, end } = inner.list()
    if (end.kind !== 'end') this.fail(`unexpected ${endName(end)} in ${context}`)
    inner.add(name, nodes)
    return { kind: 'template', at, name, pipe }
  }

  private templateAction(): Node {
    const context = 'template clause'
    const { at } = this.peekNonSpace()
    const name = this.templateName(context)
    if (this.peekNonSpace().kind !== 'right') return { kind: 'template', at, name, pipe: this.pipeline(context, 'right') }
    this.nextNonSpace()
    return { kind: 'template', at, name, pipe: undefined }
  }

  private templateName(context: string): string {
    const token = this.nextNonSpace()
    if (token.kind !== 'string' && token.kind !== 'rawString') return this.unexpected(token, context)
    return goUnquote(token.text) ?? this.fail('invalid syntax')
  }

  private pipeline(context: string, end: TokenKind): Pipe {
    const { at } = this.peekNonSpace()
    const declared = this.declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.nextNonSpace()
      if (token.kind === end) break
      if (!STARTS_OPERAND.has(token.kind)) this.unexpected(token, context)
      this.back(token)
      commands.push(this.command())
    }
    if (commands.length === 0) this.fail(`missing value for ${context}`)
    const odd = commands.findIndex((c, i) => i > 0 && NO_COMMAND.has((c.args[0] as Operand).kind))
    if (odd !== -1) this.fail(`non executable command in pipeline stage ${odd + 1}`)
    return { kind: 'pipe', at, commands, ...declared }
  }

  private declarations(context: string): { readonly assigns: boolean; readonly variables: readonly string[] } {
    const variables: string[] = []
    let assigns = false
    while (this.peekNonSpace().kind === 'variable') {
      const variable = this.nextNonSpace()
      const adjacent = this.peek()
      const after = this.peekNonSpace()
      const isList = after.kind === 'char' && after.text === ','
      if (after.kind !== 'assign' && after.kind !== 'declare' && !isList) {
        // The token behind it may be a space that separates an operand.
        if (adjacent.kind === 'space') this.back(adjacent)
        this.back(variable)
        break
      }
      this.nextNonSpace()
      variables.push(variable.text)
      this.variables.push(variable.text)
      if (!isList) {
        assigns = after.kind === 'assign'
        break
      }
      if (context !== 'range' || variables.length >= 2) this.fail(`too many declarations in ${context}`)
      if (!['variable', 'right', 'rightParen'].includes(this.peekNonSpace().kind)) this.fail('range can only initialize variables')
    }
    return { assigns, variables }
  }

  private command(): Command {
    const { at } = this.peekNonSpace()
    const args: Operand[] = []
    for (;;) {
      this.peekNonSpace()
      const operand = this.operand()
      if (operand) args.push(operand)
      const token = this.next()
      if (token.kind === 'space') continue
      if (token.kind === 'right' || token.kind === 'rightParen') this.back(token)
      else if (token.kind !== 'pipe') this.unexpected(token, 'operand')
      break
    }
    return { kind: 'command', at, args }
  }

  private operand(): Operand | undefined {
    const term = this.term()
    if (!term || this.peek().kind !== 'field') return term
    const { at } = this.peek()
    const fields: string[] = []
    while (this.peek().kind === 'field') fields.push(this.next().text.slice(1))
    if (term.kind === 'field' || term.kind === 'variable') return { kind: term.kind, at, names: [...term.names, ...fields] }
    if (['bool', 'string', 'number', 'nil', 'dot'].includes(term.kind)) this.fail(`unexpected . after term ${goQuote(nodeText(term, this.shared.options.minor))}`)
    return { kind: 'chain', at, of: term, fields }
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace()
    const { at, text } = token
    switch (token.kind) {
      case 'identifier':
        if (!this.shared.options.functions.has(text)) this.fail(`function ${goQuote(text)} not defined`)
        return { kind: 'identifier', at, name: text }
      case 'dot': case 'nil': return { kind: token.kind, at }
      case 'variable':
        if (!this.variables.includes(text)) this.fail(`undefined variable ${goQuote(text)}`)
        return { kind: 'variable', at, names: [text] }
      case 'field': return { kind: 'field', at, names: [text.slice(1)] }
      case 'bool': return { kind: 'bool', at, value: text === 'true' }
      case 'charConstant': case 'complex': case 'number': return { kind: 'number', at, text, forms: this.inPlace(() => numberForms(text, token.kind as 'number')) }
      case 'leftParen': return this.nested(() => this.pipeline('parenthesized pipeline', 'rightParen'))
      case 'string': case 'rawString': return { kind: 'string', at, quoted: text, text: goUnquote(text) ?? this.fail('invalid syntax') }
      default:
        this.back(token)
        return undefined
    }
  }

  private inPlace<T>(read: () => T): T {
    try {
      return read()
    } catch (fault) {
      if (fault instanceof TemplateFault) this.fail(fault.message)
      throw fault
    }
  }
}

const STARTS_OPERAND: ReadonlySet<TokenKind> = new Set([
  'bool', 'charConstant', 'complex', 'dot', 'field', 'identifier', 'number', 'nil', 'rawString', 'string', 'variable', 'leftParen',
])
const NO_COMMAND: ReadonlySet<Operand['kind']> = new Set(['bool', 'dot', 'nil', 'number', 'string'])
