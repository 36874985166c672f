// What the set-up of CoreDNS's `secondary` plugin refuses, 1.9.3 to 1.15.0: plugin/secondary/setup.go and plugin/pkg/parse.
// Not modelled: the lines about transfers that fail, which begin with the start.
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import type { Dispenser } from './dispenser.ts'
import { goQuote } from './go-quote.ts'
import { splitHostPort } from './go-host-port.ts'
import { isFault } from './go-number.ts'
import { originsOf } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { nextWord, unknownProperty, type SetupCheck } from './setup-check.ts'

export const secondarySetup: SetupCheck = (c, at) => {
  while (c.next()) {
    if (c.val() !== 'secondary') continue
    c.remainingArgs()
    let hasTransfer = false
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'transfer') {
        transferIn(c, at.version)
        hasTransfer = true
      } else if (name === 'catalog' && since(at.version, 1, 14, 5)) {
        const odd = c.remainingArgs().find(zone => originsOf([zone], []).length === 0)
        if (odd !== undefined) throw c.refuse(`invalid catalog member zone ${goQuote(odd)}`)
      } else if (name === 'fallthrough' && since(at.version, 1, 14, 4)) c.remainingArgs()
      else throw unknownProperty(c)
    }
    if (!hasTransfer && since(at.version, 1, 12, 2)) throw c.err('secondary zones require a transfer from property')
  }
}

function transferIn(c: Dispenser, version: CorednsVersion): void {
  if (nextWord(c) !== 'from') throw c.err(`unknown property ${c.val()}`)
  const masters = c.remainingArgs()
  if (masters.length === 0) throw c.argErr()
  for (const master of masters) {
    if (master === '*') throw c.refuse('can\'t use \'*\' in transfer from')
    checkHostPort(c, master, version)
  }
}

/** parse.HostPort. */
export function checkHostPort(c: Dispenser, text: string, version: CorednsVersion): void {
  const parts = splitHostPort(text)
  const host = isFault(parts) ? text : parts.value.host
  if (!parseAddress(since(version, 1, 14, 5) ? withoutZone(host) : host)) throw c.refuse(`must specify an IP address: \`${host}'`)
}
