// How a lookup ends in the application's eyes: the library's code and the sentence that the application prints.
// Sentences: glibc sysdeps/posix/gai_strerror-strs.h, musl src/network/gai_strerror.c; the same in all versions modelled.
import type { StubResult } from '../chain/outcome.ts'
import type { Cause } from '../dns/message.ts'

export type EaiCode = 'EAI_NONAME' | 'EAI_NODATA' | 'EAI_AGAIN' | 'EAI_FAIL' | 'EAI_ADDRFAMILY'

const SAYS: Readonly<Record<'glibc' | 'musl', Readonly<Record<EaiCode, string>>>> = {
  glibc: {
    EAI_NONAME: 'Name or service not known', EAI_NODATA: 'No address associated with hostname', EAI_AGAIN: 'Temporary failure in name resolution',
    EAI_FAIL: 'Non-recoverable failure in name resolution', EAI_ADDRFAMILY: 'Address family for hostname not supported',
  },
  musl: {
    EAI_NONAME: 'Name does not resolve', EAI_NODATA: 'Name has no usable address', EAI_AGAIN: 'Try again',
    EAI_FAIL: 'Non-recoverable error', EAI_ADDRFAMILY: 'Name does not resolve',
  },
}

/** The order of addresses is not part of the result: RFC 6724 sorting depends on the machine's own addresses. */
export const answered = (addresses: readonly string[], code = 'OK'): StubResult =>
  ({ result: 'answer', addresses: [...new Set(addresses)].sort(), code, says: '' })

/** What a failing rcode is called; the programs differ in what the others are to them. */
export const RCODE_RESULTS: Readonly<Record<string, StubResult['result']>> = { NXDOMAIN: 'nxdomain', SERVFAIL: 'servfail', REFUSED: 'refused' }

/** EAI_AGAIN hides three things; the cause knows which. */
const again = (cause: Cause | undefined): StubResult['result'] =>
  cause?.kind === 'lost' ? 'timeout' : cause?.kind === 'refused' ? 'refused' : cause?.detail === 'REFUSED' ? 'refused' : 'servfail'

export function failed(library: 'glibc' | 'musl', code: EaiCode, cause?: Cause): StubResult {
  const result = code === 'EAI_AGAIN' ? again(cause) : code === 'EAI_NODATA' ? 'nodata' : code === 'EAI_NONAME' ? 'nxdomain' : 'error'
  return { result, addresses: [], code, says: SAYS[library][code], ...(cause && { cause }) }
}

/** A bound of ours: what stands in a file or is asked for can be long, and a sentence holds its beginning. */
const MOST_SHOWN = 80
export const excerpt = (text: string): string => text.slice(0, MOST_SHOWN)

/** The model ends here: nothing may be concluded from this result. */
export const unmodelled = (by: string, detail: string): StubResult =>
  ({ result: 'error', addresses: [], code: 'unmodelled', says: '', cause: { kind: 'unmodelled', by, detail } })
