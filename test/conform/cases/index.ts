// The plugins that cases are made of, in the order in which their texts stand in a block.
import { PLUGINS } from '../../../src/hops/coredns/index.ts'
import type { PluginCases } from '../world.ts'
import { acl } from './acl.ts'
import { cache } from './cache.ts'
import { forward } from './forward.ts'
import { hosts } from './hosts.ts'
import { MADE } from './made.ts'
import { rewrite } from './rewrite.ts'
import { SMALL } from './small.ts'
import { view } from './view.ts'
import { ZONES } from './zone.ts'

/** Those that the hops model. */
export const CASES: readonly PluginCases[] = [view, ...SMALL, acl, rewrite, ...MADE, cache, hosts, ...ZONES, forward].filter(({ plugin }) => PLUGINS.has(plugin))
