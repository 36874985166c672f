// $GENERATE of a zone file (miekg/dns generate.go, v1.1.49 to v1.1.72): the rest of the line is written once for each number of the range, with
// `$` and `${offset,width,base}` in place of it, and read as a zone file of its own with a default TTL of 3600.
import { ZoneFault, type ByteSource, type ZoneLexer, type ZoneToken } from './zone-file-lexer.ts'
import { signed, unsigned } from './zone-file-types.ts'

const STEPS = 65_535
const LARGEST = 2 ** 31 - 1

export interface GenerateRange {
  readonly start: number
  readonly end: number
  readonly step: number
  readonly template: string
  /** The blank before the template: errors in it are placed from there. */
  readonly at: ZoneToken
}

export function readGenerate(range: ZoneToken, lexer: ZoneLexer): GenerateRange | ZoneFault {
  const fault = (text: string): ZoneFault => new ZoneFault(`${text} in $GENERATE range`, range)
  const slash = range.text.indexOf('/')
  const step = slash < 0 ? 1 : signed(range.text.slice(slash + 1))
  if (step === undefined || step <= 0) return fault('bad step')
  const span = slash < 0 ? range.text : range.text.slice(0, slash)
  const dash = span.indexOf('-')
  if (dash < 0) return fault('bad start-stop')
  const start = signed(span.slice(0, dash))
  if (start === undefined) return fault('bad start')
  const end = signed(span.slice(dash + 1))
  if (end === undefined) return fault('bad stop')
  if (end < start || Math.floor((end - start) / step) > STEPS) return fault('bad range')
  const at = lexer.next()
  if (at.kind !== 'blank') return new ZoneFault('garbage after $GENERATE range', at)
  let template = ''
  for (let token = lexer.next(); token.kind !== 'newline' && token.kind !== 'eof'; token = lexer.next()) {
    if (token.fault) return new ZoneFault('bad data in $GENERATE directive', token)
    template += token.text
  }
  return { start, end, step, template, at }
}

/** The lines, byte by byte; `broken` tells why they end early. */
export function generatedBytes(range: GenerateRange): { readonly read: ByteSource; readonly broken: () => ZoneFault | undefined } {
  let broken: ZoneFault | undefined
  let current = range.start
  let line = ''
  let at = 0
  const nextLine = (): boolean => {
    if (broken || current > range.end) return false
    const made = lineFor(range, current)
    current += range.step
    at = 0
    line = made.text
    broken = made.fault
    return line !== ''
  }
  return { read: () => (at < line.length || nextLine() ? line[at++] : undefined), broken: () => (at < line.length ? undefined : broken) }
}

/** One line; with a fault, what comes before it. */
function lineFor(range: GenerateRange, current: number): { readonly text: string; readonly fault?: ZoneFault } {
  const { template } = range
  let text = ''
  let escaped = false
  for (let at = 0; at < template.length; at++) {
    const c = template[at] as string
    if (c !== '\\' && c !== '$') {
      // A backslash before any other character takes it away.
      if (!escaped) text += c
      escaped = false
    } else if (escaped) {
      text += c
      escaped = false
    } else if (c === '\\') escaped = true
    else if (template[at + 1] === '$') {
      at++
      text += '$'
    } else if (template[at + 1] !== '{') text += String(current)
    else {
      const close = template.indexOf('}', at + 2)
      if (close === -1) return { text, fault: faultIn(range, 'bad modifier', at, template.length) }
      const made = numbered(range, template.slice(at + 2, close), current)
      if (made.wrong !== undefined) return { text, fault: faultIn(range, made.wrong, at, close + 1) }
      text += made.value
      at = close
    }
  }
  return { text: `${text}\n` }
}

function faultIn({ template, at }: GenerateRange, text: string, from: number, to: number): ZoneFault {
  return new ZoneFault(`${text} in $GENERATE`, { ...at, text: template.slice(from, to), column: at.column + from + 1 })
}

const BASES: Readonly<Record<string, (value: number) => string>> = {
  d: value => String(value), o: value => value.toString(8), x: value => value.toString(16), X: value => value.toString(16).toUpperCase(),
}

type Numbered = { readonly wrong: string } | { readonly wrong?: undefined; readonly value: string }

function numbered(range: GenerateRange, modifier: string, current: number): Numbered {
  const [offsetText = '', widthText = '0', base = 'd', ...more] = modifier.split(',')
  if (more.length > 0) return { wrong: 'bad modifier' }
  const print = Object.hasOwn(BASES, base) ? BASES[base] : undefined
  if (!print) return { wrong: 'bad base' }
  const offset = signed(offsetText)
  if (offset === undefined) return { wrong: 'bad offset' }
  const width = unsigned(widthText, 8)
  if (width === undefined) return { wrong: 'bad width' }
  if (range.start + offset < 0 || range.end + offset > LARGEST) return { wrong: 'bad offset' }
  return { value: print(current + offset).padStart(width, '0') }
}
