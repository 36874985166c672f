// The frequency part of `npm run conform`. The false alarms of all its checks together are bounded, by a bound for each that is as much smaller as there are checks.
import { since } from '../../src/hops/coredns/plugin.ts'
import { binaryOf, missing } from './coredns-process.ts'
import { corednsExperiments, frequencyFault, rotateExperiment } from './frequency.ts'
import { RELEASES, versionOf } from './generate.ts'
import { Lane, OWN_NETWORK } from './lane.ts'
import { stubClients } from './stub-part.ts'

/** How often a whole run may find a difference where there is none. */
const FALSE_ALARMS = 1e-4
/** Of lookups that each need a process. */
const MOST_ROTATED = 240
const FEWEST = 60

interface Wanted { readonly cases: number; readonly version?: string; readonly show?: string }

export async function runFrequencies({ cases, version }: Wanted, say: (line: string) => void): Promise<number> {
  const began = performance.now()
  const releases = (version === undefined ? [...RELEASES] : [version]).filter(release => missing(binaryOf(release)) === undefined)
  const servers = releases.flatMap(release => corednsExperiments(release, since(versionOf(release), 1, 10, 1)))
  const stubs = version === undefined ? stubClients().map(rotateExperiment) : []
  const experiments = [...servers, ...stubs]
  if (experiments.length === 0) {
    say('frequency: nothing was run. It needs CoreDNS, which scripts/build-coredns.sh builds (it needs Go), or a stub resolver that can be run by itself.')
    return 0
  }
  const each = Math.max(FEWEST, Math.round(cases / experiments.length))
  const lane = new Lane(0, OWN_NETWORK)
  let [drawn, wrong] = [0, 0]
  for (const experiment of experiments) {
    const seen = await experiment.draw(stubs.includes(experiment) ? Math.min(each, MOST_ROTATED) : each, lane)
    drawn += [...seen.values()].reduce((a, b) => a + b, 0)
    const fault = frequencyFault(experiment.odds, seen, FALSE_ALARMS / experiments.length)
    if (fault === undefined) continue
    wrong++
    say(`\n== ${experiment.name}: ${fault}`)
    say(`   seen ${JSON.stringify(Object.fromEntries(seen))}, odds ${JSON.stringify(Object.fromEntries(experiment.odds))}`)
  }
  say(`\nfrequency: ${experiments.length} choices, ${drawn} draws: ${experiments.length - wrong} as the odds say, ${wrong} not (a false alarm in a run has odds below ${FALSE_ALARMS}); ` +
    `${((performance.now() - began) / 1000).toFixed(0)} s`)
  return wrong > 0 ? 1 : 0
}
