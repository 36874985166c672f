// Pasted output of ping (iputils, busybox, BSD): the libc's answer for the name, and whether packets came back from the address.
// A ping says nothing about port 53, and a Service VIP never answers one.
import { absolute } from '../dns/name.ts'
import type { Read } from '../chain/source.ts'
import type { Line } from './lines.ts'
import type { DirectAnswer, Reachability } from './observation.ts'
import { blockSource, sourceOf, type PastedSection } from './pasted-section.ts'
import { resolverErrorIn } from './resolver-error.ts'
import { isAddress } from './server-address.ts'
import { dateLine } from './time-stamp.ts'

interface Run {
  readonly first: Line
  last: Line
  readonly address: string
  readonly atMs: number | undefined
  /** From the statistics line when there is one, else counted. */
  sent: number
  received: number
  counted: boolean
  unreachable: boolean
}

function reachability(run: Run, section: PastedSection): Reachability[] {
  if (run.sent === 0 && run.received === 0 && !run.unreachable) return []
  return [{
    kind: 'reachability', place: section.place, atMs: run.atMs, source: blockSource(section, run.first, run.last), address: run.address,
    sent: Math.max(run.sent, run.received), received: run.received, ...(run.received === 0
      && { failure: run.unreachable ? 'unreachable' as const : 'timeout' as const }),
  }]
}

function readLine(run: Run, text: string): boolean {
  const statistics = /^(\d{1,9}) packets transmitted, (\d{1,9}) (?:packets )?received/.exec(text)
  if (statistics) {
    run.sent = Number(statistics[1])
    run.received = Number(statistics[2])
    run.counted = true
  } else if (text.startsWith('Request timeout for icmp_seq')) {
    if (!run.counted) run.sent++
  } else if (/\d bytes from /.test(text)) {
    if (!run.counted) run.received++
  } else if (/Unreachable|unreachable|No route to host/.test(text)) {
    run.unreachable = true
    if (!run.counted) run.sent++
  } else return false
  return true
}

export function readPing(section: PastedSection): Read<readonly (DirectAnswer | Reachability)[]> {
  const value: (DirectAnswer | Reachability)[] = []
  let run: Run | undefined
  let nowMs: number | undefined
  for (const line of section.lines) {
    const text = line.text.trimEnd()
    nowMs = dateLine(text)?.atMs ?? nowMs
    const head = /^PING (\S{1,300}?) \((\S{1,60}?)\)/.exec(text)
    const seen = { place: section.place, atMs: nowMs, source: sourceOf(section, line) }
    if (head) {
      if (run) value.push(...reachability(run, section))
      const [, name, address] = head as unknown as [string, string, string]
      run = isAddress(address) ? { first: line, last: line, address, atMs: nowMs, sent: 0, received: 0, counted: false, unreachable: false }
        : undefined
      if (isAddress(address) && !isAddress(name)) {
        const type = address.includes(':') ? 'AAAA' : 'A'
        value.push({
          kind: 'direct', tool: 'ping', ...seen, server: '', query: { name: absolute(name), type, transport: 'udp', rd: true },
            ttlKnown: false,
          reply: { rcode: 'NOERROR', flags: [], answer: [{ name: absolute(name), type, ttlS: 0, data: address }], authority: [],
            additional: [] },
        })
      }
      continue
    }
    if (run && readLine(run, text)) run.last = line
    const error = text.startsWith('ping') ? resolverErrorIn(text) : undefined
    if (error) value.push({ kind: 'direct', tool: 'ping', ...seen, server: '',
      query: { name: absolute(error.name), type: 'A', transport: 'udp', rd: true }, reply: undefined, failure: 'unresolved' })
  }
  if (run) value.push(...reachability(run, section))
  return { value, problems: [] }
}
