// SVCB and HTTPS in a zone file as miekg/dns reads them (svcb.go, v1.1.49 to v1.1.72). Its errors name the word where other errors name the file.
// Not modelled: its words for a bad value of a known key (`bad alpn`, …): such a value is taken as written.
import { atEnd, ZoneFault, type ZoneLexer, type ZoneToken } from './zone-file-lexer.ts'
import { unsigned } from './zone-file-types.ts'

const KEYS: ReadonlySet<string> = new Set(['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint', 'dohpath', 'ohttp'])

const fault = (text: string, token: ZoneToken): ZoneFault => new ZoneFault(text, token, token.text)

export function bindingParams(lexer: ZoneLexer, nameOf: (token: ZoneToken) => string | undefined): string | ZoneFault {
  const first = lexer.next()
  const priority = first.fault ? undefined : unsigned(first.text, 16)
  if (priority === undefined) return fault('bad SVCB priority', first)
  lexer.next()
  const second = lexer.next()
  const target = nameOf(second)
  if (target === undefined) return fault('bad SVCB Target', second)
  const parts = [String(priority), target]
  let parted = true
  for (let token = lexer.next(); !atEnd(token); token = lexer.next()) {
    if (token.kind === 'blank') {
      parted = true
      continue
    }
    if (token.kind === 'quote') return fault('SVCB key can\'t contain double quotes', token)
    if (token.kind !== 'word' || token.fault) return fault('bad SVCB values', token)
    if (!parted) return fault('bad SVCB value quotation', token)
    const equals = token.text.indexOf('=')
    if (equals === 0) return fault('bad SVCB key', token)
    const key = equals < 0 ? token.text : token.text.slice(0, equals)
    const value = equals < 0 ? '' : token.text.slice(equals + 1)
    if (!isKey(key)) return fault('bad SVCB key', token)
    if (equals < 0 || value !== '') {
      parts.push(equals < 0 ? key : `${key}=${value}`)
      continue
    }
    const read = quotedValue(lexer)
    if (read instanceof ZoneFault) return read
    parted = read === undefined
    parts.push(read === undefined ? key : `${key}="${read}"`)
  }
  return parts.join(' ')
}

const isKey = (key: string): boolean => KEYS.has(key) || (/^key\d{1,5}$/.test(key) && Number(key.slice(3)) < 65_535)

/** Behind `key=`: undefined = no quotes, and the token that was there is eaten. */
function quotedValue(lexer: ZoneLexer): string | undefined | ZoneFault {
  let token = lexer.next()
  if (token.kind !== 'quote') return undefined
  token = lexer.next()
  if (token.kind === 'quote') return ''
  if (token.kind !== 'word') return fault('bad SVCB value', token)
  const { text } = token
  token = lexer.next()
  return token.kind === 'quote' ? text : fault('SVCB unterminated value', token)
}
