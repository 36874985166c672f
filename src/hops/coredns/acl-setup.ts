// What the set-up of CoreDNS's `acl` plugin refuses, 1.9.3 to 1.15.0: plugin/acl/setup.go.
import { actionFault, readSections } from './acl.ts'
import type { SetupCheck } from './setup-check.ts'

export const aclSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    c.remainingArgs()
    while (c.nextBlock()) {
      const wrong = actionFault(c.val(), at.version)
      if (wrong !== undefined) throw c.err(wrong)
      const sections = readSections(c.remainingArgs(), at.version)
      if (typeof sections === 'string') throw c.err(sections)
    }
  }
}
