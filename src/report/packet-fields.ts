// The fields of a DNS message in a reader's words, each with the bytes it stands in.
import { optionToText } from '../dns/edns-options.ts'
import { rdataToText } from '../dns/presentation-record.ts'
import { faultMessage, type Fault } from '../dns/wire-fault.ts'
import { className, opcodeName, rcodeName, typeName } from '../dns/wire-numbers-table.ts'
import { FLAG_ORDER } from '../dns/message.ts'
import { HEADER_END, headerBits, rcodeOf, SECTIONS, TYPE_OPT, type WireMessage, type WireRecord } from '../dns/wire-message.ts'
import type { Said } from '../findings/diagnosis.ts'
import { plural } from './wording.ts'

export interface PacketField {
  /** [start, end) of the message. */
  readonly start: number
  readonly end: number
  readonly label: Said
  /** What the answer is, and whose word it is. */
  readonly primary: boolean
}

const SOA = 6
const same = (text: string): Said => ({ en: text, zh: text })
/** Sections of a hostile message. */
const MOST_FIELDS = 400

export function packetFields(bytes: Uint8Array, message: WireMessage, faults: readonly Fault[]): PacketField[] {
  const fields: PacketField[] = []
  const add = (start: number, end: number, label: Said, primary = false): void => {
    if (start >= 0 && end > start && end <= bytes.length && fields.length < MOST_FIELDS) fields.push({ start, end, label, primary })
  }
  if (bytes.length >= HEADER_END) {
    add(0, 2, same(`id ${message.id}`))
    add(2, 4, flagsLabel(message), headerBits(message.flags).qr)
    add(4, HEADER_END, countsLabel(message))
  }
  for (const { name, type, class: dnsClass, end } of message.questions) {
    add(name.start, name.end, same(name.text))
    add(name.end, end, same(`${typeName(type)} ${className(dnsClass)}`))
  }
  for (const section of SECTIONS) for (const record of message[section]) recordFields(record, add)
  for (const fault of faults) add(fault.start, Math.max(fault.end, fault.start + 1), { en: `damaged: ${faultMessage(fault.code)}`, zh: `损坏：${faultMessage(fault.code, 'zh')}` }, true)
  return fields
}

function flagsLabel(message: WireMessage): Said {
  const bits = headerBits(message.flags)
  const set = FLAG_ORDER.filter(flag => bits[flag]).map(flag => flag.toUpperCase()).join(' ')
  const opcode = bits.opcode === 0 ? '' : ` ${opcodeName(bits.opcode)}`
  if (!bits.qr) return { en: `question${opcode}${set === '' ? '' : `, ${set}`}`, zh: `查询${opcode}${set === '' ? '' : `，${set}`}` }
  const rcode = rcodeOf(message)
  const whose: Said = bits.aa ? { en: 'AA: the word of an authority, or of a cache that says so', zh: 'AA：权威服务器（或自称权威的缓存）的答案' }
    : bits.ra ? { en: 'AA not set: the word of a cache or a resolver', zh: '未设 AA：缓存或递归解析器的答案' } : { en: 'neither AA nor RA', zh: '既无 AA 也无 RA' }
  const cut: Said = bits.tc ? { en: '; TC: cut off', zh: '；TC：被截断' } : same('')
  return { en: `reply${opcode}, ${set}, RCODE ${rcode}: ${rcodeName(rcode)}; ${whose.en}${cut.en}`, zh: `应答${opcode}，${set}，RCODE ${rcode}：${rcodeName(rcode)}；${whose.zh}${cut.zh}` }
}

function countsLabel({ questions, answers, authorities, additionals }: WireMessage): Said {
  const [q, a, n, x] = [questions.length, answers.length, authorities.length, additionals.length]
  return { en: `${plural(q, 'question')}, ${plural(a, 'answer')}, ${n} authority, ${x} additional`, zh: `${q} 个问题，${a} 个答案，${n} 个授权记录，${x} 个附加记录` }
}

function recordFields(record: WireRecord, add: (start: number, end: number, label: Said, primary?: boolean) => void): void {
  const { name, type, class: dnsClass, ttl, rdata, rdataStart, end } = record
  if (type === TYPE_OPT) {
    const isDo = (ttl & 0x8000) !== 0
    add(name.start, rdataStart, same(`EDNS, ${dnsClass} bytes${isDo ? ', DO' : ''}`))
    if (rdata.kind === 'OPT') for (const option of rdata.options) add(option.start, option.end, same(optionToText(option)))
    return
  }
  const text = rdataToText(rdata)
  add(name.start, name.end, same(name.text))
  add(name.end, rdataStart, same(`${typeName(type)} ${className(dnsClass)}, TTL ${ttl} s`))
  add(rdataStart, end, type === SOA
    ? { en: `SOA ${text}: the zone ${name.text} says no, by ${text.split(' ', 1)[0]}`, zh: `SOA ${text}：由 ${text.split(' ', 1)[0]} 管理的区 ${name.text} 作出否定` } : same(text), true)
}
