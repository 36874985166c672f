// The factory of a plugin that reads its words with the function of its own set-up check.
import { refusedHandler } from './authoritative-reply.ts'
import { SetupRefused, type Dispenser } from './dispenser.ts'
import type { Handler, PluginFactory, PluginSetup } from './plugin.ts'
import { refuse } from './refuse.ts'
import { dispenserOf } from './setup-check.ts'
import { unmodelledPlugin } from './unmodelled.ts'

/** `read` throws what the set-up refuses. Of a Corefile without its words nothing is known. */
export const readByWords = <T>(
  name: string, read: (c: Dispenser, setup: PluginSetup) => T, handler: (setup: PluginSetup, options: T) => Handler,
): PluginFactory => setup => {
  const block = setup.model.corefile.blocks[setup.block]
  if (!block?.uses) return unmodelledPlugin(name, true)(setup)
  try {
    return handler(setup, read(dispenserOf(block, name, setup.version), setup))
  } catch (refused) {
    if (!(refused instanceof SetupRefused)) throw refused
    refuse(setup.report, `plugin/${name}: ${refused.message}`, refused.source)
    return refusedHandler(`${setup.server} ${name}`, refused.message)
  }
}
