// resolv.conf as BIND's tools read it (lib/irs or lib/isc resconf.c, 9.11 to 9.20): keywords in column 1, three servers, eight search domains,
// `domain` is a list of one, the last of the two counts. Options: ndots, timeout, attempts; the last two also from the command line, not here.
import type { ResolvConf } from '../chain/model.ts'
import type { Sourced } from '../chain/source.ts'
import { goAddress } from './stub-address.ts'
import { atoi, defaultServer, isIndented, SERVER_LIMIT, serverOf, type StubServer } from './stub-settings.ts'

export interface BindToolSettings {
  readonly servers: readonly StubServer[]
  readonly search: readonly Sourced<string>[]
  readonly ndots: number
  readonly timeoutMs: number
  /** Of the first server. */
  readonly tries: number
}

const SEARCH_LIMIT = 8

/** `fixedTries`: a tool that does not read `attempts`. */
export function bindToolSettings(conf: ResolvConf, fixedTries: number | undefined): BindToolSettings {
  const servers: StubServer[] = []
  let search: readonly Sourced<string>[] = []
  const numbers = new Map([['ndots', 1], ['timeout', 5], ['attempts', 3]])
  for (const line of conf.lines) {
    const [word] = line.words
    if (isIndented(line) || !word) continue
    const address = line.keyword === 'nameserver' ? goAddress(word.value) : undefined
    if (address && servers.length < SERVER_LIMIT) servers.push(serverOf(address, word.value, word.source))
    if (line.keyword === 'search') search = line.words.slice(0, SEARCH_LIMIT)
    if (line.keyword === 'domain') search = [word]
    if (line.keyword !== 'options') continue
    for (const { value } of line.words) {
      const [, name = '', number = ''] = /^(ndots|timeout|attempts):(-?\d+)/.exec(value) ?? []
      if (name !== '') numbers.set(name, Math.max(0, atoi(number)))
    }
  }
  return {
    servers: servers.length > 0 ? servers : [defaultServer(conf, '127.0.0.1')], search, ndots: numbers.get('ndots') ?? 1,
    timeoutMs: Math.max(1, numbers.get('timeout') ?? 5) * 1000, tries: fixedTries ?? Math.max(1, numbers.get('attempts') ?? 3),
  }
}
