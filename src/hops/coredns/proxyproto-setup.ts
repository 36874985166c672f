// What the set-up of CoreDNS's `proxyproto` plugin (since 1.14.2) refuses: plugin/proxyproto/setup.go.
import { parseCidr } from '../../dns/go-cidr.ts'
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import { noWords, onlyWord, type SetupCheck } from './setup-check.ts'

const POLICIES = new Set(['use', 'ignore', 'reject', 'skip'])

export const proxyprotoSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    noWords(c)
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'allow') {
        const odd = c.remainingArgs().find(net => !parseCidr(net))
        if (odd !== undefined) throw c.refuse(`${odd}: invalid CIDR address: ${odd}`)
      } else if (name === 'default') {
        if (!POLICIES.has(onlyWord(c).toLowerCase())) throw c.argErr()
      } else if (name === 'udp_session_tracking' && since(at.version, 1, 14, 3)) sessions(c)
      else if (name === 'tlv_metadata' && since(at.version, 1, 15)) noWords(c)
      else throw c.bare(c.err(`unknown option '${name}'`))
    }
  }
}

function sessions(c: Dispenser): void {
  const [ttl, most, ...more] = c.remainingArgs()
  if (ttl === undefined || more.length > 0) throw c.argErr()
  const time = parseDuration(ttl)
  if (isFault(time)) throw c.refuse(`udp_session_tracking: invalid duration ${goQuote(ttl)}: ${time.fault}`)
  if (most === undefined) return
  const count = atoi(most)
  if (isFault(count) || count.value <= 0) throw c.refuse(`udp_session_tracking: invalid max sessions ${goQuote(most)}: must be a positive integer`)
}
