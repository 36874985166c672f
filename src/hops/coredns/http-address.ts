// The one word that health, ready and prometheus take: the address of their HTTP server.
import type { Dispenser } from './dispenser.ts'
import { splitHostPort } from './go-host-port.ts'
import { isFault } from './go-number.ts'

export function addressAlone(c: Dispenser): void {
  const [address, ...more] = c.remainingArgs()
  if (more.length > 0) throw c.argErr()
  if (address === undefined) return
  const parts = splitHostPort(address)
  if (isFault(parts)) throw c.refuse(parts.fault)
}
