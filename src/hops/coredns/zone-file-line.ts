// One line of a zone file: owner, TTL and class in either order, type, RDATA (miekg/dns scan.go `ZoneParser.Next`, v1.1.49 to v1.1.72).
import { className } from '../../dns/wire-numbers-table.ts'
import { setting } from './zone-file-directives.ts'
import { ZoneFault, type ZoneToken } from './zone-file-lexer.ts'
import { blank, ended, fail, word, type Line, type Parser, type ZoneRecord } from './zone-file-parser.ts'
import { emptyRdata } from './zone-file-empty.ts'
import { lineRest } from './zone-file-form.ts'
import { readRdata } from './zone-file-rdata.ts'
import { absoluteName, escapedBytes, goTypeName, zoneTtl } from './zone-file-types.ts'

/** The beginning of a line: up to the type of a record, or past a directive. Where the text ends too early there is no error. */
export function beginLine(p: Parser): Line {
  const { header } = p
  const token = word(p)
  if (!token) return 'ended'
  if (p.ttl) header.ttlS = p.ttl.ttlS
  header.class = 'IN'
  p.startLine = token.line
  switch (token.kind) {
    case 'newline': case 'blank': return 'directive'
    case 'owner': return owner(p, token)
    case 'type': return typed(p, token)
    case 'class':
      header.class = className(token.number)
      return blank(p, 'no blank before class') ? afterClass(p) : 'ended'
    case 'word': return takeTtl(p, token) && blank(p, 'no blank before TTL') ? afterTtl(p) : 'ended'
    case '$TTL': case '$ORIGIN': return setting(p, token.kind)
    case '$INCLUDE': case '$GENERATE': return blank(p, `no blank after ${token.kind}-directive`) ? token.kind : 'ended'
    default: return ended(p, 'syntax error at beginning', token)
  }
}

function owner(p: Parser, token: ZoneToken): Line {
  const name = absoluteName(token.text, p.origin, p.options.dialect)
  if (name === undefined) return ended(p, 'bad owner name', token)
  p.header.name = escapedBytes(name)
  if (!blank(p, 'no blank after owner')) return 'ended'
  const next = word(p)
  if (!next) return 'ended'
  if (next.kind === 'type') return p.ttl ? typed(p, next) : ended(p, 'missing TTL with no previous value', next)
  if (next.kind === 'class') {
    p.header.class = className(next.number)
    return blank(p, 'no blank before class') ? afterClass(p) : 'ended'
  }
  if (next.kind !== 'word') return ended(p, 'expecting RR type, TTL or class, not this...', next)
  return takeTtl(p, next) && blank(p, 'no blank before TTL') ? afterTtl(p) : 'ended'
}

function typed(p: Parser, token: ZoneToken): 'record' {
  p.header.type = goTypeName(token.number)
  return 'record'
}

function afterClass(p: Parser): Line {
  const token = word(p)
  if (!token) return 'ended'
  if (token.kind === 'type') return typed(p, token)
  if (token.kind !== 'word') return ended(p, 'expecting RR type or TTL, not this...', token)
  return takeTtl(p, token) ? afterBoth(p) : 'ended'
}

function afterTtl(p: Parser): Line {
  const token = word(p)
  if (!token) return 'ended'
  if (token.kind === 'type') return typed(p, token)
  if (token.kind !== 'class') return ended(p, 'expecting RR type or class, not this...', token)
  p.header.class = className(token.number)
  return afterBoth(p)
}

function afterBoth(p: Parser): Line {
  if (!blank(p, 'no blank before RR type')) return 'ended'
  const token = word(p)
  return !token ? 'ended' : token.kind === 'type' ? typed(p, token) : ended(p, 'unknown RR type', token)
}

function takeTtl(p: Parser, token: ZoneToken): boolean {
  const ttlS = zoneTtl(token.text, p.options.dialect.ttlWraps)
  if (ttlS === undefined) {
    fail(p, 'not a TTL', token)
    return false
  }
  p.header.ttlS = ttlS
  if (!p.ttl?.set) p.ttl = { ttlS, set: false }
  return true
}

export function finishRecord(p: Parser): ZoneRecord | undefined {
  const { lexer, header } = p
  const token = word(p)
  if (!token) return undefined
  // The text ends right behind the type: a record without data, as updates have them.
  const isEmpty = lexer.peek().text === ''
  if (!isEmpty && token.kind === 'newline') return fail(p, 'unexpected newline', token)
  const data = isEmpty ? lineRest(lexer) ?? emptyRdata(header.type, p.options.dialect) : readRdata(lexer, header.type, p.origin, p.options.dialect)
  if (data instanceof ZoneFault) return fail(p, data.text, data.token.kind === 'eof' ? token : data.token)
  return { name: header.name, type: header.type, class: header.class, ttlS: header.ttlS, data, source: p.sourceOf(p.startLine, lexer.atLine) }
}
