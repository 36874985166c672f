// What send_dg of resolv/res_send.c makes of the replies to one question or a pair, in the order in which they come: which are failures of the
// server (SERVFAIL, NOTIMP, REFUSED, an answer that looks lame), when enough has been heard, when TCP is wanted.
import type { Plain } from '../chain/effects.ts'
import { hasFlag, REFUSED_PORT, type Rcode, type Reply } from '../dns/message.ts'
import { isForOther } from '../dns/question-match.ts'
import type { Came } from './glibc-stub-sockets.ts'
import { looksLame, replyOf, STRAY } from './stub-reply.ts'

export type Got = { readonly type: string; readonly reply: Reply }

const isBad = (reply: Reply): boolean =>
  reply.rcode === 'SERVFAIL' || reply.rcode === 'NOTIMP' || reply.rcode === 'REFUSED' || looksLame(reply)

/** send_dg's reading of what has arrived so far. `wait`: more is to come. */
export type Reading = {
  readonly state: 'wait' | 'done' | 'bad' | 'tcp' | 'closed'
  readonly replies: readonly Got[]
  readonly rcode: Rcode | undefined
  readonly last: Plain | undefined
}

/** `strict`: a failure of one is a failure of both. */
export function read(name: string, types: readonly string[], came: readonly Came[], strict: boolean): Reading {
  const replies: Got[] = []
  const received = new Set<string>()
  let rcode: Rcode | undefined
  let last: Plain | undefined
  for (const { type, value } of came) {
    const reading = (state: Reading['state']): Reading => ({ state, replies, rcode, last: value })
    if (value === REFUSED_PORT) return reading('closed')
    const reply = replyOf(value)
    // The second reply to a question, after one that came late, is passed over, and one to another question (res_queriesmatch).
    if (!reply || received.has(type)) continue
    if (isForOther(reply, { name, type })) {
      last ??= STRAY
      continue
    }
    last = value
    if (received.size === 0) rcode = reply.rcode
    if (isBad(reply)) {
      if (types.length === 1 || strict) return reading('bad')
      if (received.size > 0) return reading(replies.length > 0 ? 'done' : 'bad')
    } else if (hasFlag(reply, 'tc')) return reading('tcp')
    else replies.push({ type, reply })
    received.add(type)
    if (received.size === types.length) return reading('done')
  }
  return { state: 'wait', replies, rcode, last }
}
