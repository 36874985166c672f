// CoreDNS's `loop` plugin, 1.9.3 to 1.15.0: plugin/loop/. At the start it asks itself a random HINFO name and ends the process when the
// question comes back more than twice; 2 s after an answer it does nothing any more. So in a process that serves it passes on.
// Not modelled: the probe, its line in the query log, and the end of the process (CorednsModel.down says so where it is seen).
import type { PluginFactory } from './plugin.ts'

export const loop: PluginFactory = () => function* (query, next) {
  return yield* next(query)
}
