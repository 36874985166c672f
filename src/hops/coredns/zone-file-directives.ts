// The directives of a zone file: $TTL, $ORIGIN, $INCLUDE, $GENERATE (miekg/dns scan.go, v1.1.49 to v1.1.72).
import { cleanPath } from './go-path.ts'
import { generatedBytes, readGenerate } from './zone-file-generate.ts'
import { atEnd, ZoneFault, ZoneLexer } from './zone-file-lexer.ts'
import { blank, ended, fail, parserOf, TEXT_LIMIT, word, type Line, type Parser } from './zone-file-parser.ts'
import { lineRest } from './zone-file-form.ts'
import { absoluteName, zoneTtl } from './zone-file-types.ts'

const INCLUDE_DEPTH = 7
const GENERATED_TTL_S = 3600

export function setting(p: Parser, directive: '$TTL' | '$ORIGIN'): Line {
  if (!blank(p, `no blank after ${directive}-directive`)) return 'ended'
  const token = word(p)
  if (!token) return 'ended'
  const odd = `expecting ${directive} value, not this...`
  if (token.kind !== 'word') return ended(p, odd, token)
  const extra = lineRest(p.lexer)
  if (extra) return ended(p, extra.text, extra.token)
  if (directive === '$TTL') {
    const ttlS = zoneTtl(token.text, p.options.dialect.ttlWraps)
    if (ttlS === undefined) return ended(p, odd, token)
    p.ttl = { ttlS, set: true }
  } else {
    const name = absoluteName(token.text, p.origin, p.options.dialect)
    if (name === undefined) return ended(p, 'bad origin name', token)
    p.origin = name
  }
  return 'directive'
}

export function include(p: Parser): Parser | undefined {
  const token = word(p)
  if (!token) return undefined
  if (token.kind !== 'word') return fail(p, 'expecting $INCLUDE value, not this...', token)
  let { origin } = p
  let next = p.lexer.next()
  if (next.kind === 'blank') {
    next = p.lexer.next()
    if (next.kind === 'word') {
      const name = absoluteName(next.text, p.origin, p.options.dialect)
      if (name === undefined) return fail(p, 'bad origin name', next)
      origin = name
    }
  } else if (!atEnd(next)) return fail(p, 'garbage after $INCLUDE', next)
  if (p.depth >= INCLUDE_DEPTH) return fail(p, 'too deeply nested $INCLUDE', token)
  const path = joinedPath(p.path, token.text)
  const found = p.options.open(path)
  if (!found) {
    const isSaid = p.options.dialect.first ? !token.text.startsWith('/') : path !== token.text
    return fail(p, `failed to open \`${token.text}'${isSaid ? ` as \`${path}'` : ''}: open ${path}: no such file or directory`, token)
  }
  p.budget.chars += found.text.length
  p.budget.spent ||= p.budget.chars > TEXT_LIMIT
  return parserOf(found.file, found.text, path, origin, p.options, p.depth + 1, p.ttl, p.budget)
}

/** filepath.Join of the directory of `beside` and `path`. */
function joinedPath(beside: string, path: string): string {
  if (path.startsWith('/')) return path
  return cleanPath(`${beside.slice(0, beside.lastIndexOf('/') + 1)}${path}`)
}

export function generate(p: Parser): Parser | undefined {
  const token = word(p)
  if (!token) return undefined
  if (!p.generates) return fail(p, 'nested $GENERATE directive not allowed', token)
  if (token.kind !== 'word') return fail(p, 'expecting $GENERATE value, not this...', token)
  const range = readGenerate(token, p.lexer)
  if (range instanceof ZoneFault) return fail(p, range.text, range.token)
  const bytes = generatedBytes(range)
  const here = p.sourceOf(p.startLine, p.lexer.atLine)
  return {
    ...p, lexer: new ZoneLexer(bytes.read, p.options.dialect, () => bytes.broken() !== undefined), generates: false,
    broken: bytes.broken, sourceOf: () => here,
    header: { name: '', ttlS: 0, class: 'IN', type: '' }, ttl: { ttlS: GENERATED_TTL_S, set: false }, error: undefined,
  }
}
