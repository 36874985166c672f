// CoreDNS's `auto` plugin, 1.9.3 to 1.15.0: plugin/auto/. Every file below a directory whose name fits a regular expression is a zone file; the
// zone's name is made of the parts that fitted. A file with an error is left out. A name outside goes on, since 1.12.3 to REFUSED where no
// plugin follows. There is no fallthrough.
// Not modelled: files that come, go or change later (`reload`), links.
import type { Problem } from '../../chain/source.ts'
import { AUTO_PATTERN, AUTO_TEMPLATE, templateOf, walkZones, type AutoZones } from './auto-zones.ts'
import { compileGoRegexp, isRefused } from './go-regexp.ts'
import { matchZone, originsOf } from './origins.ts'
import { underRoot, type PluginFactory, type PluginSetup } from './plugin.ts'
import { notOurs, zoneReply } from './zone-reply.ts'

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
    if (!isOurs) return yield* next(query)
    const held = zones.get(matchZone(names, query.name) ?? '')
    return held ? yield* zoneReply(setup, by, held, query, next, []) : yield* notOurs(setup, by, query, next)
  }
}

/** Of several `auto` in one block the last decides, each word for itself. */
function readOptions(setup: PluginSetup): AutoOptions {
  let origins = setup.zones
  let [directory, pattern, template] = ['', AUTO_PATTERN, AUTO_TEMPLATE]
  for (const directive of setup.directives) {
    origins = originsOf(directive.args.map(a => a.value), setup.zones)
    for (const { args } of directive.properties.filter(p => p.name === 'directory')) {
      const [dir, expression, form] = args.map(a => a.value)
      directory = underRoot(setup, dir ?? '')
      if (expression !== undefined) [pattern, template] = [expression, form === undefined ? template : templateOf(form)]
    }
  }
  return { origins, directory, pattern, template }
}

function zonesUnder(setup: PluginSetup, { directory, pattern, template }: AutoOptions): AutoZones['zones'] {
  const regexp = compileGoRegexp(pattern, setup.version)
  if (isRefused(regexp)) {
    if (regexp.unmodelled) setup.report(unmodelledPattern(setup, regexp.error))
    return new Map()
  }
  const { zones, problems } = walkZones(setup.model, setup.version, directory, regexp, template)
  for (const problem of problems) setup.report(problem)
  return zones
}

function unmodelledPattern(setup: PluginSetup, text: string): Problem {
  const source = setup.directives[0]?.source
  return { code: 'corefile-plugin-unmodelled', message: `auto: ${text}`, state: 'unmodelled', ...(source && { source }) }
}
