// CoreDNS's `log` plugin, 1.9.3 to 1.15.0: plugin/log/ and plugin/pkg/replacer/. One line a query through notes; no effect on replies.
// What the model does not know is printed as a zero: the client's port, the message id, the duration.
// Not modelled: metadata labels of geoip and trace (a use is said), `%[` up to 1.9.3.
import { note } from '../../chain/effects.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { queryBytes } from '../../dns/size.ts'
import { bracketed } from '../../dns/socket-address.ts'
import { isNamed } from './nsid.ts'
import { matchZone, originsOf } from './origins.ts'
import { goPrintf } from './go-format.ts'
import { localAddress } from './local-address.ts'
import { metadataOf, sayUnknownLabel } from './metadata.ts'
import { since, WRITTEN_BY_SERVER, type CorednsVersion, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { refuse } from './refuse.ts'
import { rcodeWord } from './rcode-number.ts'
import { registeredOptions } from './registered-options.ts'
import { replyClassOf, replyTypeOf, type ReplyType } from './reply-type.ts'
import { bareReply, clientBytes, echoedEdns, lastMessage, loggedBytes, messagesOf, scrubbed } from './server-reply.ts'
import { typeWord } from './type-word.ts'
import { requestName } from './zone-data.ts'

interface Rule {
  readonly zones: readonly string[]
  readonly format: string
  readonly classes: ReadonlySet<string>
}

export const LOG_CLASSES = new Set(['all', 'denial', 'error', 'success'])
const COMMON = '{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}'
const COMBINED = `${COMMON} "{>opcode}"`

export const log: PluginFactory = setup => {
  const rules = setup.directives.map((directive): Rule => {
    const args = directive.args.map(a => a.value)
    const last = args.at(-1) ?? ''
    const hasFormat = args.length > 1 && last.includes('{')
    const format = hasFormat ? last.replaceAll('{common}', COMMON).replaceAll('{combined}', COMBINED) : COMMON
    const names = hasFormat ? args.slice(0, -1) : args
    const classes = directive.properties.filter(p => p.name === 'class').flatMap(p => p.args.map(a => a.value))
    const odd = directive.properties.flatMap(p => p.args).find(a => !LOG_CLASSES.has(a.value))
    if (odd) refuse(setup.report, `plugin/log: invalid Class: ${odd.value}`, odd.source)
    sayUnknownLabel(setup, [format], directive.source)
    return { zones: names.length > 0 ? originsOf(names, []) : ['.'], format, classes: new Set(classes.length > 0 ? classes : ['all']) }
  })
  return function* (query, next) {
    const rule = rules.find(r => matchZone(r.zones, query.name) !== undefined)
    const served = yield* next(query)
    if (!rule || served.panic) return served
    if (!isLogged(rule, query, served, setup.version)) return served
    let text: string | undefined
    yield* note({
      kind: 'log', by: setup.server, name: query.name, type: query.type, rcode: served.reply?.rcode ?? served.rcode,
      // Written when somebody reads it: a server that answers thousands a second prints none.
      get line() { return text ??= lineFor(setup, rule, query, served) },
    })
    return served
  }
}

/** The message as log's recorder holds it: what was written last, cut to size; since 1.14.5 what the server will write. */
function recorded(query: DnsQuery, served: Served, version: CorednsVersion): Reply | undefined {
  if (served.reply) return scrubbed(served.answered ?? served.query ?? query, lastMessage(served.reply), version)
  return since(version, 1, 14, 5) && WRITTEN_BY_SERVER.has(served.rcode) ? bareReply(served.query ?? query, served.rcode) : undefined
}

function isLogged(rule: Rule, query: DnsQuery, served: Served, version: CorednsVersion): boolean {
  if (rule.classes.has('all')) return true
  const reply = recorded(query, served, version)
  return rule.classes.has(replyClassOf(reply ? replyTypeOf(reply, query, version) : 'OTHERERROR'))
}

function lineFor(setup: PluginSetup, rule: Rule, query: DnsQuery, served: Served): string {
  const { version } = setup
  const reply = recorded(query, served, version)
  const values = valuesOf(setup, query, served, reply)
  if (query.metadata) {
    for (const [label, value] of Object.entries(served.metadata ?? {})) values.set(`{/${label}}`, value)
    const type: ReplyType = reply ? replyTypeOf(reply, query, version) : 'OTHERERROR'
    if (since(version, 1, 14, 2)) values.set('{/log/type}', type).set('{/log/class}', replyClassOf(type))
  }
  const before = metadataOf(query)
  const line = rule.format.replaceAll(/\{[^{}]*\}/g, field => values.get(field) ?? (field.startsWith('{/') ? before(field.slice(2, -1)) ?? '-' : field))
  return `[INFO] ${asPrinted(line, version)}`
}

/** Up to 1.9.3 the line is itself a format of Printf, without values: a `%` of the name shows. */
const asPrinted = (line: string, version: CorednsVersion): string =>
  (!line.includes('%') || line.includes('%[') || since(version, 1, 9, 4) ? line : goPrintf(line, []))

/** The name is looked at before the query goes on, all else when it is over: a `rewrite` shows. */
function valuesOf(setup: PluginSetup, query: DnsQuery, served: Served, reply: Reply | undefined): Map<string, string> {
  const asked = served.query ?? query
  // Echoing filters the options of the query itself, or of its copy; where no plugin wrote, the server does so after this line.
  const isFiltered = served.reply && !served.reply.edns && !served.answered && !isNamed(setup, query)
  const edns = asked.edns && isFiltered ? echoedEdns(asked.edns, setup.version, registeredOptions(setup.model)) : asked.edns
  const client = query.client ?? '0.0.0.0'
  return new Map([
    ['{remote}', bracketed(client)],
    ['{port}', '0'], ['{local}', bracketed(localAddress(setup, query))], ['{>id}', '0'], ['{duration}', '0s'],
    ['{type}', typeWord(asked.type, setup.version)], ['{class}', CLASS_WORDS.get(asked.class ?? '') ?? asked.class ?? 'IN'], ['{name}', requestName(query.name)], ['{proto}', query.transport],
    ['{size}', String(queryBytes(asked.name, edns) + (query.besideBytes ?? 0))], ['{>do}', String(asked.edns?.do === true)], ['{>bufsize}', String(clientBytes(asked))],
    ['{>opcode}', query.opcode === 'NOTIFY' ? '4' : '0'],
    ['{rcode}', reply ? rcodeWord(reply.rcode, setup.version) : since(setup.version, 1, 8, 5) ? '-' : 'NOERROR'], ['{>rflags}', reply ? ['qr', ...reply.flags].join(',') : '-'],
    ['{rsize}', String(reply ? sizeOf(asked, served.reply ?? reply) : 0)],
  ])
}

const CLASS_WORDS: ReadonlyMap<string, string> = new Map([['ANY', 'CLASS255'], ['CLASS2', 'CS']])

/** Of all messages that were written. */
const sizeOf = (asked: DnsQuery, reply: Reply): number => messagesOf(reply).reduce((total, each) => total + loggedBytes(asked, each), 0)
