// resolv.conf as Go's own resolver reads it (net/dnsconfig_unix.go, 1.19 to 1.26): words of a line wherever they begin, three servers
// by netip.ParseAddr. Two loopback servers when there is none, the host name's domain when the list is empty. Since 1.20: trust-ad, and a
// lone `.` in the list is left out. Since 1.21: GODEBUG=netedns0=0 sends no EDNS.
// Not modelled: no-reload, and that unknown options make a cgo build use libc instead (net/conf.go).
import type { ResolvConf } from '../chain/model.ts'
import type { Source, Sourced } from '../chain/source.ts'
import { absolute } from '../dns/name.ts'
import { goAddress } from './stub-address.ts'
import {
  defaultServer, fileSource, hostDomain, SERVER_LIMIT, serverOf, type CommonSettings, type StubServer, type StubSurroundings,
} from './stub-settings.ts'
import { atLeast, stubVersion } from './stub-version.ts'

export interface GoSettings extends CommonSettings {
  readonly rotate: boolean
  readonly singleRequest: boolean
  readonly useTcp: boolean
  readonly trustAd: boolean
  readonly edns: boolean
}

export function goSettings(conf: ResolvConf, versionText: string, around: StubSurroundings = {}): GoSettings {
  const version = stubVersion(versionText)
  const servers: StubServer[] = []
  let search: readonly Sourced<string>[] = []
  const numbers = { ndots: 1, timeout: 5, attempts: 2 }
  const flags = new Set<string>()
  const optionSources = new Map<string, Source>()
  for (const line of conf.lines) {
    const [word] = line.words
    if (line.keyword === 'nameserver' && word && servers.length < SERVER_LIMIT) {
      const address = goAddress(word.value)
      if (address) servers.push(serverOf(address, word.value, word.source))
    } else if (line.keyword === 'domain' && word) search = [rooted(word)]
    else if (line.keyword === 'search') search = line.words.map(rooted).filter(domain => domain.value !== '.' || !atLeast(version, 1, 20))
    else if (line.keyword === 'options') {
      for (const option of line.words) {
        const number = /^(ndots|timeout|attempts):(-?\d{0,15})/.exec(option.value)
        const name = number ? (number[1] as keyof typeof numbers) : FLAGS.get(option.value)
        if (name === undefined) continue
        if (number) numbers[name as keyof typeof numbers] = Number(number[2]) || 0
        else flags.add(name)
        optionSources.set(name, option.source)
      }
    }
  }
  const domain = hostDomain(around.hostname)
  if (search.length === 0 && domain !== undefined) search = [{ value: absolute(domain), source: fileSource(conf) }]
  return {
    servers: servers.length > 0 ? servers : [defaultServer(conf, '127.0.0.1'), defaultServer(conf, '::1')], search,
    ndots: Math.min(Math.max(numbers.ndots, 0), 15), attempts: Math.max(numbers.attempts, 1), timeoutMs: Math.max(numbers.timeout, 1) * 1000,
    rotate: flags.has('rotate'), singleRequest: flags.has('single-request'), useTcp: flags.has('use-vc'), trustAd: flags.has('trust-ad') && atLeast(version, 1, 20),
    edns: !/(?:^|,)netedns0=0(?:,|$)/.test(around.env?.GODEBUG ?? '') || !atLeast(version, 1, 21), optionSources,
  }
}

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['rotate', 'rotate'], ['single-request', 'single-request'], ['single-request-reopen', 'single-request'],
  ['use-vc', 'use-vc'], ['usevc', 'use-vc'], ['tcp', 'use-vc'], ['trust-ad', 'trust-ad'],
])

const rooted = (word: Sourced<string>): Sourced<string> => ({ value: absolute(word.value), source: word.source })
