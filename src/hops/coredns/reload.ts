// CoreDNS's `reload` plugin, 1.9.3 to 1.15.0: plugin/reload/. Every interval, with a jitter drawn at the start, it reads the Corefile with its
// imports; when their words changed it starts a new instance, and keeps the old one when that fails. The hash it prints tells which
// Corefile a process runs.
// Not modelled: characters that Go's JSON escapes in another way (backspace, form feed).
import type { Corefile, Directive } from '../../chain/model.ts'
import { durationText, parseDuration } from './go-duration.ts'
import { isFault } from './go-number.ts'
import { md5 } from './md5.ts'
import { since, type CorednsVersion } from './plugin.ts'
import type { SetupCheck } from './setup-check.ts'
import { sha512 } from './sha512.ts'

const SMALLEST_INTERVAL_MS = 2000
const SMALLEST_JITTER_MS = 1000
const DEFAULT = { intervalMs: 30_000, jitterMs: 15_000 }

export const reloadSetup: SetupCheck = (c, at) => {
  c.next()
  const args = c.remainingArgs()
  if (args.length > 2) throw c.argErr()
  const [interval, jitter] = args.map(word => {
    const time = parseDuration(word)
    return isFault(time) ? c.refuse(time.fault) : time.value
  })
  if (interval instanceof Error) throw interval
  if ((interval ?? DEFAULT.intervalMs) < SMALLEST_INTERVAL_MS) throw c.refuse(`interval value must be greater or equal to ${durationText(SMALLEST_INTERVAL_MS)}`)
  if (jitter instanceof Error) throw jitter
  const takesZero = since(at.version, 1, 14, 2)
  if (jitter === undefined || jitter >= SMALLEST_JITTER_MS || (takesZero && jitter === 0)) return
  throw c.refuse(`jitter value must be ${takesZero ? '0 or ' : ''}greater or equal to ${durationText(SMALLEST_JITTER_MS)}`)
}

export interface ReloadTimes {
  /** The first look at the Corefile comes between these after the start, and one after each as long a time again. */
  readonly earliestMs: number
  readonly latestMs: number
}

/** Times of the block's `reload`; the set-up took it. */
export function reloadTimes(directive: Directive): ReloadTimes {
  const [interval, jitter] = directive.args.map(a => parseDuration(a.value))
  const intervalMs = interval && !isFault(interval) ? interval.value : DEFAULT.intervalMs
  const jitterMs = Math.min(jitter && !isFault(jitter) ? jitter.value : DEFAULT.jitterMs, intervalMs / 2)
  return { earliestMs: intervalMs - jitterMs / 2, latestMs: intervalMs + jitterMs / 2 }
}

/** `plugin/reload` of one SIGUSR1 on: up to 1.14 every later change fails, since 1.15.0 nobody looks any more. */
export const STALE_LISTENER = 'getting old listener file: file tcp [::]:53: use of closed network connection'
export const stopsAfterSignal = (version: CorednsVersion): boolean => since(version, 1, 15)

export const hashLine = (corefile: Corefile, version: CorednsVersion): string =>
  `[INFO] plugin/reload: Running configuration ${since(version, 1, 9, 1) ? 'SHA512' : 'MD5'} = ${configurationHash(corefile, version)}`

/** Of the words with their lines, as JSON: comments and blanks do not count, moved lines do. */
export function configurationHash(corefile: Corefile, version: CorednsVersion): string {
  const blocks = corefile.blocks.map(block => {
    const tokens = Map.groupBy(block.uses ?? [], use => use.name)
    const words = [...tokens.keys()].sort().map(name => `${json(name)}:[${tokens.get(name)?.flatMap(u => u.words).map(w => `{"File":${json(w.path)},"Line":${w.line},"Text":${json(w.text)}}`).join(',')}]`)
    return `{"Keys":[${block.keys.map(k => json(k.value)).join(',')}],"Tokens":{${words.join(',')}}}`
  })
  const text = blocks.length === 0 ? 'null' : `[${blocks.join(',')}]`
  return since(version, 1, 9, 1) ? sha512(text) : md5(text)
}

/** encoding/json escapes what could end a script element. */
const json = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
