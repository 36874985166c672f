// Server blocks of a Corefile: coredns/caddy caddyfile/parse.go and dispenser.go (the same in CoreDNS 1.9.3 to 1.15.0): keys, one
// block of directives, `import` of snippets and files, {$ENV} and {%ENV%}. Where the parser gives up, what was read so far is kept
// and CoreDNS' own message becomes a Problem.
// Not modelled: the check of directive names (it depends on the version and the build), the endless loop of 1.9.3 and 1.11.3 in a
// snippet that imports itself (the limit of later versions holds for all).
import type { Problem, Source } from '../chain/source.ts'
import { lexCorefile, type Token } from './corefile-lexer.ts'
import { sourcesOf } from '../chain/source.ts'

export interface CorefileFile { readonly file: string; readonly text: string }

export interface ParsedBlock {
  readonly keys: Token[]
  /** One list a use of a directive: its name, then all its tokens. */
  readonly uses: Token[][]
  /** The closing brace, or the last token. */
  end?: Token
}

export interface ParserInput {
  readonly path: string
  readonly file: string
  readonly text: string
  readonly files: ReadonlyMap<string, CorefileFile>
  /** undefined = nobody knows the environment of the process. */
  readonly env: ReadonlyMap<string, string> | undefined
}

const SNIPPET_LIMIT = 10_000
const FILE_LIMIT = 10_000
const TOKEN_LIMIT = 50_000
const REPLACEMENT_LIMIT = 100

/** How the parser gives up: CoreDNS would print the message and end. */
class Refused extends Error {
  readonly source: Source | undefined
  constructor(message: string, source: Source | undefined) {
    super(message)
    this.source = source
  }
}

export function parseCorefile(input: ParserInput): { readonly blocks: readonly ParsedBlock[]; readonly problems: readonly Problem[] } {
  const parser = new Parser(input)
  parser.run()
  return { blocks: parser.blocks, problems: parser.problems }
}

class Parser {
  readonly blocks: ParsedBlock[] = []
  readonly problems: Problem[] = []
  private tokens: Token[]
  private cursor = -1
  private block: ParsedBlock = { keys: [], uses: [] }
  private atEnd = false
  private snippetImports = 0
  private fileImports = 0
  private readonly snippets = new Map<string, Token[]>()
  private readonly input: ParserInput

  constructor(input: ParserInput) {
    this.input = input
    this.tokens = this.lex(input, input.path)
  }

  run(): void {
    try {
      while (this.next()) {
        this.block = { keys: [], uses: [] }
        this.parseBlock()
        if (this.block.keys.length > 0) this.keep()
      }
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal
      if (this.block.keys.length > 0 && this.blocks.at(-1) !== this.block) this.keep()
      this.problems.push({ code: 'corefile-syntax', message: refusal.message, state: 'damaged', ...(refusal.source && { source: refusal.source }) })
    }
  }

  private keep(): void {
    const last = this.tokens[this.cursor]
    if (last && !this.block.end) this.block.end = last
    this.blocks.push(this.block)
  }

  private parseBlock(): void {
    this.parseKeys()
    if (this.atEnd) return
    const snippet = this.snippetName()
    if (snippet !== undefined) return this.defineSnippet(snippet)
    const braced = this.value() === '{'
    if (!braced) this.cursor--
    this.parseDirectives()
    if (braced && this.value() !== '}') throw this.syntax('}')
    const end = this.tokens[this.cursor]
    if (end) this.block.end = end
  }

  private parseKeys(): void {
    let expecting = false
    for (;;) {
      const text = this.environment(this.value(), this.tokens[this.cursor])
      if (text === 'import' && this.isNewLine()) {
        this.import()
        if (this.cursor >= this.tokens.length) {
          this.atEnd = true
          return
        }
        continue
      }
      if (text === '{') {
        if (expecting) throw this.error(`Expected another address but had '${text}' - check for extra comma`)
        return
      }
      const token = this.tokens[this.cursor]
      if (text !== '' && token) {
        expecting = text.endsWith(',')
        this.block.keys.push({ ...token, text: expecting ? text.slice(0, -1) : text })
      }
      const more = this.next()
      if (expecting && !more) throw this.error('Unexpected EOF')
      if (!more) {
        this.atEnd = true
        return
      }
      if (!expecting && this.isNewLine()) return
    }
  }

  private snippetName(): string | undefined {
    const key = this.block.keys.length === 1 ? (this.block.keys[0] as Token).text : ''
    return key.startsWith('(') && key.endsWith(')') ? key.slice(1, -1) : undefined
  }

  private defineSnippet(name: string): void {
    if (this.snippets.has(name)) throw this.error(`redeclaration of previously declared snippet ${name}`)
    if (this.value() !== '{') throw this.syntax('{')
    let open = 1
    const body: Token[] = []
    while (this.next()) {
      if (this.value() === '}' && --open === 0) break
      if (this.value() === '{') open++
      body.push(this.tokens[this.cursor] as Token)
    }
    if (open !== 0) throw this.syntax('}')
    const selfImport = body.findIndex((t, i) => t.text === 'import' && body[i + 1]?.text === name && (i === 0 || body[i - 1]?.line !== t.line))
    if (selfImport >= 0) throw this.error(`maximum snippet import depth (${SNIPPET_LIMIT}) exceeded`)
    this.snippets.set(name, body)
    this.block.keys.length = 0
  }

  private parseDirectives(): void {
    while (this.next()) {
      if (this.value() === '}') return
      if (this.value() === 'import') {
        this.import()
        this.cursor--
      } else this.parseDirective()
    }
  }

  private parseDirective(): void {
    const name = this.tokens[this.cursor] as Token
    const use: Token[] = [{ ...name, text: this.environment(name.text, name) }]
    this.block.uses.push(use)
    let nesting = 0
    while (this.next()) {
      const text = this.value()
      if (text === '{') nesting++
      else if (this.isNewLine() && nesting === 0) {
        this.cursor--
        break
      } else if (text === '}' && nesting > 0) nesting--
      else if (text === '}') throw this.error('Unexpected \'}\' because no matching opening brace')
      else if (text === 'import' && this.isNewLine()) {
        this.import()
        this.cursor--
        continue
      }
      const token = this.tokens[this.cursor] as Token
      use.push({ ...token, text: this.environment(text, token) })
    }
    if (nesting > 0) throw this.error('Unexpected EOF')
  }

  /** Puts what is imported in the place of `import X`; the cursor stands on the first token of it. */
  private import(): void {
    if (!this.nextArg()) throw this.argumentError()
    const argument = this.tokens[this.cursor] as Token
    const pattern = this.environment(argument.text, argument)
    if (pattern === '') throw this.error('Import requires a non-empty filepath')
    if (this.nextArg()) throw this.error('Import takes only one argument (glob pattern or file)')
    const snippet = this.snippets.get(pattern)
    if (snippet && ++this.snippetImports > SNIPPET_LIMIT) throw this.error(`maximum snippet import depth (${SNIPPET_LIMIT}) exceeded`)
    const imported = snippet ?? this.importedFiles(pattern, argument)
    if (this.tokens.length + imported.length > TOKEN_LIMIT) throw this.error(`more than ${TOKEN_LIMIT} tokens after import`)
    this.tokens = [...this.tokens.slice(0, this.cursor - 1), ...imported, ...this.tokens.slice(this.cursor + 1)]
    this.cursor--
  }

  private importedFiles(pattern: string, argument: Token): Token[] {
    const directory = argument.path.slice(0, argument.path.lastIndexOf('/'))
    const glob = joinPath(pattern.startsWith('/') ? pattern : `${directory}/${pattern}`)
    const twice = (mark: string): boolean => glob.split(mark).length > 2
    if (twice('*') || twice('?') || (glob.includes('[') && glob.includes(']')))
      throw this.error(`Glob pattern may only contain one wildcard (*), but has others: ${glob}`)
    const matches = [...this.input.files.keys()].filter(path => matchesGlob(glob, path)).sort()
    if (matches.length === 0) {
      const isPattern = /[*?[\]]/.test(glob)
      const message = isPattern ? `No files matching import glob pattern: ${pattern}` : `File to import not found: ${pattern}`
      // CoreDNS ends at a missing file; the evidence may lack what the container had, so reading goes on.
      this.problems.push({ code: 'corefile-import-missing', message, source: argument.source, state: isPattern ? 'ignored' : 'unknown' })
    }
    return matches.flatMap(path => {
      if (++this.fileImports > FILE_LIMIT) throw this.error('maximum file import depth exceeded')
      return this.lex(this.input.files.get(path) as CorefileFile, path)
    })
  }

  private lex(from: CorefileFile, path: string): Token[] {
    const { tokens, truncated } = lexCorefile(from.text, path, sourcesOf(from.file, from.text))
    if (truncated) this.problems.push({ code: 'corefile-too-long', message: `${from.file}: more than ${tokens.length} words; the rest was not read`, state: 'damaged' })
    return tokens
  }

  /** {%NAME%} first, then {$NAME}; replaced text is looked at again. */
  private environment(text: string, token: Token | undefined): string {
    if (!text.includes('{$') && !text.includes('{%')) return text
    return this.replaceReferences(this.replaceReferences(text, '{%', '%}', token), '{$', '}', token)
  }

  private replaceReferences(text: string, open: string, close: string, token: Token | undefined): string {
    let value = text
    for (let round = 0; round < REPLACEMENT_LIMIT; round++) {
      const start = value.indexOf(open)
      const end = start < 0 ? -1 : value.indexOf(close, start)
      if (end < 0 || end <= start + open.length - (open === '{%' ? 1 : 0)) return value
      const name = value.slice(start + open.length, end)
      if (name === '') return value
      if (!this.input.env) {
        this.problems.push({
          code: 'corefile-env-unknown', message: `environment variable ${name} of the process is not in the evidence; it counts as empty here`, state: 'unknown',
          ...(token && { source: token.source }),
        })
      }
      value = value.replaceAll(value.slice(start, end + close.length), () => this.input.env?.get(name) ?? '')
    }
    return value
  }

  private next(): boolean {
    if (this.cursor >= this.tokens.length - 1) return false
    this.cursor++
    return true
  }

  private nextArg(): boolean {
    const here = this.tokens[this.cursor]
    const there = this.tokens[this.cursor + 1]
    if (!here || !there || !sameLine(here, there)) return false
    this.cursor++
    return true
  }

  private isNewLine(): boolean {
    const before = this.tokens[this.cursor - 1]
    const here = this.tokens[this.cursor]
    if (!before) return true
    return here !== undefined && (before.path !== here.path || before.line + lineBreaks(before) < here.line)
  }

  private value(): string {
    return this.tokens[this.cursor]?.text ?? ''
  }

  private place(): string {
    const token = this.tokens[this.cursor]
    return `${token?.path ?? this.input.path}:${token?.line ?? 0}`
  }

  private error(message: string): Refused {
    return new Refused(`${this.place()} - Error during parsing: ${message}`, this.tokens[this.cursor]?.source)
  }

  private syntax(expected: string): Refused {
    return new Refused(`${this.place()} - Syntax error: Unexpected token '${this.value()}', expecting '${expected}'`, this.tokens[this.cursor]?.source)
  }

  private argumentError(): Refused {
    return this.error(this.value() === '{' ? 'Unexpected token \'{\', expecting argument' : `Wrong argument count or unexpected line ending after '${this.value()}'`)
  }
}

const lineBreaks = (token: Token): number => token.text.split('\n').length - 1

/** The dispenser's idea of "on the same line". */
export const sameLine = (a: Token, b: Token): boolean => a.path === b.path && a.line + lineBreaks(a) === b.line

function joinPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/')
}

/** One `*` and one `?` at most; neither matches a `/`. */
function matchesGlob(glob: string, path: string): boolean {
  const star = glob.indexOf('*')
  const like = (pattern: string, text: string): boolean =>
    pattern.length === text.length && [...pattern].every((c, i) => c === text[i] || (c === '?' && text[i] !== '/'))
  if (star < 0) return like(glob, path)
  const [head, tail] = [glob.slice(0, star), glob.slice(star + 1)]
  const middle = path.slice(head.length, path.length - tail.length)
  return path.length >= head.length + tail.length && !middle.includes('/') &&
    like(head, path.slice(0, head.length)) && like(tail, path.slice(path.length - tail.length))
}
