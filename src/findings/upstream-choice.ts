// The choice of an upstream, as findings see it: which servers one `forward` (or `proxy`) line picks from, and what each ends in.
import { compare, ONE, sum, ZERO } from '../chain/rational.ts'
import type { Directive, UpstreamModel } from '../chain/model.ts'
import type { Source } from '../chain/source.ts'
import { absolute, nameKey } from '../dns/name.ts'
import type { Case, Deciding } from './case.ts'
import { forwardLines, forwardLinesFor, targetsOf, type ForwardLine } from './forward-targets.ts'

export interface UpstreamChoice extends ForwardLine {
  /** Absent where nothing is chosen today: the order is fixed, and only the first answers. */
  readonly deciding?: Deciding
  /** Addresses whose choice always ends in an answer; always in a denial; and those that fail or that no evidence tells. */
  readonly knows: readonly UpstreamOption[]
  readonly denies: readonly UpstreamOption[]
  readonly untold: readonly UpstreamOption[]
}

export interface UpstreamOption {
  readonly address: string
  readonly source: Source | undefined
}

/** Choices among upstreams that decide how the lookup ends, most influential first; then lists in a fixed order whose servers are known to disagree. */
export function upstreamChoices(c: Case): UpstreamChoice[] {
  const found: UpstreamChoice[] = []
  for (const deciding of c.decidedBy) {
    if (deciding.unknown || deciding.influence <= 0) continue
    const line = lineAt(c, deciding)
    if (!line) continue
    const options = deciding.alternatives.map(a => ({ address: a.taken.replace(/:53$/, ''), source: a.source, ends: a.ends }))
    // What a server said itself comes first: pinning one replica's choice says little where another replica answers as well.
    const says = (o: (typeof options)[number]): Says => {
      const told = saysOf(c, o.address)
      return told === 'untold' ? endsAs(o.ends) : told
    }
    found.push({
      deciding, ...line,
      knows: options.filter(o => says(o) === 'answer'), denies: options.filter(o => says(o) === 'denial'), untold: options.filter(o => says(o) === 'untold'),
    })
  }
  return [...found, ...fixedOrders(c).filter(choice => !found.some(other => other.server === choice.server && other.forward === choice.forward))]
}

/** A choice that always ends in an address, or always in a denial. */
function endsAs(ends: Deciding['alternatives'][number]['ends']): Says {
  const possible = [...ends].filter(([, odds]) => compare(odds.max, ZERO) > 0)
  if (possible.length > 0 && possible.every(([key]) => key === 'nxdomain' || key === 'nodata')) return 'denial'
  const answered = possible.filter(([key]) => key.startsWith('answer')).map(([, odds]) => odds.min)
  return compare(sum(answered), ONE) >= 0 ? 'answer' : 'untold'
}

function lineAt(c: Case, deciding: Deciding): ForwardLine | undefined {
  const { source } = deciding
  return source && c.servers.filter(server => deciding.at.includes(server.pod)).flatMap(forwardLines)
    .find(line => line.forward.source.file === source.file && line.forward.source.start === source.start)
}

/** `policy sequential` and `round_robin`: the engine sees no chance, but the list is what it is. */
function fixedOrders(c: Case): UpstreamChoice[] {
  const name = absolute(c.question.name)
  return c.servers.flatMap(server => forwardLinesFor(server, name).slice(0, 1)).flatMap((line): UpstreamChoice[] => {
    if (!fixedOrder(line.forward) || asksOthersAfterDenial(line.forward)) return []
    const options = targetsOf(line.server, line.forward).map(t => ({ address: t.port === 53 ? t.address : `${t.address}:${t.port}`, source: t.source }))
    const saying = (says: Says): UpstreamOption[] => options.filter(o => saysOf(c, o.address) === says)
    const choice = { ...line, knows: saying('answer'), denies: saying('denial'), untold: saying('untold') }
    return choice.knows.length > 0 && choice.denies.length > 0 ? [choice] : []
  })
}

/** The word of a policy that puts the servers in an order. */
export function fixedOrder(forward: Directive): 'sequential' | 'round_robin' | undefined {
  const policy = forward.name === 'forward' ? forward.properties.find(p => p.name === 'policy')?.args[0]?.value : undefined
  return policy === 'sequential' || policy === 'round_robin' ? policy : undefined
}

/** `failover NXDOMAIN` (1.13.0) or `next NXDOMAIN` (1.11.4): a denial is not the last word. */
export const asksOthersAfterDenial = (forward: Directive): boolean =>
  forward.properties.some(p => (p.name === 'failover' || p.name === 'next') && p.args.some(a => a.value.toUpperCase() === 'NXDOMAIN'))

type Says = 'answer' | 'denial' | 'untold'

/** What a server was seen to say of the name itself; `untold` where it was not asked, or changed its mind. */
export function saysOf(c: Case, address: string): Says {
  const said = new Set(viewsOf(c, address).flatMap(v => v.replies).map(r => (r.reply.answer.length > 0 ? 'answer' : r.reply.rcode === 'NXDOMAIN' ? 'denial' : r.reply.rcode === 'NOERROR' ? 'nodata' : 'failure')))
  if (said.has('answer')) return said.has('denial') || said.has('failure') ? 'untold' : 'answer'
  return said.has('denial') && said.size === 1 ? 'denial' : 'untold'
}

export function viewsOf(c: Case, address: string): UpstreamModel['view'][number][] {
  const key = nameKey(absolute(c.question.name))
  return c.model.upstreams.filter(u => u.address === address || `${u.address}:${u.port}` === address).flatMap(u => u.view).filter(v => nameKey(v.name) === key)
}

/** RFC 1918, 6598, 4193, loopback and link-local: an address a public resolver cannot have. */
export const isPrivateAddress = (address: string): boolean =>
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(address) || /^(f[cd]|fe80:|::1$)/i.test(address)
