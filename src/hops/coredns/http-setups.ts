// What the set-ups of CoreDNS's prometheus and pprof plugins refuse, 1.9.3 to 1.15.0 (setup.go of each).
import { splitHostPort } from './go-host-port.ts'
import { atoi, isFault } from './go-number.ts'
import { addressAlone } from './http-address.ts'
import { since } from './plugin.ts'
import { noWords, once, unknownProperty, type SetupCheck } from './setup-check.ts'

export const prometheusSetup: SetupCheck = (c, at) => once(c, () => {
  addressAlone(c)
  if (!since(at.version, 1, 12)) return
  let hasTls = false
  while (c.nextBlock()) {
    const name = c.val()
    if (name === 'runtime_metrics') {
      noWords(c)
      continue
    }
    if (name !== 'tls') throw c.err(`unknown option: ${name}`)
    if (hasTls) throw c.err('tls block already specified')
    const files = c.remainingArgs()
    if (files.length !== 1) throw c.argErr()
    hasTls = files[0] !== ''
  }
})

export const pprofSetup: SetupCheck = c => once(c, () => {
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
})
