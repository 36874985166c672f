// What the set-ups of CoreDNS's prometheus and pprof plugins refuse, 1.9.3 to 1.15.0 (setup.go of each).
import { splitHostPort } from './go-host-port.ts'
import { atoi, isFault } from './go-number.ts'
import type { Dispenser } from './dispenser.ts'
import { addressAlone, listenFault } from './http-address.ts'
import { since } from './plugin.ts'
import { MISSING, noWords, once, readFault, statFault, unknownProperty, type SetupCheck } from './setup-check.ts'

/** It is started all the same where it cannot listen. */
export const prometheusSetup: SetupCheck = (c, at) => once(c, () => {
  const address = addressAlone(c) ?? 'localhost:9153'
  const file = since(at.version, 1, 14, 3) ? prometheusOptions(c) : ''
  const fault = listenFault(at, address)
  const prefix = since(at.version, 1, 14, 3) ? '' : 'plugin/prometheus: '
  const unread = file === '' ? undefined : readFault(at, file)
  const isMissing = file !== '' && statFault(at, file) === MISSING
  if (unread !== undefined && since(at.version, 1, 15)) at.printAtStart(`[ERROR] Invalid TLS config: ${unread}`)
  else if (fault !== undefined) at.printAtStart(`[ERROR] ${prefix}Failed to start metrics handler: ${fault}`)
  else if (isMissing) at.printAtStart(`[ERROR] TLS config file does not exist: ${file}`)
})

/** The file of `tls`. */
function prometheusOptions(c: Dispenser): string {
  let file = ''
  while (c.nextBlock()) {
    const name = c.val()
    if (name === 'runtime_metrics') {
      noWords(c)
      continue
    }
    if (name !== 'tls') throw c.err(`unknown option: ${name}`)
    if (file !== '') throw c.err('tls block already specified')
    const files = c.remainingArgs()
    if (files.length !== 1) throw c.argErr()
    file = files[0] as string
  }
  return file
}

export const pprofSetup: SetupCheck = (c, at) => once(c, () => {
  const [address, ...more] = c.remainingArgs()
  const parts = address !== undefined && more.length === 0 ? splitHostPort(address) : undefined
  if (parts && isFault(parts)) throw c.err(parts.fault)
  if (more.length > 0) throw c.argErr()
  while (c.nextBlock()) {
    if (c.val() !== 'block') throw unknownProperty(c)
    const [rate, ...rest] = c.remainingArgs()
    if (rest.length > 0) throw c.argErr()
    if (rate !== undefined && isFault(atoi(rate))) throw c.err(`property 'block' invalid integer value '${rate}'`)
  }
  const fault = listenFault(at, address ?? 'localhost:6053')
  if (fault === undefined) return
  at.printAtStart(`[ERROR] plugin/pprof: Failed to start pprof handler: ${fault}`)
  at.refuseAtStart(fault)
})
