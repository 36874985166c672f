// Options of the external plugin `fanout` (setup.go of github.com/networkservicemesh/fanout at be135961 of 2024-11-08).
import type { Directive } from '../../chain/model.ts'
import type { Problem, Source } from '../../chain/source.ts'
import { cancelMs } from './cancel.ts'
import { readForward, type ForwardOptions, type Server } from './forward-options.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { originsOf } from './origins.ts'
import type { PluginSetup } from './plugin.ts'
import { argumentText, ONCE_TEXT, REFUSED_CODE, refusalText } from './refuse.ts'

export interface FanoutOptions {
  readonly from: string
  readonly except: readonly string[]
  readonly servers: readonly Server[]
  /** Some servers, or names of `except-file`, are not in the evidence. */
  readonly unknown: string | undefined
  readonly transport: 'udp' | 'tcp'
  /** 0 = until the time is over. */
  readonly attempts: number
  readonly timeoutMs: number
  readonly race: boolean
  readonly workers: number
  /** How many servers are asked. */
  readonly asked: number
  /** Undefined: in the order of the line. */
  readonly weights: readonly number[] | undefined
  /** How its servers are asked. */
  readonly wire: ForwardOptions
  readonly source: Source
}

export type Refused = { readonly refused: string; readonly source: Source }

const DEFAULTS = { attempts: 3, timeoutMs: 30_000 }
const MOST_SERVERS = 100
const WORKERS = { least: 2, most: 32 }
const LARGEST_WEIGHT = 100

type Draft = { -readonly [K in keyof FanoutOptions]: FanoutOptions[K] } & { policy: string; factors: number[] }

export function readFanout(setup: PluginSetup): FanoutOptions | Refused {
  const [directive, second] = setup.directives as readonly [Directive, ...Directive[]]
  const [from, ...tos] = directive.args
  if (!from || tos.length === 0) return { refused: argumentText((from ?? { value: directive.name }).value), source: directive.source }
  if (originsOf([from.value], []).length === 0) return { refused: `unable to normalize '${from.value}'`, source: directive.source }
  // The servers are read as `forward` reads them; its limit of 15 is another here.
  const refused: string[] = []
  const report = (problem: Problem): void => {
    if (problem.code === REFUSED_CODE) refused.push(refusalText(problem).replace('plugin/forward: ', ''))
    else setup.report(problem)
  }
  const found = readForward({ ...directive, name: 'fanout', properties: [] }, { ...setup, report })
  const wrongServer = refused.find(text => !text.startsWith('more than '))
  if (wrongServer !== undefined) return { refused: wrongServer, source: directive.source }
  const draft: Draft = {
    from: found.from, except: [], servers: found.servers, unknown: found.unknown, transport: 'udp', ...DEFAULTS, race: false, workers: 0, asked: 0,
    weights: undefined, wire: found, source: directive.source, policy: 'sequential', factors: [],
  }
  for (const property of directive.properties) {
    const [, more] = property.args
    // What is behind the one word of an option is read as the next option.
    const next = ONE_WORD.has(property.name.toLowerCase()) && more ? { ...property, name: more.value, args: property.args.slice(2) } : undefined
    const wrong = readOption(draft, property, setup) ?? (next && readOption(draft, next, setup))
    if (wrong !== undefined) return { refused: wrong, source: property.source }
  }
  const count = draft.servers.length
  if (draft.factors.length > 0 && draft.factors.length !== count) return { refused: 'load-factor params count must be the same as the number of hosts', source: directive.source }
  if (second) return { refused: ONCE_TEXT, source: second.source }
  if (count > MOST_SERVERS) return { refused: `more than ${MOST_SERVERS} TOs configured: ${count}`, source: directive.source }
  const limited = (n: number): number => (n === 0 || n > count ? count : n)
  const weights = draft.factors.length > 0 ? draft.factors : found.servers.map(() => LARGEST_WEIGHT)
  draft.timeoutMs = Math.min(draft.timeoutMs, cancelMs(setup))
  return { ...draft, workers: limited(draft.workers), asked: limited(draft.asked), weights: draft.policy === 'weighted-random' ? weights : undefined }
}

const ONE_WORD = new Set(['tls-server', 'network', 'worker-count', 'policy', 'weighted-random-server-count', 'attempt-count', 'timeout'])

/** The error text, if it would not take this line. Names of options in any case. */
function readOption(draft: Draft, { name, args }: Directive, setup: PluginSetup): string | undefined {
  const words = args.map(a => a.value)
  const [first] = words
  const missing = argumentText(first ?? name)
  const parsed = atoi(first ?? '')
  const number = isFault(parsed) || parsed.value < 0 ? undefined : parsed.value
  switch (name.toLowerCase()) {
    case 'tls': return words.length > 3 ? argumentText(words.at(-1) ?? name) : undefined
    case 'tls-server': return first === undefined ? missing : undefined
    case 'network': return readNetwork(draft, first)
    case 'worker-count':
      if (number === undefined) return missing
      draft.workers = number
      if (number < WORKERS.least) return 'worker count should be more or equal 2. Consider to use Forward plugin'
      return number > WORKERS.most ? `worker count more then max value: ${WORKERS.most}` : undefined
    case 'policy':
      if (first === undefined) return missing
      draft.policy = first.toLowerCase()
      return draft.policy === 'sequential' || draft.policy === 'weighted-random' ? undefined : `unknown policy ${goQuote(first)}`
    case 'weighted-random-server-count':
      draft.asked = number ?? 0
      return number === undefined ? missing : undefined
    case 'weighted-random-load-factor': return readFactors(draft, name, words)
    case 'attempt-count':
      draft.attempts = number ?? 0
      return number === undefined ? missing : undefined
    case 'timeout': return readTimeout(draft, first, missing)
    case 'race':
      draft.race = true
      return first === undefined ? undefined : missing
    case 'except': {
      const odd = words.find(word => originsOf([word], []).length === 0)
      draft.except = [...draft.except, ...originsOf(words, [])]
      return first === undefined ? missing : odd === undefined ? undefined : `unable to normalize '${odd}'`
    }
    case 'except-file': return readExceptFile(draft, words, setup)
    default: return `unknown property ${name.toLowerCase()}`
  }
}

function readNetwork(draft: Draft, word: string | undefined): string | undefined {
  const network = word?.toLowerCase()
  if (network === undefined) return argumentText('network')
  if (network !== 'udp' && network !== 'tcp' && network !== 'tcp-tls') return 'unknown network protocol'
  draft.transport = network === 'udp' ? 'udp' : 'tcp'
  return undefined
}

function readFactors(draft: Draft, name: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return argumentText(name)
  for (const word of words) {
    if (!/^[+-]?\d+$/.test(word)) return argumentText(words.at(-1) ?? name)
    const factor = Number(word)
    if (factor < 1) return 'load-factor should be more or equal 1'
    if (factor > LARGEST_WEIGHT) return `load-factor ${factor} should be less than ${LARGEST_WEIGHT}`
    draft.factors.push(factor)
  }
  return undefined
}

function readTimeout(draft: Draft, word: string | undefined, missing: string): string | undefined {
  if (word === undefined) return missing
  const time = parseDuration(word)
  if (isFault(time)) return time.fault
  draft.timeoutMs = Math.max(0, time.value)
  return undefined
}

function readExceptFile(draft: Draft, words: readonly string[], { model }: PluginSetup): string | undefined {
  const [path] = words
  if (path === undefined || words.length !== 1) return argumentText(words.at(-1) ?? 'except-file')
  const file = model.files.get(path) ?? model.files.get(`/${path}`)
  if (!file && model.machine?.hasAllFiles) return `open ${path}: no such file or directory`
  if (!file) draft.unknown ??= `the file ${path} of except-file`
  // An empty line, as after the last newline, is no name.
  const lines = file?.text.split('\n') ?? []
  const bad = lines.find(line => originsOf([line], []).length === 0)
  draft.except = [...draft.except, ...originsOf(lines, [])]
  return bad === undefined || !file ? undefined : `unable to normalize '${bad}'`
}
