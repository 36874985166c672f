// Set-ups that take hardly any words: any, chaos, debug, local, loop, metadata, minimal, nsid, root, whoami and the like, CoreDNS 1.9.3
// to 1.15.0 (setup.go of each).
import { LARGEST_BYTES, SMALLEST_BYTES } from './bufsize.ts'
import { atoi, intText, isFault } from './go-number.ts'
import { durationText, parseDuration } from './go-duration.ts'
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import { nextWord, noWords, once, onlyWord, pathState, unknownProperty, type SetupCheck } from './setup-check.ts'

/** `any`, `minimal`, `whoami`: the name alone; only the first use is read. */
export const nameAlone: SetupCheck = c => {
  c.next()
  if (c.nextArg()) throw c.argErr()
}

/** Up to 1.14.3 its words are not looked at. */
export const anySetup: SetupCheck = (c, at) => {
  if (since(at.version, 1, 14, 4)) nameAlone(c, at)
}

export const debugSetup: SetupCheck = c => {
  while (c.next()) if (c.nextArg()) throw c.argErr()
}

export const loopSetup: SetupCheck = c => once(c, () => {
  if (c.nextArg()) throw c.argErr()
})

export const localSetup: SetupCheck = (c, at) => {
  if (!since(at.version, 1, 14, 5)) return anySetup(c, at)
  while (c.next()) {
    noWords(c)
    while (c.nextBlock()) {
      if (c.val() !== 'localhost_prefix') throw unknownProperty(c)
      const word = onlyWord(c)
      if (word !== 'on' && word !== 'off') throw c.err(`localhost_prefix expects 'on' or 'off', got ${goQuote(word)}`)
    }
  }
}

export const metadataSetup: SetupCheck = c => {
  c.next()
  c.remainingArgs()
  if (c.nextBlock() || c.next()) throw c.argErr()
}

export const rootSetup: SetupCheck = (c, at) => {
  while (c.next()) at.root = nextWord(c)
  if (pathState(at, at.root) === 'missing') at.print(`[WARNING] plugin/root: Root path does not exist: ${at.root}`)
}

/** Only the first use is read; its prefix is printed twice. */
export const bufsizeSetup: SetupCheck = c => {
  const refused = (): Error => c.refuse(`plugin/bufsize: ${c.argErr().message}`)
  if (!c.next()) throw refused()
  const [word, ...more] = c.remainingArgs()
  if (word === undefined) return
  const bytes = atoi(word)
  if (more.length > 0 || isFault(bytes) || bytes.value < SMALLEST_BYTES || bytes.value > LARGEST_BYTES) throw refused()
}

export const cancelSetup: SetupCheck = c => {
  while (c.next()) {
    const [word, ...more] = c.remainingArgs()
    if (more.length > 0) throw c.argErr()
    if (word === undefined) continue
    const time = parseDuration(word)
    if (isFault(time)) throw c.refuse(`invalid duration: ${goQuote(word)}`)
    if (time.value <= 0) throw c.refuse(`invalid negative duration: ${goQuote(word)}`)
  }
}

const MOST_SOCKETS = 1024

export const multisocketSetup: SetupCheck = (c, at) => {
  c.next()
  const [word, ...more] = c.remainingArgs()
  if (more.length > 0 || c.next()) throw c.argErr()
  const count = word === undefined ? { value: at.model.machine?.processors ?? 1 } : atoi(word)
  if (isFault(count)) throw c.refuse(`invalid num sockets: ${count.fault}`)
  if (count.value < 1) throw c.refuse(`num sockets can not be zero or negative: ${intText(count.value)}`)
  if (count.value > MOST_SOCKETS && since(at.version, 1, 13, 2)) throw c.refuse(`num sockets exceeds maximum (${MOST_SOCKETS}): ${intText(count.value)}`)
  at.sockets = count.value
}

const TIMEOUTS = new Set(['read', 'write', 'idle'])

export const timeoutsSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    // Some of its refusals carry the prefix twice.
    if (c.remainingArgs().length > 0) throw c.refuse(`plugin/timeouts: ${c.argErr().message}`)
    let count = 0
    for (; c.nextBlock(); count++) {
      const name = c.val()
      const word = onlyWord(c)
      if (name === 'maxtcpqueries' && since(at.version, 1, 14, 7)) {
        const queries = atoi(word)
        if (isFault(queries)) throw c.err(`invalid value for maxtcpqueries '${word}': ${queries.fault}`)
        if (queries.value === 0 || queries.value < -1) throw c.err(`maxtcpqueries provided '${intText(queries.value)}' needs to be -1 (unlimited) or a positive integer`)
        continue
      }
      // A bare number is seconds here.
      const time = parseDuration(isFault(atoi(word)) ? word : `${word}s`)
      if (isFault(time)) throw c.err(`failed to parse duration '${word}'`)
      if (time.value < 1000 || time.value > 86_400_000) throw c.err(`timeout provided '${durationText(time.value)}' needs to be between 1 second and 24 hours`)
      if (!TIMEOUTS.has(name)) throw c.err(`unknown option: '${name}'`)
    }
    if (count === 0) throw c.refuse(`plugin/timeouts: ${c.err('timeouts block with no timeouts specified').message}`)
  }
}
