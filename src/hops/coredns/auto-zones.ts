// The zones of CoreDNS's `auto`: the walk below its directory, and what it prints on the way (plugin/auto/walk.go, 1.9.3 to 1.15.0).
// A `directory` that is a file is walked as that file alone. Without one nothing is walked, since 1.14.3 the directory the process runs in.
// Not modelled: links in the directory (followed since 1.14.3 where the directory itself is one).
import type { CorednsModel } from '../../chain/model.ts'
import type { Problem } from '../../chain/source.ts'
import { absolute } from '../../dns/name.ts'
import { cleanPath, containerPath } from './go-path.ts'
import type { GoRegexp } from './go-regexp.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { loadZone, type Zone } from './zone-data.ts'

export const AUTO_PATTERN = 'db\\.(.*)'
export const AUTO_TEMPLATE = '${1}'
/** Braces stand for groups, too. */
export const templateOf = (text: string): string => text.replaceAll('{', '${')

export interface AutoZones {
  /** By origin; `file` is a path in the container. */
  readonly zones: ReadonlyMap<string, { readonly zone: Zone; readonly file: string }>
  readonly problems: readonly Problem[]
  /** Lines of the log. */
  readonly printed: readonly string[]
}

export const walksNothing = (version: CorednsVersion, directory: string): boolean => directory === '' && !since(version, 1, 14, 3)

/** `directory` as given, below the block's `root`. The first file of a zone that can be read stays; since 1.14.7 the first. */
export function walkZones(model: CorednsModel, version: CorednsVersion, directory: string, regexp: GoRegexp, template: string): AutoZones {
  const zones = new Map<string, { zone: Zone; file: string }>()
  /** By origin: the file that was looked at last. */
  const seen = new Map<string, string>()
  const problems: Problem[] = []
  const printed: string[] = []
  if (walksNothing(version, directory)) return { zones, problems, printed }
  const top = containerPath(directory)
  const folder = `${top}/`.replace('//', '/')
  const shownPath = (path: string): string => {
    if (path === top) return since(version, 1, 14, 3) ? cleanPath(directory) : directory
    return directory.startsWith('/') ? path : cleanPath(`${directory || '.'}/${path.slice(folder.length)}`)
  }
  for (const path of walked([...model.files.keys()].filter(p => p === top || p.startsWith(folder)))) {
    const origin = originOf(path.slice(path.lastIndexOf('/') + 1), regexp, template)
    if (origin === undefined) continue
    const shown = shownPath(path)
    const previous = seen.get(origin)
    if (previous !== undefined && since(version, 1, 14, 5)) {
      // Up to 1.14.6 the two paths are the wrong way round, and the next file is tried where the one before could not be read.
      const [kept, other] = since(version, 1, 14, 7) ? [previous, cleanPath(shown)] : [shown, previous]
      printed.push(`[WARNING] plugin/auto: Multiple zone files match origin "${origin}": using "${kept}" instead of "${other}"`)
      if (since(version, 1, 14, 7)) continue
    }
    seen.set(origin, cleanPath(shown))
    if (zones.has(origin)) continue
    const loaded = loadZone(model, shown, origin, version)
    if (loaded === 'missing') continue
    if ('refused' in loaded) {
      const message = `auto: the zone ${origin} is left out: ${loaded.refused}`
      problems.push({ code: 'zone-file-left-out', message, state: 'ignored', ...(loaded.source && { source: loaded.source }) })
      printed.push(`[WARNING] plugin/auto: Parse zone \`${origin}': ${loaded.refused}`)
      continue
    }
    problems.push(...loaded.problems)
    printed.push(`[INFO] plugin/auto: Inserting zone \`${origin}' from: ${shown}`)
    zones.set(origin, { zone: loaded.zone, file: path })
  }
  return { zones, problems, printed }
}

/** filepath.Walk: names of one folder in order, a folder's files where its name stands. */
const walked = (paths: readonly string[]): readonly string[] =>
  paths.map(path => path.replaceAll('/', '\0')).sort().map(path => path.replaceAll('\0', '/'))

/** Regexp.ExpandString: `$name` and `${name}`; a name that is no group stands for nothing. */
function originOf(name: string, regexp: GoRegexp, template: string): string | undefined {
  const groups = regexp.match(name)
  if (!groups) return undefined
  const value = (word: string): string => (/^\d+$/.test(word) ? groups[Number(word)] : groups[regexp.names.indexOf(word)]) ?? ''
  const made = template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced: string | undefined, bare: string | undefined) =>
    all === '$$' ? '$' : value(braced ?? bare ?? ''))
  return made === '' ? undefined : absolute(made)
}

