// What the set-up of CoreDNS's `dns64` plugin refuses, 1.9.3 to 1.15.0: plugin/dns64/setup.go. Words behind an option are read as the next
// option; behind `dns64 PREFIX` no block is read, and what is in it counts as further uses.
import type { Dispenser } from './dispenser.ts'
import { readPrefix } from './dns64.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { nextWord, unknownProperty, type SetupCheck } from './setup-check.ts'

export const dns64Setup: SetupCheck = (c, at) => {
  while (c.next()) {
    const [word, ...more] = c.remainingArgs()
    if (word !== undefined && more.length === 0) {
      checkPrefix(c, word, at.version)
      continue
    }
    if (word !== undefined) throw c.argErr()
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'prefix') checkPrefix(c, nextWord(c), at.version)
      else if (name !== 'translate_all' && (name !== 'allow_ipv4' || !since(at.version, 1, 8, 7))) throw unknownProperty(c)
    }
  }
}

function checkPrefix(c: Dispenser, text: string, version: CorednsVersion): void {
  const prefix = readPrefix(text, version)
  if (typeof prefix === 'string') throw c.refuse(prefix)
}
