// The plugins that are modelled, by name. What is not here and not harmless (passive.ts) is said to be unmodelled.
import { acl } from './acl.ts'
import { alternate } from './alternate.ts'
import { any } from './any.ts'
import { auto } from './auto.ts'
import { autopath } from './autopath.ts'
import { bufsize } from './bufsize.ts'
import { cache } from './cache.ts'
import { chaos } from './chaos.ts'
import { dns64 } from './dns64.ts'
import { erratic } from './erratic.ts'
import { errors } from './errors.ts'
import { fanout } from './fanout.ts'
import { file } from './file.ts'
import { forward } from './forward.ts'
import { header } from './header.ts'
import { hosts } from './hosts.ts'
import { k8sExternal } from './k8s-external.ts'
import { kubernetes } from './kubernetes.ts'
import { loadbalance } from './loadbalance.ts'
import { local } from './local.ts'
import { log } from './log.ts'
import { loop } from './loop.ts'
import { minimal } from './minimal.ts'
import { nsid } from './nsid.ts'
import type { PluginFactory } from './plugin.ts'
import { rewrite } from './rewrite.ts'
import { template } from './template.ts'
import { view } from './view.ts'
import { whoami } from './whoami.ts'

export const PLUGINS: ReadonlyMap<string, PluginFactory> = new Map([
  ['acl', acl],
  ['alternate', alternate],
  ['any', any],
  ['auto', auto],
  ['autopath', autopath],
  ['bufsize', bufsize],
  ['cache', cache],
  ['chaos', chaos],
  ['dns64', dns64],
  ['erratic', erratic],
  ['errors', errors],
  ['fanout', fanout],
  ['file', file],
  ['forward', forward],
  ['header', header],
  ['hosts', hosts],
  ['k8s_external', k8sExternal],
  ['kubernetes', kubernetes],
  ['loadbalance', loadbalance],
  ['local', local],
  ['log', log],
  ['loop', loop],
  ['minimal', minimal],
  ['nsid', nsid],
  ['proxy', forward],
  ['rewrite', rewrite],
  ['template', template],
  ['view', view],
  ['whoami', whoami],
])
