// What a modelled query did, held against what the recorded one did: the reply, who was asked what and when, the log.
import type { Noted } from '../support/run.ts'
import type { DnsQuery, Reply, ResourceRecord } from '../../src/dns/message.ts'
import { messageBytes } from '../../src/dns/size.ts'
import { clientBytes } from '../../src/hops/coredns/server-reply.ts'
import { ednsText, optText, type AskedRow, type Observed, type RowQuery } from './coredns-replay-rows.ts'

/** A busy machine was late by as much, never early by more than this. */
const LATE_MS = 700
const EARLY_MS = 60
/** So many questions for one query are a tight loop; how many fit into its time is the machine's business. */
const STORM = 20

/** Over UDP a reply that fits uncompressed is compressed all the same from here on (IPv4, IPv6). */
const UNFRAGMENTED = { 4: 1480, 6: 1220 }

export function wireSize(query: DnsQuery, reply: Reply, real: number | undefined): string[] {
  if (real === undefined) return []
  const name = reply.question?.name ?? query.name
  const whole = messageBytes(name, reply)
  const sizeFor = (takes: number): number => {
    const fits = whole <= takes && (query.transport === 'tcp' || whole <= UNFRAGMENTED[query.client?.includes(':') ? 6 : 4])
    return (fits ? whole : messageBytes(name, reply, new Set())) - (name === '' ? 5 : 0)
  }
  const bytes = sizeFor(clientBytes(query))
  // A plugin may have changed what the client takes (`bufsize`, `rewrite edns0`): the reply's OPT has it.
  return bytes === real || (reply.edns && sizeFor(clientBytes({ ...query, edns: reply.edns })) === real) ? [] : [`size: ${bytes} for ${real}`]
}

export function timing(modelMs: number, realMs: number | undefined): string[] {
  if (realMs === undefined) return []
  return realMs - modelMs > LATE_MS || modelMs - realMs > EARLY_MS ? [`elapsed: ${modelMs} for ${realMs}`] : []
}

export function differences(what: string, model: unknown, real: unknown): string[] {
  const [a, b] = [JSON.stringify(model), JSON.stringify(real)]
  if (a === b) return []
  if (what !== 'reply' || !sameButTtl(model as Lines, real as Lines)) return [`${what}: ${a} for ${b}`]
  return []
}

export type Lines = Readonly<Record<string, unknown>>

/** TTLs one second apart: the recording crossed a second. */
function sameButTtl(model: Lines, real: Lines): boolean {
  return Object.keys({ ...model, ...real }).every(key => {
    const [a, b] = [model[key], real[key]]
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return JSON.stringify(a) === JSON.stringify(b)
    return a.every((line: string, i) => {
      const [x, y] = [line.split(' '), (b[i] as string).split(' ')]
      return x.length === y.length && x.every((word, j) => word === y[j] || (j === 1 && Math.abs(Number(word) - Number(y[j])) <= 1))
    })
  })
}

/** Without what no model can know: a port that was free, the time of the recording in the SOA of a cluster's zone. */
const plain = (line: string): string => line.replace(/SRV 0 0 \d+ \./, 'SRV 0 0 0 .').replace(/\b(ns1?\.\S+ hostmaster\.\S*) \d+ /i, '$1 SERIAL ')

/** Sections as sets of lines. */
export function sectionLines(r: Reply): Lines {
  const lines = (records: readonly ResourceRecord[]): string[] => records.map(({ name, ttlS, class: of = 'IN', type, data }) => plain(`${name} ${ttlS} ${of} ${type} ${data}`)).sort()
  return { answer: lines(r.answer), authority: lines(r.authority), additional: lines(r.additional), opt: ednsText(r.edns) }
}

export function observedSections(o: Observed): Lines {
  const lines = (records: readonly string[] = []): string[] => records.map(plain).sort()
  return { answer: lines(o.answer), authority: lines(o.authority), additional: lines(o.additional), opt: optText(o.opt) }
}

/** No reply = silence. */
export function replyDifferences(reply: Reply | undefined, query: RowQuery, observed: Observed): string[] {
  const silence = { noReply: true }
  return differences('reply', reply ? replyLines(reply, query) : silence, observed.noReply === undefined ? observedLines(observed) : silence)
}

function replyLines(r: Reply, query: RowQuery): Lines {
  const question = r.question?.name === '' ? '' : `${r.question?.name ?? query.name} ${r.question?.class ?? query.klass ?? 'IN'} ${r.question?.type ?? query.type}`
  return { rcode: r.rcode, flags: r.flags.join(','), question, ...sectionLines(r) }
}

const observedLines = (o: Observed): Lines =>
  ({ rcode: o.rcode, flags: (o.flags ?? []).filter(f => f !== 'qr').join(','), question: o.question?.[0] ?? '', ...observedSections(o) })

export interface AskedAt { readonly line: string; readonly atMs: number }

/** Health checks come when they come: they are looked at where a row holds all that came in a time. */
export function askedOf(notes: readonly Noted[], isSeen: (label: string) => boolean, withProbes = false): AskedAt[] {
  return notes.filter(n => (n.note.kind === 'upstream-asked' || (withProbes && n.note.kind === 'upstream-probed')) && isSeen(String(n.note['to']))).map(n => ({ line: askedLine(String(n.note['to']), n.note['query'] as unknown as DnsQuery), atMs: n.atMs }))
}

const askedLine = (to: string, q: DnsQuery): string => {
  const flags = [...(q.rd ? ['rd'] : []), ...(q.ad ? ['ad'] : []), ...(q.cd ? ['cd'] : [])].join(',')
  return [to, q.transport, q.name, q.type, flags, ednsText(q.edns)].join(' ')
}

export const realAsked = (u: AskedRow): AskedAt => ({ line: [u.to, u.proto, u.name, u.type, u.flags.join(','), optText(u.opt)].join(' '), atMs: u.atMs ?? 0 })

/** What was asked, in order where times tell, and when: counted from `beginMs` in the model, from the first question in the row. */
export function askedDifferences(model: readonly AskedAt[], real: readonly AskedAt[]): string[] {
  const lines = (all: readonly AskedAt[]): string[] => (real.length > STORM ? [...new Set(all.map(a => a.line))] : all.map(a => a.line)).sort()
  const what = differences('asked', lines(model), lines(real))
  if (what.length > 0 || real.length > STORM || real.length === 0) return what
  return timeDifferences(model, real)
}

/** The recorder's pauses between its queries were a little shorter or longer than ours, by this part. */
const PAUSE_DRIFT = 0.1

/** Times count from the first of all, and where a question was put again, from the first time it was put. */
function timeDifferences(model: readonly AskedAt[], real: readonly AskedAt[]): string[] {
  const [own, theirs] = [model, real].map(all => Map.groupBy(all.toSorted((a, b) => a.atMs - b.atMs), a => a.line)) as [Map<string, AskedAt[]>, Map<string, AskedAt[]>]
  const begun = Math.min(...model.map(a => a.atMs)) - Math.min(...real.map(a => a.atMs))
  return [...theirs].flatMap(([line, all]) => {
    const mine = own.get(line) ?? []
    const isProbe = / NS /.test(line)
    const shift = isProbe ? begun : (mine[0]?.atMs ?? 0) - (all[0]?.atMs ?? 0)
    const first = (all[0]?.atMs ?? 0) + begun - (mine[0]?.atMs ?? 0)
    const drifts = isOff(first, mine[0]?.atMs ?? 0) ? [`asked ${line}: first ${first} ms off`] : []
    return [...drifts, ...all.flatMap(({ atMs }, i) => {
      const lateMs = atMs + shift - (mine[i]?.atMs ?? 0)
      return isOff(lateMs, isProbe ? atMs : 0) ? [`asked ${line}: ${lateMs} ms off, the ${i + 1}th time`] : []
    })]
  })
}

const isOff = (lateMs: number, driftingMs: number): boolean => lateMs > LATE_MS + driftingMs * PAUSE_DRIFT || lateMs < -EARLY_MS - driftingMs * PAUSE_DRIFT

/** Without what no model can know: ports, ids, durations, times of day. */
export const stripped = (line: string): string => line
  .replace(/(\d|\]):\d+ - \d+ "/, '$1:0 - 0 "').replace(/([ |])\d+(\.\d+)?s([ |]|$)/, '$10s$3').replace(/^(\[INFO\] [\d.]+)\|\d+\|\[::\]\|\d+\|/, '$1|0|[::]|0|')
  .replace(/((?:read|write) (?:udp|tcp) \S+):\d+->/, '$1:0->').replace(/Loop \((\S+):\d+ ->/, 'Loop ($1:0 ->').replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, 'DATE ')

/** The name by which `loop` looks for itself, at a time of its own after the start: recorders leave it out of what belongs to a question. */
export const LOOP_PROBE = /\b\d{10,}\.\d{10,}\./

export const isOfLoopProbe = ({ note }: Noted): boolean => LOOP_PROBE.test(String(note['line'] ?? '')) || LOOP_PROBE.test(String((note['query'] as unknown as DnsQuery | undefined)?.name))

const LOGGED: ReadonlySet<string> = new Set(['log', 'errors', 'debug', 'process'])

export const logLines = (notes: readonly Noted[]): string[] =>
  notes.filter(n => LOGGED.has(n.note.kind)).map(n => stripped(String(n.note['line'])))
