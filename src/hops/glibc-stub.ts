// glibc's getaddrinfo (2.26 to 2.42; sysdeps/posix/getaddrinfo.c) and res_search, res_query: numeric hosts, the services of
// nsswitch.conf, then the search of resolv/res_query.c (__res_context_search). A name with enough dots goes out as it is first, and
// whatever that gives, the search list follows. NXDOMAIN, NODATA and SERVFAIL of an element go on; any other failure stops the
// list, the bare name is asked, and *its* answer is what the application sees. ECONNREFUSED ends everything.
// A lookup of AF_INET alone goes through gethostbyname2: there EAI_AGAIN is told only if the very last question had no good answer.
// Since 2.27: a name that has no A record is EAI_NODATA also when only A is wanted (before: every denial was). Since 2.29: no question for what
// is no host name, numeric hosts end where the text ends. Since 2.36: no-aaaa; an alias to nothing is EAI_NODATA for AF_INET alone (2.31 and the
// other families: EAI_NONAME), and a reply to AAAA gives no A records (2.31 took them; 2.32 to 2.35 were not looked at).
// Not modelled: nscd, HOSTALIASES, AI flags other than none, sortlist, nss services other than files, dns, mymachines, and of myhostname
// only `localhost`; gethostbyname.
import { call, note, pick, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { rational } from '../chain/rational.ts'
import type { Cause } from '../dns/message.ts'
import { absolute, isDomainName, sameName } from '../dns/name.ts'
import { exchangeId, firstTry, glibcExchange, type Exchanged, type ExchangeSetup, type HError, type Single } from './glibc-stub-exchange.ts'
import { glibcSettings } from './glibc-stub-settings.ts'
import { glibcAddress } from './stub-address.ts'
import { hostsEntry } from './stub-hosts.ts'
import type { StubQuery } from './stub-query.ts'
import { answered, excerpt, failed, unmodelled } from './stub-result.ts'
import { atLeast, stubVersion } from './stub-version.ts'

type Remembered = { readonly end: HError; readonly cause: Cause }

/** What the rest of the search must know. `step`: -1 the name as it is, first; then elements; after the last, the name as it is. */
type Search = {
  readonly name: string
  readonly types: readonly string[]
  readonly step: number
  readonly single: Single
  readonly turn: number
  /** Error of the name as it is, if that went first: it is the error of the whole, whatever follows. */
  readonly asIs?: Remembered
  readonly nodata?: Cause
  readonly servfail?: Cause
  /** Why the list was left early. */
  readonly stopped?: Cause
}

/** Final `h_errno`, or addresses. `alias`: an answer that leads to no address; `answered`: whether the last question was. */
type Searched = { readonly addresses: readonly string[] } | { readonly alias: Cause } | Remembered & { readonly answered: boolean }

const searchId = (id: string): string => `${id} search`

export function glibcStub(model: StubModel, reach: Reach): HopEntries {
  const id = hopId.stub(model.place)
  const settings = glibcSettings(model.resolvConf, model.version, model)
  const setup: ExchangeSetup = { id, version: stubVersion(model.version), settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(model, setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  return [[id, root], [searchId(id), query => search(setup, query as unknown as Search)], [exchangeId(id), glibcExchange(setup)]]
}

function* lookUp(model: StubModel, setup: ExchangeSetup, query: StubQuery): HopRun {
  const { name, family, api } = query
  const wanted = family === 'inet' ? ['A'] : family === 'inet6' ? ['AAAA'] : ['A', 'AAAA']
  if (api !== undefined) return plain(resolverCall(yield* searched(setup, name, ['A'], api === 'query'), setup))
  const numeric = glibcAddress(atLeast(setup.version, 2, 29) ? name : name.replace(/[ \t\n\v\f\r].*$/s, ''))
  if (numeric) {
    const fits = family === 'unspec' || (family === 'inet') === (numeric.family === 4)
    return plain(fits ? answered([numeric.text]) : failed('glibc', 'EAI_ADDRFAMILY'))
  }
  const services = model.nss?.map(word => word.value) ?? ['files', 'dns']
  let result: StubResult = failed('glibc', 'EAI_NONAME')
  for (const [i, service] of services.entries()) {
    const got = yield* askService(model, setup, service, query, wanted)
    if (got !== undefined) result = got
    if (result.result === 'answer' || result.code === 'unmodelled') break
    // `UNAVAIL` is for services that are not there, or did not answer in time.
    const status = got === undefined ? 'UNAVAIL' : got.code === 'EAI_AGAIN' ? 'TRYAGAIN' : 'NOTFOUND'
    if (returnsOn(services[i + 1], status)) break
  }
  return plain(result)
}

const plain = (value: StubResult | Search | Searched): Plain => value as unknown as Plain

/** `[NOTFOUND=return]`, `[!UNAVAIL=return]` behind a service. */
function returnsOn(action: string | undefined, status: string): boolean {
  if (!action?.startsWith('[')) return false
  return [...action.matchAll(/(!?)(\w+)=(\w+)/g)].some(([, not, on, what]) =>
    what?.toLowerCase() === 'return' && (on?.toUpperCase() === status) === (not === ''))
}

/** res_hnok: letters, digits, `-` and `_` alone, and no `-` at the very beginning. */
const isHostName = (name: string): boolean => isDomainName(absolute(name)) && /^(?!-)[0-9A-Za-z_.-]*$/.test(name)

/** Undefined: the service has nothing to say, or it is the action behind one. */
function* askService(model: StubModel, setup: ExchangeSetup, service: string, query: StubQuery, wanted: readonly string[]): HopRun<StubResult | undefined> {
  const { name, family } = query
  if (service === 'files') {
    const entry = hostsEntry('glibc', model.hosts, name)
    const addresses = entry ? [...(family === 'inet6' ? [] : entry.v4), ...(family === 'inet' ? [] : entry.v6)] : []
    return addresses.length > 0 ? answered(addresses) : failed('glibc', 'EAI_NONAME')
  }
  if (service === 'dns') {
    if (atLeast(setup.version, 2, 29) && !isHostName(name)) return failed('glibc', 'EAI_NONAME', { kind: 'failed', by: 'glibc', detail: `${excerpt(name)} is no host name` })
    const noAaaa = setup.settings.flags.has('no-aaaa')
    const result = outcome(yield* searched(setup, name, noAaaa && family === 'unspec' ? ['A'] : wanted, false), family === 'inet', setup)
    // gethostbyname2_r stood behind an AF_INET lookup, and told its errors apart only since 2.27.
    const vague = family === 'inet' && result.code === 'EAI_NONAME' && !atLeast(setup.version, 2, 27)
    return vague ? failed('glibc', 'EAI_NODATA', result.cause) : result
  }
  if (service === 'myhostname' && /(^|\.)localhost\.?$/i.test(name)) {
    return answered([...(family === 'inet6' ? [] : ['127.0.0.1']), ...(family === 'inet' ? [] : ['::1'])])
  }
  const own = service === 'myhostname' && ((model.hostname !== undefined && sameName(model.hostname, name)) || name.startsWith('_gateway'))
  const multicast = service.startsWith('mdns') && /\.local\.?$/i.test(name)
  if (own || multicast || service === 'resolve') return unmodelled('nsswitch.conf', `${service} answers before DNS`)
  return undefined
}

function* searched(setup: ExchangeSetup, name: string, types: readonly string[], noSearch: boolean): HopRun<Searched> {
  const { id, settings } = setup
  const count = settings.servers.length
  const turn = !settings.flags.has('rotate') || count < 2 ? 0 : yield* pick({
    at: `${id} rotate`, options: Array.from({ length: count }, (_, i) => i), odds: Array.from({ length: count }, () => rational(1, count)),
    optionSources: settings.servers.map(server => server.source), ...sourceOf(settings.optionSources.get('rotate')),
  })
  const asIsFirst = noSearch || dotsOf(name) >= settings.ndots || name.endsWith('.')
  const start: Search = { name, types, step: asIsFirst ? -1 : 0, single: firstSingle(setup), turn }
  if (!noSearch) return (yield* call(searchId(id), plain(start))) as unknown as Searched
  return settled(yield* askCandidate(setup, start, absolute(name)))
}

/** An alias without an address ends a search too. */
const settled = (ended: Exchanged): Searched => {
  if (ended.end !== 'positive') return { end: ended.end, cause: ended.cause, answered: !ended.gaveUp }
  return ended.cause ? { alias: ended.cause } : { addresses: ended.addresses }
}

const sourceOf = <T>(source: T | undefined): { readonly source: T } | object => (source === undefined ? {} : { source })
const dotsOf = (name: string): number => name.split('.').length - 1

const firstSingle = ({ settings: { flags } }: ExchangeSetup): Single =>
  flags.has('single-request-reopen') ? 'reopen' : flags.has('single-request') ? 'single' : 'together'

/** The element appended; one leading dot is dropped, so that `.` is the root. */
const candidate = (name: string, domain: string): string => absolute(`${name}.${domain.replace(/^\./, '')}`)

function* askCandidate(setup: ExchangeSetup, q: Search, name: string): HopRun<Exchanged> {
  if (q.name === '' || !isDomainName(name)) {
    return { end: 'NO_RECOVERY', single: q.single, cause: { kind: 'failed', by: 'glibc', detail: `${excerpt(name)} is no domain name` } }
  }
  const { step, types, single, turn } = q
  // no-aaaa: the question for AAAA alone becomes one for A, whose records are taken out of the answer.
  const emptied = setup.settings.flags.has('no-aaaa') && types.join() === 'AAAA'
  const exchange = firstTry(setup, { name, step, types: emptied ? ['A'] : types, single, turn }) as unknown as Plain
  const got = (yield* call(exchangeId(setup.id), exchange)) as unknown as Exchanged
  const ended = emptied ? withoutAaaa(got) : got
  yield* note({ kind: 'candidate', stub: setup.id, name, end: ended.end })
  return ended
}

/** Where no packet came at all, what is looked at is an empty buffer: NOERROR and no record (res-noaaaa.c, __res_handle_no_aaaa). */
function withoutAaaa(got: Exchanged): Exchanged {
  if (got.end === 'positive') return { end: 'NO_DATA', single: got.single, cause: { kind: 'denied', by: 'glibc', detail: 'no-aaaa' } }
  return got.unheard ? { ...got, end: 'NO_DATA', gaveUp: false } : got
}

function* search(setup: ExchangeSetup, q: Search): HopRun {
  const domains = setup.settings.search
  const element = q.step >= 0 && q.step < domains.length
  const name = element ? candidate(q.name, domains[q.step]?.value ?? '') : absolute(q.name)
  const ended = yield* askCandidate(setup, q, name)
  if (ended.end === 'positive') return plain(settled(ended))
  const failure: Remembered = { end: ended.end, cause: ended.cause }
  const wasAnswered = !ended.gaveUp
  if (q.step === -1 && q.name.endsWith('.')) return plain({ ...failure, answered: wasAnswered })
  if (element && ended.refused) return plain({ end: 'TRY_AGAIN', cause: ended.cause, answered: wasAnswered })
  const turn = setup.settings.flags.has('rotate') ? q.turn + 1 : 0
  const known: Search = { ...q, single: ended.single, turn, ...(element ? learnt(q, ended) : {}), ...(q.step === -1 && { asIs: failure }) }
  const next = nextStep(setup, known, element)
  if (next === undefined) return plain({ ...verdict(known, failure), answered: wasAnswered })
  return yield* call(searchId(setup.id), plain({ ...known, step: next }))
}

/** What an element's failure means for the search. */
function learnt(q: Search, ended: Exchanged & { readonly cause: Cause }): Partial<Search> {
  if (ended.end === 'HOST_NOT_FOUND') return {}
  if (ended.end === 'NO_DATA') return { nodata: q.nodata ?? ended.cause }
  if (ended.end === 'TRY_AGAIN' && ended.servfail) return { servfail: q.servfail ?? ended.cause }
  return { stopped: ended.cause }
}

/** The step after this one; undefined = the search is over. */
function nextStep(setup: ExchangeSetup, q: Search, element: boolean): number | undefined {
  const { search: domains, flags } = setup.settings
  if (q.step >= domains.length) return undefined
  if (!q.stopped && q.step + 1 < domains.length) return q.step + 1
  const rootAsked = element && domains.slice(0, q.step + 1).some(domain => domain.value === '.' || domain.value === '')
  const mayAskBare = dotsOf(q.name) > 0 || domains.length === 0 || !flags.has('no-tld-query')
  return q.asIs || rootAsked || !mayAskBare ? undefined : domains.length
}

/** The error that is left standing. When the list was left early, that is why the bare name decided. */
function verdict(q: Search, last: Remembered): Remembered {
  if (q.asIs) return q.asIs
  if (q.nodata) return { end: 'NO_DATA', cause: q.nodata }
  if (q.servfail) return { end: 'TRY_AGAIN', cause: q.servfail }
  return { end: last.end, cause: q.stopped ?? last.cause }
}

function outcome(end: Searched, onlyInet: boolean, { version }: ExchangeSetup): StubResult {
  if ('addresses' in end) return answered(end.addresses)
  if ('alias' in end) return failed('glibc', onlyInet && atLeast(version, 2, 36) ? 'EAI_NODATA' : 'EAI_NONAME', end.alias)
  const forgotten = onlyInet && end.answered
  const code = end.end === 'NO_DATA' ? 'EAI_NODATA' : end.end === 'TRY_AGAIN' && !forgotten ? 'EAI_AGAIN' : 'EAI_NONAME'
  return failed('glibc', code, end.cause)
}

const H_ERRNO: Readonly<Record<HError, number>> = { HOST_NOT_FOUND: 1, TRY_AGAIN: 2, NO_RECOVERY: 3, NO_DATA: 4 }

/** res_search and res_query hand out a message, and a number in h_errno. */
function resolverCall(end: Searched, setup: ExchangeSetup): StubResult {
  if ('addresses' in end) return answered(end.addresses, 'h_errno=0')
  return { ...outcome(end, false, setup), code: `h_errno=${'alias' in end ? 0 : H_ERRNO[end.end]}`, says: '' }
}

