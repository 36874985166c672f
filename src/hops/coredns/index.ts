// The plugins that are modelled, by name. What is not here and not harmless (passive.ts) is said to be unmodelled.
import { acl } from './acl.ts'
import { any } from './any.ts'
import { bufsize } from './bufsize.ts'
import { cache } from './cache.ts'
import { dns64 } from './dns64.ts'
import { errors } from './errors.ts'
import { forward } from './forward.ts'
import { hosts } from './hosts.ts'
import { kubernetes } from './kubernetes.ts'
import { loadbalance } from './loadbalance.ts'
import { local } from './local.ts'
import { log } from './log.ts'
import { loop } from './loop.ts'
import { minimal } from './minimal.ts'
import type { PluginFactory } from './plugin.ts'
import { rewrite } from './rewrite.ts'
import { whoami } from './whoami.ts'

export const PLUGINS: ReadonlyMap<string, PluginFactory> = new Map([
  ['acl', acl],
  ['any', any],
  ['bufsize', bufsize],
  ['cache', cache],
  ['dns64', dns64],
  ['errors', errors],
  ['forward', forward],
  ['hosts', hosts],
  ['kubernetes', kubernetes],
  ['loadbalance', loadbalance],
  ['local', local],
  ['log', log],
  ['loop', loop],
  ['minimal', minimal],
  ['proxy', forward],
  ['rewrite', rewrite],
  ['whoami', whoami],
])
