// Go's own resolver (net/dnsclient_unix.go, 1.19 to 1.26; `LookupIP` of a program built without cgo). A and AAAA run side by side, each
// through all attempts and servers with its own sockets; one that has addresses is enough. After any failure the next name of the
// list is tried. Of several errors the one for the name as it was asked is reported, so a failure on the list hides behind its NXDOMAIN.
// Not modelled: cgo (then libc decides), the two results of a failing pair racing at one instant beyond the order of arrival,
// `StrictErrors`, context deadlines, the cache of parsed files, nsswitch sources other than files and dns.
import { ask, call, note, pick, type Arrival, type Ask, type Hop, type HopRun, type Plain } from '../chain/effects.ts'
import { hopId, type HopEntries, type Reach } from '../chain/hop.ts'
import type { StubModel } from '../chain/model.ts'
import type { StubResult } from '../chain/outcome.ts'
import { isDomainName } from '../dns/name.ts'
import { goQuestion, longestMs, questionId, type GoAnswer, type GoSetup } from './go-stub-question.ts'
import { goSettings } from './go-stub-settings.ts'
import { goAddress } from './stub-address.ts'
import { hostsEntry } from './stub-hosts.ts'
import type { AddressFamily, StubQuery } from './stub-query.ts'
import { answered } from './stub-result.ts'
import { stubVersion } from './stub-version.ts'

type GoError = GoAnswer & { readonly end: 'error' }
/** The rest of the name list. `error`: what would be reported if nothing more came. */
type Names = {
  readonly name: string
  readonly types: readonly string[]
  readonly step: number
  readonly turn: number
  readonly error?: GoError
}
type Named = { readonly addresses: readonly string[] } | { readonly error: GoError | undefined }

const namesId = (id: string): string => `${id} names`

export function goStub(model: StubModel, reach: Reach): HopEntries {
  const id = hopId.stub(model.place)
  const settings = goSettings(model.resolvConf, model.version, model)
  const setup: GoSetup = { id, version: stubVersion(model.version), settings, hops: settings.servers.map(server => reach(server.address)) }
  const root: Hop = query => lookUp(model, setup, query as unknown as StubQuery)
  root.forgets = (_query, key) => key.includes(`${id}|`)
  return [[id, root], [namesId(id), query => names(setup, query as unknown as Names)], [questionId(id), goQuestion(setup)]]
}

const plain = (value: StubResult | Names | Named): Plain => value as unknown as Plain

function* lookUp(model: StubModel, setup: GoSetup, { name, family }: StubQuery): HopRun {
  const numeric = goAddress(name)
  if (numeric) return plain(ofFamily(name, family, numeric.family === 4 ? [numeric.text] : [], numeric.family === 4 ? [] : [numeric.text]))
  const order = (model.nss ?? []).map(word => word.value).filter(service => service === 'files' || service === 'dns')
  const filesFirst = order.length === 0 || order[0] === 'files'
  const entry = order.length === 0 || order.includes('files') ? hostsEntry('go', model.hosts, name) : undefined
  if (entry && filesFirst) return plain(ofFamily(name, family, entry.v4, entry.v6))
  if (!isGoDomainName(name) || (order.length > 0 && !order.includes('dns'))) return plain(notAsked(name))
  const types = family === 'inet' ? ['A'] : family === 'inet6' ? ['AAAA'] : ['A', 'AAAA']
  const named = (yield* call(namesId(setup.id), plain({ name, types, step: 0, turn: yield* firstTurn(setup) }))) as unknown as Named
  if ('addresses' in named) return plain(answered(named.addresses))
  if (entry) return plain(ofFamily(name, family, entry.v4, entry.v6))
  const { error } = named
  // No name of the list may be asked for: LookupIP filters what it has, which is nothing.
  if (!error) return plain(ofFamily(name, family, [], []))
  const says = `lookup ${name} on ${error.server}: ${error.text}`
  return plain({ result: error.result, addresses: [], code: error.text, says, cause: error.cause })
}

const notAsked = (name: string): StubResult => ({
  result: 'nxdomain', addresses: [], code: 'no such host', says: `lookup ${name}: no such host`,
  cause: { kind: 'failed', by: 'go', detail: 'no DNS question is asked for it' },
})

/** LookupIP filters by family after the lookup. */
function ofFamily(name: string, family: AddressFamily, v4: readonly string[], v6: readonly string[]): StubResult {
  const fitting = [...(family === 'inet6' ? [] : v4), ...(family === 'inet' ? [] : v6)]
  if (fitting.length > 0) return answered(fitting)
  return { result: 'error', addresses: [], code: 'no suitable address found', says: `address ${name}: no suitable address found` }
}

/** A counter of the process: where it stands is not known. Every question moves it on. */
function* firstTurn({ id, settings }: GoSetup): HopRun<number> {
  const count = settings.servers.length
  if (!settings.rotate || count < 2) return 0
  const source = settings.optionSources.get('rotate')
  return yield* pick({
    at: `${id} rotate`, key: `${id}| rotate`, options: Array.from({ length: count }, (_, i) => i),
    optionSources: settings.servers.map(server => server.source), ...(source && { source }),
  })
}

/** nameList: names that are too long, and .onion, are left out. */
function nameList({ settings }: GoSetup, name: string): string[] {
  const avoided = (fqdn: string): boolean => /\.onion\.?$/i.test(fqdn)
  if (name.endsWith('.')) return avoided(name) ? [] : [name]
  const bare = `${name}.`
  const suffixed = settings.search.map(domain => bare + domain.value).filter(fqdn => !avoided(fqdn) && fqdn.length <= 254)
  const asIs = avoided(bare) ? [] : [bare]
  return name.split('.').length - 1 >= settings.ndots ? [...asIs, ...suffixed] : [...suffixed, ...asIs]
}

function* names(setup: GoSetup, q: Names): HopRun {
  const { id, settings, hops } = setup
  const fqdn = nameList(setup, q.name)[q.step]
  if (fqdn === undefined) return plain({ error: q.error })
  const turn = (questions: number): number => (settings.rotate ? (q.turn + questions) % hops.length : 0)
  const asks = q.types.map((type, i): Ask => ({ hop: questionId(id), query: { name: fqdn, step: q.step, type, at: 0, turn: turn(i) } }))
  const arrivals: Pick<Arrival, 'from' | 'value'>[] = []
  if (settings.singleRequest) for (const [from, { hop, query }] of asks.entries()) arrivals.push({ from, value: yield* call(hop, query) })
  else arrivals.push(...yield* ask(asks, longestMs(settings)))
  const answers = arrivals.map(({ value }) => value as unknown as GoAnswer)
  const addresses = answers.flatMap(answer => (answer.end === 'addresses' ? answer.addresses : []))
  const failures = answers.map(answer => (answer.end === 'error' ? answer.text : answer.end)).join(', ')
  yield* note({ kind: 'candidate', stub: id, name: fqdn, end: addresses.length > 0 ? 'addresses' : failures })
  if (addresses.length > 0) return plain({ addresses })
  let { error } = q
  for (const answer of answers) if (answer.end === 'error' && (error === undefined || fqdn === `${q.name}.`)) error = answer
  // Both say "no such host": the words are the same, and the denial of the first type asked is the one that matters.
  const first = arrivals.find(({ from }) => from === 0)?.value as unknown as GoAnswer | undefined
  if (error && first?.end === 'error' && first.text === error.text) error = { ...error, cause: first.cause }
  return yield* call(namesId(id), plain({ ...q, step: q.step + 1, turn: turn(q.types.length), ...(error && { error }) }))
}

/** net.isDomainName: letters, digits, `-`, `_`, at least one that is no digit; no label that ends in `-`. */
function isGoDomainName(name: string): boolean {
  if (name === '.') return true
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || !/[A-Za-z_-]/.test(name) || !isDomainName(name)) return false
  return name.split('.').every(label => !label.startsWith('-') && !label.endsWith('-'))
}
