// Time stamps as logs and tools print them → milliseconds since the epoch, fractions kept to the microsecond.
// Read: RFC 3339 and its relatives (`T` or blank, `-` or `/`, `.` or `,`), klog `E0706 21:02:37.616396`, syslog `Nov 25 23:31:21`, common
// log format `25/Nov/2026:23:31:21 +0000`, date(1) and dig's WHEN `Wed Nov 25 23:32:16 UTC 2026`, BIND `25-Nov-2026 23:31:21.123`, epoch
// seconds. Never guessed: a year that is not written (unless a time near by is given), a zone abbreviation other than UTC's names.

export interface Stamp {
  /** undefined: a stamp, but its year or zone is not known. */
  readonly atMs: number | undefined
  /** `missing`: no zone written, read as UTC. `ambiguous`: an abbreviation such as CST. */
  readonly zone: 'written' | 'missing' | 'ambiguous'
  /** Offset after the stamp. */
  readonly end: number
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const isDigit = (code: number): boolean => code >= 48 && code <= 57

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

let lastDay = ''
let lastDayMs = 0

/** Date.UTC of `2026-11-25`, remembered: a log has few days and many lines. */
function dayMs(text: string, at: number): number {
  const day = text.slice(at, at + 10)
  if (day === lastDay) return lastDayMs
  const year = twoDigits(text, at) * 100 + twoDigits(text, at + 2)
  const month = twoDigits(text, at + 5)
  const dayOfMonth = twoDigits(text, at + 8)
  if (year < 1900 || month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31) return NaN
  lastDay = day
  lastDayMs = Date.UTC(year, month - 1, dayOfMonth)
  return lastDayMs
}

/** Zone at `at`: `Z`, `+08:00`, `-0330`, ` UTC`; minutes east of UTC and the offset after it. */
function zoneAt(text: string, at: number): { eastMinutes: number; end: number } | undefined {
  const first = text[at]
  if (first === 'Z' || first === 'z') return { eastMinutes: 0, end: at + 1 }
  const blank = first === ' ' ? 1 : 0
  const sign = text[at + blank]
  if (sign === '+' || sign === '-') {
    const hours = twoDigits(text, at + blank + 1)
    const colon = text[at + blank + 3] === ':' ? 1 : 0
    const minutes = twoDigits(text, at + blank + 3 + colon)
    if (hours < 0 || hours > 14) return undefined
    if (minutes < 0) return blank === 1 ? undefined : { eastMinutes: (sign === '-' ? -1 : 1) * hours * 60, end: at + 3 }
    return { eastMinutes: (sign === '-' ? -1 : 1) * (hours * 60 + minutes), end: at + blank + 5 + colon }
  }
  const named = /^ ?(?:UTC|GMT)(?![A-Za-z0-9+-])/.exec(text.slice(at, at + 6))
  return named ? { eastMinutes: 0, end: at + named[0].length } : undefined
}

/** `2026-11-25T23:31:12.755062108Z` and its relatives, exactly at `at`. The hot path: no expression is run on it. */
export function isoStampAt(text: string, at: number): Stamp | undefined {
  const dash = text.charCodeAt(at + 4)
  if ((dash !== 45 && dash !== 47) || text.charCodeAt(at + 7) !== dash || !isDigit(text.charCodeAt(at))) return undefined
  const between = text.charCodeAt(at + 10)
  if ((between !== 84 && between !== 32) || text.charCodeAt(at + 13) !== 58 || text.charCodeAt(at + 16) !== 58) return undefined
  const day = dayMs(text, at)
  const hours = twoDigits(text, at + 11)
  const minutes = twoDigits(text, at + 14)
  const seconds = twoDigits(text, at + 17)
  if (Number.isNaN(day) || hours < 0 || hours > 24 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return undefined
  let end = at + 19
  let micros = 0
  const point = text.charCodeAt(end)
  if ((point === 46 || point === 44) && isDigit(text.charCodeAt(end + 1))) {
    let unit = 100_000
    for (end++; isDigit(text.charCodeAt(end)); end++) {
      micros += (text.charCodeAt(end) - 48) * unit
      unit = unit >= 10 ? unit / 10 : 0
    }
  }
  const local = day + (hours * 3600 + minutes * 60 + seconds) * 1000 + micros / 1000
  if (text.charCodeAt(end) === 90) return { atMs: local, zone: 'written', end: end + 1 }
  const zone = zoneAt(text, end)
  return zone ? { atMs: local - zone.eastMinutes * 60_000, zone: 'written', end: zone.end } : { atMs: local, zone: 'missing', end }
}

const fraction = (text: string | undefined): number => (text ? Number(text.slice(0, 6).padEnd(6, '0')) / 1000 : 0)

/** The year in which a stamp without one lies nearest to `nearMs`. */
function withYear(month: number, day: number, ofDayMs: number, nearMs: number | undefined): number | undefined {
  if (nearMs === undefined) return undefined
  const year = new Date(nearMs).getUTCFullYear()
  const candidates = [year - 1, year, year + 1].map(y => Date.UTC(y, month, day) + ofDayMs)
  return candidates.reduce((best, at) => (Math.abs(at - nearMs) < Math.abs(best - nearMs) ? at : best))
}

const clock = (h: string, m: string, s: string, f?: string): number => (Number(h) * 3600 + Number(m) * 60 + Number(s)) * 1000 + fraction(f)
const monthOf = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase())

const KLOG = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,9})/
const SYSLOG = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/
const COMMON = /^(\d{1,2})[/-]([A-Z][a-z]{2})[/-](\d{4})[: ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/
const CTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: ([A-Za-z+-][A-Za-z0-9+:-]{0,9}))? (\d{4})(?!\d)/
const EPOCH = /^(\d{10})(?:\.(\d{1,9}))?(?!\d)|^(\d{13})(?!\d)/

/** A stamp of any of the formats exactly at `at`. `nearMs`: a time near by, for stamps without a year. */
export function stampAt(text: string, at: number, nearMs?: number): Stamp | undefined {
  const iso = isoStampAt(text, at)
  if (iso) return iso
  const head = text.slice(at, at + 48)
  const klog = KLOG.exec(head)
  if (klog) {
    const [all, month, day, h, m, s, f] = klog as unknown as string[]
    return { atMs: withYear(Number(month) - 1, Number(day), clock(h as string, m as string, s as string, f), nearMs), zone: 'missing',
      end: at + (all as string).length }
  }
  const common = COMMON.exec(head)
  if (common && monthOf(common[2] as string) >= 0) {
    const end = at + common[0].length
    const zone = zoneAt(text, end)
    const local = Date.UTC(Number(common[3]), monthOf(common[2] as string), Number(common[1])) + clock(common[4] as string,
      common[5] as string, common[6] as string, common[7])
    return zone ? { atMs: local - zone.eastMinutes * 60_000, zone: 'written', end: zone.end } : { atMs: local, zone: 'missing', end }
  }
  const ctime = CTIME.exec(head)
  if (ctime && monthOf(ctime[1] as string) >= 0) return ctimeStamp(ctime, at)
  const syslog = SYSLOG.exec(head)
  if (syslog && monthOf(syslog[1] as string) >= 0) {
    const ofDay = clock(syslog[3] as string, syslog[4] as string, syslog[5] as string, syslog[6])
    return { atMs: withYear(monthOf(syslog[1] as string), Number(syslog[2]), ofDay, nearMs), zone: 'missing', end: at + syslog[0].length }
  }
  const epoch = EPOCH.exec(head)
  if (!epoch) return undefined
  return { atMs: epoch[3] ? Number(epoch[3]) : Number(epoch[1]) * 1000 + fraction(epoch[2]), zone: 'written', end: at + epoch[0].length }
}

function ctimeStamp(parts: RegExpExecArray, at: number): Stamp {
  const local = Date.UTC(Number(parts[7]), monthOf(parts[1] as string), Number(parts[2])) + clock(parts[3] as string, parts[4] as string,
    parts[5] as string)
  const end = at + parts[0].length
  const named = parts[6]
  if (named === undefined) return { atMs: local, zone: 'missing', end }
  if (named === 'UTC' || named === 'GMT') return { atMs: local, zone: 'written', end }
  const zone = zoneAt(named, 0)
  return zone && zone.end === named.length ? { atMs: local - zone.eastMinutes * 60_000, zone: 'written', end }
    : { atMs: undefined, zone: 'ambiguous', end }
}

/** A line that is a time and nothing else: what `date` printed between other output. */
export function dateLine(line: string): Stamp | undefined {
  const text = line.trim()
  if (text.length < 10 || text.length > 48) return undefined
  const stamp = stampAt(text, 0)
  return stamp && stamp.end === text.length ? stamp : undefined
}

const KEYED = /(?:^|[\s{,])"?(?:time|timestamp|@timestamp|ts|t|date|datetime|eventTime)"?\s?[=:]\s?"?/g

/** The first stamp of a log line: at its start, after a bracket, or as the value of a `time` key in its first 400 units. */
export function lineStamp(line: string, nearMs?: number): Stamp | undefined {
  const first = stampAt(line, line[0] === '[' ? 1 : 0, nearMs)
  if (first) return first
  const head = line.slice(0, 400)
  for (const key of head.matchAll(KEYED)) {
    const keyed = stampAt(line, key.index + key[0].length, nearMs)
    if (keyed) return keyed
  }
  const bracket = head.indexOf('[')
  return bracket > 0 ? stampAt(line, bracket + 1, nearMs) : undefined
}
