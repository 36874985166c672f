// Which release a CoreDNS pod runs. Behaviour differs between releases (plugin.ts `since`), so an unknown one is said: it is taken to be
// the newest common one that its Corefile does not rule out.
import type { CorednsModel } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import { since, type CorednsVersion } from './plugin.ts'

/** The last release that still has `proxy`. */
const ASSUMED_WITH_PROXY: CorednsVersion = [1, 4, 0]

/** What kubeadm shipped longest, and what most clusters behave like. */
const ASSUMED: CorednsVersion = [1, 11, 3]

export function readVersion(model: CorednsModel, report: (problem: Problem) => void): CorednsVersion {
  const parts = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(model.version ?? '')
  if (parts) return [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)]
  const hasProxy = model.corefile.blocks.some(b => b.directives.some(d => d.name === 'proxy'))
  const assumed = hasProxy ? ASSUMED_WITH_PROXY : ASSUMED
  const said = model.version === undefined ? 'is not known' : `"${model.version}" is no version number`
  report({
    code: 'coredns-version-unknown', message: `version of ${model.pod} ${said}: taken to behave like ${assumed.join('.')}`, state: 'unknown',
    ...(model.versionSource && { source: model.versionSource }),
  })
  return assumed
}

/** Whether a question that ends in the middle of its class is one of class 0: miekg/dns before v1.1.67. */
export const takesHalfClass = (version: CorednsVersion): boolean => !since(version, 1, 12, 3)
