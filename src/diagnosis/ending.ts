// What counts as one ending of a lookup: the result, the addresses and the kind of cause; not who denied, and no TTL.
import type { Plain } from '../chain/effects.ts'
import type { StubResult } from '../chain/outcome.ts'

export const isStubResult = (value: Plain): value is StubResult =>
  typeof value === 'object' && value !== null && 'result' in value && 'addresses' in value

/** `answer 10.0.0.1`, `nxdomain`, `servfail (loop)`. A plain denial needs no cause: it is what NXDOMAIN and NODATA mean. */
export function endingKey(value: Plain): string {
  if (!isStubResult(value)) return `error (${typeof value === 'string' ? value.toLowerCase() : 'unknown value'})`
  if (value.result === 'answer') return `answer ${value.addresses.join(', ')}`
  const kind = value.cause?.kind
  return kind === undefined || kind === 'denied' ? value.result : `${value.result} (${kind})`
}

export const isAnswer = (key: string): boolean => key.startsWith('answer ')
export const isDenial = (key: string): boolean => key === 'nxdomain' || key === 'nodata'
