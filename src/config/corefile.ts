// A Corefile as CoreDNS 1.9.3 to 1.15.0 reads it (corefile-lexer.ts, corefile-parser.ts), cut into the uses of each plugin the way
// plugins read them (dispenser.go): the arguments of the name's own line, then the lines of its block. The words themselves are kept,
// too: what a plugin refuses depends on them.
// Not modelled here: whether a name is a plugin of the build, and what a plugin makes of its arguments (hops/coredns).
import type { Corefile, CorefileUse, Directive, ServerBlock } from '../chain/model.ts'
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import type { Token } from './corefile-lexer.ts'
import { sameLine } from './corefile-cursor.ts'
import { parseCorefile, type CorefileFile, type ParsedBlock, type ParsedUse } from './corefile-parser.ts'

export interface CorefileSurroundings {
  /** Path given to `-conf`: imports are relative to its directory. */
  readonly path?: string
  /** Files of the container by absolute path. */
  readonly files?: ReadonlyMap<string, CorefileFile>
  /** Environment of the process; absent = unknown. */
  readonly env?: ReadonlyMap<string, string>
  /** `files` is everything there is: to import another one is an error. */
  readonly hasAllFiles?: boolean
  /** `1.9.3`; absent = a release that ends at endless imports. */
  readonly version?: string
}

/** First release whose parser counts expansions: caddy of 2025-09-30. */
const LIMITS_IMPORTS_SINCE = [1, 13]

const TEXT_LIMIT = 2 ** 20

export function readCorefile(file: string, text: string, surroundings: CorefileSurroundings = {}): Read<Corefile> {
  const problems: Problem[] = []
  const path = surroundings.path ?? '/etc/coredns/Corefile'
  const read = text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT) : text
  if (read !== text) problems.push({ code: 'corefile-too-long', message: `${file}: only the first ${TEXT_LIMIT} characters were read`, state: 'damaged' })
  const parsed = parseCorefile({
    path, file, text: read, files: surroundings.files ?? new Map(), env: surroundings.env, hasAllFiles: surroundings.hasAllFiles === true,
    limitsImports: limitsImports(surroundings.version),
  })
  problems.push(...parsed.problems)
  const place = placesOf(file, read, surroundings.files)
  const blocks = parsed.blocks.map(block => toBlock(block, place, problem => problems.push(problem)))
  const unkeyed = wordsOf(parsed.unkeyed)
  return { value: { file, text: read, blocks, ...(unkeyed.length > 0 && { unkeyed }) }, problems }
}

function limitsImports(version: string | undefined): boolean {
  const [, major = '', minor = ''] = /^v?(\d{1,4})\.(\d{1,4})/.exec(version ?? '') ?? []
  const [firstMajor, firstMinor] = LIMITS_IMPORTS_SINCE as [number, number]
  return major === '' || Number(major) > firstMajor || (Number(major) === firstMajor && Number(minor) >= firstMinor)
}

/** From one token to another, as one Source; tokens of different files give the first one's. */
type Span = (from: Token, to: Token) => Source

function placesOf(file: string, text: string, files: ReadonlyMap<string, CorefileFile> | undefined): Span {
  const makers = new Map([[file, sourcesOf(file, text)]])
  return (from, to) => {
    if (from.source.file !== to.source.file || to.source.end < from.source.start) return from.source
    let at = makers.get(from.source.file)
    if (!at) {
      const imported = [...files?.values() ?? []].find(f => f.file === from.source.file)
      if (!imported) return from.source
      at = sourcesOf(imported.file, imported.text)
      makers.set(imported.file, at)
    }
    return at(from.source.start, to.source.end)
  }
}

function toBlock(block: ParsedBlock, span: Span, report: (problem: Problem) => void): ServerBlock {
  const first = block.keys[0] as Token
  return {
    keys: block.keys.map(sourced),
    directives: block.uses.flatMap(use => usesOf(use, span, report)),
    uses: wordsOf(block.uses),
    source: span(first, block.end ?? first),
  }
}

const wordsOf = (uses: readonly ParsedUse[]): readonly CorefileUse[] =>
  uses.map(({ name, tokens }) => ({ name, words: tokens.map(({ text, path, line, source }) => ({ text, path, line, source })) }))

const sourced = (token: Token): Sourced<string> => ({ value: token.text, source: token.source })

/** Normally one Directive. A `{` on a line of its own, or words after the closing brace, are further uses to the plugin. */
function usesOf({ name, tokens: written }: ParsedUse, span: Span, report: (problem: Problem) => void): Directive[] {
  const tokens = [{ ...(written[0] as Token), text: name }, ...written.slice(1)]
  const scan: Scan = { tokens, at: 0, depth: 0, span, report }
  const uses: Directive[] = []
  while (scan.at < tokens.length) {
    const token = tokens[scan.at] as Token
    if (uses.length > 0) {
      const message = token.text === '{'
        ? 'the opening brace must be on the line of the plugin; CoreDNS takes it for a second use and does not start'
        : `\`${token.text}\` after the end of the plugin's block; CoreDNS takes it for a second use`
      report({ code: 'corefile-stray-word', message, source: token.source, state: 'damaged' })
      const last = uses.at(-1) as Directive
      if (token.text === '{' && last.properties.length === 0) {
        scan.at++
        uses[uses.length - 1] = { ...last, properties: propertiesOf(scan) }
        continue
      }
      skipLine(scan)
      continue
    }
    uses.push(directiveOf(scan))
  }
  return uses
}

/** No plugin has blocks within blocks within blocks; what lies deeper is read as lines of the same block. */
const DEEPEST = 20

interface Scan {
  readonly tokens: readonly Token[]
  at: number
  depth: number
  readonly span: Span
  readonly report: (problem: Problem) => void
}

function skipLine(scan: Scan): void {
  do scan.at++
  while (scan.at < scan.tokens.length && sameLine(scan.tokens[scan.at - 1] as Token, scan.tokens[scan.at] as Token))
}

function directiveOf(scan: Scan): Directive {
  const name = scan.tokens[scan.at++] as Token
  const args: Token[] = []
  let last = name
  let token = scan.tokens[scan.at]
  while (token && sameLine(last, token) && token.text !== '{' && !closes(scan, token)) {
    args.push(token)
    last = token
    token = scan.tokens[++scan.at]
  }
  const opens = token !== undefined && token.text === '{' && sameLine(last, token)
  if (opens) scan.at++
  return { name: name.text, args: args.map(sourced), properties: opens && scan.depth < DEEPEST ? propertiesOf(scan) : [], source: scan.span(name, last) }
}

/** A brace that ends a block on the line of an option: to CoreDNS an argument. */
function closes(scan: Scan, token: Token): boolean {
  if (token.text !== '}') return false
  scan.report({ code: 'corefile-brace-as-argument', message: 'a closing brace on the line of an option is an argument to CoreDNS, which does not start then', source: token.source, state: 'damaged' })
  return true
}

function propertiesOf(scan: Scan): Directive[] {
  const properties: Directive[] = []
  scan.depth++
  while (scan.at < scan.tokens.length) {
    if ((scan.tokens[scan.at] as Token).text === '}') {
      scan.at++
      break
    }
    properties.push(directiveOf(scan))
  }
  scan.depth--
  return properties
}
