// All findings against the four recorded bundles, for every class of askers and for names that have nothing to do with the fault: what
// is wrong is named to those whom it hits, and nothing else to anybody.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { diagnose } from '../src/diagnose.ts'
import { brief, without } from './support/bundle.ts'
import { ROOT } from './support/source-files.ts'

const NAME = 'a.corp-example.com'
const FAULTY = ['incident', 'incident-edited-generated-file']

test.each(['incident', 'incident-after-corefile', 'incident-after-netplan', 'incident-edited-generated-file'])('%s', async folder => {
  const files = without(await loadBundle(join(ROOT, `examples/${folder}`)), /^captures/)
  const grave = (name: string): string[] => diagnose(files, { name, types: [], from: undefined })
    .flatMap(d => d.status.findings.filter(f => f.level !== 'info').map(f => `${d.spec.from.node} ${brief(f)}`)).sort()
  const hit = 'error confirmed mixed-upstreams'
  expect(grave(NAME)).toEqual(FAULTY.includes(folder) ? [`hz-edge-1 ${hit}`, `hz-edge-1 ${hit}`, `hz-edge-2 ${hit}`] : [])
  expect(grave('kubernetes.default')).toEqual([])
  expect(grave('order-report')).toEqual([])
})
