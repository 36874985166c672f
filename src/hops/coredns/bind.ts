// CoreDNS's `bind` plugin, 1.9.3 to 1.15.0: plugin/bind/setup.go. Names the addresses a block is served on: addresses, or interfaces for all
// of theirs, less those behind `except`. Which socket a packet comes to is the server's business (listeners.ts).
// Not modelled: interfaces the evidence does not tell of (their addresses are not known, and the name is taken as it is).
import { parseAddress } from '../../dns/go-address.ts'
import type { Dispenser } from './dispenser.ts'
import { goQuote } from './go-quote.ts'
import { since, type CorednsVersion } from './plugin.ts'
import type { SetupAt, SetupCheck } from './setup-check.ts'

const LOOPBACK: ReadonlyMap<string, readonly string[]> = new Map([['lo', ['127.0.0.1', '::1']]])

export const bindSetup: SetupCheck = (c, at) => {
  const all: string[] = []
  while (c.next()) {
    const words = c.remainingArgs()
    if (words.length === 0) throw c.refuse('at least one address or interface name is expected')
    let except: string[] = []
    while (c.nextBlock()) {
      if (c.val() !== 'except') throw c.refuse(`invalid option ${goQuote(c.val())}`)
      except = c.remainingArgs()
      if (except.length === 0) throw c.refuse('at least one address or interface must be given to except subdirective')
    }
    const addresses = addressesOf(c, words, at)
    const without = new Set(addressesOf(c, except, at))
    all.push(...addresses.filter(a => !without.has(a)))
  }
  at.addresses = all
  // What nobody knows the addresses of is no reason to listen nowhere.
  at.isBoundNowhere = all.length === 0 && at.model.machine?.interfaces !== undefined
}

const isLinkLocal = (address: string, version: CorednsVersion): boolean =>
  /^(fe[89ab]|ff.2)/.test(address) || (/^(169\.254|224\.0\.0)\./.test(address) && !since(version, 1, 12, 2))

function addressesOf(c: Dispenser, words: readonly string[], at: SetupAt): string[] {
  const known = at.model.machine?.interfaces
  return words.flatMap(word => {
    const own = known?.get(word) ?? LOOPBACK.get(word)
    // Up to 1.11.3 link-local addresses of an interface were left out, later they carry its name; those of IPv4 up to 1.12.1.
    if (own) return own.flatMap(a => (!isLinkLocal(a, at.version) ? [a] : since(at.version, 1, 11, 4) ? [`${a}%${word}`] : []))
    if (parseAddress(word)) return [word]
    if (!known) return []
    throw c.refuse(`not a valid IP address or interface name: ${goQuote(word)}`)
  })
}
