// The RDATA of LOC (RFC 1876) in a zone file, as miekg/dns reads it: scan_rr.go and scan.go, v1.1.49 to v1.1.73.
// Not modelled: an altitude that is no number, or beyond 32 bits.
import { genericText } from '../../dns/presentation-record.ts'
import { atoi, isFault, parseFloat64, parseUint } from './go-number.ts'
import type { Reading } from './zone-file-fields.ts'
import { atEnd, ZoneFault } from './zone-file-lexer.ts'

const DEGREE_MS = 3_600_000
const MINUTE_MS = 60_000
/** Milliseconds of arc count from here. */
const EQUATOR = 2 ** 31

interface Axis {
  readonly label: string
  readonly mostDegrees: number
  readonly plus: string
  readonly minus: string
  readonly directions: string
}
const LATITUDE: Axis = { label: 'Latitude', mostDegrees: 90, plus: 'n', minus: 's', directions: 'North/South' }
const LONGITUDE: Axis = { label: 'Longitude', mostDegrees: 180, plus: 'e', minus: 'w', directions: 'East/West' }

export function location(reading: Reading): string | ZoneFault {
  const { lexer } = reading
  const latitude = angle(reading, LATITUDE)
  if (latitude instanceof ZoneFault) return latitude
  lexer.next()
  const longitude = angle(reading, LONGITUDE)
  if (longitude instanceof ZoneFault) return longitude
  lexer.next()
  const token = lexer.next()
  const text = token.text.replace(/[mM]$/, '')
  const altitude = token.fault || token.text === '' ? undefined : parseFloat64(text)
  if (!altitude || isFault(altitude)) return new ZoneFault('bad LOC Altitude', { ...token, text })
  const sizes = sizesOf(reading)
  if (sizes instanceof ZoneFault) return sizes
  const bytes = new DataView(new ArrayBuffer(16))
  for (const [i, size] of sizes.entries()) bytes.setUint8(1 + i, size)
  for (const [i, number] of [latitude, longitude, altitude.value * 100 + 10_000_000.5].entries()) bytes.setUint32(4 + 4 * i, Math.trunc(number))
  return genericText(new Uint8Array(bytes.buffer))
}

/** `52 22 23.000 N`: minutes and seconds may be missing. */
function angle({ lexer }: Reading, { label, mostDegrees, plus, minus, directions }: Axis): number | ZoneFault {
  const most = mostDegrees * DEGREE_MS
  let total = 0
  const signed = (word: string): number | undefined => {
    const direction = total > most ? '' : word.toLowerCase()
    return direction === plus ? EQUATOR + total : direction === minus ? EQUATOR - total : undefined
  }
  const whole = (limit: number): number | undefined => {
    const read = token.fault ? undefined : parseUint(token.text, 32)
    return read && !isFault(read) && read.value <= limit ? read.value : undefined
  }
  let token = lexer.next()
  const degrees = whole(mostDegrees)
  if (degrees === undefined) return new ZoneFault(`bad LOC ${label}`, token)
  total = degrees * DEGREE_MS
  lexer.next()
  token = lexer.next()
  const early = signed(token.text)
  if (early !== undefined) return early
  const minutes = whole(59)
  if (minutes === undefined) return new ZoneFault(`bad LOC ${label} minutes`, token)
  total += minutes * MINUTE_MS
  lexer.next()
  token = lexer.next()
  const seconds = token.fault ? undefined : parseFloat64(token.text)
  if (!seconds || isFault(seconds) || seconds.value < 0 || seconds.value >= 60) return new ZoneFault(`bad LOC ${label} seconds`, token)
  total += Math.trunc(1000 * seconds.value)
  lexer.next()
  token = lexer.next()
  return signed(token.text) ?? new ZoneFault(`bad LOC ${label} ${directions}`, token)
}

/** 1 m, 10 km, 10 m; more than three are not looked at. */
const SIZES = [0x12, 0x16, 0x13]
const SIZE_LABELS = ['Size', 'HorizPre', 'VertPre']

function sizesOf({ lexer }: Reading): readonly number[] | ZoneFault {
  const sizes = [...SIZES]
  let count = 0
  for (let token = lexer.next(); !atEnd(token); token = lexer.next()) {
    if (token.kind === 'blank') continue
    if (token.kind !== 'word') return new ZoneFault('bad LOC Size, HorizPre or VertPre', token)
    if (count < SIZES.length) {
      const size = centimetres(token.text)
      if (size === undefined) return new ZoneFault(`bad LOC ${SIZE_LABELS[count]}`, token)
      sizes[count] = size
    }
    count++
  }
  return sizes
}

const MOST_METRES = 90_000_000

/** A size as one digit and a power of ten, in centimetres. */
function centimetres(text: string): number | undefined {
  const [whole, fraction] = partsOf(text.replace(/[mM]$/, ''))
  if (fraction !== undefined && !/^\d{1,2}$/.test(fraction)) return undefined
  const hundredths = fraction === undefined ? 0 : Number(fraction.padEnd(2, '0'))
  const read = fraction !== undefined && whole === '' ? { value: 0 } : /^\d/.test(whole) ? atoi(whole) : undefined
  if (!read || isFault(read) || read.value > MOST_METRES || (read.value === MOST_METRES && hundredths !== 0)) return undefined
  let [value, power] = read.value > 0 ? [read.value, 2] : [hundredths, 0]
  for (; value >= 10; power++) value = Math.floor(value / 10)
  return (value << 4 & 0xf0) | (power & 0x0f)
}

function partsOf(text: string): readonly [whole: string, fraction: string | undefined] {
  const dot = text.indexOf('.')
  return dot < 0 ? [text, undefined] : [text.slice(0, dot), text.slice(dot + 1)]
}
