// Which release a CoreDNS pod runs. Behaviour differs between releases (plugin.ts `since`), so an unknown one is said.
import type { CorednsModel } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import type { CorednsVersion } from './plugin.ts'

/** What kubeadm shipped longest, and what most clusters behave like. */
const ASSUMED: CorednsVersion = [1, 11, 3]

export function readVersion(model: CorednsModel, report: (problem: Problem) => void): CorednsVersion {
  const parts = /^v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(model.version ?? '')
  if (parts) return [Number(parts[1]), Number(parts[2]), Number(parts[3] ?? 0)]
  const said = model.version === undefined ? 'is not known' : `"${model.version}" is no version number`
  report({
    code: 'coredns-version-unknown', message: `version of ${model.pod} ${said}: taken to behave like ${ASSUMED.join('.')}`, state: 'unknown',
    ...(model.versionSource && { source: model.versionSource }),
  })
  return ASSUMED
}
