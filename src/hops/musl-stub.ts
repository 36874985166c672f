// musl's getaddrinfo (Alpine): src/network/lookup_name.c, 1.1.13 to 1.2.5, and res_search, which is res_query there. A name with a
// trailing dot or enough dots is asked as it is and nothing else; otherwise the list, then the bare name, and only NXDOMAIN goes
// on. Since 1.2.1 both replies of the pair are judged before either is used: one NXDOMAIN makes the name absent, one missing reply
// or SERVFAIL fails the lookup. nsswitch.conf, RES_OPTIONS and LOCALDOMAIN are not read.
// Not modelled: AI flags, more than 48 addresses.
import { call, note, sleep, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import type { Cause } from '../dns/message.ts'
import { absolute, isDomainName } from '../dns/name.ts'
import { muslExchange, muslRounds, type Have, type MuslSetup } from './musl-stub-rounds.ts'
import { muslSettings } from './musl-stub-settings.ts'
import { muslAddress } from './stub-address.ts'
import { hostsEntry } from './stub-hosts.ts'
import type { StubQuery } from './stub-query.ts'
import { answered, excerpt, failed, type EaiCode } from './stub-result.ts'
import { atLeast, stubVersion, type StubVersion } from './stub-version.ts'

type Search = { readonly name: string; readonly types: readonly string[]; readonly step: number }

/** `absent`: the only end after which a search goes on. */
type Judged =
  | { readonly end: 'addresses'; readonly addresses: readonly string[] }
  /** `aliased`: an answer of nothing but aliases. */
  | { readonly end: 'absent' | EaiCode; readonly cause: Cause; readonly aliased?: true }

const searchId = (id: string): string => `${id} search`

export function muslStub(model: StubModel, reach: Reach): HopEntries {
  const id = hopId.stub(model.place)
  const settings = muslSettings(model.resolvConf, model.version)
  const setup: MuslSetup = { id, version: stubVersion(model.version), settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(model, setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  return [[id, root], [searchId(id), query => search(setup, query as unknown as Search)], ...muslRounds(setup)]
}

const plain = (value: StubResult | Judged | Search): Plain => value as unknown as Plain

function* lookUp(model: StubModel, setup: MuslSetup, { name, family, api }: StubQuery): HopRun {
  const { settings, version } = setup
  // A name of the wrong family, or an answer without address.
  const noAddress: EaiCode = atLeast(version, 1, 2, 4) ? 'EAI_NODATA' : 'EAI_NONAME'
  if (api !== undefined) return plain(resolverCall(yield* judgedName(setup, { name, types: ['A'], step: 0 }, atLeast(version, 1, 2, 1)), version))
  if (name.length > 254) return plain(failed('musl', 'EAI_NONAME'))
  const numeric = muslAddress(name)
  if (numeric) {
    const fits = family === 'unspec' || (family === 'inet') === (numeric.family === 4)
    return plain(fits ? answered([numeric.text]) : failed('musl', noAddress))
  }
  const entry = hostsEntry('musl', model.hosts, name)
  if (entry) {
    const addresses = [...(family === 'inet6' ? [] : entry.v4), ...(family === 'inet' ? [] : entry.v6)]
    if (addresses.length > 0) return plain(answered(addresses))
    // Since 1.1.20 a line of the other family ends the lookup.
    if (atLeast(version, 1, 1, 20)) return plain(failed('musl', noAddress))
  }
  const bare = name.endsWith('.') ? name.slice(0, -1) : name
  if (bare === '' || bare.endsWith('.')) return plain(failed('musl', 'EAI_NONAME'))
  const types = family === 'inet' ? ['A'] : family === 'inet6' ? ['AAAA'] : ['A', 'AAAA']
  const asIs = name.endsWith('.') || name.split('.').length - 1 >= settings.ndots
  const judged = (yield* call(searchId(setup.id), plain({ name, types, step: asIs ? settings.search.length : 0 }))) as unknown as Judged
  if (judged.end === 'addresses') return plain(answered(judged.addresses))
  if (judged.cause.detail === CRASH) return plain(crashed(judged.cause))
  return plain(failed('musl', judged.end === 'absent' ? 'EAI_NONAME' : judged.end, judged.cause))
}

const CRASH = 'attempts:0 divides by zero'
const crashed = (cause: Cause): StubResult => ({ result: 'error', addresses: [], code: 'SIGFPE', says: 'Floating point exception', cause })

function* search(setup: MuslSetup, q: Search): HopRun {
  const domain = setup.settings.search[q.step]
  // A domain that does not fit into 255 bytes with the name is passed over.
  if (domain && domain.value.length >= 255 - q.name.length) return yield* call(searchId(setup.id), plain({ ...q, step: q.step + 1 }))
  const judged = yield* judgedName(setup, { ...q, name: domain ? `${q.name}.${domain.value}` : q.name })
  if (judged.end !== 'absent' || !domain) return plain(judged)
  return yield* call(searchId(setup.id), plain({ ...q, step: q.step + 1 }))
}

function* judgedName(setup: MuslSetup, { name, types, step }: Search, ad = false): HopRun<Judged> {
  const { id, version, settings } = setup
  if (settings.attempts === 0) return { end: 'EAI_FAIL', cause: { kind: 'broken', by: 'musl', detail: CRASH } }
  // res_mkquery takes one trailing dot away; before 1.2.4 a second one goes into the packet, which no server can read.
  const broken: Cause = { kind: 'broken', by: 'musl', detail: `${excerpt(name)} is no domain name` }
  if (name.endsWith('..') && isDomainName(absolute(name.slice(0, -2))) && !atLeast(version, 1, 2, 4)) {
    yield* sleep(settings.timeoutMs)
    return { end: 'EAI_AGAIN', cause: broken }
  }
  if (!isDomainName(absolute(name))) return { end: atLeast(version, 1, 2, 4) ? 'absent' : 'EAI_NONAME', cause: broken }
  const have = yield* muslExchange(setup, { name: absolute(name), step, types, ad })
  const judged = atLeast(version, 1, 2, 1) ? judge(types, have, atLeast(version, 1, 2, 4)) : judgeBefore121(types, have)
  yield* note({ kind: 'candidate', stub: id, name: absolute(name), end: judged.end })
  return judged
}

const lost = (type: string): Cause => ({ kind: 'lost', by: 'all nameservers', detail: `no acceptable reply to ${type}` })
const NODATA: Cause = { kind: 'denied', by: 'nameserver', detail: 'NODATA' }

/** name_from_dns since 1.2.1: every reply of the pair must be there and must not deny the name; A is looked at first. */
function judge(types: readonly string[], have: Have, nodata: boolean): Judged {
  for (const type of types) {
    const got = have[type]
    if (!got || got.bad !== undefined) return { end: 'EAI_AGAIN', cause: got?.cause ?? lost(type) }
    if (got.rcode === 'NXDOMAIN') return { end: 'absent', cause: got.cause as Cause }
  }
  const addresses = types.flatMap(type => have[type]?.addresses ?? [])
  if (addresses.length > 0) return { end: 'addresses', addresses }
  const { cause = NODATA, aliased } = have[types[0] as string] ?? {}
  return { end: nodata ? 'EAI_NODATA' : 'EAI_NONAME', cause, ...(aliased && { aliased }) }
}

/** Before: any address will do; without one only the first question's reply counts. */
function judgeBefore121(types: readonly string[], have: Have): Judged {
  const addresses = types.flatMap(type => have[type]?.addresses ?? [])
  if (addresses.length > 0) return { end: 'addresses', addresses }
  const first = have[types[0] as string]
  if (!first || first.bad !== undefined) return { end: 'EAI_AGAIN', cause: first?.cause ?? lost(types[0] as string) }
  return { end: first.rcode === 'NXDOMAIN' ? 'absent' : 'EAI_NONAME', cause: first.cause ?? NODATA }
}

const H_ERRNO: ReadonlyMap<string, number> = new Map([['absent', 1], ['EAI_AGAIN', 2], ['EAI_NODATA', 4], ['EAI_NONAME', 4]])

/** res_query. h_errno tells of a failure since 1.2.2; a name that cannot be written leaves it as it was, and an answer of aliases alone is no failure. */
function resolverCall(judged: Judged, version: StubVersion): StubResult {
  if (judged.end === 'addresses') return answered(judged.addresses, 'h_errno=0')
  if (judged.cause.detail === CRASH) return crashed(judged.cause)
  const isUnwritten = judged.cause.by === 'musl' && judged.end !== 'EAI_AGAIN'
  const isTold = atLeast(version, 1, 2, 2) && !isUnwritten && !judged.aliased
  return { ...failed('musl', judged.end === 'absent' ? 'EAI_NONAME' : judged.end, judged.cause), code: `h_errno=${isTold ? H_ERRNO.get(judged.end) : 0}`, says: '' }
}
