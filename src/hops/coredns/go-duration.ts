// time.ParseDuration and Duration.String of Go: `300ms`, `1.5h`, `1h10m`; a bare number other than 0 is an error.
import { encodeText } from '../../dns/presentation-escape.ts'
import { isFault, type Parsed } from './go-number.ts'

const UNITS_NS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n], ['us', 1000n], ['µs', 1000n], ['μs', 1000n], ['ms', 1_000_000n], ['s', 1_000_000_000n], ['m', 60_000_000_000n], ['h', 3_600_000_000_000n],
])
const MOST_NS = 2n ** 63n
const NS_A_MS = 1e6

export function goDurationMs(text: string): number | undefined {
  const parsed = parseDuration(text)
  return 'value' in parsed ? parsed.value : undefined
}

/** The quotes of Go's time package: what is not printable ASCII as bytes. */
const timeQuote = (text: string): string => `"${text.replace(/["\\]/g, c => `\\${c}`).replace(/[^\x20-\x7f]/gu, c => encodeText(c).reduce((all, byte) => `${all}\\x${byte.toString(16).padStart(2, '0')}`, ''))}"`

/** In milliseconds. */
export function parseDuration(text: string): Parsed<number> {
  const parsed = parseDurationNs(text)
  return isFault(parsed) ? parsed : { value: Number(parsed.value) / NS_A_MS }
}

export function parseDurationNs(text: string): Parsed<bigint> {
  const quoted = timeQuote(text)
  const invalid = { fault: `time: invalid duration ${quoted}` }
  const sign = text.startsWith('-') ? -1n : 1n
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return { value: 0n }
  if (rest === '') return invalid
  let total = 0n
  while (rest !== '') {
    const [number, whole = '', fraction = ''] = /^(\d*)(?:\.(\d*))?/.exec(rest) as RegExpExecArray
    if (whole === '' && fraction === '') return invalid
    rest = rest.slice(number.length)
    const name = (/^[^.\d]*/.exec(rest) as RegExpExecArray)[0]
    const unit = UNITS_NS.get(name)
    // A whole number is too large before its unit is looked at.
    if (BigInt(whole) > MOST_NS) return invalid
    if (name === '') return { fault: `time: missing unit in duration ${quoted}` }
    if (unit === undefined) return { fault: `time: unknown unit ${timeQuote(name)} in duration ${quoted}` }
    total += BigInt(whole) * unit + fractionOf(fraction, unit)
    if (total > MOST_NS) return invalid
    rest = rest.slice(name.length)
  }
  return total === MOST_NS && sign > 0n ? invalid : { value: sign * total }
}

/** Go takes as many digits as 63 bits hold. */
function fractionOf(digits: string, unit: bigint): bigint {
  let [value, scale] = [0n, 1]
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit)
    if (value > (MOST_NS - 1n) / 10n || next > MOST_NS) break
    value = next
    scale *= 10
  }
  return value > 0n ? BigInt(Math.trunc(Number(value) * (Number(unit) / scale))) : 0n
}

/** Duration.String: `1h0m0s`, `2.5s`, `300ms`. */
export const durationText = (ms: number): string => durationTextNs(BigInt(Math.round(ms * NS_A_MS)))

export function durationTextNs(of: bigint): string {
  const ns = of < 0n ? -of : of
  const sign = of < 0n ? '-' : ''
  if (ns === 0n) return '0s'
  if (ns < 1000n) return `${sign}${ns}ns`
  if (ns < 1_000_000n) return `${sign}${decimal(ns, 3)}µs`
  if (ns < 1_000_000_000n) return `${sign}${decimal(ns, 6)}ms`
  const minutes = ns / 60_000_000_000n
  const seconds = `${decimal(ns % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return sign + seconds
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

/** With the point so many digits from the right, and no zeroes at the end. */
function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '')
}
