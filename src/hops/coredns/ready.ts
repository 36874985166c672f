// CoreDNS's `ready` plugin, 1.9.3 to 1.15.0: plugin/ready/. /ready says 200 once every plugin that can tell was ready; it closes before the
// lameduck time begins. A plugin that was ready is not asked again, unless `monitor continuously` says so (since 1.12.2).
import type { Corefile } from '../../chain/model.ts'
import { addressAlone } from './http-address.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { once, onlyWord, unknownProperty, type SetupCheck } from './setup-check.ts'

const MONITORS = new Set(['until-ready', 'continuously'])

export const readySetup: SetupCheck = (c, at) => once(c, () => {
  addressAlone(c)
  if (!since(at.version, 1, 12, 2)) return
  while (c.nextBlock()) {
    if (c.val() !== 'monitor') {
      if (since(at.version, 1, 14, 4)) throw unknownProperty(c)
      continue
    }
    const word = onlyWord(c)
    if (!MONITORS.has(word)) throw c.err(`monitor type '${word}' not supported`)
  }
})

/** Plugins that can be waited for. */
const TELLING = new Set(['erratic', 'kubernetes', 'nomad'])

export interface ReadyAnswer { readonly status: 200 | 503; readonly body: string; readonly line?: string }

/** `isReady` of a plugin that can tell; the block's plugins that cannot do not count. */
export function readyAnswer(corefile: Corefile, version: CorednsVersion, isReady: (plugin: string) => boolean): ReadyAnswer {
  const names = new Set(corefile.blocks.flatMap(b => b.directives.map(d => d.name)).filter(name => TELLING.has(name)))
  const waiting = [...names].filter(name => !isReady(name)).sort().join(',')
  if (waiting === '') return { status: 200, body: 'OK' }
  const said = since(version, 1, 12, 2) ? 'Plugins not ready' : 'Still waiting on'
  return { status: 503, body: waiting, line: `[INFO] plugin/ready: ${said}: "${waiting}"` }
}
