// CoreDNS's `rewrite` plugin, 1.9.3 to 1.15.0: plugin/rewrite/. Rules change the query in file order; `stop`, which is the default, ends with
// the rule that applied. What they leave to be done to the reply is in rewrite-response.ts. The query is changed for good: earlier
// plugins see the changed one afterwards, unless `cache` stands between (before 1.14.7) and gave this plugin a copy.
// Not modelled: metadata labels of geoip and trace (a use is said), the client's port (0).
import type { HopRun } from '../../chain/effects.ts'
import type { Directive } from '../../chain/model.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { isDomainName } from '../../dns/name.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { goQuote } from './go-quote.ts'
import { localAddress } from './local-address.ts'
import { metadataOf, sayUnknownLabel } from './metadata.ts'
import { lookedInto } from './minimal.ts'
import { panicked, since, WRITTEN_BY_SERVER, type CorednsVersion, type Handler, type Next, type PluginFactory, type PluginSetup, type Served } from './plugin.ts'
import { refuse } from './refuse.ts'
import { registeredOptions } from './registered-options.ts'
import { edns0Rule } from './rewrite-edns0.ts'
import { classRule, cnameRule, rcodeRule, ttlRule, typeRule } from './rewrite-fields.ts'
import { nameRule } from './rewrite-name.ts'
import { questionOf, reverted, revertedEdns } from './rewrite-response.ts'
import type { ResponseRule, Rule, RuleReader } from './rewrite-rule.ts'
import { RuleRefused } from './rewrite-text.ts'
import { bareReply, echoedEdns } from './server-reply.ts'

interface Rewrite {
  readonly setup: PluginSetup
  readonly id: string
  readonly rules: readonly Rule[]
}

export const rewrite: PluginFactory = setup => {
  const id = `${setup.server} rewrite`
  const rules: Rule[] = []
  for (const directive of setup.directives) {
    sayUnknownLabel(setup, wordsOf(directive), directive.source)
    try {
      rules.push(readRule(wordsOf(directive), setup.version))
    } catch (refused) {
      if (!(refused instanceof RuleRefused)) throw refused
      if (!refused.unmodelled) {
        refuse(setup.report, `plugin/rewrite: ${refused.message}`, directive.source)
        return refusedHandler(id, refused.message)
      }
      const message = `rewrite: ${refused.message}`
      setup.report({ code: 'corefile-plugin-unmodelled', message, state: 'unmodelled', source: directive.source })
      return function* () { return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by: id, detail: message } } }
    }
  }
  return handler({ setup, id, rules })
}

/** A block is read when the line itself has fewer than two words; all its words are one rule. */
function wordsOf(directive: Directive): readonly string[] {
  const line = directive.args.map(a => a.value)
  return line.length >= 2 ? line : [...line, ...directive.properties.flatMap(allWords)]
}

const allWords = (property: Directive): readonly string[] =>
  [property.name, ...property.args.map(a => a.value), ...property.properties.flatMap(allWords)]

const READERS: ReadonlyMap<string, RuleReader> = new Map([
  ['name', nameRule], ['class', classRule], ['type', typeRule], ['edns0', edns0Rule], ['ttl', ttlRule], ['cname', cnameRule], ['rcode', rcodeRule],
])

/** @throws RuleRefused */
export function readRule(words: readonly string[], version: CorednsVersion): Rule {
  const [first, ...more] = words
  if (first === undefined) throw new RuleRefused('no rule type specified for rewrite')
  const mode = first.toLowerCase()
  const isMode = mode === 'continue' || mode === 'stop'
  // 1.9.3 looks for the second word without looking whether there is one: a panic.
  if (isMode && more.length === 0) throw new RuleRefused(`${mode} rule must begin with a rule type`)
  const field = (isMode ? more[0] as string : first).toLowerCase()
  const args = isMode ? more.slice(1) : more
  if (field === 'answer') throw new RuleRefused('response rewrites must begin with a name rule')
  const reader = field === 'cname' && !since(version, 1, 11) || field === 'rcode' && !since(version, 1, 11, 3) ? undefined : READERS.get(field)
  if (!reader) throw new RuleRefused(`invalid rule type ${goQuote(first)}`)
  return { mode: mode === 'continue' ? 'continue' : 'stop', apply: reader(args, version) }
}

const handler = (r: Rewrite): Handler => function* (query, next) {
  const around = {
    metadata: metadataOf(query),
    // Few rules want it, and the Corefile is searched for it.
    get localAddress() { return localAddress(r.setup, query) },
    local: new Set<readonly [number, string]>(),
  }
  let changed = query
  const responses: ResponseRule[] = []
  for (const rule of r.rules) {
    const applied = rule.apply(changed, around)
    changed = applied.query
    if (!applied.done) continue
    if (!isDomainName(changed.name)) return invalid(r, query, changed)
    responses.push(...applied.responses)
    if (rule.mode === 'stop') return yield* reverting(r, query, changed, next, { responses, writesFailures: since(r.setup.version, 1, 9) })
  }
  if (responses.length > 0) return yield* reverting(r, query, changed, next, { responses, writesFailures: since(r.setup.version, 1, 14, 7) })
  return passed(query, changed, yield* next(changed))
}

function invalid(r: Rewrite, query: DnsQuery, changed: DnsQuery): Served {
  const detail = `invalid name after rewrite: ${changed.name}`
  return { rcode: 'SERVFAIL', error: detail, query: withQuestionOf(query, changed), cause: { kind: 'policy', by: r.id, detail } }
}

/** What was changed, but for the question. */
function withQuestionOf(query: DnsQuery, changed: DnsQuery): DnsQuery {
  const { class: _, ...rest } = changed
  return { ...rest, name: query.name, type: query.type, ...(query.class !== undefined && { class: query.class }) }
}

/** Nobody undoes anything: the reply has the question that was asked in the end. */
function passed(query: DnsQuery, changed: DnsQuery, served: Served): Served {
  if (changed === query) return served
  const asked = served.query ?? changed
  return { ...served, query: asked, ...(served.reply && { reply: { ...questionOf(asked, query), ...served.reply } }) }
}

interface Undo {
  readonly responses: readonly ResponseRule[]
  /** When no later plugin wrote, the failure is written here, with the question that was asked first. */
  readonly writesFailures: boolean
}

function* reverting(r: Rewrite, before: DnsQuery, changed: DnsQuery, next: Next, undo: Undo): HopRun<Served> {
  const { version } = r.setup
  const served = yield* next(changed)
  const asked = served.query ?? changed
  if (served.panic) return { ...lookedInto(served), query: asked }
  const failed = undo.writesFailures && WRITTEN_BY_SERVER.has(served.rcode) ? failure(r, asked, served) : undefined
  // Behind a later plugin that wrote and left one of these codes, too, this is the second message.
  const [written, second] = served.reply ? [copied(served.reply), failed] : [failed]
  if (!written) return { ...served, query: asked }
  const ordered = since(version, 1, 11, 4) ? undo.responses.toReversed() : undo.responses
  const undone = yield* reverted(r.setup, before, asked, written, ordered)
  if ('failure' in undone) return broken(r, undone.failure, asked)
  const after = second && (yield* reverted(r.setup, before, undone.query, second, ordered))
  if (after && 'failure' in after) return broken(r, after.failure, asked)
  const echoes = since(version, 1, 14, 7) && undone.query.edns !== undefined && ordered.some(rule => rule.kind === 'edns0')
  return {
    ...served, rcode: failed ? 'NOERROR' : served.rcode, reply: { ...undone.reply, ...(after && { also: [after.reply] }) }, query: failed ? filtered(r, undone.query) : undone.query,
    ...(echoes && { answered: { ...undone.query, edns: revertedEdns(undone.query.edns, ordered) } }),
  }
}

/** What is undone is undone in copies. */
function copied({ held: _, ...reply }: Reply): Reply {
  return reply
}

function failure(r: Rewrite, asked: DnsQuery, served: Served): Reply {
  const cause = served.cause ?? { kind: 'failed', by: r.setup.server, detail: served.rcode }
  const { edns } = filtered(r, asked)
  return { ...bareReply(asked, served.rcode, cause), ...(edns && { edns }) }
}

/** Writing a failure leaves in the query itself only the options that are echoed. */
const filtered = (r: Rewrite, query: DnsQuery): DnsQuery =>
  ({ ...query, ...(query.edns && { edns: echoedEdns(query.edns, r.setup.version, registeredOptions(r.setup.model)) }) })

function broken(r: Rewrite, how: 'loop' | 'panic', query: DnsQuery): Served {
  if (how === 'loop') return { rcode: 'SERVFAIL', query, error: 'loop', cause: { kind: 'loop', by: r.id } }
  return { ...panicked(r.id, 'panic: the reply of an inner lookup is missing'), query }
}
