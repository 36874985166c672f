// CoreDNS's `acl` plugin, 1.9.3 to 1.15.0: plugin/acl/. Policies by zone, type and the asker's address: the first policy of a stanza that
// fits decides, `allow` ends all checks, and what no stanza decides is allowed. Before 1.14.3 it stands ahead of `cache`, from 1.14.3
// to 1.14.6 behind it (a blocked client could get a kept answer), since 1.14.7 ahead again (order.ts).
// Not modelled: the order in which its counters grow.
import { pick, type HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import { parseAddress, withoutZone } from '../../dns/go-address.ts'
import { cidrContains, parseCidr, type Cidr } from '../../dns/go-cidr.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { typeName } from '../../dns/wire-numbers-table.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { goQuote } from './go-quote.ts'
import { matchZone, originsOf } from './origins.ts'
import { since, written, type CorednsVersion, type Handler, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { refuse } from './refuse.ts'
import { bareReply } from './server-reply.ts'
import { typeOfWord } from './type-word.ts'

type Action = 'allow' | 'block' | 'filter' | 'drop'

interface Policy {
  readonly action: Action
  /** Undefined: every type. */
  readonly types: ReadonlySet<string> | undefined
  /** Undefined: every address. */
  readonly nets: readonly Cidr[] | undefined
  readonly directive: Directive
}
interface Stanza {
  readonly zones: readonly string[]
  readonly policies: readonly Policy[]
}

export const acl: PluginFactory = setup => {
  const stanzas: Stanza[] = []
  for (const directive of setup.directives) {
    const policies: Policy[] = []
    for (const property of directive.properties) {
      const policy = readPolicy(property, setup)
      if (typeof policy === 'string') {
        refuse(setup.report, `plugin/acl: Error during parsing: ${policy}`, property.source)
        return refusedHandler(`${setup.server} acl`, policy)
      }
      policies.push(policy)
    }
    stanzas.push({ zones: originsOf(directive.args.map(a => a.value), setup.zones), policies })
  }
  return handler(setup, stanzas)
}

const handler = (setup: PluginSetup, stanzas: readonly Stanza[]): Handler => function* (query, next) {
  for (const { zones, policies } of stanzas) {
    if (matchZone(zones, query.name) === undefined) continue
    const action = yield* decided(setup, policies, query)
    if (action === 'allow') break
    if (action) return ended(setup, action, query)
  }
  const served = yield* next(query)
  // It passes the name of the question on in place of its own.
  return served.error === ENDED ? { ...served, error: ENDED.replace('acl', nameKey(query.name)) } : served
}

const ENDED = 'plugin/acl: no next plugin found'

function* decided(setup: PluginSetup, policies: readonly Policy[], query: DnsQuery): HopRun<Action | undefined> {
  const client = query.client === undefined ? undefined : withoutZone(query.client)
  if (client !== undefined && !parseAddress(client)) return 'block'
  for (const policy of policies) {
    if (policy.types && !policy.types.has(query.type)) continue
    if (!policy.nets || (yield* isIn(setup, policy, policy.nets, client))) return policy.action
  }
  return undefined
}

/** Who asks may not be in the evidence. */
function* isIn(setup: PluginSetup, policy: Policy, nets: readonly Cidr[], client: string | undefined): HopRun<boolean> {
  // The table of IPv4 networks is another than that of IPv6: a mapped prefix holds no IPv4 address here.
  if (client !== undefined) return nets.some(net => cidrContains(net, client) && (net.bytes.length === 4) === (parseAddress(client)?.family === 4))
  const key = `${setup.server} acl client in ${policy.directive.args.map(a => a.value).join(' ')}`
  return (yield* pick({ at: key, key, options: ['inside', 'outside'], source: policy.directive.source })) === 'inside'
}

/** Extended DNS errors 15 (Blocked) and 17 (Filtered), RFC 8914. */
const EDE_OPTION = 15
const EDE = { block: '000f', filter: '0011' }
const EDNS_BYTES = 4096

function ended(setup: PluginSetup, action: Exclude<Action, 'allow'>, query: DnsQuery): Served {
  const by = `${setup.server} acl`
  // Nothing is written, and "success" is returned: the client waits in vain.
  if (action === 'drop') return { rcode: 'NOERROR', cause: { kind: 'policy', by, detail: 'drop' } }
  const bare = bareReply(query, action === 'block' ? 'REFUSED' : 'NOERROR', { kind: 'policy', by, detail: action })
  const reply: Reply = since(setup.version, 1, 9, 4) ? { ...bare, edns: { sizeBytes: EDNS_BYTES, do: true, options: [[EDE_OPTION, EDE[action]]] } } : bare
  return written(reply)
}

/** The error text, if CoreDNS would not take this line. */
function readPolicy(directive: Directive, setup: PluginSetup): Policy | string {
  const { name, args } = directive
  const wrong = actionFault(name, setup.version)
  if (wrong !== undefined) return wrong
  const sections = readSections(args.map(a => a.value), setup.version)
  return typeof sections === 'string' ? sections : { action: name.toLowerCase() as Action, ...sections, directive }
}

/** The error text, if CoreDNS does not know this action. */
export function actionFault(word: string, version: CorednsVersion): string | undefined {
  const knowsDrop = since(version, 1, 10, 1)
  if (['allow', 'block', 'filter', ...(knowsDrop ? ['drop'] : [])].includes(word.toLowerCase())) return undefined
  return `unexpected token ${goQuote(word)}; expect 'allow', 'block', ${knowsDrop ? '\'filter\' or \'drop\'' : 'or \'filter\''}`
}

/** `type … net …`, or the error text. */
export function readSections(words: readonly string[], version: CorednsVersion): Pick<Policy, 'types' | 'nets'> | string {
  let types: Set<string> | undefined = new Set()
  let nets: Cidr[] | undefined = []
  const seen = new Set<string>()
  for (let at = 0; at < words.length;) {
    const section = (words[at] as string).toLowerCase()
    if (!isSection(section)) return `unexpected token ${goQuote(words[at] ?? '')}; expect 'type | net'`
    seen.add(section)
    const other = words.findIndex((w, i) => i > at && isSection(w.toLowerCase()))
    const end = other === -1 ? words.length : other
    const values = words.slice(at + 1, end)
    at = end
    if (values.length === 0) return `no token specified in ${goQuote(section)} section`
    const wrong = section === 'type' ? readTypes(values, version, { add: type => types?.add(type), all: () => void (types = undefined) })
      : readNets(values, { add: net => nets?.push(net), all: () => void (nets = undefined) })
    if (wrong !== undefined) return wrong
  }
  return { types: seen.has('type') ? types : undefined, nets: seen.has('net') ? nets : undefined }
}

const isSection = (word: string): boolean => word === 'type' || word === 'net'

interface Collected<T> {
  readonly add: (value: T) => void
  readonly all: () => void
}

/** What `*` is kept as: the word `None` is the same. */
const EVERY_TYPE = 0

/** Words behind a `*` are not looked at. */
function readTypes(words: readonly string[], version: CorednsVersion, { add, all }: Collected<string>): string | undefined {
  for (const word of words) {
    if (word === '*') return void all()
    const type = typeOfWord(word, version)
    if (type === undefined) return `unexpected token ${goQuote(word)}; expect legal QTYPE`
    if (type === EVERY_TYPE) all()
    else add(typeName(type))
  }
  return undefined
}

function readNets(words: readonly string[], { add, all }: Collected<Cidr>): string | undefined {
  for (const word of words) {
    if (word === '*') return void all()
    const text = word.includes('/') ? word : `${word}${word.includes(':') ? '/128' : '/32'}`
    const net = parseCidr(text)
    if (!net) return `illegal CIDR notation ${goQuote(text)}`
    add(net)
  }
  return undefined
}
