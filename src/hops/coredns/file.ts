// CoreDNS's `file` plugin, 1.9.3 to 1.15.0: plugin/file/. Answers from zone files with authority: zone-file.ts reads them as the DNS library does,
// zone-lookup.ts finds the records, what is outside of the zone is asked of the server itself. `fallthrough` since 1.12.2; REFUSED for
// other names where no plugin follows since 1.12.3.
// A file that the evidence does not have is said: what its zone answers is not known. One that is known to be missing is SERVFAIL.
// Not modelled: the moment at which `reload` takes up a changed file (the zone is the file as the evidence has it), outgoing transfers and
// notifies (AXFR is REFUSED here; `transfer` stands before), a good file behind one that cannot be opened until its first reload.
import type { Directive } from '../../chain/model.ts'
import type { Cause } from '../../dns/message.ts'
import { refusedHandler } from './authoritative-reply.ts'
import { fallthroughZones, matchZone, originsOf } from './origins.ts'
import { since, underRoot, type PluginFactory, type PluginSetup } from './plugin.ts'
import { refuse } from './refuse.ts'
import { emptyZone, loadZone } from './zone-data.ts'
import { notOurs, zoneReply, type ServedZone } from './zone-reply.ts'

export const file: PluginFactory = setup => {
  const by = `${setup.server} file`
  const zones = new Map<string, ServedZone>()
  for (const directive of setup.directives) {
    const refused = take(setup, by, directive, zones)
    if (refused !== undefined) return refusedHandler(by, refused)
  }
  const names = [...zones.keys()]
  const fallthrough = since(setup.version, 1, 12, 2) ? setup.directives.flatMap(d => d.properties).findLast(p => p.name === 'fallthrough') : undefined
  const falls = fallthrough ? fallthroughZones(fallthrough.args.map(a => a.value)) : []
  return function* (query, next) {
    const held = zones.get(matchZone(names, query.name) ?? '')
    if (!held) return yield* notOurs(setup, by, query, next)
    // A notify is for secondaries: it is dropped.
    if (query.opcode === 'NOTIFY') return { rcode: 'NOERROR', cause: { kind: 'policy', by, detail: 'not a secondary' } }
    return yield* zoneReply(setup, by, held, query, next, falls)
  }
}

/** Loads the zones of one line; the text of what keeps CoreDNS from starting. */
function take(setup: PluginSetup, by: string, directive: Directive, zones: Map<string, ServedZone>): string | undefined {
  const [path, ...args] = directive.args.map(a => a.value)
  if (path === undefined) return 'Wrong argument count'
  const full = underRoot(setup, path)
  for (const origin of originsOf(args, setup.zones)) {
    const loaded = loadZone(setup.model, full, origin, setup.version)
    if (loaded === 'missing') zones.set(origin, { zone: emptyZone(origin, setup.version), file: full, why: missing(setup, by, full, directive) })
    else if ('refused' in loaded) {
      refuse(setup.report, `plugin/file: ${loaded.refused}`, loaded.source ?? directive.source)
      return loaded.refused
    } else {
      for (const problem of loaded.problems) setup.report(problem)
      zones.set(origin, { zone: loaded.zone, file: full })
    }
  }
  return undefined
}

function missing(setup: PluginSetup, by: string, path: string, { source }: Directive): Cause {
  if (setup.model.machine?.hasAllFiles) return { kind: 'failed', by, detail: `${path} is not there` }
  setup.report({ code: 'zone-file-unknown', message: `file: the evidence has no ${path}: what its zone answers is not known`, source, state: 'unknown' })
  return { kind: 'unmodelled', by, detail: `zone file ${path}` }
}
