// CoreDNS's `debug` plugin, 1.9.3 to 1.15.0: plugin/debug/. In one block of a listener it opens the log of the whole process for debug lines, and
// takes away the guard that keeps the process alive when a plugin panics.
// Not modelled: listeners of which only some have it (which of them was made last decides, and that is chance), the lines of `hosts`
// when it reads its file again and of `forward` about replies that fit no question.
import type { Corefile } from '../../chain/model.ts'
import { note, type HopRun } from '../../chain/effects.ts'
import type { PluginSetup } from './plugin.ts'

export const debugs = ({ corefile }: { readonly corefile: Corefile }): boolean => corefile.blocks.some(b => b.directives.some(d => d.name === 'debug'))

export function* debugLine({ server, model }: Pick<PluginSetup, 'server' | 'model'>, text: string): HopRun<void> {
  if (debugs(model)) yield* note({ kind: 'debug', by: server, line: `[DEBUG] ${text}` })
}
