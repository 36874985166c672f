// CoreDNS's `cancel` plugin, 1.9.3 to 1.15.0: plugin/cancel/. It gives a query a time limit. `forward` looks at it between two attempts (not in 1.9.3), `fanout`
// all the time; nothing else that is modelled waits. A lookup that the server makes of itself has the limit of the query behind it.
// Not modelled: the time a query has spent before it comes to `forward`, and a limit set in the block another block is asked from.
import { goDurationMs } from './go-duration.ts'
import { usesOf, type PluginSetup } from './plugin.ts'

const DEFAULT_MS = 5001

/** Infinity: the block has no such plugin. */
export function cancelMs(setup: Pick<PluginSetup, 'model' | 'block'>): number {
  const directive = usesOf(setup, 'cancel').at(-1)
  if (!directive) return Infinity
  const [duration] = directive.args
  return (duration ? goDurationMs(duration.value) : undefined) ?? DEFAULT_MS
}
