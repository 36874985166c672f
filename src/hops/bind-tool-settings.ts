// resolv.conf as BIND's tools read it (lib/irs/resconf.c, lib/dns/resconf.c; 9.16.50, 9.18.49 and 9.20.30 were run): a word that begins with # or ;
// ends a line, indented lines count, the first three servers, the first eight search domains, `domain` is a list of one, the last of the two counts. A line that they cannot read,
// or a keyword without a value, ends the program ("parse of /etc/resolv.conf failed"). Of the options ndots, timeout and attempts; the last two since 9.18,
// where 0 means that nothing was said. No server: ::1, then 127.0.0.1.
// Not modelled: the command line's own timeouts and tries, .digrc, a file that cannot be read.
import type { ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { glibcAddress, goAddress } from './stub-address.ts'
import { defaultServer, SERVER_LIMIT, serverOf, type StubServer } from './stub-settings.ts'
import { atLeast, type StubVersion } from './stub-version.ts'

export interface BindToolSettings {
  readonly servers: readonly StubServer[]
  readonly search: readonly Sourced<string>[]
  readonly ndots: number
  readonly timeoutMs: number
  /** Of the first server. */
  readonly tries: number
  /** The line that nothing can be made of. */
  readonly broken?: ResolvConfLine
}

const DEFAULT_TIMEOUT_S = 5
const DEFAULT_TRIES = 3
const SEARCH_LIMIT = 8
/** An option's number is a byte. */
const MOST = 255

type Numbers = { ndots: number; timeout: number; attempts: number }

/** 9.17 is the series that became 9.18. */
export const isSince918 = (version: StubVersion): boolean => atLeast(version, 9, 17)

/** `timeoutMs` counts since 9.18. `fixedTries`: a tool that does not read `attempts`. */
export function bindToolSettings(conf: ResolvConf, version: StubVersion, fixedTries: number | undefined): BindToolSettings {
  const servers: StubServer[] = []
  let search: readonly Sourced<string>[] = []
  const numbers: Numbers = { ndots: 1, timeout: 0, attempts: 0 }
  let broken: ResolvConfLine | undefined
  for (const line of conf.lines) {
    const comment = line.words.findIndex(({ value }) => /^[#;]/.test(value))
    const words = comment < 0 ? line.words : line.words.slice(0, comment)
    if (!isReadable(line, words, version, servers.length, numbers)) broken ??= line
    const [word] = words
    if (!word) continue
    const address = line.keyword === 'nameserver' ? glibcAddress(word.value) : undefined
    if (address && servers.length < SERVER_LIMIT) servers.push(serverOf(address.text === '0.0.0.0' ? { ...address, text: '127.0.0.1' } : address, word.value, word.source))
    if (line.keyword === 'search') search = words.slice(0, SEARCH_LIMIT)
    if (line.keyword === 'domain') search = [word]
  }
  const isNew = isSince918(version)
  return {
    servers: servers.length > 0 ? servers : ['::1', '127.0.0.1'].map(address => defaultServer(conf, address)), search, ndots: numbers.ndots,
    timeoutMs: (numbers.timeout || DEFAULT_TIMEOUT_S) * 1000, tries: fixedTries ?? ((isNew ? numbers.attempts : 0) || DEFAULT_TRIES),
    ...(broken && { broken }),
  }
}

/** Takes the numbers out of an options line on its way. */
function isReadable(line: ResolvConfLine, words: readonly Sourced<string>[], version: StubVersion, servers: number, numbers: Numbers): boolean {
  const { keyword, crlf } = line
  if (!['nameserver', 'domain', 'search', 'options', 'sortlist'].includes(keyword)) return true
  const [word] = words
  if (!word) return false
  if (keyword === 'nameserver' || keyword === 'domain') {
    // The carriage return is one word too many.
    if (words.length > 1 || crlf) return false
    return keyword === 'domain' || servers >= SERVER_LIMIT || (isSince918(version) ? glibcAddress : goAddress)(word.value) !== undefined
  }
  if (keyword === 'sortlist') return words.every(({ value }) => value.split('/').every(part => goAddress(part) !== undefined))
  return keyword !== 'options' || words.every(({ value }) => takeNumber(value, numbers))
}

function takeNumber(option: string, numbers: Numbers): boolean {
  const found = /^(ndots|timeout|attempts):(.*)$/.exec(option)
  if (!found) return true
  const [, name, text] = found as unknown as readonly [string, keyof Numbers, string]
  const number = /^\s*[+-]?\d*$/.test(text) ? Number(text) : Number.NaN
  if (Number.isNaN(number) || number < 0 || number > MOST) return false
  numbers[name] = number
  return true
}
