// `conntrack -L` of a node (conntrack-tools 1.4, or /proc/net/nf_conntrack): which backend really got the packets of each flow.
// The first tuple is what the client sent, the second what answers come from: its `src` is the endpoint that DNAT chose.
// Not modelled: zones, marks, labels; expectations.
import type { Problem, Read, Source } from '../chain/source.ts'
import { lineSource } from '../chain/source.ts'

export interface Flow {
  readonly protocol: 'udp' | 'tcp'
  readonly client: string
  readonly clientPort: number
  readonly to: string
  readonly port: number
  readonly backend: string
  readonly backendPort: number
  /** False: `[UNREPLIED]`, no answer came back so far. */
  readonly replied: boolean
  readonly source: Source
}

const FLOW_LIMIT = 200_000
const TUPLE = /src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g

export function readConntrack(file: string, text: string): Read<readonly Flow[]> {
  const flows: Flow[] = []
  const problems: Problem[] = []
  let line = 0
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const whole = text.slice(start, Math.min(end, start + 1000))
    line++
    const protocol = /^(?:ipv[46]\s+\d+\s+)?(udp|tcp)\s/.exec(whole)?.[1]
    const [sent, answers] = protocol ? [...whole.matchAll(TUPLE)] : []
    if (sent && answers) {
      if (flows.length >= FLOW_LIMIT) {
        problems.push({ code: 'conntrack-too-many-flows', message: `only the first ${FLOW_LIMIT} flows are read`, state: 'damaged' })
        break
      }
      flows.push({
        protocol: protocol as Flow['protocol'],
        client: sent[1] as string, clientPort: Number(sent[3]), to: sent[2] as string, port: Number(sent[4]),
        backend: answers[1] as string, backendPort: Number(answers[3]), replied: !whole.includes('[UNREPLIED]'),
        source: lineSource(file, line, whole, start),
      })
    }
    start = end + 1
  }
  return { value: flows, problems }
}

/** Backend → number of flows to one Service address. */
export function backendsOf(flows: readonly Flow[], address: string, port: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const flow of flows) if (flow.to === address && flow.port === port) counts.set(flow.backend, (counts.get(flow.backend) ?? 0) + 1)
  return counts
}
