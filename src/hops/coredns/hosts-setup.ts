// What the set-up of CoreDNS's `hosts` plugin refuses, and the lines it prints about its file, 1.9.3 to 1.15.0: plugin/hosts/setup.go.
import { debugs } from './debug.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, isFault } from './go-number.ts'
import { containerPath } from './go-path.ts'
import { goQuote } from './go-quote.ts'
import { entriesOf, hostsText } from './hosts.ts'
import { originsOf } from './origins.ts'
import { since } from './plugin.ts'
import { MISSING, noWords, once, pathState, rooted, statFault, unknownProperty, type SetupCheck } from './setup-check.ts'

const LARGEST_TTL_S = 65_535

export const hostsSetup: SetupCheck = (c, at) => {
  let falls = false
  let passesUnsupported = false
  let reverse = true
  once(c, () => {
    const [file, ...zones] = c.remainingArgs()
    if (file !== undefined) {
      const path = rooted(at, file)
      const state = path === '' ? undefined : pathState(at, path)
      const fault = statFault(at, path)
      if (fault !== undefined && fault !== MISSING) throw c.err(`unable to access hosts file '${path}': stat ${path}: ${fault}`)
      if (fault === MISSING) at.print(`[WARNING] plugin/hosts: File does not exist: ${path}`)
      if (state === 'directory') at.print(`[WARNING] plugin/hosts: Hosts file ${goQuote(path)} is a directory`)
      if (state === 'directory' && since(at.version, 1, 15)) at.printAtStart(`[ERROR] plugin/hosts: Failed to parse hosts file ${goQuote(path)}: read ${path}: is a directory`)
    }
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'fallthrough') {
        c.remainingArgs()
        falls = true
      } else if (name === 'fallthrough_unsupported' && since(at.version, 1, 14, 7)) {
        noWords(c)
        passesUnsupported = true
      } else if (name === 'ttl') {
        const [word] = c.remainingArgs()
        if (word === undefined) throw c.err('ttl needs a time in second')
        const ttl = atoi(word)
        if (isFault(ttl)) throw c.err('ttl needs a number of second')
        if (ttl.value <= 0 || ttl.value > LARGEST_TTL_S) throw c.err('ttl provided is invalid')
      } else if (name === 'reload') {
        const [word, ...more] = c.remainingArgs()
        if (word === undefined || more.length > 0) throw c.err('reload needs a duration (zero seconds to disable)')
        const time = parseDuration(word)
        if (isFault(time)) throw c.err(`invalid duration for reload '${word}'`)
        if (time.value < 0) throw c.err(`invalid negative duration for reload '${word}'`)
      } else if (name === 'no_reverse') reverse = false
      else {
        // A line of a hosts file, but not after `fallthrough`.
        if (falls) throw unknownProperty(c)
        c.remainingArgs()
      }
    }
    const text = debugs(at.model) ? hostsText(at.model, containerPath(rooted(at, file ?? '/etc/hosts'))) : undefined
    if (text === undefined) return
    const entries = entriesOf(text, { zones: originsOf(zones, at.zones), reverse }, at.version)
    at.printAtStart(`[DEBUG] plugin/hosts: Parsed hosts file into ${entries} entries`)
  })
  if (passesUnsupported && !falls) throw c.err('fallthrough_unsupported requires fallthrough')
}
