// What the set-up of CoreDNS's `auto` plugin refuses, and what it prints about its directory: plugin/auto/setup.go, 1.9.3 to 1.15.0.
import { AUTO_PATTERN, AUTO_TEMPLATE, templateOf, walksNothing, walkZones } from './auto-zones.ts'
import { reloadTime } from './file-setup.ts'
import { compileGoRegexp, isRefused, type GoRegexp } from './go-regexp.ts'
import { since } from './plugin.ts'
import { joined, MISSING, nextWord, pathState, statFault, unknownProperty, type SetupAt, type SetupCheck } from './setup-check.ts'
import type { Dispenser } from './dispenser.ts'

const LONGEST_PATTERN_BYTES = 10_000

interface Walk { directory: string; pattern: string; template: string }

export const autoSetup: SetupCheck = (c, at) => {
  const walk: Walk = { directory: '', pattern: AUTO_PATTERN, template: AUTO_TEMPLATE }
  while (c.next()) {
    c.remainingArgs()
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'directory') takeDirectory(c, at, walk)
      else if (name === 'reload') {
        if (reloadTime(c) < 0) throw c.refuse('plugin/file: invalid duration')
      } else if (name === 'upstream') c.remainingArgs()
      else throw unknownProperty(c)
    }
  }
  const regexp = compileGoRegexp(walk.pattern, at.version)
  if (!isRefused(regexp)) walkAtStart(at, walk, regexp)
}

function walkAtStart(at: SetupAt, { directory, template }: Walk, regexp: GoRegexp): void {
  if (walksNothing(at.version, directory) || pathState(at, directory) === 'missing') {
    if (since(at.version, 1, 11, 2)) at.printAtStart(`[WARNING] plugin/auto: error reading ${directory}: lstat ${directory}: no such file or directory`)
    return
  }
  for (const line of walkZones(at.model, at.version, directory, regexp, template).printed) at.printAtStart(line)
}

function takeDirectory(c: Dispenser, at: SetupAt, walk: Walk): void {
  const directory = joined(at, nextWord(c))
  const fault = statFault(at, directory)
  if (fault !== undefined && fault !== MISSING) throw c.err(`Unable to access root path '${directory}': stat ${directory}: ${fault}`)
  if (fault === MISSING) at.print(`[WARNING] plugin/auto: Directory does not exist: ${directory}`)
  walk.directory = directory
  if (!c.nextArg()) return
  walk.pattern = c.val()
  if (since(at.version, 1, 13, 2) && c.val().length > LONGEST_PATTERN_BYTES) throw c.err('regexp too large')
  const regexp = compileGoRegexp(c.val(), at.version)
  if (isRefused(regexp)) {
    if (!regexp.unmodelled) throw c.refuse(regexp.error)
  } else if (regexp.groups === 0) throw c.err('Need at least one sub expression')
  walk.template = templateOf(nextWord(c))
  if (c.nextArg()) throw c.argErr()
}
