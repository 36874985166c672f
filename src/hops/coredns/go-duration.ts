// time.ParseDuration and Duration.String of Go: `300ms`, `1.5h`, `1h10m`; a bare number other than 0 is an error. In milliseconds.
import { encodeText } from '../../dns/presentation-escape.ts'
import type { Parsed } from './go-number.ts'

const UNITS_MS: ReadonlyMap<string, number> = new Map([['ns', 1e-6], ['us', 1e-3], ['µs', 1e-3], ['μs', 1e-3], ['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3_600_000]])
/** 2^63 ns. */
const LONGEST_MS = 9_223_372_036_854.775

export function goDurationMs(text: string): number | undefined {
  const parsed = parseDuration(text)
  return 'value' in parsed ? parsed.value : undefined
}

/** The quotes of Go's time package: what is not printable ASCII as bytes. */
const timeQuote = (text: string): string => `"${text.replace(/["\\]/g, c => `\\${c}`).replace(/[^\x20-\x7f]/gu, c => encodeText(c).reduce((all, byte) => `${all}\\x${byte.toString(16).padStart(2, '0')}`, ''))}"`

export function parseDuration(text: string): Parsed<number> {
  const quoted = timeQuote(text)
  const invalid = { fault: `time: invalid duration ${quoted}` }
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return { value: 0 }
  if (rest === '') return invalid
  let total = 0
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest) as RegExpExecArray
    if (number[0] === '' || number[0] === '.') return invalid
    rest = rest.slice(number[0].length)
    const unit = (/^[^.\d]*/.exec(rest) as RegExpExecArray)[0]
    if (unit === '') return { fault: `time: missing unit in duration ${quoted}` }
    const unitMs = UNITS_MS.get(unit)
    if (unitMs === undefined) return { fault: `time: unknown unit ${timeQuote(unit)} in duration ${quoted}` }
    total += Number(`0${number[0]}`) * unitMs
    rest = rest.slice(unit.length)
  }
  if (total > LONGEST_MS) return invalid
  return { value: text.startsWith('-') ? -total : total }
}

/** Duration.String: `1h0m0s`, `2.5s`, `300ms`. */
export function durationText(ms: number): string {
  const ns = Math.round(Math.abs(ms) * 1e6)
  const sign = ms < 0 ? '-' : ''
  if (ns === 0) return '0s'
  if (ns < 1e3) return `${sign}${ns}ns`
  if (ns < 1e6) return `${sign}${ns / 1e3}µs`
  if (ns < 1e9) return `${sign}${ns / 1e6}ms`
  const seconds = Math.floor(ns / 1e9)
  const fraction = (ns % 1e9) / 1e9
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Number(((seconds % 60) + fraction).toFixed(9))]
  return `${sign}${h > 0 ? `${h}h` : ''}${h > 0 || m > 0 ? `${m}m` : ''}${s}s`
}
