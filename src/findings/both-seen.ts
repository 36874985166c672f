// Whether a name was seen both to resolve and not to exist: in the log of one CoreDNS pod, or by the asker itself.
import { absolute, nameKey } from '../dns/name.ts'
import type { Case } from './case.ts'

export function bothSeen(c: Case, pod: string): boolean {
  const key = nameKey(absolute(c.question.name))
  const results = new Set<string>()
  const lookups = new Set<string>()
  for (const o of c.observations) {
    if (o.kind === 'served' && o.place === pod && o.type === 'A' && nameKey(o.name) === key) results.add(o.rcode)
    else if (o.kind === 'application' && o.place === c.question.stub.place && nameKey(absolute(o.name)) === key) lookups.add(o.ok ? 'answer' : o.result ?? 'error')
  }
  return (results.has('NOERROR') && results.has('NXDOMAIN')) || (lookups.has('answer') && lookups.has('nxdomain'))
}
