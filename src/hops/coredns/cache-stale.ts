// How CoreDNS's cache renews an entry before or after its end: doPrefetch, verifyStaleResponseWriter, beginRefresh and endRefresh of
// plugin/cache/. Up to 1.14.6 any reply replaces a stale entry that is renewed behind the client's back. Since 1.14.7 only an answer or a
// denial does (with `prefer_positive` only an answer), and RECHECK keeps the next away from a failure; since 1.14.3 one renewal of
// an entry runs at a time.
import { get, put, type HopRun } from '../../chain/effects.ts'
import type { DnsQuery, Reply } from '../../dns/message.ts'
import { isForOther } from '../../dns/question-match.ts'
import { isNonAnswer } from './cache-answers.ts'
import type { CacheOptions } from './cache-options.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { replyTypeOf } from './reply-type.ts'

/** A stale entry counts from its last second on; before, from the second after. */
export const endsAtZero = (version: CorednsVersion): boolean => since(version, 1, 14, 7)

const comparesMore = (version: CorednsVersion): boolean => since(version, 1, 14, 7)

const oneAtATime = (version: CorednsVersion): boolean => since(version, 1, 14, 3)

/** `behind`: no client waits for it. */
export function isRenewed(reply: Reply | undefined, query: DnsQuery, options: CacheOptions, version: CorednsVersion, behind: boolean): reply is Reply {
  if (!reply) return false
  if (behind && !comparesMore(version)) return true
  if (!comparesMore(version)) return reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN'
  if (isForOther(reply, query) || reply.flags.includes('tc')) return false
  const type = replyTypeOf(reply, query, version)
  if (options.stale?.prefersPositive) return type === 'NOERROR' && reply.answer.length > 0 && !isNonAnswer(reply, query)
  return type !== 'OTHERERROR' && type !== 'META' && (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN')
}

/** False: another renewal runs, or one has failed too short a time ago. */
export function* mayRenew(options: CacheOptions, version: CorednsVersion, cell: string, stale: boolean): HopRun<boolean> {
  if (!oneAtATime(version)) return true
  if (stale && options.stale?.recheckMs && (yield* get(`${cell} failed`))) return false
  if (yield* get(`${cell} renewing`)) return false
  yield* put(`${cell} renewing`, null, Infinity)
  return true
}

export function* renewalEnded(options: CacheOptions, version: CorednsVersion, cell: string, renewed: boolean): HopRun<void> {
  if (!oneAtATime(version)) return
  const recheckMs = options.stale?.recheckMs ?? 0
  if (recheckMs > 0) yield* put(`${cell} failed`, null, renewed ? 0 : recheckMs)
  yield* put(`${cell} renewing`, null, 0)
}
