// Which names an address was given for, by answers to direct questions. An application that logs only where it connected to is tied to a
// name by it.
import type { Observation } from './observation.ts'

const unrooted = (name: string): string => (name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name)

export function namesByAddress(observations: Iterable<Observation>): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>()
  for (const seen of observations) {
    if (seen.kind !== 'direct' || !seen.reply) continue
    for (const record of seen.reply.answer) {
      if (record.type !== 'A' && record.type !== 'AAAA') continue
      const known = names.get(record.data)
      // The name that was asked, not the alias's target: that is what the application has.
      if (known) known.add(unrooted(seen.query.name))
      else names.set(record.data, new Set([unrooted(seen.query.name)]))
    }
  }
  return names
}
