// What the set-up of CoreDNS's `view` plugin refuses, 1.10.0 to 1.15.0: plugin/view/setup.go.
import { onlyWord, once, unknownProperty, type SetupCheck } from './setup-check.ts'
import { compiledExpression } from './view.ts'

export const viewSetup: SetupCheck = (c, at) => once(c, () => {
  onlyWord(c)
  while (c.nextBlock()) {
    if (c.val() !== 'expr') throw unknownProperty(c)
    const compiled = compiledExpression(c.remainingArgs().join(' '), at)
    if (typeof compiled === 'string') throw c.refuse(compiled)
  }
})
