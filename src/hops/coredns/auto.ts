// CoreDNS's `auto` plugin, 1.9.3 to 1.15.0: plugin/auto/. Every file below a directory whose name fits a regular expression is a zone file; the
// zone's name is made of the parts that fitted. A file with an error is left out. A name outside goes on, since 1.12.3 to REFUSED where no
// plugin follows. There is no fallthrough.
// Not modelled: files that come, go or change later (`reload`), links.
import type { Problem } from '../../chain/source.ts'
import { absolute } from '../../dns/name.ts'
import { compileGoRegexp, isRefused, type GoRegexp } from './go-regexp.ts'
import { underRoot } from './file.ts'
import { matchZone, originsOf } from './origins.ts'
import type { PluginFactory, PluginSetup } from './plugin.ts'
import { loadZone } from './zone-data.ts'
import { cleanPath } from './zone-file-types.ts'
import { notOurs, zoneReply, type ServedZone } from './zone-reply.ts'

const DEFAULT_PATTERN = 'db\\.(.*)'
const DEFAULT_TEMPLATE = '${1}'

interface AutoOptions {
  readonly origins: readonly string[]
  readonly directory: string
  readonly pattern: string
  readonly template: string
}

export const auto: PluginFactory = setup => {
  const by = `${setup.server} auto`
  const options = readOptions(setup)
  const zones = zonesUnder(setup, options)
  const names = [...zones.keys()]
  const says = setup.directives[0]?.source
  const isUnknown = zones.size === 0 && !setup.model.machine?.hasAllFiles
  if (isUnknown) {
    const message = `auto: the evidence has no zone files in ${options.directory}: what it answers is not known`
    setup.report({ code: 'zone-file-unknown', message, state: 'unknown', ...(says && { source: says }) })
  }
  return function* (query, next) {
    const isOurs = matchZone(options.origins, query.name) !== undefined
    if (isOurs && isUnknown) return { rcode: 'SERVFAIL', cause: { kind: 'unmodelled', by, detail: `zone files in ${options.directory}` } }
    const held = isOurs ? zones.get(matchZone(names, query.name) ?? '') : undefined
    return held ? yield* zoneReply(setup, by, held, query, next, []) : yield* notOurs(setup, by, query, next)
  }
}

/** Of several `auto` in one block the last decides, each word for itself. */
function readOptions(setup: PluginSetup): AutoOptions {
  let origins = setup.zones
  let [directory, pattern, template] = ['', DEFAULT_PATTERN, DEFAULT_TEMPLATE]
  for (const directive of setup.directives) {
    origins = originsOf(directive.args.map(a => a.value), setup.zones)
    for (const { args } of directive.properties.filter(p => p.name === 'directory')) {
      const [dir, expression, form] = args.map(a => a.value)
      directory = underRoot(setup, dir ?? '')
      if (expression !== undefined) [pattern, template] = [expression, form === undefined ? template : form.replaceAll('{', '${')]
    }
  }
  return { origins, directory, pattern, template }
}

function zonesUnder(setup: PluginSetup, { directory, pattern, template }: AutoOptions): Map<string, ServedZone> {
  const zones = new Map<string, ServedZone>()
  const regexp = compileGoRegexp(pattern, setup.version)
  if (isRefused(regexp)) {
    if (regexp.unmodelled) setup.report(unmodelledPattern(setup, regexp.error))
    return zones
  }
  const folder = `${cleanPath(`/${directory}`)}/`.replace('//', '/')
  for (const path of [...setup.model.files.keys()].filter(p => p.startsWith(folder)).sort(byWalk)) {
    const origin = originOf(path.slice(path.lastIndexOf('/') + 1), regexp, template)
    // The first file of a zone stays.
    if (origin === undefined || zones.has(origin)) continue
    const shown = directory.startsWith('/') ? path : cleanPath(`${directory}/${path.slice(folder.length)}`)
    const loaded = loadZone(setup.model, shown, origin, setup.version)
    if (loaded === 'missing') continue
    if ('refused' in loaded) {
      const message = `auto: the zone ${origin} is left out: ${loaded.refused}`
      setup.report({ code: 'zone-file-left-out', message, state: 'ignored', ...(loaded.source && { source: loaded.source }) })
      continue
    }
    for (const problem of loaded.problems) setup.report(problem)
    zones.set(origin, { zone: loaded.zone, file: path })
  }
  return zones
}

function unmodelledPattern(setup: PluginSetup, text: string): Problem {
  const source = setup.directives[0]?.source
  return { code: 'corefile-plugin-unmodelled', message: `auto: ${text}`, state: 'unmodelled', ...(source && { source }) }
}

/** filepath.Walk: names of one folder in order, a folder's files where its name stands. */
function byWalk(a: string, b: string): number {
  const [x, y] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Regexp.ExpandString: `$name` and `${name}`; a name that is no group stands for nothing. */
function originOf(name: string, regexp: GoRegexp, template: string): string | undefined {
  const groups = regexp.match(name)
  if (!groups) return undefined
  const value = (word: string): string => (/^\d+$/.test(word) ? groups[Number(word)] : groups[regexp.names.indexOf(word)]) ?? ''
  const made = template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced: string | undefined, bare: string | undefined) =>
    all === '$$' ? '$' : value(braced ?? bare ?? ''))
  return made === '' ? undefined : absolute(made)
}

