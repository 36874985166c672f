// NodeLocal DNSCache's `node-cache` 1.16.0 to 1.26.7: CoreDNS of some release, with few of its plugins compiled in (go.mod and
// cmd/node-cache/main.go of kubernetes/dns at each tag). The names of all others are known to the parser, and refused when their turn to be
// set up comes.
// Not modelled: releases before 1.16.0, its metrics, and what its image has beside the program.
import type { CorednsModel } from '../../chain/model.ts'
import type { CorednsVersion } from './plugin.ts'
import { since } from './plugin.ts'

/** node-cache since … is CoreDNS …; 1.20.0 alone was built with a newer one. */
const COREDNS_OF: readonly (readonly [from: CorednsVersion, coredns: string])[] = [
  [[1, 26, 6], '1.13.1'], [[1, 26, 5], '1.12.2'], [[1, 24, 0], '1.11.3'], [[1, 22, 14], '1.10.0'], [[1, 21, 0], '1.7.0'], [[1, 20, 0], '1.8.3'], [[1, 16, 0], '1.7.0'],
]
/** The last tag that was looked at. */
const NEWEST: CorednsVersion = [1, 26, 7]

/** `dnstap` and `metadata` are not named there: other plugins need their code, which brings them along. */
const PLUGINS = [
  'bind', 'cache', 'debug', 'dnstap', 'errors', 'forward', 'health', 'loadbalance', 'log', 'loop', 'metadata', 'prometheus', 'pprof', 'reload', 'template', 'whoami',
]
const PLUGINS_SINCE: readonly (readonly [name: string, from: CorednsVersion])[] = [
  ['hosts', [1, 17, 0]], ['rewrite', [1, 17, 0]], ['trace', [1, 17, 0]], ['dns64', [1, 21, 3]], ['bufsize', [1, 22, 7]],
  // Merged in September 2025, and in no release up to 1.26.7.
  ['timeouts', [1, 26, 8]],
]

export const nodeCacheVersion = (release: string | undefined): CorednsVersion | undefined => {
  const parts = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})/.exec(release ?? '')
  return parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : undefined
}

/** The CoreDNS inside. `assumed`: nobody looked at this release, or it is not known; then that of the newest one that was. */
export function corednsOfNodeCache(release: string | undefined): { readonly version: string; readonly assumed: boolean } {
  const version = nodeCacheVersion(release)
  const found = version && COREDNS_OF.find(([from]) => since(version, ...from))
  const isKnown = found !== undefined && version !== undefined && !since(version, NEWEST[0], NEWEST[1], NEWEST[2] + 1)
  return { version: found?.[1] ?? (COREDNS_OF[0] as (typeof COREDNS_OF)[number])[1], assumed: !isKnown }
}

/** Whether the build has the plugin; a stock CoreDNS has all of its order. */
export function isCompiledIn(build: CorednsModel['build'], plugin: string): boolean {
  if (build?.program !== 'node-cache' || PLUGINS.includes(plugin)) return true
  const version = nodeCacheVersion(build.version) ?? NEWEST
  return PLUGINS_SINCE.some(([name, from]) => name === plugin && since(version, ...from))
}

/** caddy's DirectiveAction. */
export const notCompiledIn = (plugin: string): string => `no action found for directive '${plugin}' with server type 'dns' (missing a plugin?)`
