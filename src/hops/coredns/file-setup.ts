// What the set-up of CoreDNS's `file` plugin refuses, and the line it prints about files it cannot open: plugin/file/setup.go, 1.9.3 to 1.15.0.
import type { Dispenser } from './dispenser.ts'
import { durationText, parseDuration } from './go-duration.ts'
import { isFault } from './go-number.ts'
import { cleanPath } from './go-path.ts'
import { goQuote } from './go-quote.ts'
import { originsOf } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { joined, nextWord, pathState, startTicker, statFault, unknownProperty, type SetupCheck } from './setup-check.ts'
import { loadZone, noSoaText } from './zone-data.ts'

const RELOAD_MS = 60_000

export const fileSetup: SetupCheck = (c, at) => {
  let reloadMs = RELOAD_MS
  let notOpened: string | undefined
  while (c.next()) {
    const path = joined(at, nextWord(c))
    for (const origin of originsOf(c.remainingArgs(), at.zones)) {
      // A directory opens, and no record is read from it.
      if (pathState(at, path === '' ? '.' : path) === 'directory') throw c.refuse(directoryText(path, origin, at.version))
      const fault = path === '' ? undefined : statFault(at, path)
      if (fault !== undefined) {
        notOpened = `open ${cleanPath(path)}: ${fault}`
        continue
      }
      // Behind a file that cannot be opened none is read any more.
      if (notOpened !== undefined) break
      const loaded = loadZone(at.model, path, origin, at.version)
      if (loaded !== 'missing' && 'refused' in loaded) throw c.refuse(loaded.refused)
    }
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'reload') reloadMs = reloadTime(c)
      else if (name === 'upstream' || (name === 'fallthrough' && since(at.version, 1, 12, 2))) c.remainingArgs()
      else if (name !== 'reload_by_mtime' || !since(at.version, 1, 14, 4)) throw unknownProperty(c)
    }
  }
  startTicker(at, reloadMs)
  if (notOpened === undefined) return
  if (reloadMs === 0) throw c.refuse(`plugin/file: ${notOpened}`)
  at.print(`[WARNING] plugin/file: Failed to open ${goQuote(notOpened)}: trying again in ${durationText(reloadMs)}`)
}

const directoryText = (path: string, origin: string, version: CorednsVersion): string =>
  (since(version, 1, 14) ? `failed to parse file ${goQuote(path)} for origin ${origin} with error read ${cleanPath(path)}: is a directory` : noSoaText(path, origin))

/** Of `reload`, in `file` and `auto`: an error names `file` in both. */
export function reloadTime(c: Dispenser): number {
  const [word] = c.remainingArgs()
  if (word === undefined) throw c.refuse('reload duration value is expected')
  const time = parseDuration(word)
  if (isFault(time)) throw c.refuse(`plugin/file: ${time.fault}`)
  return time.value
}
