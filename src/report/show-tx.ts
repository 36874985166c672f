// One transaction as `whydns show tx N` prints it: who asked whom what, and every packet with its bytes and the fields in them.
import type { Fault } from '../dns/wire-fault.ts'
import type { WireMessage } from '../dns/wire-message.ts'
import { spansOf } from '../dns/wire-spans.ts'
import type { Lang, Said } from '../findings/diagnosis.ts'
import { labelLine } from './label-line.ts'
import { layoutLine } from './layout-line.ts'
import { packetFields, type PacketField } from './packet-fields.ts'
import { paint, styled, type Line } from './paint.ts'
import { reportColumns } from './text-options.ts'
import { wrap, wrapPieces } from './width.ts'
import { plural } from './wording.ts'

export interface ShownPacket {
  readonly number: number
  readonly direction: 'query' | 'reply' | 'refused' | 'unreachable'
  readonly file: string
  /** Of the packet in its file, as Wireshark counts. */
  readonly frame: number
  readonly interface: string | undefined
  readonly atMs: number | undefined
  readonly bytes: Uint8Array
  readonly missingBytes: number
  readonly message: WireMessage | undefined
  readonly faults: readonly Fault[]
}

export interface ShownTransaction {
  readonly id: string
  readonly bundle: string
  readonly place: string | undefined
  readonly from: string
  readonly to: string
  readonly transport: string
  readonly question: { readonly name: string; readonly type: string } | undefined
  readonly atMs: number | undefined
  readonly rttMs: number | undefined
  readonly state: string
  readonly rcode: string | undefined
  readonly repeats: number
  readonly packets: readonly ShownPacket[]
  /** The same packets on other interfaces, and before and after address translation: ids with their sockets. */
  readonly sightings: number
  readonly alsoSeenAs: readonly string[]
}

export interface ShowOptions {
  readonly lang: Lang
  readonly columns: number
  readonly color: boolean
  /** All rows of a long message. */
  readonly wide: boolean
}

const ROW = 16
/** Rows of one message before the rest is left out. */
const MOST_ROWS = 48

const WORDS = {
  query: { en: 'question', zh: '查询' }, reply: { en: 'answer', zh: '应答' }, refused: { en: 'refused', zh: '被拒绝' }, unreachable: { en: 'unreachable', zh: '不可达' },
  bytes: { en: (n: number) => `${n} bytes`, zh: (n: number) => `${n} 字节` },
  frame: { en: (file: string, n: number) => `${file}, packet ${n}`, zh: (file: string, n: number) => `${file}，第 ${n} 个数据包` },
  missing: { en: (n: number) => `the capture holds ${n} bytes less than were sent`, zh: (n: number) => `抓包比实际发送的少 ${n} 字节` },
  more: { en: (n: number) => `... ${n} more bytes: \`-o wide\` prints them`, zh: (n: number) => `... 还有 ${n} 字节：用 \`-o wide\` 显示` },
  noBytes: { en: 'no bytes of the message are in the capture', zh: '抓包中没有该报文的内容' },
  repeats: { en: (n: number) => `sent again ${plural(n, 'time')}`, zh: (n: number) => `重传 ${n} 次` },
  sightings: { en: (n: number) => `the same packets were captured ${plural(n, 'more time')} on other interfaces`, zh: (n: number) => `相同的数据包在其他接口上还抓到 ${n} 次` },
  also: { en: (list: string) => `the same question before or after address translation: ${list}`, zh: (list: string) => `地址转换前后的同一查询：${list}` },
} as const

const STATES: Readonly<Record<string, Said>> = {
  answered: { en: 'answered', zh: '已应答' }, refused: { en: 'refused', zh: '被拒绝' }, unreachable: { en: 'unreachable', zh: '不可达' },
  unanswered: { en: 'no answer', zh: '无应答' }, open: { en: 'the capture ends before an answer', zh: '抓包在应答之前结束' },
  ambiguous: { en: 'an answer that may be another question\'s', zh: '应答可能属于另一个查询' }, alone: { en: 'belongs to no question in the capture', zh: '不属于抓包中的任何查询' },
}

export function renderTransaction(shown: ShownTransaction, options: ShowOptions): string {
  const columns = reportColumns(options.columns)
  const { lang } = options
  const facts = [
    shown.id, shown.place, `${shown.from} > ${shown.to}${shown.transport === 'tcp' ? ' tcp' : ''}`, shown.question && `${shown.question.type} ${shown.question.name}`, timeOf(shown.atMs),
    shown.rttMs === undefined ? undefined : `${shown.rttMs.toFixed(1)} ms`, shown.rcode ?? STATES[shown.state]?.[lang] ?? shown.state,
    shown.repeats > 0 ? WORDS.repeats[lang](shown.repeats) : undefined,
  ].filter(fact => fact !== undefined)
  const lines: Line[] = wrapPieces(facts, '  ', columns).map(text => [styled('bold', text)])
  for (const packet of shown.packets) lines.push([], ...packetLines(packet, options, columns))
  const notes = [shown.sightings > 0 ? WORDS.sightings[lang](shown.sightings) : undefined, shown.alsoSeenAs.length > 0 ? WORDS.also[lang](shown.alsoSeenAs.join('; ')) : undefined]
  for (const note of notes.filter(n => n !== undefined)) lines.push([], ...wrap(`= ${note}`, columns - 3).map((text, i): Line => [`   ${i === 0 ? '' : '  '}${text}`]))
  return paint(lines, options.color)
}

/** `23:31:46.102`, UTC. */
const timeOf = (atMs: number | undefined): string | undefined => (atMs === undefined ? undefined : new Date(atMs).toISOString().slice(11, 23))

function packetLines(packet: ShownPacket, options: ShowOptions, columns: number): Line[] {
  const { lang } = options
  const { bytes } = packet
  const head = [WORDS[packet.direction][lang], WORDS.bytes[lang](bytes.length), timeOf(packet.atMs), WORDS.frame[lang](packet.file, packet.frame), packet.interface].filter(word => word !== undefined)
  const lines: Line[] = wrapPieces(head, '  ', columns).map(text => [text])
  if (bytes.length === 0 || !packet.message) return [...lines, [styled('gutter', '   | '), WORDS.noBytes[lang]]]
  const fields = packetFields(bytes, packet.message, packet.faults)
  const width = Math.max(2, (bytes.length - 1).toString(16).length)
  const bar = styled('gutter', `${' '.repeat(width)} |`)
  const rows = Math.ceil(bytes.length / ROW)
  const shown = options.wide ? rows : Math.min(rows, MOST_ROWS)
  lines.push([bar])
  for (let row = 0; row < shown; row++) lines.push(...rowLines(bytes, fields, row * ROW, width, lang, columns - width - 3))
  if (shown < rows) lines.push([styled('gutter', WORDS.more[lang](bytes.length - shown * ROW))])
  if (packet.missingBytes > 0) lines.push([bar, ` ${WORDS.missing[lang](packet.missingBytes)}`])
  return lines
}

const hexOf = (bytes: Uint8Array): string[] => Array.from(bytes, byte => byte.toString(16).padStart(2, '0'))

/** A field is named in the row where it begins, and marked on in the next. */
function rowLines(bytes: Uint8Array, fields: readonly PacketField[], start: number, width: number, lang: Lang, room: number): Line[] {
  const end = Math.min(start + ROW, bytes.length)
  const text = hexOf(bytes.subarray(start, end)).join(' ')
  const spans = fields.filter(f => f.start < end && f.end > start).map(f => ({
    from: (Math.max(f.start, start) - start) * 3, to: (Math.min(f.end, end) - start) * 3 - 1, label: f.start >= start ? f.label[lang] : '', primary: f.primary,
  })).sort((a, b) => a.from - b.from || b.to - a.to)
  return labelLine(layoutLine(text), spans, room).map((line, i) =>
    [styled('gutter', `${i === 0 ? start.toString(16).padStart(width, '0') : ' '.repeat(width)} |`), ' ', ...line])
}

/** Everything, field by field, for programs. */
export function transactionJson(shown: ShownTransaction): string {
  const { id, bundle, packets, ...status } = shown
  return `${JSON.stringify({
    apiVersion: 'whydns/v1', kind: 'Transaction', metadata: { name: id, bundle },
    status: {
      ...status,
      packets: packets.map(({ bytes, message, faults, ...packet }) => ({
        ...packet, hex: hexOf(bytes).join(''), fields: message ? spansOf(bytes, message) : [],
        says: message ? packetFields(bytes, message, []).map(({ start, end, label }) => ({ start, end, en: label.en, zh: label.zh })) : [], faults,
      })),
    },
  }, null, 2)}\n`
}
