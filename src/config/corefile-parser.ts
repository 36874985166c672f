// Server blocks of a Corefile: caddyfile/parse.go of coredns/caddy 1.1.1 (CoreDNS 1.9.3 to 1.12) to 1.1.4 (1.15.0): keys, one block of
// directives, `import` of snippets and files, {$ENV} and {%ENV%}. Where the parser gives up, what was read so far is kept and CoreDNS'
// own message becomes a Problem; what CoreDNS reads without end is one, too.
// Not modelled here: the check of directive names (it depends on the build; hops/coredns/start.ts).
import { sourcesOf, type Problem, type Source } from '../chain/source.ts'
import { Cursor } from './corefile-cursor.ts'
import { importedPaths } from './corefile-imports.ts'
import { lexCorefile, type Token } from './corefile-lexer.ts'

export interface CorefileFile { readonly file: string; readonly text: string }

/** One use of a directive: its name, and all its words, the first as written. */
export interface ParsedUse { readonly name: string; readonly tokens: Token[] }

export interface ParsedBlock {
  readonly keys: Token[]
  readonly uses: ParsedUse[]
  /** The closing brace, or the last token. */
  end?: Token
}

export interface ParserInput {
  /** As given to `-conf`. */
  readonly path: string
  readonly file: string
  readonly text: string
  readonly files: ReadonlyMap<string, CorefileFile>
  /** All files there are: one that is missing is an error then, and else unknown. */
  readonly hasAllFiles: boolean
  /** undefined = nobody knows the environment of the process. */
  readonly env: ReadonlyMap<string, string> | undefined
  /** Releases from 1.13.0 on count expansions; earlier ones go on for ever. */
  readonly limitsImports: boolean
}

const SNIPPET_LIMIT = 10_000
const FILE_LIMIT = 100_000
/** Ours: a Corefile with more words than this after its imports does not end for a reader either. */
const TOKEN_LIMIT = 500_000
const REPLACEMENT_LIMIT = 100
/** The image starts the process in the root. */
const WORKING_DIRECTORY = ''

/** How the parser gives up: CoreDNS would print the message and end. */
class Refused extends Error {
  readonly source: Source | undefined
  readonly isEndless: boolean
  constructor(message: string, source: Source | undefined, isEndless = false) {
    super(message)
    this.source = source
    this.isEndless = isEndless
  }
}

export function parseCorefile(input: ParserInput): { readonly blocks: readonly ParsedBlock[]; readonly unkeyed: readonly ParsedUse[]; readonly problems: readonly Problem[] } {
  const parser = new Parser(input)
  parser.run()
  return { blocks: parser.blocks, unkeyed: parser.unkeyed, problems: parser.problems }
}

class Parser {
  readonly blocks: ParsedBlock[] = []
  /** Without a key. */
  readonly unkeyed: ParsedUse[] = []
  readonly problems: Problem[] = []
  private readonly at: Cursor
  private block: ParsedBlock = { keys: [], uses: [] }
  private atEnd = false
  private snippetImports = 0
  private fileImports = 0
  private tokensMade = 0
  private readonly snippets = new Map<string, Token[]>()
  private readonly lexed = new Map<string, Token[]>()
  private readonly input: ParserInput

  constructor(input: ParserInput) {
    this.input = input
    // The words of the file itself name no file.
    this.at = new Cursor(this.lex(input, ''))
  }

  run(): void {
    try {
      while (this.at.next()) {
        this.block = { keys: [], uses: [] }
        this.parseBlock()
        if (this.block.keys.length > 0) this.keep()
        else this.unkeyed.push(...this.block.uses)
      }
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal
      if (this.block.keys.length === 0) this.unkeyed.push(...this.block.uses)
      else if (this.blocks.at(-1) !== this.block) this.keep()
      const code = refusal.isEndless ? 'corefile-endless' : 'corefile-syntax'
      this.problems.push({ code, message: refusal.message, state: 'damaged', ...(refusal.source && { source: refusal.source }) })
    }
  }

  private keep(): void {
    const last = this.at.last
    if (last && !this.block.end) this.block.end = last
    this.blocks.push(this.block)
  }

  private parseBlock(): void {
    this.parseKeys()
    if (this.atEnd) return
    const snippet = this.snippetName()
    if (snippet !== undefined) return this.defineSnippet(snippet)
    const braced = this.at.text() === '{'
    if (!braced) this.at.back()
    this.parseDirectives()
    if (braced && this.at.text() !== '}') throw this.syntax('}')
    const end = this.at.token
    if (end) this.block.end = end
  }

  private parseKeys(): void {
    let expecting = false
    for (;;) {
      const token = this.at.token
      const text = this.environment(this.at.text(), token)
      if (text === 'import' && this.at.isNewLine()) {
        this.import()
        continue
      }
      if (text === '{') {
        if (expecting) throw this.error(`Expected another address but had '${text}' - check for extra comma`)
        return
      }
      if (text !== '' && token) {
        expecting = text.endsWith(',')
        this.block.keys.push({ ...token, text: expecting ? text.slice(0, -1) : text })
      }
      const more = this.at.next()
      if (expecting && !more) throw this.error('Unexpected EOF')
      if (!more) {
        this.atEnd = true
        return
      }
      if (!expecting && this.at.isNewLine()) return
    }
  }

  private snippetName(): string | undefined {
    const key = this.block.keys.length === 1 ? (this.block.keys[0] as Token).text : ''
    return key.startsWith('(') && key.endsWith(')') ? key.slice(1, -1) : undefined
  }

  private defineSnippet(name: string): void {
    if (this.snippets.has(name)) throw this.error(`redeclaration of previously declared snippet ${name}`)
    if (this.at.text() !== '{') throw this.syntax('{')
    let open = 1
    const body: Token[] = []
    while (this.at.next()) {
      if (this.at.text() === '}' && --open === 0) break
      if (this.at.text() === '{') open++
      body.push(this.at.token as Token)
    }
    if (open !== 0) throw this.syntax('}')
    if (this.input.limitsImports && this.importsItself(body, name)) throw this.error(`maximum snippet import depth (${SNIPPET_LIMIT}) exceeded`)
    this.snippets.set(name, body)
    this.block.keys.length = 0
  }

  private importsItself(body: readonly Token[], name: string): boolean {
    return body.some((token, i) => {
      const [before, argument] = [body[i - 1], body[i + 1]]
      const isFirst = !before || before.path !== token.path || before.line !== token.line
      return token.text === 'import' && argument !== undefined && isFirst && this.environment(argument.text, argument) === name
    })
  }

  private parseDirectives(): void {
    while (this.at.next()) {
      if (this.at.text() === '}') return
      if (this.at.text() === 'import') {
        this.import()
        this.at.back()
      } else this.parseDirective()
    }
  }

  private parseDirective(): void {
    const name = this.at.token as Token
    const use: ParsedUse = { name: this.environment(name.text, name), tokens: [name] }
    this.block.uses.push(use)
    let nesting = 0
    while (this.at.next()) {
      const text = this.at.text()
      if (text === '{') nesting++
      else if (this.at.isNewLine() && nesting === 0) {
        this.at.back()
        break
      } else if (text === '}' && nesting > 0) nesting--
      else if (text === '}') throw this.error('Unexpected \'}\' because no matching opening brace')
      else if (text === 'import' && this.at.isNewLine()) {
        this.import()
        this.at.back()
        continue
      }
      const token = this.at.token as Token
      use.tokens.push({ ...token, text: this.environment(text, token) })
    }
    if (nesting > 0) throw this.error('Unexpected EOF')
  }

  /** Puts what is imported in the place of `import X`; the cursor stands on the first word of it. */
  private import(): void {
    if (!this.at.nextArg()) throw this.argumentError()
    const argument = this.at.token as Token
    const pattern = this.environment(argument.text, argument)
    if (pattern === '') throw this.error('Import requires a non-empty filepath')
    if (this.at.nextArg()) throw this.error('Import takes only one argument (glob pattern or file)')
    const snippet = this.snippets.get(pattern)
    const imported = snippet ? this.importedSnippet(snippet) : this.importedFiles(pattern, argument)
    this.tokensMade += imported.length + 1
    if (this.tokensMade > TOKEN_LIMIT) throw this.endless(`more than ${TOKEN_LIMIT} words after import`)
    this.at.replaceTwo(imported)
  }

  private importedSnippet(body: Token[]): Token[] {
    if (this.snippetImports++ < SNIPPET_LIMIT) return body
    throw this.input.limitsImports ? this.error(`maximum snippet import depth (${SNIPPET_LIMIT}) exceeded`) : this.endless('a snippet imports itself')
  }

  private importedFiles(pattern: string, argument: Token): Token[] {
    if (this.fileImports++ >= FILE_LIMIT) {
      // The number it prints is the other limit.
      throw this.input.limitsImports ? this.error(`maximum file import depth (${SNIPPET_LIMIT}) exceeded`) : this.endless('a file imports itself')
    }
    const { files, hasAllFiles, path } = this.input
    const from = argument.path === '' ? path : argument.path
    const directory = (from.startsWith('/') ? from : `${WORKING_DIRECTORY}/${from}`).replace(/\/[^/]*$/, '')
    const found = importedPaths(pattern, directory, files.keys())
    if (found.kind === 'refused') throw this.error(found.message)
    if (found.kind === 'files') return found.paths.flatMap(p => this.lex(files.get(p) as CorefileFile, p))
    const message = found.isPattern ? `No files matching import glob pattern: ${pattern}` : `File to import not found: ${pattern}`
    if (hasAllFiles && !found.isPattern) throw this.error(message)
    // CoreDNS ends at a missing file; the evidence may lack what the container had, so reading goes on.
    this.problems.push({ code: 'corefile-import-missing', message, source: argument.source, state: found.isPattern ? 'ignored' : 'unknown' })
    return []
  }

  private lex(from: CorefileFile, path: string): Token[] {
    const known = this.lexed.get(path)
    if (known) return known
    const { tokens, truncated } = lexCorefile(from.text, path, sourcesOf(from.file, from.text))
    if (truncated) this.problems.push({ code: 'corefile-too-long', message: `${from.file}: more than ${tokens.length} words; the rest was not read`, state: 'damaged' })
    this.lexed.set(path, tokens)
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
      if (end <= start + open.length) return value
      const name = value.slice(start + open.length, end)
      if (!this.input.env) {
        this.problems.push({
          code: 'corefile-env-unknown', message: `environment variable ${name} of the process is not in the evidence; it counts as empty here`, state: 'unknown',
          ...(token && { source: token.source }),
        })
      }
      value = value.replaceAll(value.slice(start, end + close.length), () => this.input.env?.get(name) ?? '')
      if (value.length > TOKEN_LIMIT) break
    }
    throw this.endless('an environment variable names itself')
  }

  private place(): string {
    const token = this.at.token
    return `${token && token.path !== '' ? token.path : this.input.path}:${token?.line ?? 0}`
  }

  private error(message: string): Refused {
    return new Refused(`${this.place()} - Error during parsing: ${message}`, this.at.token?.source)
  }

  private endless(message: string): Refused {
    return new Refused(`${this.place()} - CoreDNS reads this without end: ${message}`, this.at.token?.source, true)
  }

  private syntax(expected: string): Refused {
    return new Refused(`${this.place()} - Syntax error: Unexpected token '${this.at.text()}', expecting '${expected}'`, this.at.token?.source)
  }

  private argumentError(): Refused {
    return this.error(this.at.text() === '{' ? 'Unexpected token \'{\', expecting argument' : `Wrong argument count or unexpected line ending after '${this.at.text()}'`)
  }
}
