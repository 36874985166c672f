// The command `npm run conform`: which parts run, what cannot be run and why, and what is said of what differs.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { conform, type Found, type Group, type Report } from './conform.ts'
import { binaryOf, missing } from './coredns-process.ts'
import { shortName } from './fingerprint.ts'
import { RELEASES } from './generate.ts'
import { OWN_NETWORK, SHARED_NETWORK } from './lane.ts'
import { enterOwnNetwork, isInOwnNetwork } from './own-network.ts'
import { PARTS, type Part } from './parts.ts'
import { printCoverage, printGroup } from './print.ts'

export interface Wanted {
  readonly cases: number
  readonly seed: number
  readonly parts: readonly Part[]
  readonly version?: string
  readonly plugins?: readonly string[]
  readonly show?: string
  readonly nth?: number
  readonly rowsOut?: string
  readonly coverage: boolean
  readonly lanes: number
}

type Say = (line: string) => void

export async function conformMain(argv: readonly string[], say: Say): Promise<number> {
  const wanted = wantedOf(argv)
  if (typeof wanted === 'string') {
    say(`conform: ${wanted}`)
    return 2
  }
  return enterOwnNetwork() ?? await run(wanted, say)
}

const LIMITS = { cases: 10_000_000, seed: 0xffff_ffff, lanes: 250 }
const SHAPES = [...PARTS.map(p => p.name), ...PARTS.filter(p => p.byRelease).map(p => `${p.name}@${RELEASES.join('|')}`)]

/** Text: what is wrong with the command line. */
export function wantedOf(argv: readonly string[]): Wanted | string {
  let values
  try {
    ;({ values } = parseArgs({ args: [...argv], options: {
      cases: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' }, plugins: { type: 'string' }, show: { type: 'string' },
      case: { type: 'string' }, 'rows-out': { type: 'string' }, coverage: { type: 'boolean', default: false }, lanes: { type: 'string', default: '48' },
    } }))
  } catch (error) {
    return (error as Error).message
  }
  const numbers = { cases: Number(values.cases), seed: Number(values.seed), lanes: Number(values.lanes) }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isInteger(value) || value < 1 || value > LIMITS[name as keyof typeof LIMITS]) return `--${name} takes a whole number from 1 to ${LIMITS[name as keyof typeof LIMITS]}`
  }
  const [name, version] = values.only?.split('@') ?? []
  const [, part, seed, nth] = values.case === undefined ? [] : /^([a-z]+)-(\d+)-(\d+)$/.exec(values.case) ?? [undefined, 'no case']
  const parts = PARTS.filter(p => (part === undefined || p.name === part) && (name === undefined || p.name === name))
  if (part === 'no case') return '--case takes the id of a case, such as coredns-1-92'
  if (parts.length === 0) return name === undefined ? `--case: there is no part ${part}; there are ${PARTS.map(p => p.name).join(', ')}` : `--only: there is no ${values.only}; there are ${SHAPES.join(', ')}`
  if (version !== undefined && !(RELEASES.includes(version as never) && parts[0]?.byRelease)) return `--only: there is no ${values.only}; there are ${SHAPES.join(', ')}`
  return {
    ...numbers, parts, coverage: values.coverage, ...(seed !== undefined && { seed: Number(seed) }), ...(version !== undefined && { version }),
    ...(values.plugins !== undefined && { plugins: values.plugins.split(',') }), ...(values.show !== undefined && { show: values.show }),
    ...(nth !== undefined && { nth: Number(nth) }), ...(values['rows-out'] !== undefined && { rowsOut: values['rows-out'] }),
  }
}

/** Cases of each part: its share of all, the last gets the rest. */
function sharesOf({ cases, parts }: Wanted): ReadonlyMap<Part, number> {
  const whole = parts.reduce((sum, p) => sum + p.share, 0)
  return new Map(parts.map(part => [part, Math.max(1, Math.round(cases * part.share / whole))]))
}

async function run(wanted: Wanted, say: Say): Promise<number> {
  let worst = 0
  const kept: Found[] = []
  for (const [part, cases] of sharesOf(wanted)) {
    const lacking = part.lacking({ ownNetwork: isInOwnNetwork() })
    if (lacking !== undefined) {
      say(`${part.name}: nothing was run. ${lacking}`)
      continue
    }
    const code = part.run ? await part.run({ ...wanted, cases }, say) : await runScenarios(part, { ...wanted, cases }, say, kept)
    worst = Math.max(worst, code)
  }
  if (wanted.rowsOut !== undefined) writeRows(wanted.rowsOut, kept, say)
  return worst
}

async function runScenarios(part: Part, wanted: Wanted, say: Say, kept: Found[]): Promise<number> {
  const releases = (wanted.version === undefined ? [...RELEASES] : [wanted.version]).filter(release => {
    const lacking = missing(binaryOf(release))
    if (lacking !== undefined) say(`${part.name}, CoreDNS ${release}: nothing was run. ${lacking}`)
    return lacking === undefined
  })
  if (releases.length === 0) return 0
  const began = performance.now()
  const report = await conform({
    scenario: nth => {
      const scenario = part.generate?.(wanted.seed, nth, wanted.plugins)
      return scenario && releases.includes(scenario.version) ? scenario : undefined
    },
    cases: wanted.cases, nth: wanted.nth, coverage: wanted.coverage, ports: isInOwnNetwork() ? OWN_NETWORK : SHARED_NETWORK, lanes: wanted.lanes, say,
    ...(wanted.show !== undefined && { shrinks: name => isShown(wanted, name) }),
  })
  const shown = report.groups.filter(group => isShown(wanted, group.name) || group.called.some(name => isShown(wanted, name)))
  if (wanted.show !== undefined && shown.length === 0) say(`${part.name}: no difference is called ${wanted.show} here`)
  for (const group of shown) printGroup(group, say, wanted.show !== undefined || wanted.nth !== undefined)
  kept.push(...shown.map(group => group.smallest))
  say(summary(part, releases, wanted, report, performance.now() - began))
  if (wanted.coverage) printCoverage(report.reached, say)
  return report.groups.length > 0 ? 1 : 0
}

const isShown = ({ show }: Wanted, name: string): boolean => show === undefined || name === show || shortName(name) === show

function summary(part: Part, releases: readonly string[], { seed }: Wanted, report: Report, tookMs: number): string {
  const sum = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0)
  const [unmodelled, known] = [sum(report.notModelled.values()), sum(report.explained.values())]
  const differing = report.cases - report.equal - unmodelled - known
  const lines = [
    ...[...report.passing].map(([fields, count]) => `differed once and not when run by themselves, ${count} scenarios: ${fields}`),
    ...[...report.explained].map(([entry, count]) => `known, ${count} ×: ${entry.reason}`),
    ...[...report.notModelled].sort((a, b) => b[1] - a[1]).slice(0, 10).map(([why, count]) => `not modelled, ${count} ×: ${why}`),
    `\n${part.name}: CoreDNS ${releases.join(', ')}; seed ${seed}: ${report.cases} cases in ${report.scenarios} scenarios: ${report.equal} equal, ${differing} different ` +
      `in ${report.groups.length} groups, ${known} known, ${unmodelled} not modelled; ${(tookMs / 1000).toFixed(0)} s`,
  ]
  return lines.join('\n')
}

function writeRows(path: string, kept: readonly Found[], say: Say): void {
  const text = kept.flatMap(found => found.rows).map(row => `${JSON.stringify(row)}\n`).join('')
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text)
  say(`${kept.length} scenarios as rows in ${path}`)
}

export type { Group }
