// resolv.conf as glibc reads it (resolv/res_init.c, 2.26 to 2.42): keyword in column 1, three servers, any number of domains, option
// words matched by prefix and accumulated, then RES_OPTIONS; LOCALDOMAIN goes before the file. Before 2.26: six domains, 256 characters.
// Not modelled: sortlist (the order of addresses), no-reload, the options words `debug` and `inet6` (no effect on what is asked).
import type { ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Source, Sourced } from '../chain/source.ts'
import { glibcAddress } from './stub-address.ts'
import {
  atoi, defaultServer, fileSource, hostDomain, isIndented, SERVER_LIMIT, serverOf, type CommonSettings, type StubServer, type StubSurroundings,
} from './stub-settings.ts'
import { atLeast, stubVersion, type StubVersion } from './stub-version.ts'

export type GlibcFlag =
  | 'rotate' | 'edns0' | 'single-request-reopen' | 'single-request' | 'no-tld-query' | 'no-reload' | 'use-vc' | 'trust-ad' | 'no-aaaa' | 'strict-error'

export interface GlibcSettings extends CommonSettings {
  readonly flags: ReadonlySet<GlibcFlag>
}

/** In the order of the program's table: the first prefix wins. `since`: the release that knows the word; none: every one. */
const FLAGS: readonly { readonly word: string; readonly flag: GlibcFlag; readonly since: readonly number[] }[] = [
  { word: 'rotate', flag: 'rotate', since: [] },
  { word: 'edns0', flag: 'edns0', since: [2, 6] },
  { word: 'single-request-reopen', flag: 'single-request-reopen', since: [2, 9] },
  { word: 'single-request', flag: 'single-request', since: [2, 10] },
  { word: 'no_tld_query', flag: 'no-tld-query', since: [2, 14] },
  { word: 'no-tld-query', flag: 'no-tld-query', since: [2, 14] },
  { word: 'no-reload', flag: 'no-reload', since: [2, 26] },
  { word: 'use-vc', flag: 'use-vc', since: [2, 14] },
  { word: 'trust-ad', flag: 'trust-ad', since: [2, 31] },
  { word: 'no-aaaa', flag: 'no-aaaa', since: [2, 36] },
  { word: 'strict-error', flag: 'strict-error', since: [2, 41] },
]
const MAX = { ndots: 15, timeout: 30, attempts: 5 } as const

export function glibcSettings(conf: ResolvConf, versionText: string, around: StubSurroundings = {}): GlibcSettings {
  const version = stubVersion(versionText)
  const servers: StubServer[] = []
  const words: Sourced<string>[] = []
  const environment = around.env?.LOCALDOMAIN
  let search = environment === undefined ? [] : blankSeparated(conf, environment.split('\n', 1).join(''))
  for (const line of conf.lines) {
    if (isIndented(line)) continue
    if (line.keyword === 'nameserver') servers.push(...serversOf(line, version))
    else if (line.keyword === 'options') words.push(...line.words)
    else if ((line.keyword === 'search' || line.keyword === 'domain') && environment === undefined && line.words.length > 0) {
      search = withCarriageReturn(line).slice(0, line.keyword === 'domain' ? 1 : undefined)
    }
  }
  if (!atLeast(version, 2, 26)) search = withinOldLimits(search)
  const domain = hostDomain(around.hostname)
  if (search.length === 0 && domain !== undefined) search = [{ value: domain, source: fileSource(conf) }]
  return {
    servers: servers.length > 0 ? servers.slice(0, SERVER_LIMIT) : [defaultServer(conf, '127.0.0.1')], search,
    ...readOptions([...words, ...blankSeparated(conf, around.env?.RES_OPTIONS ?? '')], version),
  }
}

/** A bound of ours: a variable can have any length. */
const MOST_READ = 4096

/** The value of an environment variable; its place is not in the file. */
const blankSeparated = (conf: ResolvConf, text: string): Sourced<string>[] =>
  text.slice(0, MOST_READ).split(/[ \t]+/).map(value => ({ value, source: fileSource(conf) }))

type Options = Omit<GlibcSettings, 'servers' | 'search'>

function readOptions(words: readonly Sourced<string>[], version: StubVersion): Options {
  const numbers = { ndots: 1, timeout: 5, attempts: 2 }
  const flags = new Set<GlibcFlag>()
  const optionSources = new Map<string, Source>()
  for (const { value, source } of words) {
    const name = (['ndots', 'timeout', 'attempts'] as const).find(number => value.startsWith(`${number}:`))
    const clears = value.startsWith('-') && atLeast(version, 2, 41)
    const flag = FLAGS.find(known => value.slice(clears ? 1 : 0).startsWith(known.word) && atLeast(version, ...known.since))?.flag
    if (name) numbers[name] = Math.min(atoi(value.slice(name.length + 1)), MAX[name])
    else if (flag && clears) flags.delete(flag)
    else if (flag) flags.add(flag)
    const option = name ?? flag
    if (option) optionSources.set(option, source)
  }
  // ndots is a field of four bits: a negative number comes out large.
  return { ndots: numbers.ndots & 15, timeoutMs: numbers.timeout * 1000, attempts: Math.max(0, numbers.attempts), flags, optionSources }
}

/** Since 2.29 the whole word must be an address; before, inet_aton stopped at any white space, CR too. */
function serversOf(line: ResolvConfLine, version: StubVersion): StubServer[] {
  const word = line.words[0]
  if (!word || (line.crlf && line.words.length === 1 && atLeast(version, 2, 29))) return []
  const address = glibcAddress(word.value)
  return address ? [serverOf(address, address.text, word.source)] : []
}

/** The CR of a CR LF belongs to the last domain, and is asked for. */
const withCarriageReturn = (line: ResolvConfLine): Sourced<string>[] =>
  line.crlf ? line.words.map((word, i) => (i === line.words.length - 1 ? { ...word, value: `${word.value}\\013` } : word)) : [...line.words]

function withinOldLimits(search: readonly Sourced<string>[]): Sourced<string>[] {
  let length = 0
  return search.slice(0, 6).filter(domain => (length += domain.value.length + 1) <= 256)
}
