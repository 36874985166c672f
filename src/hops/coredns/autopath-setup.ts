// What the set-up of CoreDNS's `autopath` plugin refuses, 1.9.3 to 1.15.0: plugin/autopath/setup.go. It reads no block: what is in one counts
// as further uses.
import { PROVIDERS } from './autopath.ts'
import { goQuote } from './go-quote.ts'
import { SETUP_ONLY } from './order.ts'
import { statFault, type SetupCheck } from './setup-check.ts'

export const autopathSetup: SetupCheck = (c, at) => {
  let provider = ''
  while (c.next()) {
    const path = c.remainingArgs().at(-1)
    if (path === undefined) throw c.refuse('no resolv-conf specified')
    if (path.startsWith('@')) {
      provider = path.slice(1)
      continue
    }
    const fault = statFault(at, path)
    if (fault !== undefined) throw c.refuse(`failed to parse ${goQuote(path)}: open ${path}: ${fault}`)
  }
  if (!at.has(provider) || PROVIDERS.has(provider) || SETUP_ONLY.has(provider)) return
  at.refuseAtStart(`plugin/autopath: ${provider} does not implement the AutoPather interface`)
}
