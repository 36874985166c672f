// The external plugin `alternate` (github.com/coredns/alternate at 1012abea of 2024-09-29, built for CoreDNS 1.11.3; in other releases it is
// taken to work the same): the rest of the chain answers into a buffer; a reply code that has a rule is answered by servers of that
// rule instead, with the means of `forward` in random order. `original` sends the question as it was before later plugins changed it.
// Where it stands: ahead of `forward`, as its README says (order.ts).
// Not modelled: another place in the order of plugins.
import type { Directive } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { forward } from './forward.ts'
import type { Handler, PluginFactory, PluginSetup } from './plugin.ts'
import { argumentText, refuse } from './refuse.ts'
import { rcodeOfNumber, rcodeOfWord } from './rcode-number.ts'

interface Rule {
  readonly rcodes: readonly string[]
  readonly original: boolean
  readonly handler: Handler
}

export const alternate: PluginFactory = setup => {
  const rules = new Map<string, Rule>()
  for (const directive of setup.directives) {
    const rule = readRule(directive, setup)
    const twice = typeof rule === 'string' ? undefined : rule.rcodes.find(r => rules.has(r))
    const refused = typeof rule === 'string' ? rule : twice && `rcode '${twice}' is specified more than once`
    if (typeof rule === 'string' || refused !== undefined) {
      refuse(setup.report, refused ?? '', directive.source)
      return refusedHandler(`${setup.server} alternate`, refused ?? '')
    }
    for (const rcode of rule.rcodes) rules.set(rcode, rule)
  }
  return function* (query, next) {
    const served = yield* next(query)
    const rule = rules.get(served.reply?.rcode ?? served.rcode)
    if (!rule || served.panic) return served
    return yield* rule.handler(rule.original ? query : served.query ?? query, next)
  }
}

/** The error text as printed: only what its `forward` refuses has the name of the plugin in front. */
function readRule(directive: Directive, setup: PluginSetup): Rule | string {
  const words = directive.args
  const original = words[0]?.value === 'original'
  const [codes, from, ...tos] = original ? words.slice(1) : words
  if (!codes) return argumentText(words.at(-1)?.value ?? directive.name)
  const rcodes = codes.value.split(',').flatMap(c => rcodeOfWord(c.toUpperCase(), setup.version) ?? []).map(rcodeOfNumber)
  const unknown = codes.value.split(',').find(c => rcodeOfWord(c.toUpperCase(), setup.version) === undefined)
  if (unknown !== undefined) return `${unknown} is not a valid rcode`
  if (!from || tos.length === 0) return `plugin/alternate: ${argumentText((from ?? codes).value)}`
  if (directive.properties.length > 0) return 'plugin/alternate: additional parameters not allowed'
  if (tos.some(to => /^(tls|https|quic|grpc):\/\//.test(to.value))) return 'plugin/alternate: only dns transport allowed'
  // A name of its own for each rule: its cells and picks are its own, too. FROM is read and not looked at.
  const own: Directive = { ...directive, name: `alternate ${rcodes.join(',')}`, args: [{ ...from, value: '.' }, ...tos], properties: [] }
  const report = (problem: Problem): void => setup.report({ ...problem, message: problem.message.replace('plugin/forward: ', 'plugin/alternate: ') })
  const handler = forward({ ...setup, directives: [own], report })
  return handler ? { rcodes: [...new Set(rcodes)], original, handler } : 'no servers'
}
