// What the set-up of CoreDNS's `view` plugin refuses, 1.10.0 to 1.15.0: plugin/view/setup.go.
import { compileExpression } from './expression.ts'
import { onlyWord, once, unknownProperty, type SetupCheck } from './setup-check.ts'

export const viewSetup: SetupCheck = (c, at) => once(c, () => {
  onlyWord(c)
  while (c.nextBlock()) {
    if (c.val() !== 'expr') throw unknownProperty(c)
    const compiled = compileExpression(c.remainingArgs().join(' '), at.version)
    if (compiled && 'fault' in compiled) throw c.refuse(compiled.fault)
  }
})
