// CoreDNS's `health` plugin, 1.9.3 to 1.15.0: plugin/health/. Its /health always says 200, and when the process is told to end, it is
// held back for the lameduck time while everything goes on being served. Up to 1.9 every reload waits as long, too.
// Not modelled: the check of its own overload, several processes on its port.
import type { Corefile } from '../../chain/model.ts'
import { durationText, goDurationMs, parseDuration } from './go-duration.ts'
import { isFault } from './go-number.ts'
import { addressAlone, listenFault, urlFault } from './http-address.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { onlyWord, unknownProperty, type SetupCheck } from './setup-check.ts'

export const healthSetup: SetupCheck = (c, at) => {
  let address = ':8080'
  while (c.next()) {
    address = addressAlone(c) || address
    while (c.nextBlock()) {
      if (c.val() !== 'lameduck') throw since(at.version, 1, 14, 4) ? unknownProperty(c) : c.argErr()
      const word = onlyWord(c)
      const time = parseDuration(word)
      if (isFault(time)) throw c.refuse(`unable to parse lameduck duration value: '${word}' : ${time.fault}`)
    }
  }
  const fault = (since(at.version, 1, 11) ? urlFault(address, at.version) : undefined) ?? listenFault(at, address)
  if (fault !== undefined) at.refuseAtStart(fault)
}

/** What each `health` of the file waits for, one after the other; the last `lameduck` of a block counts. */
export function lameducks(corefile: Corefile): readonly { readonly ms: number; readonly line: string }[] {
  return corefile.blocks.flatMap(block => {
    const text = block.directives.filter(d => d.name === 'health').flatMap(d => d.properties).findLast(p => p.name === 'lameduck')?.args[0]?.value
    const ms = goDurationMs(text ?? '') ?? 0
    return ms > 0 ? [{ ms, line: `[INFO] plugin/health: Going into lameduck mode for ${durationText(ms)}` }] : []
  })
}

export const waitsAtReload = (version: CorednsVersion): boolean => !since(version, 1, 9, 4)
