// What the set-up of CoreDNS's `rewrite` plugin refuses, 1.9.3 to 1.15.0: plugin/rewrite/setup.go. A block is read when the line itself has fewer
// than two words, and all its words are one rule; behind a longer line its words count as further uses.
import { readRule } from './rewrite.ts'
import { RuleRefused } from './rewrite-text.ts'
import { since } from './plugin.ts'
import type { SetupCheck } from './setup-check.ts'

export const rewriteSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    const words = c.remainingArgs()
    if (words.length < 2) while (c.nextBlock()) words.push(c.val())
    const [mode = ''] = words
    if (words.length === 1 && /^(stop|continue)$/i.test(mode) && !since(at.version, 1, 9, 4)) throw c.panic('runtime error: index out of range [1] with length 1')
    try {
      readRule(words, at.version)
    } catch (refused) {
      if (!(refused instanceof RuleRefused)) throw refused
      if (!refused.unmodelled) throw c.refuse(refused.message)
    }
  }
}
