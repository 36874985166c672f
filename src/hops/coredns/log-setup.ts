// What the set-ups of CoreDNS's `log`, `errors` and `loadbalance` plugins refuse, 1.9.3 to 1.15.0: setup.go of each.
import { parseCidr } from '../../dns/go-cidr.ts'
import type { Dispenser } from './dispenser.ts'
import { durationText, parseDuration } from './go-duration.ts'
import { isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'
import { readWeights } from './loadbalance-weights.ts'
import { LOG_CLASSES } from './log.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { joined, once, readFault, startTicker, statFault, textAt, unknownProperty, type SetupAt, type SetupCheck } from './setup-check.ts'

export const logSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    c.remainingArgs()
    while (c.nextBlock()) {
      if (c.val() !== 'class') throw since(at.version, 1, 14, 4) ? unknownProperty(c) : c.argErr()
      const classes = c.remainingArgs()
      if (classes.length === 0) throw c.argErr()
      const odd = classes.find(name => !LOG_CLASSES.has(name))
      if (odd !== undefined) throw c.refuse(`invalid Class: ${odd}`)
    }
  }
}

export const errorsSetup: SetupCheck = (c, at) => once(c, () => {
  const [file, ...more] = c.remainingArgs()
  if (more.length > 0) throw c.argErr()
  if (file !== undefined && file !== 'stdout') throw c.err(`invalid log file: ${file}`)
  while (c.nextBlock()) {
    if (c.val() === 'consolidate') consolidate(c, at.version)
    else if (!(c.val() === 'stacktrace' && since(at.version, 1, 9))) throw c.syntaxErr(`Unknown field ${c.val()}`)
  }
})

const LEVELS = new Set(['warning', 'error', 'info', 'debug'])
const LONGEST_PATTERN = 10_000

function consolidate(c: Dispenser, version: CorednsVersion): void {
  const isLonger = since(version, 1, 14)
  const args = c.remainingArgs()
  const [time = '', pattern = '', ...options] = args
  if (args.length < 2 || args.length > (isLonger ? 4 : 3)) throw c.argErr()
  const period = parseDuration(time)
  if (isFault(period)) throw c.err(period.fault)
  const bytes = new TextEncoder().encode(pattern).length
  if (isLonger && bytes > LONGEST_PATTERN) throw c.err(`regex pattern too long: ${bytes} > ${LONGEST_PATTERN}`)
  const regexp = compileGoRegexp(pattern, version)
  if (isRefused(regexp) && !regexp.unmodelled) throw c.err(regexp.error)
  if (isLonger) return consolidateOptions(c, options)
  if (options[0] !== undefined && !LEVELS.has(options[0])) throw c.err(`unknown log level argument in consolidate: ${options[0]}`)
}

function consolidateOptions(c: Dispenser, options: readonly string[]): void {
  let [hasLevel, showFirst] = [false, false]
  for (const option of options) {
    if (LEVELS.has(option)) {
      if (hasLevel) throw c.err('multiple log levels specified in consolidate')
      if (showFirst) throw c.err('log level must come before show_first in consolidate')
      hasLevel = true
    } else if (option === 'show_first') showFirst = true
    else throw c.err(`unknown option in consolidate: ${option}`)
  }
}

export const loadbalanceSetup: SetupCheck = (c, at) => {
  if (!since(at.version, 1, 10, 1)) return roundRobinOnly(c)
  let weights: Weights | undefined
  while (c.next()) {
    const [policy, ...more] = c.remainingArgs()
    if (policy === 'round_robin') {
      if (more.length > 0) throw c.err(`unknown property for ${policy}`)
    } else if (policy === 'weighted') weights = weighted(c, more, at)
    else if (policy !== undefined) throw c.refuse(`unknown policy: ${policy}`)
    // Up to then the first use is the only one that is read, without its block.
    if (!since(at.version, 1, 12, 4)) break
    prefer(c)
  }
  // Only the last of several files is ever opened.
  if (weights) weightsAtStart(at, weights)
}

/** With more than one word the next line is looked at as if it were another use. */
function roundRobinOnly(c: Dispenser): void {
  while (c.next()) {
    const [policy, ...more] = c.remainingArgs()
    if (more.length > 0) continue
    if (policy !== undefined && policy !== 'round_robin') throw c.refuse(`unknown policy: ${policy}`)
    return
  }
  throw c.argErr()
}

const WEIGHTS_REREAD_MS = 30_000

interface Weights {
  readonly path: string
  readonly rereadMs: number
}

function weighted(c: Dispenser, files: readonly string[], at: SetupAt): Weights {
  let rereadMs = WEIGHTS_REREAD_MS
  if (files.length === 0) throw c.err('missing weight file argument')
  if (files.length > 1) throw c.err('unexpected argument(s)')
  while (c.nextBlock()) {
    if (c.val() !== 'reload') throw unknownProperty(c)
    const [time, ...more] = c.remainingArgs()
    if (time === undefined) throw c.err('reload duration value is missing')
    if (more.length > 0) throw c.err('unexpected argument')
    const period = parseDuration(time)
    if (isFault(period)) throw c.err(`invalid reload duration '${time}'`)
    rereadMs = period.value
  }
  return { path: joined(at, files[0] as string), rereadMs }
}

function weightsAtStart(at: SetupAt, { path, rereadMs }: Weights): void {
  const refused = (why: string): void => at.refuseAtStart(`plugin/loadbalance: ${why}`)
  const error = since(at.version, 1, 12, 2) ? 'weight file open error' : 'Weight file open error'
  if (statFault(at, path) !== undefined) {
    if (rereadMs === 0) return refused(error)
    at.printAtStart(`[WARNING] plugin/loadbalance: Failed to open weight file:${error}. Will try again in ${durationText(rereadMs)}`)
  } else {
    const unread = readFault(at, path === '' ? '.' : path)
    if (unread !== undefined) return refused(unread)
    const text = textAt(at, path)
    if (text === undefined) return
    const weights = readWeights(text, path, at.version)
    if (typeof weights === 'string') return refused(weights)
    at.printAtStart(`[INFO] plugin/loadbalance: Successfully reloaded weight file ${path}`)
  }
  startTicker(at, rereadMs)
}

function prefer(c: Dispenser): void {
  while (c.nextBlock()) {
    if (c.val() !== 'prefer') throw unknownProperty(c)
    for (const text of c.remainingArgs()) if (!parseCidr(text)) throw c.err(`invalid CIDR ${goQuote(text)}: invalid CIDR address: ${text}`)
  }
}
