// What the size of a reply in CoreDNS's log tells of a NOERROR to a question for addresses.
import { absolute, wireLength } from '../dns/name.ts'
import type { ServedQuery } from './observation.ts'

const HEADER_BYTES = 12
const OPT_BYTES = 11

/** `noerror`: cannot be told. CoreDNS sends small replies uncompressed: header, question, then equal records of owner name, 10 bytes and the
 * address, with or without an OPT. */
export function resultBySize(o: ServedQuery): 'answer' | 'nodata' | 'noerror' {
  const owner = wireLength(absolute(o.name))
  const record = owner + 10 + (o.type === 'A' ? 4 : 16)
  const rest = o.replySizeBytes - HEADER_BYTES - owner - 4
  if (rest === 0) return 'nodata'
  return rest > 0 && (rest % record === 0 || (rest > OPT_BYTES && (rest - OPT_BYTES) % record === 0)) ? 'answer' : 'noerror'
}
