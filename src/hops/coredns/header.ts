// CoreDNS's `header` plugin, 1.9.3 to 1.15.0: plugin/header/. Sets and clears AA, RA and RD of replies that a later plugin writes, and since 1.9.4 of
// the query, for good: the reply's RD is a copy of it. Only the first use that has rules counts.
// Not modelled: AA and RA of a query, which nobody on its way looks at.
import { FLAG_ORDER, type DnsQuery, type Reply } from '../../dns/message.ts'
import type { Dispenser, SetupRefused } from './dispenser.ts'
import { since, type CorednsVersion, type Handler, type PluginFactory } from './plugin.ts'
import { readByWords } from './plugin-words.ts'
import { onEachMessage } from './server-reply.ts'
import type { SetupCheck } from './setup-check.ts'

interface Rule {
  readonly flag: string
  readonly isSet: boolean
}
interface Rules {
  readonly query: Rule[]
  readonly response: Rule[]
}

export const headerSetup: SetupCheck = (c, at) => void readRules(c, at.version, at.print)

/** @throws SetupRefused */
function readRules(c: Dispenser, version: CorednsVersion, print: (line: string) => void): Rules {
  while (c.next()) {
    const rules: Rules = { query: [], response: [] }
    while (c.nextBlock()) readLine(c, rules, version, print)
    if (rules.query.length + rules.response.length > 0) return rules
  }
  throw c.argErr()
}

function readLine(c: Dispenser, rules: Rules, version: CorednsVersion, print: (line: string) => void): void {
  const word = c.val()
  const selector = word.toLowerCase()
  const hasSelectors = since(version, 1, 9, 4)
  const isBare = selector === 'set' || selector === 'clear'
  const refused = (text: string): SetupRefused => c.refuse(`${hasSelectors ? 'setting' : 'seting'} up rule: ${text}`)
  if (!hasSelectors || (isBare && !since(version, 1, 12, 4))) {
    if (hasSelectors) {
      print(`[WARNING] plugin/header: The selector for header rule in line ${c.word?.line} isn't explicit defined. Assume rule applies for selector 'response'. `
        + 'This syntax is deprecated. In future versions of CoreDNS the selector must be explicit defined.')
    }
    rules.response.push(...rulesOf(word, c.remainingArgs(), refused))
    return
  }
  if (selector !== 'query' && selector !== 'response') throw refused(`invalid selector=${selector} should be query or response`)
  const action = c.nextArg() ? c.val() : ''
  rules[selector].push(...rulesOf(action, c.remainingArgs(), refused))
}

const FLAGS = new Set(['aa', 'ra', 'rd'])

function rulesOf(word: string, args: readonly string[], refused: (text: string) => SetupRefused): Rule[] {
  if (word === '') throw refused('no flag action provided')
  if (args.length === 0) throw refused('invalid length for flags, at least one should be provided')
  const action = word.toLowerCase()
  if (action !== 'set' && action !== 'clear') throw refused(`unknown flag action=${action}, should be set or clear`)
  return args.map(arg => {
    const flag = arg.toLowerCase()
    if (!FLAGS.has(flag)) throw refused(`unknown/unsupported flag=${flag}`)
    return { flag, isSet: action === 'set' }
  })
}

export const header: PluginFactory = readByWords('header', (c, { version }) => readRules(c, version, () => undefined), (_, rules) => handler(rules))

const handler = (rules: Rules): Handler => function* (query, next) {
  const changed = asked(query, rules.query)
  const served = yield* next(changed)
  const last = served.query ?? changed
  return {
    ...served, ...(last !== query && { query: last }), ...(served.reply && { reply: onEachMessage(served.reply, message => answered(message, rules.response)) }),
  }
}

function asked(query: DnsQuery, rules: readonly Rule[]): DnsQuery {
  const last = rules.findLast(rule => rule.flag === 'rd')
  if (!last || last.isSet === (query.rd === true)) return query
  const { rd: _, ...rest } = query
  return last.isSet ? { ...rest, rd: true } : rest
}

function answered(reply: Reply, rules: readonly Rule[]): Reply {
  const flags = new Set(reply.flags)
  for (const { flag, isSet } of rules) if (isSet) flags.add(flag); else flags.delete(flag)
  return { ...reply, flags: FLAG_ORDER.filter(f => flags.has(f)) }
}
