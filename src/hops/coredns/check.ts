// What CoreDNS of a release says when it starts with a Corefile: names it does not know, keys and options it refuses. In the order in
// which CoreDNS would meet them; it stops at the first.
// Not modelled: what depends on the machine (interfaces, ports in use, files), set-up of plugins that are not modelled.
import type { Corefile, CorednsModel } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import { REFUSED_CODE } from './refuse.ts'
import { corednsHops } from './server.ts'

/** Of a Corefile that was read without a syntax error. Unknown directives first: they are met while the text is parsed. */
export function checkCorefile(corefile: Corefile, version: string, files: ReadonlyMap<string, { readonly file: string; readonly text: string }> = new Map(), build?: CorednsModel['build']): readonly Problem[] {
  const { problems } = corednsHops({
    pod: '-', node: '-', addresses: [], version, corefile, files, resolvConf: undefined, hostNetwork: false, ...(build && { build }),
    kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined },
  }, address => address)
  const unknown = problems.filter(p => p.code === 'corefile-unknown-plugin')
  const refused = problems.filter(p => p.code === REFUSED_CODE)
  return [...unknown.toSorted(byPlace), ...refused]
}

const byPlace = (a: Problem, b: Problem): number => Number(a.source?.start) - Number(b.source?.start)
