// `probes/*.jsonl`: answers to direct questions, one JSON object a line (bundle.md). Written by `whydns probe` and `whydns collect`, or by
// hand. A line without `rcode`, or with `error`, is a question without an answer. Unknown members are ignored.
import { absolute } from '../dns/name.ts'
import type { Reply, ResourceRecord } from '../dns/message.ts'
import type { Read } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'
import type { DirectAnswer } from './observation.ts'
import { LINE_LIMIT, linesOf } from './lines.ts'
import { problemTally } from './problem-tally.ts'
import { rcodeWord } from './rcode.ts'
import { serverText } from './server-address.ts'
import { stampAt } from './time-stamp.ts'

const RECORD_LIMIT = 1000

/** `pod kube-system/coredns-x` → `kube-system/coredns-x`, `node hz-edge-1` → `node/hz-edge-1`; a place's own spelling stays. */
export function placeOf(from: string): string | undefined {
  const words = /^\s*(?:from\s+)?(pod|node)[ /](\S{1,400})\s*$/.exec(from)
  if (words) return words[1] === 'node' ? `node/${words[2]}` : words[2]
  return /^\S{1,253}\/\S{1,253}$/.test(from) ? from : undefined
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' && value.length <= 4096 ? value
  : undefined)

function recordsOf(value: unknown): ResourceRecord[] {
  if (!Array.isArray(value)) return []
  const records: ResourceRecord[] = []
  for (const entry of value.slice(0, RECORD_LIMIT) as unknown[]) {
    if (entry === null || typeof entry !== 'object') continue
    const { name, type, ttl, data } = entry as Record<string, unknown>
    if (textOf(name) === undefined || textOf(type) === undefined || textOf(data) === undefined) continue
    records.push({ name: absolute(name as string), type: (type as string).toUpperCase(), ttlS: typeof ttl === 'number' && ttl >= 0 ? ttl
      : 0, data: data as string })
  }
  return records
}

function failureOf(error: string | undefined): 'timeout' | 'refused' | 'unreachable' {
  if (error === undefined) return 'timeout'
  return /refused/i.test(error) ? 'refused' : /unreachable|no route/i.test(error) ? 'unreachable' : 'timeout'
}

function replyOf(record: Readonly<Record<string, unknown>>): Reply | undefined {
  const rcode = rcodeWord(String(record['rcode'] ?? ''))
  if (!rcode) return undefined
  const flags = Array.isArray(record['flags']) ? record['flags'].filter((flag): flag is string => typeof flag === 'string') : []
  return {
    rcode, flags: flags.filter(flag => flag !== 'qr').slice(0, 8),
    answer: recordsOf(record['answers'] ?? record['answer']), authority: recordsOf(record['authority']),
      additional: recordsOf(record['additional']),
  }
}

export function readProbes(file: string, text: string): Read<readonly DirectAnswer[]> {
  const value: DirectAnswer[] = []
  const tally = problemTally()
  for (const line of linesOf(text)) {
    if (line.text.trim() === '') continue
    const source = lineSource(file, line.number, line.text, line.start)
    let parsed: unknown
    try {
      parsed = line.dropped > 0 ? undefined : JSON.parse(line.text)
    } catch { /* Said below: a damaged line. */ }
    if (line.dropped > 0) tally.add('probe-long-line', 'damaged', `lines longer than ${LINE_LIMIT} characters: not read`, source)
    else if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) tally.add('probe-syntax', 'damaged',
      'lines that are not JSON objects', source)
    else {
      const record = parsed as Readonly<Record<string, unknown>>
      const server = textOf(record['server'])
      const name = textOf(record['name'])
      if (server === undefined || name === undefined) {
        tally.add('probe-incomplete', 'damaged', 'probes without server or name', source)
        continue
      }
      const reply = replyOf(record)
      const rtt = record['rttMs']
      const stamp = stampAt(textOf(record['at']) ?? '', 0)
      value.push({
        kind: 'direct', tool: 'probe', place: placeOf(textOf(record['from']) ?? ''), atMs: stamp?.atMs, source, server: serverText(server),
        query: { name: absolute(name), type: (textOf(record['type']) ?? 'A').toUpperCase(), transport: record['transport'] === 'tcp' ? 'tcp'
          : 'udp', rd: true },
        reply, ...(!reply && { failure: failureOf(textOf(record['error'])) }), ...(typeof rtt === 'number' && rtt >= 0 && { rttMs: rtt }),
      })
    }
  }
  return { value, problems: tally.list() }
}
