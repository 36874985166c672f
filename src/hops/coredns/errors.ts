// CoreDNS's `errors` plugin, 1.9.3 to 1.15.0: plugin/errors/. One log line for each error a later plugin returned; no effect on replies.
// With `consolidate`, errors that a pattern fits are counted, and the count is printed when its time is over. The client's side of a
// socket is printed as port 0.
// `stacktrace` adds lines to that of a panic, which nobody reads here.
// Not modelled: counts that are printed because the process ends.
import { background, get, note, put, sleep, type Hop, type HopRun } from '../../chain/effects.ts'
import { debugs } from './debug.ts'
import { durationText, goDurationMs } from './go-duration.ts'
import { compileGoRegexp, isRefused, type GoRegexp } from './go-regexp.ts'
import { inBlock, type PluginFactory, type PluginSetup } from './plugin.ts'
import { rcodeNumber } from './rcode-number.ts'
import { typeWord } from './type-word.ts'
import { requestName } from './zone-data.ts'

interface Pattern {
  /** Cell that counts, and hop that prints. */
  readonly id: string
  readonly regexp: GoRegexp
  readonly text: string
  readonly periodMs: number
  readonly level: string
  /** Since 1.14: the first is printed at once, and a count of one is not. */
  readonly showsFirst: boolean
}

export const errors: PluginFactory = setup => {
  const patterns = patternsOf(setup)
  for (const pattern of patterns) setup.register?.(pattern.id, countPrinter(pattern, setup))
  return function* (query, next) {
    const served = yield* next(query)
    if (served.error === undefined || served.panic) return served
    const { error } = served
    const pattern = patterns.find(p => p.regexp.test(error))
    if (pattern && !(yield* isFirstShown(pattern))) return served
    const level = pattern?.level ?? 'ERROR'
    // Read from the request when all is over: a `rewrite` shows.
    const { name, type } = served.query ?? query
    if (isPrinted(level, setup)) yield* note({ kind: 'errors', by: setup.server, line: `[${level}] plugin/errors: ${rcodeNumber(served.rcode)} ${requestName(name)} ${typeWord(type, setup.version)}: ${error}` })
    return served
  }
}

const isPrinted = (level: string, setup: PluginSetup): boolean => level !== 'DEBUG' || debugs(setup.model)

function patternsOf(setup: PluginSetup): Pattern[] {
  const lines = setup.directives.flatMap(d => d.properties.filter(p => p.name === 'consolidate'))
  return lines.flatMap(({ args }, i) => {
    const [time = '', text = '', ...options] = args.map(a => a.value)
    const regexp = compileGoRegexp(text, setup.version)
    const periodMs = goDurationMs(time)
    if (isRefused(regexp) || periodMs === undefined) return []
    const level = (options.find(o => o !== 'show_first') ?? 'error').toUpperCase()
    return [{ id: inBlock(setup, `errors consolidate ${i}`), regexp, text, periodMs, level, showsFirst: options.includes('show_first') }]
  })
}

function* isFirstShown(pattern: Pattern): HopRun<boolean> {
  const count = Number((yield* get(pattern.id))?.value ?? 0)
  yield* put(pattern.id, count + 1, Infinity)
  if (count > 0) return false
  yield* background(pattern.id, null)
  return pattern.showsFirst
}

const countPrinter = ({ id, text, periodMs, level, showsFirst }: Pattern, setup: PluginSetup): Hop => function* () {
  yield* sleep(periodMs)
  const count = Number((yield* get(id))?.value)
  yield* put(id, 0, Infinity)
  if ((count > 1 || (count === 1 && !showsFirst)) && isPrinted(level, setup)) {
    yield* note({ kind: 'errors', by: setup.server, line: `[${level}] plugin/errors: ${count} errors like '${text}' occurred in last ${durationText(periodMs)}` })
  }
  return null
}
