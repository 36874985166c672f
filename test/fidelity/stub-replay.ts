// Replays a recorded lookup of glibc, musl or Go against the model, in virtual time, and says in what they differ.
import type { Ask, Chain, Hop, Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { StubKind, StubModel } from '../../src/chain/model.ts'
import type { StubResult } from '../../src/chain/outcome.ts'
import { readHosts } from '../../src/config/hosts.ts'
import { readResolvConf } from '../../src/config/resolv-conf.ts'
import { explore } from '../../src/drivers/explore.ts'
import { simulate } from '../../src/drivers/simulate.ts'
import { hostsReaderOf } from '../../src/hops/stub-hosts.ts'
import { isStubKind, stubHops } from '../../src/hops/stub.ts'
import { goAddress } from '../../src/hops/stub-address.ts'
import type { StubQuery } from '../../src/hops/stub-query.ts'
import { closedPort, scriptedServer, SERVERS, type Packet, type Race, type Rule } from './stub-server.ts'

interface Recorded {
  readonly code?: string | null
  readonly error?: string
  readonly addrs?: readonly string[]
  readonly ms?: number
  readonly crashed?: boolean
  /** The recorder ended it. */
  readonly unended?: boolean
}

export interface StubRow {
  readonly client: string
  readonly implementation: StubKind
  readonly version: string
  readonly group: string
  readonly case: string
  readonly resolvConf: string
  readonly hosts?: string
  readonly env?: Readonly<Record<string, string>>
  readonly name: string
  readonly family: StubQuery['family']
  readonly api?: 'search' | 'query'
  readonly repeat?: number
  readonly rules: readonly Rule[]
  readonly asked: readonly (Packet & { readonly malformed?: string; readonly answer?: string })[]
  readonly result: Recorded | readonly Recorded[]
}

const PLACE = 'pod'
/** Between two lookups of one process, which follow each other at once: the JVM's cache must still hold. */
const GAP_MS = 1_000_000
const JAVA_GAP_MS = 1000

export interface Replayed {
  readonly results: readonly { readonly result: StubResult; readonly elapsedMs: number }[]
  readonly packets: readonly Packet[]
}

/** The recorded set-up: the stub `pod`, and the scripted servers. */
export function chainOf(row: StubRow, race: Race | undefined): Chain {
  const model: StubModel = {
    place: PLACE, node: 'node', kind: row.implementation, version: row.version, certainty: 'confirmed', hostname: 'pod7.hostdom.test',
    resolvConf: readResolvConf('etc/resolv.conf', row.resolvConf).value, hosts: readHosts('etc/hosts', row.hosts ?? '', hostsReaderOf({ kind: row.implementation, version: row.version })).value, ...(row.env && { env: row.env }),
  }
  const servers = Object.values(SERVERS).map(server => [server, scriptedServer(server, row.rules, race, row.implementation === 'go')] as const)
  return new Map<string, Hop>([['closed', closedPort], ...servers, ...stubHops(model, address => SERVERS[address] ?? 'closed')])
}

export const askOf = (row: StubRow): Ask => {
  const query: StubQuery = { name: row.name, family: row.family, ...(row.api && { api: row.api }) }
  return { hop: hopId.stub(PLACE), query: query as unknown as Plain }
}

export const replay = (row: StubRow, race: Race = 'in order'): Replayed => run(chainOf(row, race), askOf(row), row.repeat ?? 1, row.implementation === 'java' ? JAVA_GAP_MS : GAP_MS)

/** Go asks A and AAAA from two goroutines, musl all servers at once: what arrives first is a race, and either end of it is right. */
const RACES: { readonly [implementation: string]: readonly Race[] | undefined } = { go: ['A late', 'AAAA late'], musl: ['first servers late'] }

/** Which server's reply counts is a race for each question by itself. */
function isAmongExplored(row: StubRow): boolean {
  const answering = new Set(row.asked.filter(packet => packet.answer !== 'DROP').map(packet => packet.server))
  if (answering.size < 2 || Array.isArray(row.result) || row.rules.some(rule => rule.nth !== undefined)) return false
  const { outcomes } = explore(chainOf(row, undefined), askOf(row), { start: 'cold' })
  return outcomes.some(({ value, elapsedMs }) => resultDifference(row, row.result as Recorded, { result: value as unknown as StubResult, elapsedMs }) === undefined)
}

/** What the replay of a row differs in; undefined = equal. */
export function differenceOf(row: StubRow): string | undefined {
  const odd = difference(row, replay(row))
  if (odd === undefined || RACES[row.implementation]?.some(race => difference(row, replay(row, race)) === undefined)) return undefined
  return row.implementation === 'musl' && isAmongExplored(row) ? undefined : odd
}

function run(chain: Chain, ask: Ask, repeat: number, gapMs: number): Replayed {
  const results: { result: StubResult; elapsedMs: number }[] = []
  const packets: Packet[] = []
  let baseMs = 0
  for (const lookup of simulate(chain, Array.from({ length: repeat }, (_, i) => ({ atMs: i * gapMs, ask })), { seed: 1 })) {
    for (const note of lookup.notes) {
      const packet = note.packet as unknown as Packet | undefined
      // The clock of the servers starts with the first packet of all; lookups follow each other without a gap in the rows.
      if (packet) packets.push({ ...packet, ms: packet.ms - lookup.index * gapMs + baseMs })
    }
    baseMs += lookup.elapsedMs
    results.push({ result: lookup.value as unknown as StubResult, elapsedMs: lookup.elapsedMs })
  }
  return { results, packets: packets.sort((a, b) => a.ms - b.ms) }
}

const EARLY_MS = 50
const LATE_MS = 500
/** Recorded by the wall: the start of a program on a busy machine is in it. */
const PROGRAM_LATE_MS = 3000
const STARTED = new Set(['getent', 'getent-hosts', 'curl', 'dig', 'dig-search', 'host', 'nslookup', 'busybox', 'java'])

/** c-ares takes up to half of a later try's time off by chance, and a question has eight of them. */
const isOff = ({ implementation }: StubRow, modelledMs: number, recordedMs: number): boolean => {
  const delta = recordedMs - modelledMs
  if (implementation === 'c-ares') return Math.abs(delta) > LATE_MS + 0.5 * Math.max(modelledMs, recordedMs)
  return delta < -EARLY_MS || delta > (STARTED.has(implementation) ? PROGRAM_LATE_MS : LATE_MS)
}

/** One spelling of an IPv6 address: Java prints all groups. */
const oneSpelling = (text: string): string => goAddress(text)?.text ?? text

/** Undefined = equal. */
export function difference(row: StubRow, model: Replayed): string | undefined {
  const recorded = Array.isArray(row.result) ? (row.result as readonly Recorded[]) : [row.result as Recorded]
  for (const [i, want] of recorded.entries()) {
    const got = model.results[i]
    const odd = got ? resultDifference(row, want, got) : 'no result'
    if (odd !== undefined) return odd
  }
  return packetDifference(row, model.packets)
}

function resultDifference(row: StubRow, want: Recorded, { result, elapsedMs }: Replayed['results'][number]): string | undefined {
  if (want.crashed) return result.code === 'SIGFPE' ? undefined : `code ${result.code}, recorded a crash`
  const normal = (text: string): string => text.replace(/read (udp|tcp) \S+->/, 'read $1 CLIENT:PORT->')
  if (want.code !== null && result.code !== normal(want.code ?? '')) return `code ${result.code}, recorded ${want.code}`
  if (result.says !== normal(want.error ?? '')) return `says ${result.says}, recorded ${want.error}`
  const addresses = [...new Set((want.addrs ?? []).map(oneSpelling))].sort().join(' ')
  if (!result.code.startsWith('h_errno') && result.addresses.join(' ') !== addresses) return `addresses ${result.addresses.join(' ')}, recorded ${addresses}`
  const ms = want.ms ?? 0
  return isOff(row, elapsedMs, ms) ? `${elapsedMs} ms, recorded ${ms}` : undefined
}

const keyOf = (p: Packet): string => `${p.server} ${p.proto} ${p.name} ${p.type}${p.edns ? ` edns ${p.edns}` : ''}${p.ad ? ' ad' : ''}`

function packetDifference(row: StubRow, model: readonly Packet[]): string | undefined {
  const rotates = /^options .*\brotate/m.test(row.resolvConf) && row.implementation !== 'musl'
  // `rotate` begins at a server drawn per process, or where the process' counter stands.
  const anonymous = (p: Packet): Packet => (rotates ? { ...p, server: 'any' } : p)
  const want = row.asked.filter(p => p.malformed === undefined).map(p => anonymous({ ...p, name: p.name.replaceAll('\r', '\\013') }))
  const got = model.map(anonymous)
  const names = (all: readonly Packet[]): string => [...new Set(all.map(p => p.name))].join(' ')
  if (names(want) !== names(got)) return `asked ${names(got)}, recorded ${names(want)}`
  if (row.implementation === 'glibc') {
    const sequence = (all: readonly Packet[]): string => all.map(keyOf).join('\n')
    if (sequence(want) !== sequence(got)) return `asked\n${sequence(got)}\nrecorded\n${sequence(want)}`
  }
  return timesDifference(row, want, got)
}

/** The k-th packet of one kind, for every kind: number and times. */
function timesDifference(row: StubRow, want: readonly Packet[], got: readonly Packet[]): string | undefined {
  const times = (all: readonly Packet[], key: string): number[] => all.filter(p => keyOf(p) === key).map(p => p.ms)
  const endMs = Math.max(0, ...got.map(p => p.ms))
  if (repeatsRaced(row)) {
    const all = (packets: readonly Packet[]): readonly number[] => packets.map(p => p.ms).sort((a, b) => a - b)
    const [recorded, modelled] = [all(want), all(got)]
    const late = recorded.findIndex((ms, i) => isOff(row, modelled[i] ?? ms, ms))
    if (recorded.length === modelled.length && late < 0) return undefined
  }
  for (const key of new Set([...want, ...got].map(keyOf))) {
    const recorded = times(want, key)
    const modelled = times(got, key)
    if (recorded.length !== modelled.length && !raced(row, key, recorded, modelled, endMs)) return `${modelled.length} × ${key}, recorded ${recorded.length}`
    for (const [i, ms] of recorded.entries()) {
      if (isOff(row, modelled[i] ?? ms, ms)) return `${key} at ${modelled[i]} ms, recorded ${ms}`
    }
  }
  return undefined
}

/** Twice the questions of a pair. */
const SERVFAIL_REPEATS = 4

/** musl shares the repeats after SERVFAIL among all questions and servers, first come first served: of which ones they are made is a race. */
const repeatsRaced = (row: StubRow): boolean => row.implementation === 'musl' && row.rules.some(rule => rule.do === 'SERVFAIL')

/** musl with several answering servers: which packets of the last instant were still sent is a race. */
function raced(row: StubRow, key: string, recorded: readonly number[], modelled: readonly number[], endMs: number): boolean {
  if (row.implementation !== 'musl' || (row.resolvConf.match(/^nameserver/gm)?.length ?? 0) < 2) return false
  if (recorded.length < modelled.length) return endMs - (modelled.at(-1) ?? 0) < 1 && modelled.length - recorded.length === 1
  // A SERVFAIL that comes before the other server's answer is asked again at once, for nothing.
  const servfail = row.rules.some(rule => rule.do === 'SERVFAIL' && (rule.server === undefined || rule.server === '*' || key.startsWith(rule.server)))
  return servfail && recorded.length - modelled.length <= SERVFAIL_REPEATS
}

/** What the hops say they do not model; undefined = nothing of it is in this row. */
export function notModelled(row: StubRow): string | undefined {
  if (!isStubKind(row.implementation)) return `no stub is a model of ${String(row.implementation).slice(0, 40)}`
  const waits = row.implementation === 'glibc' && [row.result].flat().some(result => result.unended) && row.asked.some(packet => packet.proto === 'tcp')
  return waits ? 'glibc waits without limit for a server that took its TCP connection' : undefined
}
