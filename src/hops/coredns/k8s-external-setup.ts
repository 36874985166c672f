// What the set-up of CoreDNS's `k8s_external` plugin refuses, 1.9.3 to 1.15.0: plugin/k8s_external/setup.go.
import { ttl } from './kubernetes-setup.ts'
import { since } from './plugin.ts'
import { unknownProperty, type SetupCheck } from './setup-check.ts'

export const k8sExternalSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    c.remainingArgs()
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'ttl') ttl(c)
      else if (name === 'apex') {
        if (c.remainingArgs().length === 0) throw c.argErr()
      } else if (name === 'fallthrough' && since(at.version, 1, 11)) c.remainingArgs()
      else if (name !== 'headless' || !since(at.version, 1, 9, 4)) throw unknownProperty(c)
    }
  }
  if (since(at.version, 1, 11) && !at.has('kubernetes')) at.refuseAtStart('plugin/k8s_external: kubernetes plugin not loaded')
}
