// What packets prove about the upstreams of one CoreDNS pod and the name: who said what, to whom, with which SOA, how often.
import { absolute, nameKey } from '../dns/name.ts'
import { replyIn } from '../evidence/captured-packet.ts'
import { formatServer } from '../dns/socket-address.ts'
import type { UpstreamAsk } from '../evidence/trace.ts'
import type { Case } from './case.ts'
import type { Said } from './diagnosis.ts'

export interface PacketProof {
  /** The first transaction that shows it, of those that CoreDNS forwarded if there is one: `tx:88`. */
  readonly tx: string
  readonly server: string
  readonly result: 'answer' | 'denial'
  /** Addresses of the answer, or zone and primary of the SOA in the denial. */
  readonly addresses: readonly string[]
  readonly soa: { readonly zone: string; readonly primary: string } | undefined
  /** Answers of this server and result, and how many of them CoreDNS had asked for. */
  readonly count: number
  readonly forwarded: number
}

/** One for each of these servers that packets show to answer, or to deny, the A question. */
export function packetProofs(c: Case, pod: string, servers: readonly string[]): PacketProof[] {
  const name = nameKey(absolute(c.question.name))
  const asks = (c.wire?.upstream ?? []).filter(a => a.exchange.pod === pod && a.exchange.type === 'A' && nameKey(a.exchange.name) === name)
  return servers.flatMap(server => {
    const own = asks.filter(a => formatServer(a.exchange.server) === server)
    return [proofOf(server, 'answer', own), proofOf(server, 'denial', own)].filter(p => p !== undefined)
  })
}

function proofOf(server: string, result: PacketProof['result'], asks: readonly UpstreamAsk[]): PacketProof | undefined {
  const fitting = asks.filter(({ exchange: { answer } }) => {
    const reply = answer && replyIn(answer)
    return reply && (result === 'denial' ? reply.rcode === 'NXDOMAIN' : reply.rcode === 'NOERROR' && reply.answer.length > 0)
  })
  const forwarded = fitting.filter(a => a.origin === 'forwarded')
  const shown = forwarded[0] ?? fitting[0]
  const reply = shown?.exchange.answer && replyIn(shown.exchange.answer)
  if (!shown || !reply) return undefined
  const soa = reply.authority.find(r => r.type === 'SOA')
  return {
    tx: shown.exchange.id, server, result, count: fitting.length, forwarded: forwarded.length,
    addresses: reply.answer.filter(r => r.type === 'A').map(r => r.data),
    soa: soa && { zone: soa.name, primary: soa.data.split(' ', 1)[0] as string },
  }
}

/** `223.5.5.5 said NXDOMAIN 15 times (7 to CoreDNS itself; SOA of corp-example.com. by dns3.hichina.com.), tx:310`. */
export function proofText(proofs: readonly PacketProof[]): Said {
  const each = (p: PacketProof): Said => {
    const what = p.result === 'answer' ? p.addresses.join(' ') : 'NXDOMAIN'
    return {
      en: `${p.tx}: ${p.server} said ${what} ${p.count} time${p.count === 1 ? '' : 's'}, ${p.forwarded} of them to CoreDNS itself${p.soa ? ` (SOA of ${p.soa.zone} by ${p.soa.primary})` : ''}`,
      zh: `${p.tx}：${p.server} 回答 ${what} ${p.count} 次，其中 ${p.forwarded} 次是对 CoreDNS 自身的回答${p.soa ? `（${p.soa.zone} 的 SOA，主服务器 ${p.soa.primary}）` : ''}`,
    }
  }
  return { en: `by packets: ${proofs.map(p => each(p).en).join('; ')}`, zh: `抓包证实：${proofs.map(p => each(p).zh).join('；')}` }
}
