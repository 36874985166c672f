// Questions of clients → lookups: the candidates of a search list and the record types of one call belong together. Which suffixes there are, nobody tells
// without a cluster: a suffix is what a client appended to a name that it also asked without, where the appended name does not exist, or to several names.
// Parallel lookups of one client for one name are told apart only as far as no question is asked twice in one.
import { isSubdomain, labelsOf, nameKey } from '../dns/name.ts'
import type { Source } from '../chain/source.ts'
import type { ServedQuery } from '../evidence/observation.ts'
import type { AnswerResult, LookupReading } from '../findings/reading.ts'
import { dataOf, byAddress } from './read-matrix.ts'
import type { Ask } from './read-asks.ts'

export interface ClientQuestion {
  readonly id: string
  readonly client: string
  readonly name: string
  readonly type: string
  readonly fromMs: number
  readonly toMs: number | undefined
  readonly result: AnswerResult | undefined
  readonly answers: readonly string[]
  readonly source: Source
}

export interface Lookup {
  readonly client: string
  /** Without the suffix that was tried. */
  readonly name: string
  readonly questions: readonly ClientQuestion[]
  readonly result: AnswerResult | undefined
}

/** A and AAAA leave together; the next candidate when both are answered. A busy machine included. */
const SOON_MS = 250
/** Nothing came: the next try, or candidate, after the stub's time limit. */
const AFTER_TIMEOUT_MS = 5500
/** Two names asked within this may be candidates of one lookup. */
const LEARN_MS = 6000
const SUFFIXES_KEPT = 16
const LOOKUPS_KEPT = 200_000
/** Of one client: more are of a scanner, who has no search list. */
const NAMES_KEPT = 4000
/** A name, a namespace and a search domain have fewer. */
const LABELS_LOOKED_AT = 14
/** Of one client at one time. */
const OPEN_KEPT = 256

export function questionOfAsk(ask: Ask): ClientQuestion | undefined {
  if (ask.byHand || ask.fromMs === undefined) return undefined
  return { id: ask.id, client: ask.client, name: nameKey(ask.name), type: ask.type, fromMs: ask.fromMs, toMs: ask.toMs, result: ask.result, answers: dataOf(ask), source: ask.source }
}

/** NODATA cannot be told from an answer by a log. Of A an answer is likely; of other types, which are asked beside it, nobody can say. */
export function questionOfLine(line: ServedQuery): ClientQuestion | undefined {
  if (line.atMs === undefined) return undefined
  const result: AnswerResult | undefined = line.rcode === 'NXDOMAIN' ? 'nxdomain' : line.rcode === 'SERVFAIL' ? 'servfail' : line.rcode === 'REFUSED' ? 'refused' : line.rcode === '-' ? undefined
    : line.rcode !== 'NOERROR' ? 'error' : line.type === 'A' ? 'answer' : undefined
  return {
    id: `${line.source.file}:${line.source.line}`, client: line.client, name: nameKey(line.name), type: line.type, fromMs: line.atMs - line.durationMs, toMs: line.atMs,
    result, answers: [], source: line.source,
  }
}

/** What `loop` sends to itself at the start: two random numbers. */
export const isLoopProbe = ({ name, type }: { readonly name: string; readonly type: string }): boolean => type === 'HINFO' && /^\d+\.\d+\.$/.test(name)

export function lookupsOf(questions: readonly ClientQuestion[]): Lookup[] {
  const byClient = new Map<string, ClientQuestion[]>()
  for (const question of questions) {
    if (isLoopProbe(question)) continue
    const own = byClient.get(question.client)
    if (own) own.push(question)
    else byClient.set(question.client, [question])
  }
  const lookups: Lookup[] = []
  for (const [, own] of [...byClient].sort(([a], [b]) => byAddress(a, b))) {
    own.sort((a, b) => a.fromMs - b.fromMs)
    const suffixes = suffixesOf(own)
    for (const lookup of grouped(own, suffixes)) if (lookups.length < LOOKUPS_KEPT) lookups.push(lookup)
  }
  return lookups
}

/** What this client appends: learnt from names that it asked with and without, and from names under which it walked down a search list. */
function suffixesOf(questions: readonly ClientQuestion[]): string[] {
  const deniedNames = new Set<string>()
  const lastAsked = new Map<string, number>()
  for (const { name, fromMs, result } of questions) {
    if (lastAsked.size < NAMES_KEPT || lastAsked.has(name)) lastAsked.set(name, fromMs)
    if (result === 'nxdomain') deniedNames.add(name)
  }
  const walked = walkedBases(deniedNames)
  const bases = new Map<string, { names: Set<string>; isDenied: boolean }>()
  for (const [name, askedMs] of lastAsked) {
    for (const [base, suffix] of splits(name)) {
      const at = lastAsked.get(base)
      if (!walked.has(base) && (at === undefined || Math.abs(at - askedMs) > LEARN_MS)) continue
      const known = bases.get(suffix) ?? { names: new Set<string>(), isDenied: false }
      known.names.add(base)
      known.isDenied ||= deniedNames.has(name)
      bases.set(suffix, known)
    }
  }
  return [...bases].filter(([suffix, { names, isDenied }]) => isDenied || names.size > 1 || isSubdomain('cluster.local.', suffix)).map(([suffix]) => suffix).sort((a, b) => b.length - a.length).slice(0, SUFFIXES_KEPT)
}

/** `a.b.c.` → (`a.`, `b.c.`), (`a.b.`, `c.`). */
function splits(name: string): [base: string, suffix: string][] {
  const labels = labelsOf(name)
  return labels.length > LABELS_LOOKED_AT ? [] : labels.slice(1).map((_, at) => [`${labels.slice(0, at + 1).join('.')}.`, `${labels.slice(at + 1).join('.')}.`])
}

/** Denied under two suffixes of which one ends in the other, as `NS.svc.cluster.local` and `svc.cluster.local` do: that is a list and no chance. */
function walkedBases(denied: ReadonlySet<string>): ReadonlySet<string> {
  const suffixes = new Map<string, string[]>()
  for (const name of [...denied].slice(0, NAMES_KEPT)) {
    for (const [base, suffix] of splits(name).slice(1)) {
      const list = suffixes.get(base)
      if (list) list.push(suffix)
      else suffixes.set(base, [suffix])
    }
  }
  return new Set([...suffixes].filter(([, list]) => list.length > 1 && list.length <= SUFFIXES_KEPT && list.some(one => list.some(other => one !== other && one.endsWith(`.${other}`)))).map(([base]) => base))
}

interface Open {
  readonly questions: ClientQuestion[]
  readonly asked: Set<string>
  bases: readonly string[]
  lastMs: number
  /** Nothing has come yet of the last question. */
  isWaiting: boolean
}

function* grouped(questions: readonly ClientQuestion[], suffixes: readonly string[]): Generator<Lookup> {
  let open: Open[] = []
  for (const question of questions) {
    const live: Open[] = []
    for (const lookup of open) {
      if (question.fromMs - lookup.lastMs <= (lookup.isWaiting ? AFTER_TIMEOUT_MS : SOON_MS)) live.push(lookup)
      else yield closed(lookup)
    }
    open = live
    const bases = basesOf(question.name, suffixes)
    const fitting = open.find(lookup => lookup.bases.some(base => bases.includes(base)) && !lookup.asked.has(`${question.name} ${question.type}`))
    if (fitting) {
      fitting.bases = fitting.bases.filter(base => bases.includes(base))
      add(fitting, question)
    } else {
      const made: Open = { questions: [], asked: new Set(), bases, lastMs: question.fromMs, isWaiting: false }
      add(made, question)
      open.push(made)
      if (open.length > OPEN_KEPT) yield closed(open.shift() as Open)
    }
  }
  for (const lookup of open) yield closed(lookup)
}

function add(lookup: Open, question: ClientQuestion): void {
  lookup.questions.push(question)
  lookup.asked.add(`${question.name} ${question.type}`)
  lookup.lastMs = Math.max(lookup.lastMs, question.toMs ?? question.fromMs)
  lookup.isWaiting = question.toMs === undefined
}

const basesOf = (name: string, suffixes: readonly string[]): string[] =>
  [name, ...suffixes.filter(suffix => name.length > suffix.length && name.endsWith(`.${suffix}`)).map(suffix => name.slice(0, -suffix.length))]

/** Several bases left: one candidate alone tells no suffix, it is taken as it stands. */
function closed({ questions, bases }: Open): Lookup {
  const names = new Set(questions.map(question => question.name))
  const name = names.size === 1 ? (questions[0] as ClientQuestion).name : [...bases].sort((a, b) => a.length - b.length)[0] as string
  const results = questions.map(question => question.result)
  const last = questions.filter(question => question.name === questions.at(-1)?.name).map(question => question.result)
  const result = results.includes('answer') ? 'answer' : last.find(each => each === 'servfail' || each === 'unanswered' || each === 'unreachable') ?? (last.includes('nxdomain') ? 'nxdomain' : last.find(each => each !== undefined))
  return { client: (questions[0] as ClientQuestion).client, name, questions, result }
}

export const suffixedIn = (lookup: Lookup): ClientQuestion[] => lookup.questions.filter(question => question.name !== lookup.name)

/** A lookup failed when it ended without an answer; NODATA of one type beside an answer of the other is none. */
export function lookupReadings(lookups: readonly Lookup[]): LookupReading[] {
  const groups = new Map<string, { client: string; name: string; lookups: number; failed: number; questions: number; suffixed: number; results: Map<string, number> }>()
  for (const lookup of lookups) {
    const key = `${lookup.client} ${lookup.name}`
    const group = groups.get(key) ?? { client: lookup.client, name: lookup.name, lookups: 0, failed: 0, questions: 0, suffixed: 0, results: new Map<string, number>() }
    groups.set(key, group)
    group.lookups++
    group.questions += lookup.questions.length
    group.suffixed += suffixedIn(lookup).length
    if (lookup.result === undefined) continue
    if (lookup.result !== 'answer') group.failed++
    group.results.set(lookup.result, (group.results.get(lookup.result) ?? 0) + 1)
  }
  return [...groups.values()].sort((a, b) => b.lookups - a.lookups || byAddress(a.client, b.client) || (a.name < b.name ? -1 : 1))
    .map(group => ({ ...group, results: Object.fromEntries([...group.results].sort(([a], [b]) => (a < b ? -1 : 1))) }))
}
