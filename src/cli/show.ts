// `whydns show tx N`: one transaction that a report names, with its bytes.
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import { socketText } from '../dns/socket-address.ts'
import { messageIn } from '../evidence/captured-packet.ts'
import { findTransaction, type FoundTransaction } from '../evidence/join-find.ts'
import type { DnsPacket } from '../evidence/observation.ts'
import type { Lang } from '../findings/diagnosis.ts'
import { renderTransaction, transactionJson, type ShownPacket, type ShownTransaction } from '../report/show-tx.ts'
import { loadBundle } from './load-bundle.ts'
import { loadLooseFiles } from './loose-files.ts'
import { OperatingError, type ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import { wantsColor, type ColorChoice, type Rim } from './rim.ts'

export interface ShowOptions {
  readonly bundle?: string
  readonly output: 'text' | 'wide' | 'json'
  readonly lang: Lang
  readonly color: ColorChoice
  readonly quiet?: boolean
}

export async function show(words: readonly string[], options: ShowOptions, rim: Rim): Promise<ExitCode> {
  const { number, paths } = wanted(words, rim)
  if (options.bundle === undefined && paths.length === 0) throw new OperatingError(2, { en: 'from which captures?', zh: '从哪些抓包中查找？' }, [example(rim)])
  const shown = progress(rim, options.quiet === true)
  try {
    const files = options.bundle !== undefined ? await loadBundle(options.bundle, shown) : loadLooseFiles(paths, shown)
    const { found, messages, captures } = findTransaction(files, number)
    shown.end()
    if (captures === 0) throw new OperatingError(4, { en: `there is no capture in ${files.name}`, zh: `${files.name} 中没有抓包` })
    if (!found) throw new OperatingError(2, { en: `there is no tx ${number}: the captures hold ${messages} DNS messages`, zh: `没有 tx ${number}：抓包中共有 ${messages} 个 DNS 报文` })
    const transaction = shownOf(files, found, number)
    const { columns, isTty } = rim.outTerminal
    rim.out(options.output === 'json' ? transactionJson(transaction)
      : renderTransaction(transaction, { lang: options.lang, columns: isTty ? columns : Infinity, color: wantsColor(options.color, rim), wide: options.output === 'wide' }))
    return 0
  } finally {
    shown.end()
  }
}

const example = (rim: Rim): { en: string; zh: string } =>
  ({ en: `for example: ${rim.calledAs} show tx 88 --bundle site.tgz`, zh: `例如：${rim.calledAs} show tx 88 --bundle site.tgz` })

/** `tx 88`, `tx:88`; what follows are files. */
function wanted(words: readonly string[], rim: Rim): { readonly number: number; readonly paths: readonly string[] } {
  const [first = '', second = '', ...rest] = words
  const joined = /^tx:(\d{1,12})$/.exec(first)
  const digits = joined?.[1] ?? (first === 'tx' ? /^(?:tx:)?(\d{1,12})$/.exec(second)?.[1] : undefined)
  if (digits === undefined) throw new OperatingError(2, { en: 'what is to be shown? Known is `tx N`, a transaction', zh: '要显示什么？目前支持 `tx N`：一个事务' }, [example(rim)])
  return { number: Number(digits), paths: joined ? words.slice(1) : rest }
}

function shownOf(files: EvidenceFiles, { transaction, packets, numberOf, alsoSeenAs }: FoundTransaction, number: number): ShownTransaction {
  const [first] = packets as readonly [DnsPacket, ...DnsPacket[]]
  const answer = transaction?.answers[0]
  return {
    id: transaction?.id ?? `tx:${number}`, bundle: files.name, place: first.place, from: socketText(transaction?.client ?? first.from), to: socketText(transaction?.server ?? first.to),
    transport: first.transport, question: first.question, atMs: transaction?.atMs ?? first.atMs, rttMs: transaction?.rttMs, state: transaction?.state ?? 'alone',
    rcode: answer?.rcode, repeats: transaction?.repeats.length ?? 0, sightings: transaction?.sightings.length ?? 0,
    alsoSeenAs: alsoSeenAs.map(t => `${t.id} ${socketText(t.client)} > ${socketText(t.server)}`), packets: packets.map(p => shownPacket(p, numberOf(p))),
  }
}

function shownPacket(packet: DnsPacket, number: number): ShownPacket {
  const decoded = messageIn(packet)
  return {
    number, direction: packet.direction, file: packet.source.file, frame: packet.source.line, interface: packet.interface, atMs: packet.atMs,
    bytes: packet.bytes, missingBytes: packet.missingBytes, message: decoded?.message, faults: decoded?.faults ?? [],
  }
}
