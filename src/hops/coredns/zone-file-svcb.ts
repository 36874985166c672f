// SVCB and HTTPS in a zone file as miekg/dns reads them (svcb.go, v1.1.49 to v1.1.72). Its errors name the word where other errors name the file.
// Not modelled: its words for a bad value of a known key (`bad alpn`, …): such a value is taken as written.
import { atEnd, ZoneFault, type ZoneLexer, type ZoneToken } from './zone-file-lexer.ts'
import { unsigned, type ZoneDialect } from './zone-file-types.ts'

/** By their numbers; the last since v1.1.62. */
const KEYS = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint', 'dohpath', 'ohttp']

const fault = (text: string, token: ZoneToken): ZoneFault => new ZoneFault(text, token, token.text)

export function bindingParams(lexer: ZoneLexer, dialect: ZoneDialect, nameOf: (token: ZoneToken) => string | undefined): string | ZoneFault {
  const keys = dialect.knowsOhttp ? KEYS : KEYS.slice(0, -1)
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
    if (token.kind !== 'word') return fault('bad SVCB values', token)
    if (!parted) return fault('bad SVCB value quotation', token)
    const equals = token.text.indexOf('=')
    if (equals === 0) return fault('bad SVCB key', token)
    const key = equals < 0 ? token.text : token.text.slice(0, equals)
    const read = equals === token.text.length - 1 ? quotedValue(lexer) : undefined
    if (read instanceof ZoneFault) return read
    if (!isKey(key, keys)) return fault('bad SVCB key', read?.last ?? token)
    parted = read?.text === undefined
    parts.push(!read ? token.text : read.text === undefined ? key : `${key}="${read.text}"`)
  }
  return parts.join(' ')
}

/** A number stands for no key that has a word, and the last number for none at all. */
const isKey = (key: string, known: readonly string[]): boolean => {
  const number = /^key([1-9]\d{0,4})$/.exec(key)?.[1]
  return number === undefined ? known.includes(key) : Number(number) >= known.length && Number(number) < 65_535
}

/** Behind `key=`. Without `text` there were no quotes, and the token that was there is eaten. */
function quotedValue(lexer: ZoneLexer): { readonly text?: string; readonly last: ZoneToken } | ZoneFault {
  const open = lexer.next()
  if (open.kind !== 'quote') return { last: open }
  const value = lexer.next()
  if (value.kind === 'quote') return { text: '', last: value }
  if (value.kind !== 'word') return fault('bad SVCB value', value)
  const last = lexer.next()
  return last.kind === 'quote' ? { text: value.text, last } : fault('SVCB unterminated value', last)
}
