// resolv.conf as musl reads it (src/network/resolvconf.c, 1.1.13 to 1.2.5): keyword in column 1, lines of 255 characters or more
// are skipped, `domain` and `search` are one thing, three numbers are the only options; host name and environment count for nothing.
import type { ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Source, Sourced } from '../chain/source.ts'
import { muslAddress } from './stub-address.ts'
import { defaultServer, isIndented, SERVER_LIMIT, serverOf, type CommonSettings, type StubServer } from './stub-settings.ts'
import { atLeast, stubVersion } from './stub-version.ts'

/** fgets into 256 bytes must find the newline, or the end of the file before the buffer is full. */
const LINE_LIMIT = 254
const MAX = { ndots: 15, attempts: 10, timeout: 60 } as const

export function muslSettings(conf: ResolvConf, versionText: string): CommonSettings {
  const servers: StubServer[] = []
  let search: readonly Sourced<string>[] = []
  const numbers = { ndots: 1, attempts: 2, timeout: 5 }
  const optionSources = new Map<string, Source>()
  for (const line of conf.lines) {
    if (isIndented(line) || line.source.end - line.source.start > LINE_LIMIT) continue
    const [word] = line.words
    const address = line.keyword === 'nameserver' && word ? muslAddress(word.value) : undefined
    if (address && word && servers.length < SERVER_LIMIT) servers.push(serverOf(address, address.text, word.source))
    else if (line.keyword === 'search' || line.keyword === 'domain') search = line.words
    else if (line.keyword === 'options') readNumbers(line, numbers, optionSources)
  }
  return {
    servers: servers.length > 0 ? servers : [defaultServer(conf, '127.0.0.1')],
    search: atLeast(stubVersion(versionText), 1, 1, 13) ? search : [],
    ndots: numbers.ndots, attempts: numbers.attempts, timeoutMs: numbers.timeout * 1000, optionSources,
  }
}

/** Of each number the first one on the line, wherever in a word it stands. */
function readNumbers(line: ResolvConfLine, numbers: Record<keyof typeof MAX, number>, sources: Map<string, Source>): void {
  for (const name of ['ndots', 'attempts', 'timeout'] as const) {
    const word = line.words.find(w => w.value.includes(`${name}:`))
    const digits = word && /^\d{1,15}/.exec(word.value.slice(word.value.indexOf(`${name}:`) + name.length + 1))
    if (!word || !digits) continue
    numbers[name] = Math.min(Number(digits[0]), MAX[name])
    sources.set(name, word.source)
  }
}
