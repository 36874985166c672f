// Endings, choices and open worlds in the words of the output contract.
import type { Plain } from '../chain/effects.ts'
import { compare, formatRational, toNumber, type Rational } from '../chain/rational.ts'
import type { Deciding, Ending, Explanation, OddsRange } from '../findings/case.ts'
import type { Diagnosis, OutcomeReport, Probability, Said } from '../findings/diagnosis.ts'

type Status = Diagnosis['status']

/** Worlds are listed up to here; the range says the rest. */
const WORLDS_LISTED = 16

const exact = (odds: Rational): { exact: string; value: number } => ({ exact: formatRational(odds), value: toNumber(odds) })

export const probability = ({ min, max }: OddsRange): Probability => (compare(min, max) === 0 ? exact(min) : { min: exact(min), max: exact(max) })

const plainText = (value: Plain): string => (typeof value === 'string' ? value : JSON.stringify(value) ?? 'undefined')

/** `steady`: the same endings as a long-run share of lookups; given only where it differs. */
export function outcomeReport(ending: Ending, explanation: Explanation, steady: Explanation | undefined): OutcomeReport {
  const longRun = steady?.endings.find(e => e.key === ending.key)
  const differs = longRun && (compare(longRun.odds.min, ending.odds.min) !== 0 || compare(longRun.odds.max, ending.odds.max) !== 0)
  const sourceOf = (key: string): Ending['witness'][number]['source'] => explanation.unknowns.find(u => u.key === key)?.source
  return {
    result: ending.result, answers: ending.addresses, applicationSays: ending.says,
    cause: ending.causes.map(c => `${c.kind} by ${c.by}${c.detail === undefined ? '' : ` (${c.detail})`}`).join('; '),
    probability: probability(ending.odds), ...(differs && { steady: probability(longRun.odds) }),
    worlds: ending.worlds.filter(w => w.world.size > 0).slice(0, WORLDS_LISTED).map(w => ({
      when: [...w.world].map(([unknown, is]) => {
        const source = sourceOf(unknown)
        return { unknown, is: plainText(is), ...(source && { source }) }
      }),
      exact: formatRational(w.odds),
    })),
    witness: ending.witness.map(s => ({ choice: s.at, taken: plainText(s.taken), ...(s.source && { source: s.source }) })),
    elapsedMs: ending.elapsedMs,
  }
}

export const decidedReport = (decidedBy: readonly Deciding[]): Status['decidedBy'] => decidedBy.map(d => ({
  choice: d.at, influence: d.influence, ...(d.source && { source: d.source }),
  alternatives: d.alternatives.map(a => ({
    taken: a.taken, ...(a.source && { source: a.source }),
    ends: [...a.ends].map(([key, { min, max }]) => `${key} ${compare(min, max) === 0 ? formatRational(min) : `${formatRational(min)}–${formatRational(max)}`}`).join(', '),
  })),
}))

export const openWorlds = (explanation: Explanation): Status['worlds'] => explanation.unknowns.map(u => ({
  unknown: u.key, options: u.options.map(plainText), ...(u.source && { source: u.source }), settledBy: settledBy(u.key, explanation.name),
}))

/** The cheapest measurement that tells. */
function settledBy(key: string, name: string): Said {
  const [kind, address, asked, type] = key.split(' ') as [string, string | undefined, string | undefined, string | undefined]
  if (kind === 'view' || kind === 'up') {
    const command = `dig @${address} ${asked ?? name} ${type ?? 'A'}`
    return { en: `from where CoreDNS runs: ${command}`, zh: `在 CoreDNS 所在位置执行：${command}` }
  }
  if (key.includes('kubernetes')) return { en: 'kubectl get services,endpointslices,namespaces -A -o yaml into cluster/', zh: '把 kubectl get services,endpointslices,namespaces -A -o yaml 的输出放入 cluster/' }
  if (key.includes('current server')) return { en: 'resolvectl status on that node, into nodes/<node>/resolvectl-status.txt', zh: '在该节点执行 resolvectl status，存为 nodes/<node>/resolvectl-status.txt' }
  return { en: 'more evidence of this hop', zh: '补充该环节的证据' }
}
