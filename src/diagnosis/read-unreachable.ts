// `upstream-unreachable` from evidence alone: questions that nobody answered, ICMP refusals, CoreDNS errors that name an upstream.
import { nameKey, withoutDot } from '../dns/name.ts'
import type { Source } from '../chain/source.ts'
import type { ReadEvidence, ReadHit } from './read-evidence.ts'
import { byAddress } from './read-matrix.ts'
import type { Ask } from './read-asks.ts'

interface Heard {
  answered: number
  unanswered: number
  /** The first of them. */
  readonly failed: { readonly source: Source; readonly id: string; readonly name: string; readonly way: 'silence' | 'refusal' | 'log'; readonly byHand: boolean }[]
  /** Asked by a forwarder, by hand, or named in a log: an upstream. */
  isUpstream: boolean
}

const FAILED_KEPT = 20
/** One lost packet is no outage. */
const FEWEST = 2
const SHARE_NOTICED = 0.05

export function unreachableHits(e: ReadEvidence): ReadHit[] {
  const heard = heardOf(e)
  return [...heard].sort(([a], [b]) => byAddress(a, b)).flatMap(([server, each]) => hitOf(server, each) ?? [])
}

function heardOf(e: ReadEvidence): Map<string, Heard> {
  const servers = new Map<string, Heard>()
  const at = (server: string): Heard => {
    const known = servers.get(server) ?? { answered: 0, unanswered: 0, failed: [], isUpstream: false }
    servers.set(server, known)
    return known
  }
  for (const ask of e.asks) {
    if (e.forwarders.has(ask.server)) continue
    const known = at(ask.server)
    known.isUpstream ||= ask.byHand || e.forwarders.has(ask.client)
    if (ask.reply) known.answered++
    else if (isFailure(ask)) fail(known, { source: ask.source, id: ask.id, name: ask.name, way: ask.result === 'unreachable' ? 'refusal' : 'silence', byHand: ask.byHand })
  }
  for (const error of e.errors) {
    if (error.upstream === undefined || (error.failure !== 'timeout' && error.failure !== 'refused' && error.failure !== 'unreachable')) continue
    const known = at(error.upstream)
    known.isUpstream = true
    fail(known, { source: error.source, id: `${error.source.file}:${error.source.line}`, name: error.name, way: 'log', byHand: false })
  }
  return servers
}

/** Of each way some are kept, however late they come. */
function fail(known: Heard, failure: Heard['failed'][number]): void {
  known.unanswered++
  const alike = known.failed.filter(each => each.way === failure.way && each.byHand === failure.byHand).length
  if (alike < FAILED_KEPT) known.failed.push(failure)
}

const isFailure = (ask: Ask): boolean => ask.result === 'unreachable' || ask.result === 'unanswered'

function hitOf(server: string, { answered, unanswered, failed, isUpstream }: Heard): ReadHit | undefined {
  const total = answered + unanswered
  const isRefused = failed.some(each => each.way === 'refusal')
  if (unanswered < FEWEST && !(isRefused && answered === 0)) return undefined
  if (unanswered / total < SHARE_NOTICED) return undefined
  const isDead = answered === 0
  const ways = new Set(failed.map(each => (each.byHand ? 'hand' : each.way)))
  const certainty = !isUpstream ? 'possible' : ways.size > 1 ? 'confirmed' : 'likely'
  const first = failed[0] as Heard['failed'][number]
  const names = [...new Set(failed.map(each => withoutDot(nameKey(each.name))))].sort()
  return {
    id: 'upstream-unreachable', level: isDead && isUpstream ? 'error' : 'warning', certainty,
    message: isDead
      ? { en: `${server} answers nothing: ${total} of ${total} questions`, zh: `${server} 没有任何应答：${total} 个查询中 ${total} 个无应答` }
      : { en: `${server} answers only sometimes: ${unanswered} of ${total} questions went unanswered`, zh: `${server} 时有时无：${total} 个查询中 ${unanswered} 个无应答` },
    fingerprint: `upstream-unreachable:${server}`,
    sources: [{ source: first.source, primary: true, label: first.way === 'refusal' ? { en: 'refused: nobody listens there, or a firewall says no', zh: '被拒绝：没有程序监听，或被防火墙拒绝' }
      : first.way === 'log' ? { en: 'no answer, by CoreDNS\' own word', zh: '无应答（CoreDNS 自己的记录）' } : { en: 'no answer came', zh: '没有应答' } }],
    evidence: failed.slice(0, 5).map(each => each.id),
    notes: [
      { kind: 'seen', said: { en: `asked for ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' and others' : ''}`, zh: `查询的域名：${names.slice(0, 3).join('、')}${names.length > 3 ? ' 等' : ''}` } },
      { kind: 'note', said: { en: 'an answer may have been lost before it came to where this was recorded', zh: '应答也可能在到达记录位置之前就丢失了' } },
    ],
  }
}
