// Stories of whole chains, in Markdown: prose, blocks that make a cluster, and blocks that the chain is expected to produce. Kinds of
// blocks and their settings stand in the fence's info string: ```resolv.conf pod=web os="alpine 3.18".
//   given     corefile · node NAME · coredns NAME · service · resolv.conf · upstreams · log PLACE · file PATH
//   expected  outcomes NAME · findings NAME · questions NAME · timeline NAME
import type { EvidenceFiles } from '../../src/chain/evidence-files.ts'
import { text, type Ask } from '../../src/chain/effects.ts'
import { add, formatRational, ZERO, type Rational } from '../../src/chain/rational.ts'
import { endingKey } from '../../src/diagnosis/ending.ts'
import { explainLookup, rootOf } from '../../src/diagnosis/explain.ts'
import { lookupOf, openSession, withStub, type Session } from '../../src/diagnosis/session.ts'
import { simulate, type SimulationState } from '../../src/drivers/simulate.ts'
import { brief, bundle, client, coredns, corefile, dnsService, log, node, probe, why, type Piece } from './bundle.ts'
import { checkContract } from './contract.ts'

export interface Block {
  readonly kind: string
  /** First bare word of the info string. */
  readonly name: string
  readonly settings: ReadonlyMap<string, string>
  readonly body: string
  /** The body's place in the file. */
  readonly start: number
  readonly end: number
}

export interface Scenario {
  readonly given: readonly Block[]
  readonly expected: readonly Block[]
}

const GIVEN = new Set(['corefile', 'node', 'coredns', 'service', 'resolv.conf', 'upstreams', 'log', 'file'])
const EXPECTED = new Set(['outcomes', 'findings', 'questions', 'timeline'])

/** Throws on a block of a kind that nobody reads or produces: an expectation that is not checked is worse than none. */
export function readScenario(markdown: string): Scenario {
  const blocks = [...markdown.matchAll(/^```(\S+)(.*)\n((?:(?!```).*\n)*?)```$/gm)].map((match): Block => {
    const [whole, kind = '', info = '', body = ''] = match
    const start = match.index + whole.length - body.length - 3
    const settings = new Map([...info.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)].map(([, key = '', quoted, word]) => [key, quoted ?? word ?? '']))
    return { kind, name: /^\s+([^\s=]+)(?:\s|$)/.exec(info)?.[1] ?? '', settings, body, start, end: start + body.length }
  })
  const odd = blocks.find(block => !GIVEN.has(block.kind) && !EXPECTED.has(block.kind))
  if (odd) throw new Error(`nobody produces a block \`${odd.kind}\``)
  if ((markdown.match(/^```/gm)?.length ?? 0) !== 2 * blocks.length) throw new Error('a fence is not closed, or has no kind')
  const expected = blocks.filter(block => EXPECTED.has(block.kind))
  if (expected.length === 0) throw new Error('nothing is expected')
  return { given: blocks.filter(block => GIVEN.has(block.kind)), expected }
}

/** The bundle of a story; of `upstreams from=…` those that hold at that time. */
export function evidenceOfScenario(given: readonly Block[], atS = 0): EvidenceFiles {
  const servers = given.filter(block => block.kind === 'coredns')
  const later = given.filter(block => block.kind === 'upstreams' && Number(block.settings.get('from') ?? 0) <= atS).at(-1)
  return bundle(...given.filter(block => block.kind !== 'upstreams' || block === later).flatMap(block => piecesOf(block, servers)),
    ...(given.some(block => block.kind === 'service') ? [] : [serviceOf(servers, new Map())]))
}

function piecesOf({ kind, name, settings, body }: Block, servers: readonly Block[]): Piece[] {
  const on = settings.get('node')
  const address = settings.get('address')
  if (kind === 'corefile') return [corefile(body)]
  if (kind === 'node') return [node(name, { resolvConf: body, ...(settings.has('pool') && { pool: settings.get('pool') as string }) })]
  if (kind === 'coredns') return [coredns(name, { resolvConf: body, address: addressOf(servers, name), ...(on !== undefined && { node: on }), ...(settings.has('version') && { version: settings.get('version') as string }) })]
  if (kind === 'service') return [serviceOf(servers.filter(s => body.trim() === '' || body.split(/\s+/).includes(s.name)), settings)]
  if (kind === 'resolv.conf') return [client(settings.get('pod') ?? 'web', { resolvConf: body, ...(on !== undefined && { node: on }), ...(address !== undefined && { address }), ...(settings.has('os') && { os: settings.get('os') as string }) })]
  if (kind === 'upstreams') return body.split('\n').filter(line => line.trim() !== '').map(line => probeOf(line))
  if (kind === 'log') return [log(name, body.trimEnd())]
  return [{ [name]: body }]
}

const addressOf = (servers: readonly Block[], name: string): string => {
  const at = servers.findIndex(s => s.name === name)
  return servers[at]?.settings.get('address') ?? `10.244.0.${3 + at}`
}

const serviceOf = (servers: readonly Block[], settings: ReadonlyMap<string, string>): Piece => dnsService(
  servers.map(s => [addressOf(servers, s.name), s.settings.get('node') ?? 'n1'] as const),
  settings.has('topology') ? { topology: settings.get('topology') as string } : {})

function probeOf(line: string): Piece {
  const [server, name, says, ...settings] = line.trim().split(/\s+/)
  if (server === undefined || name === undefined || says === undefined) throw new Error(`no server, name and word in: ${line}`)
  return probe(server, name, says, Object.fromEntries(settings.map(setting => setting.split('=') as [string, string])))
}

/** What the chain makes of an expected block. */
export function produce(scenario: Scenario, block: Block): string {
  const pod = block.settings.get('pod') ?? 'web'
  const place = pod.includes('/') ? pod : `default/${pod}`
  const stub = block.settings.get('stub')
  if (block.kind === 'findings') return findingsText(evidenceOfScenario(scenario.given), block.name, place, stub)
  if (block.kind === 'timeline') return timelineText(scenario, block, place)
  const session = sessionOf(evidenceOfScenario(scenario.given), block.name, place, stub)
  return block.kind === 'outcomes' ? outcomesText(session, block.name, place) : questionsText(session, block.name, place)
}

export function sessionOf(files: EvidenceFiles, name: string, place: string, stub: string | undefined): Session {
  const session = openSession(files, name)
  if (!session.model.stubs.some(s => s.place === place)) throw new Error(`${place} is not in the model`)
  const [kind, version = ''] = (stub ?? '').split('@')
  return kind === 'glibc' || kind === 'musl' || kind === 'go' ? withStub(session, place, { kind, version }) : session
}

/** Odds, ending, how long it takes, and in which world. */
function outcomesText(session: Session, name: string, place: string): string {
  const { outcomes, explanation } = explainLookup(lookupOf(session, place, name, 'unspec'))
  const tally = new Map<string, Rational>()
  for (const o of outcomes) {
    const world = [...o.world].map(([key, is]) => `${key} = ${typeof is === 'string' ? is : text(is)}`).sort().join(', ')
    const line = `${endingKey(o.value)}${o.elapsedMs > 0 ? ` after ${o.elapsedMs / 1000} s` : ''}${world === '' ? '' : `   where ${world}`}`
    tally.set(line, add(tally.get(line) ?? ZERO, o.odds))
  }
  const rows = [...tally].map(([line, odds]) => `${formatRational(odds).padEnd(5)} ${line}`).sort()
  return `${[...rows, `verdict: ${explanation.verdict}`].join('\n')}\n`
}

function findingsText(files: EvidenceFiles, name: string, place: string, stub: string | undefined): string {
  const { findings, verdict } = why(files, name, { from: place, ...(stub !== undefined && { stub }) }).status
  const lines = findings.flatMap(f => [brief(f), ...f.sources.filter(s => s.primary).map(s => `    ${s.file}: ${s.text.split('\n')[0]}`)])
  return `${[...lines, `verdict: ${verdict}`].join('\n')}\n`
}

/** What CoreDNS logs of one lookup with cold caches: `A name rcode`. The Corefile must have `log`. */
function questionsText(session: Session, name: string, place: string): string {
  const lookups = [...simulate(session.chain, [{ atMs: 0, ask: rootOf(lookupOf(session, place, name, 'unspec', false)) }], { seed: 1 })]
  const lines = lookups.flatMap(l => l.notes).filter(note => note.kind === 'log').map(note => `${String(note['type']).padEnd(4)} ${String(note['name'])} ${String(note['rcode'])}`)
  return `${lines.join('\n')}\n`
}

/** Lookups in virtual time, over upstreams that change: runs of one ending. */
function timelineText({ given }: Scenario, block: Block, place: string): string {
  const [everyS, forS] = [Number(block.settings.get('every') ?? 5), Number(block.settings.get('for') ?? 60)]
  const changes = [...new Set(given.filter(b => b.kind === 'upstreams').map(b => Number(b.settings.get('from') ?? 0)))].sort((a, b) => a - b)
  const runs: { ending: string; fromS: number; toS: number; count: number }[] = []
  let state: SimulationState | undefined
  for (const [phase, fromS] of changes.entries()) {
    const session = sessionOf(evidenceOfScenario(given, fromS), block.name, place, block.settings.get('stub'))
    const root = rootOf(lookupOf(session, place, block.name, 'unspec', false))
    const running = simulate(session.chain, every(root, everyS, fromS, Math.min(forS, changes[phase + 1] ?? forS)), { seed: Number(block.settings.get('seed') ?? 1), ...(state && { state }) })
    let step = running.next()
    for (; !step.done; step = running.next()) {
      const [ending, atS] = [endingKey(step.value.value), step.value.atMs / 1000]
      const last = runs.at(-1)
      if (last?.ending === ending) [last.toS, last.count] = [atS, last.count + 1]
      else runs.push({ ending, fromS: atS, toS: atS, count: 1 })
    }
    state = step.value
  }
  return `${runs.map(r => `${`${r.fromS}–${r.toS} s`.padEnd(10)} ${r.ending}, ${r.count} times`).join('\n')}\n`
}

function* every(ask: Ask, everyS: number, fromS: number, untilS: number): Generator<{ atMs: number; ask: Ask }> {
  for (let atS = Math.ceil(fromS / everyS) * everyS; atS < untilS; atS += everyS) yield { atMs: atS * 1000, ask }
}

/** Simulated ⊆ explored(any), and every witness replays; for the lookup of one expected block. */
export function brokenContract(scenario: Scenario, block: Block): readonly string[] {
  const pod = block.settings.get('pod') ?? 'web'
  const place = pod.includes('/') ? pod : `default/${pod}`
  const session = sessionOf(evidenceOfScenario(scenario.given), block.name, place, block.settings.get('stub'))
  return checkContract(session.chain, rootOf(lookupOf(session, place, block.name, 'unspec', false)), { seeds: 5, everyMs: [700, 4_000, 17_000, 90_000, 400_000], limits: { paths: 5000 } }).broken
}
