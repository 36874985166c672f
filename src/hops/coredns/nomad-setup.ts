// What the set-up of CoreDNS's `nomad` plugin (since 1.13.0) refuses: plugin/nomad/setup.go. Only the first use is read.
// Not modelled: addresses that Nomad's client refuses.
import type { Dispenser } from './dispenser.ts'
import { atoi, intText, isFault } from './go-number.ts'
import { since } from './plugin.ts'
import type { SetupCheck } from './setup-check.ts'

const LONGEST_TTL_S = 3600

export const nomadSetup: SetupCheck = (c, at) => {
  c.next()
  c.remainingArgs()
  while (c.nextBlock()) {
    const name = c.val().toLowerCase()
    if (name === 'address') {
      if (c.remainingArgs().length === 0) throw c.err('at least one address is required')
    } else if (name === 'token') one(c, 'token')
    else if (name === 'filter' && since(at.version, 1, 13, 2)) one(c, 'filter')
    else if (name === 'ttl') ttl(c)
    else throw c.err(`unknown property '${name}'`)
  }
}

function one(c: Dispenser, what: string): string {
  const [word, ...more] = c.remainingArgs()
  if (word === undefined || more.length > 0) throw c.err(`exactly one ${what} is required`)
  return word
}

function ttl(c: Dispenser): void {
  const seconds = atoi(one(c, 'ttl value'))
  if (isFault(seconds)) throw c.err(`error parsing ttl: ${seconds.fault}`)
  if (seconds.value < 0 || seconds.value > LONGEST_TTL_S) throw c.err(`ttl must be in range [0, 3600]: ${intText(seconds.value)}`)
}
