// What the set-up of CoreDNS's `geoip` plugin refuses, 1.9.3 to 1.15.0: plugin/geoip/setup.go.
// Not modelled: what is in a database.
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import { pathState, statFault, textAt, type SetupAt, type SetupCheck } from './setup-check.ts'

export const geoipSetup: SetupCheck = (c, at) => {
  let path = ''
  while (c.next()) {
    if (!c.nextArg()) throw c.argErr()
    if (path !== '') throw c.err('configuring multiple databases is not supported')
    path = c.val()
    if (c.remainingArgs().length > 0) throw c.argErr()
    while (c.nextBlock()) if (c.val() !== 'edns-subnet') throw c.err(`unknown property ${goQuote(c.val())}`)
  }
  const fault = openFault(at, path)
  if (fault !== undefined) throw c.err(`failed to open database file: ${fault}`)
}

/** It is mapped into memory; what the evidence holds as text is no database. */
function openFault(at: SetupAt, path: string): string | undefined {
  const missing = statFault(at, path)
  if (missing !== undefined) return `open ${path}: ${missing}`
  if (pathState(at, path) === 'directory') return since(at.version, 1, 13, 2) ? `read ${path}: is a directory` : 'no such device'
  return textAt(at, path) === undefined ? undefined : 'error opening database: invalid MaxMind DB file'
}
