// Differences between CoreDNS and the model that are known, each with its reason: `npm run conform` counts them and does not fail for them.
// Each is as narrow as it can be told: by the plugins of the case and by what differs.
import type { Verdict } from '../fidelity/verdict.ts'
import { corefileOf, pluginsOf, type Scenario } from './scenario.ts'

type Different = Extract<Verdict, { kind: 'different' }>

export interface Explained {
  readonly reason: string
  readonly mend: string
  readonly fits: (scenario: Scenario, verdict: Different) => boolean
}

/** The two sides of `reply: A for B`. */
const sides = (text: string): readonly string[] => /^reply: (\{.*\}) for (\{.*\})$/s.exec(text)?.slice(1) ?? []

const hasCnameRule = (scenario: Scenario): boolean => /^ *rewrite (?:\w+ )?cname /m.test(corefileOf(scenario))

/** Of upstreams' questions `<address> <transport> <name> <type> …`. */
const withoutAddress = (asked: string): string => asked.slice(asked.indexOf(' ') + 1)

/** The real upstreams heard, and the real log has, what the model's did, and besides only what earlier steps asked. */
function isBesideEarlier({ steps }: Scenario, text: string): boolean {
  const [, what, ours, theirs] = /^(asked|log): (\[.*\]) for (\[.*\])$/s.exec(text) ?? []
  if (ours === undefined || theirs === undefined) return false
  const lines = (list: string): string[] => (JSON.parse(list) as string[]).map(line => (what === 'asked' ? withoutAddress(line) : line))
  const earlier = steps.flatMap(step => ('query' in step && step.query.name !== undefined
    ? (what === 'asked' ? ` ${step.query.name} ${step.query.type} ` : `"${step.query.type} IN ${step.query.name} `).toLowerCase() : []))
  const expected = lines(ours)
  const beside = lines(theirs).filter(line => {
    const at = expected.indexOf(line)
    if (at >= 0) expected.splice(at, 1)
    return at < 0
  })
  return expected.length === 0 && beside.every(line => earlier.some(question => line.toLowerCase().includes(question)))
}

/** Lines of a log that differ in panics alone. */
function isAlikeButPanics(text: string): boolean {
  const lists = /^log: (\[.*\]) for (\[.*\])$/s.exec(text)?.slice(1)
  const [ours, theirs] = (lists ?? []).map(list => (JSON.parse(list) as string[]).filter(line => !line.startsWith('[ERROR] Recovered from panic')).join('\n'))
  return ours !== undefined && ours === theirs
}

export const EXPLAINED: readonly Explained[] = [
  {
    reason: 'CoreDNS 1.9.3 writes a name that begins with a dot, as rewrite can make it, as the root name, and what follows it cannot be read',
    mend: 'a reply whose bytes are no message',
    fits: ({ version }, { what }) => version === '1.9.3' && what.some(text => /"\.[a-z]|[ "]\.[a-z]\S* \d+ IN| \.[a-z]/.test(sides(text)[0] ?? '')),
  },
  {
    reason: 'the lookup of a `rewrite cname` whose answer has the alias again begins the next one, without end: nobody hears anything; ours says loop (SERVFAIL)',
    mend: 'an internal lookup that is never over',
    fits: (scenario, { what }) => hasCnameRule(scenario) && what.some(text => (sides(text)[1] ?? '') === '{"noReply":true}'),
  },
  {
    reason: 'such a lookup goes on asking its upstreams, and ends at last, while later questions of the case are answered',
    mend: 'an internal lookup that is never over',
    fits: (scenario, { what }) => hasCnameRule(scenario) && what.every(text => isBesideEarlier(scenario, text)),
  },
  {
    reason: 'a probe of `loop` that panics in the chain writes its line when it comes by, every three seconds: beside one question or the next',
    mend: 'the very moment at which a process begins its probes',
    fits: (scenario, { what }) => pluginsOf(scenario).includes('loop') && what.every(isAlikeButPanics),
  },
]

export const explained = (scenario: Scenario, verdict: Verdict): Explained | undefined =>
  verdict.kind === 'different' ? EXPLAINED.find(entry => entry.fits(scenario, verdict)) : undefined
