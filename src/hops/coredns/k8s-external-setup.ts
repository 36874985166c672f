// What the set-up of CoreDNS's `k8s_external` plugin refuses, 1.9.3 to 1.15.0: plugin/k8s_external/setup.go.
import { atoi } from './go-number.ts'
import { since } from './plugin.ts'
import { unknownProperty, valueOf, type SetupCheck } from './setup-check.ts'

const LONGEST_TTL_S = 3600

export const k8sExternalSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    c.remainingArgs()
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'ttl' || name === 'apex') {
        const [word] = c.remainingArgs()
        if (word === undefined) throw c.argErr()
        const seconds = name === 'ttl' ? valueOf(c, atoi(word)) : 0
        if (seconds < 0 || seconds > LONGEST_TTL_S) throw c.err(`ttl must be in range [0, 3600]: ${seconds}`)
      } else if (name === 'fallthrough' && since(at.version, 1, 11)) c.remainingArgs()
      else if (name !== 'headless' || !since(at.version, 1, 9, 4)) throw unknownProperty(c)
    }
  }
  if (since(at.version, 1, 11) && !at.has('kubernetes')) at.refuseAtStart('plugin/k8s_external: kubernetes plugin not loaded')
}
