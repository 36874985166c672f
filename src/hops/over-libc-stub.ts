// Programs that ask the C library of their image and tell the end in words of their own: Java (InetAddress, 8 to 25: a cache of the JVM goes
// before, 30 s for addresses and 10 s for failures, whatever the TTL), Node's dns.lookup, http and fetch (libuv's getaddrinfo), curl with its
// threaded resolver (the usual build), getent ahosts and getent hosts, and Go programs built with cgo (net/cgo_unix.go).
// Recorded: test/fidelity/rows/stub-applications.jsonl.gz. Java's cached failure says the name alone, a fresh one the library's words behind it.
// Not modelled: networkaddress.cache.ttl and -Djava.net.preferIPv4Stack other than their defaults, libuv's four threads (a fifth lookup waits),
// curl's own cache within one process, --dns-servers of a curl with c-ares, nscd.
import { call, get, put, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { USUAL_LIBC, type OverLibc } from '../chain/stub-libc.ts'
import { nameKey } from '../dns/name.ts'
import { glibcStub } from './glibc-stub.ts'
import { muslStub } from './musl-stub.ts'
import type { StubQuery } from './stub-query.ts'

interface Program {
  /** How a failure of the library is called, and what is printed. */
  readonly fails: (name: string, of: StubResult) => Pick<StubResult, 'code' | 'says'>
  /** As the library is asked for it. */
  readonly name?: (name: string) => string
  /** Families asked for, one after the other until one has addresses, whatever is wanted. */
  readonly families?: readonly StubQuery['family'][]
  /** Lifetimes of the program's own cache, and what a failure found there says. */
  readonly cache?: { readonly answerMs: number; readonly failureMs: number; readonly says: (name: string) => string }
}

const lowered = (name: string): string => name.toLowerCase()
const UV: Readonly<Record<string, string>> = { EAI_NONAME: 'ENOTFOUND', EAI_NODATA: 'ENOTFOUND' }
const unknownHost = (name: string): string => `java.net.UnknownHostException: ${name}`

const PROGRAMS: Readonly<Record<OverLibc, Program>> = {
  java: {
    families: ['unspec'],
    fails: (name, of) => ({ code: 'UnknownHostException', says: `${unknownHost(name)}: ${of.says}` }),
    cache: { answerMs: 30_000, failureMs: 10_000, says: unknownHost },
  },
  node: {
    name: lowered,
    fails: (name, of) => ({ code: UV[of.code] ?? of.code, says: `getaddrinfo ${UV[of.code] ?? of.code} ${name}` }),
  },
  curl: { fails: name => ({ code: 'exit 6', says: `(6) Could not resolve host: ${name}` }) },
  getent: { fails: () => ({ code: 'exit 2', says: '' }) },
  // gethostbyname2 for IPv6, then for IPv4.
  'getent-hosts': { families: ['inet6', 'inet'], fails: () => ({ code: 'exit 2', says: '' }) },
  cgo: {
    fails: (name, of) => {
      const text = of.code === 'EAI_NONAME' || of.code === 'EAI_NODATA' ? 'no such host' : of.says
      return { code: text, says: `lookup ${name}: ${text}` }
    },
  },
}

export const overLibcStub = (kind: OverLibc) => (model: StubModel, reach: Reach): HopEntries => {
  const id = hopId.stub(model.place)
  const { libc = USUAL_LIBC } = model
  const place = `${model.place} libc`
  const library: StubModel = { ...model, place, kind: libc.kind, version: libc.version }
  const root: Hop = query => lookUp(PROGRAMS[kind], id, hopId.stub(place), query as unknown as StubQuery)
  return [[id, root], [`${id} fresh`, query => fresh(PROGRAMS[kind], hopId.stub(place), query as unknown as StubQuery)], ...(libc.kind === 'musl' ? muslStub : glibcStub)(library, reach)]
}

const plain = (value: StubResult | StubQuery): Plain => value as unknown as Plain

function* lookUp(program: Program, id: string, library: string, query: StubQuery): HopRun {
  const { cache } = program
  if (!cache) return yield* fresh(program, library, query)
  const lifeMs = (value: Plain): number => ((value as unknown as StubResult).result === 'answer' ? cache.answerMs : cache.failureMs)
  const from = { hop: `${id} fresh`, query: plain(query) }
  const cell = `java of ${id} ${nameKey(query.name)}`
  const held = yield* get(cell, { from, lifeMs })
  if (held) {
    const kept = held.value as unknown as StubResult
    return plain(kept.result === 'answer' ? kept : { ...kept, says: cache.says(query.name) })
  }
  const value = yield* call(from.hop, from.query)
  yield* put(cell, value, lifeMs(value))
  return value
}

function* fresh(program: Program, library: string, query: StubQuery): HopRun {
  const families = program.families ?? [query.family]
  let last: StubResult | undefined
  for (const family of families) {
    last = (yield* call(library, plain({ name: program.name?.(query.name) ?? query.name, family }))) as unknown as StubResult
    if (last.result === 'answer') return plain(last)
  }
  const failure = last as StubResult
  return plain(failure.code === 'unmodelled' ? failure : { ...failure, ...program.fails(query.name, failure) })
}
