// `iptables-save` of a node: where a Service address really leads, as installed. kube-proxy's chains in iptables mode
// (KUBE-SERVICES → KUBE-SVC/KUBE-SVL → KUBE-SEP → DNAT; refusals in table filter), in the spellings of iptables 1.8 legacy and nf_tables
// and of kube-proxy's own dump, with or without counters (`-c`). Probabilities are read back as the fractions they stand for.
// Also seen: NOTRACK rules of NodeLocal DNSCache, which then owns the address on this node.
// Not modelled: ipvs and nftables modes and eBPF (they leave no KUBE-SVC chains: `proxied` is false), rules of other programs, node ports.
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'
import { multiply, ONE, rational, subtract, type Rational } from '../chain/rational.ts'

export interface InstalledEndpoint {
  readonly address: string
  readonly port: number
  readonly odds: Rational
}

export interface InstalledService {
  /** `kube-system/kube-dns:dns`, from the rule's comment; '' when there is none. */
  readonly name: string
  readonly address: string
  readonly port: number
  readonly protocol: string
  /** In rule order. */
  readonly endpoints: readonly Sourced<InstalledEndpoint>[]
  readonly refusal: 'reject' | 'drop' | undefined
  readonly sticky: boolean
  /** The rule that catches the address. */
  readonly source: Source
}

export interface IptablesRules {
  readonly file: string
  /** False: this text holds no Service chains of kube-proxy, so it says nothing about endpoints. */
  readonly proxied: boolean
  readonly services: readonly InstalledService[]
  /** Addresses that bypass connection tracking on port 53: NodeLocal DNSCache. */
  readonly notrack: readonly Sourced<string>[]
}

interface Rule {
  readonly table: string
  readonly words: readonly string[]
  readonly source: () => Source
}

/** `nat KUBE-SERVICES` → its rules. */
type Chains = ReadonlyMap<string, readonly Rule[]>

const RULE_LIMIT = 500_000
const PROBLEM_LIMIT = 20

export function readIptablesRules(file: string, text: string): Read<IptablesRules> {
  const problems: Problem[] = []
  const chains = readChains(file, text, problems)
  const entry = chains.get('nat KUBE-SERVICES') ?? []
  const filters = [...(chains.get('filter KUBE-SERVICES') ?? [])]
  const services: InstalledService[] = []
  for (const rule of filters) {
    const target = valueOf(rule, '-j')
    const refusal = target === 'REJECT' ? 'reject' : target === 'DROP' ? 'drop' : undefined
    if (refusal) services.push({ ...matchOf(rule), endpoints: [], refusal, sticky: false, source: rule.source() })
  }
  for (const rule of entry) {
    const target = valueOf(rule, '-j') ?? ''
    if (!/^KUBE-SV[CL]-/.test(target)) continue
    const chain = chains.get(`nat ${target}`) ?? []
    const sticky = chain.some(one => one.words.includes('--rcheck'))
    services.push({ ...matchOf(rule), endpoints: balanceOf(chain, chains, problems), refusal: undefined, sticky, source: rule.source() })
  }
  return { value: { file, proxied: chains.has('nat KUBE-SERVICES'), services, notrack: notrackOf(chains) }, problems }
}

function readChains(file: string, text: string, problems: Problem[]): Chains {
  const chains = new Map<string, Rule[]>()
  let table = ''
  let line = 0
  let count = 0
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const whole = text.slice(start, end).trimEnd()
    line++
    if (whole.startsWith('*')) table = whole.slice(1)
    else if (whole.startsWith(':')) chains.set(`${table} ${whole.slice(1).split(' ')[0] as string}`, [])
    else if (/^(?:\[\d+:\d+\] )?-A /.test(whole)) {
      if (++count > RULE_LIMIT) {
        const source = lineSource(file, line, whole, start)
        problems.push({ code: 'iptables-too-many-rules', message: `only the first ${RULE_LIMIT} rules are read`, source, state: 'damaged' })
        break
      }
      addRule(chains, table, whole.slice(whole.indexOf('-A ')), file, line, start, whole)
    } else if (whole !== '' && !whole.startsWith('#') && whole !== 'COMMIT' && problems.length < PROBLEM_LIMIT) {
      const source = lineSource(file, line, whole, start)
      problems.push({ code: 'iptables-unknown-line', message: 'not a line of iptables-save', source, state: 'ignored' })
    }
    start = end + 1
  }
  return chains
}

function addRule(chains: Map<string, Rule[]>, table: string, rule: string, file: string, line: number, start: number, whole: string): void {
  const words = wordsOf(rule)
  const key = `${table} ${words[1] ?? ''}`
  const made: Rule = { table, words, source: () => lineSource(file, line, whole, start) }
  const list = chains.get(key)
  if (list) list.push(made)
  else chains.set(key, [made])
}

/** Words in double quotes are one word; iptables-save escapes quotes inside with a backslash. */
function wordsOf(rule: string): string[] {
  return [...rule.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(match => match[2] ?? (match[1] as string).replace(/\\(.)/g, '$1'))
}

/** The word after an option that is not negated. */
function valueOf(rule: Rule, option: string): string | undefined {
  const at = rule.words.indexOf(option)
  return at < 0 || rule.words[at - 1] === '!' ? undefined : rule.words[at + 1]
}

function matchOf(rule: Rule): Pick<InstalledService, 'name' | 'address' | 'port' | 'protocol'> {
  const comment = valueOf(rule, '--comment') ?? ''
  return {
    name: /^\S+\/\S+/.exec(comment)?.[0] ?? '', address: (valueOf(rule, '-d') ?? '').replace(/\/(?:32|128)$/, ''),
    port: Number(valueOf(rule, '--dport') ?? 0), protocol: (valueOf(rule, '-p') ?? '').toUpperCase(),
  }
}

function balanceOf(chain: readonly Rule[], chains: Chains, problems: Problem[]): Sourced<InstalledEndpoint>[] {
  const endpoints: Sourced<InstalledEndpoint>[] = []
  let left: Rational = ONE
  for (const rule of chain) {
    const target = valueOf(rule, '-j') ?? ''
    if (!target.startsWith('KUBE-SEP-') || rule.words.includes('--rcheck')) continue
    const share = shareOf(valueOf(rule, '--probability'))
    const to = (chains.get(`nat ${target}`) ?? []).map(one => valueOf(one, '--to-destination')).find(one => one !== undefined)
    const socket = to === undefined ? undefined : socketOf(to)
    if (socket) endpoints.push({ value: { ...socket, odds: multiply(left, share) }, source: rule.source() })
    else if (problems.length < PROBLEM_LIMIT) {
      const message = `chain ${target} has no destination that can be read`
      problems.push({ code: 'iptables-no-destination', message, source: rule.source(), state: 'unknown' })
    }
    left = multiply(left, subtract(ONE, share))
  }
  return endpoints
}

/** Printed with 10 or 11 digits: 0.3333333333 is 1/3. */
function shareOf(text: string | undefined): Rational {
  if (text === undefined) return ONE
  const value = Number(text)
  if (!(value > 0 && value <= 1)) return ONE
  const parts = Math.round(1 / value)
  return Math.abs(1 / parts - value) < 1e-8 ? rational(1, parts) : rational(Math.round(value * 1e10), 10_000_000_000)
}

function socketOf(to: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([\d.]{7,15})):(\d{1,5})$/.exec(to)
  return match ? { address: (match[1] ?? match[2]) as string, port: Number(match[3]) } : undefined
}

function notrackOf(chains: Chains): Sourced<string>[] {
  const found = new Map<string, Sourced<string>>()
  for (const chain of ['raw PREROUTING', 'raw OUTPUT']) {
    for (const rule of chains.get(chain) ?? []) {
      const notrack = valueOf(rule, '-j') === 'NOTRACK' || rule.words.includes('--notrack')
      const address = valueOf(rule, '-d')?.replace(/\/(?:32|128)$/, '')
      if (!notrack || address === undefined || valueOf(rule, '--dport') !== '53' || found.has(address)) continue
      found.set(address, { value: address, source: rule.source() })
    }
  }
  return [...found.values()]
}

/** What is installed for one address and port; undefined = the rules say nothing. A refusal in table filter comes first. */
export function installedAt(rules: IptablesRules, address: string, port: number, protocol: string): InstalledService | undefined {
  const of = rules.services.filter(service => service.address === address && service.port === port && service.protocol === protocol)
  return of.find(service => service.refusal) ?? of[0]
}
