// `text/*.txt` and loose pasted output: sections of one command each (`$ command`, then optional `# from pod NS/NAME`), read by what the
// text looks like and not by what the command claims. What no reader knows is a Problem, so that nothing is lost silently.
import type { Problem, Read } from '../chain/source.ts'
import { readDig } from './dig.ts'
import { readGetent } from './getent.ts'
import { readHost } from './host.ts'
import { readNslookup } from './nslookup.ts'
import type { Observation } from './observation.ts'
import { sectionsOf, sourceOf, toolWords, type PastedSection } from './pasted-section.ts'
import { readPing } from './ping.ts'
import { problemTally } from './problem-tally.ts'
import { resolverErrorIn } from './resolver-error.ts'
import { readTcpdump, TCPDUMP_SIGN } from './tcpdump-text.ts'
import { lineStamp } from './time-stamp.ts'

interface Tool {
  readonly name: string
  /** A line that only this tool prints. */
  readonly sign: RegExp
  /** Commands whose output may have no sign at all (`dig +short`). */
  readonly commands: readonly string[]
  readonly read: (section: PastedSection, nearMs: number | undefined) => Read<readonly Observation[]>
}

const TOOLS: readonly Tool[] = [
  { name: 'dig', sign: /^; <<>> DiG |^;; ->>HEADER<<-/, commands: ['dig'], read: readDig },
  { name: 'nslookup', sign: /^Server:\s|^\*\* server can't find|^\*\*\* Can't find|^nslookup: can't resolve/, commands: ['nslookup'],
    read: readNslookup },
  { name: 'host', sign: /^\S{1,300} has (?:IPv6 )?address |^Host \S{1,300} not found: \d/, commands: ['host'], read: readHost },
  { name: 'ping', sign: /^PING \S{1,300} \(|^ping6?: /, commands: ['ping', 'ping6'], read: readPing },
  { name: 'getent', sign: /^\d{1,3}(?:\.\d{1,3}){3}\s{1,20}STREAM /, commands: ['getent'], read: readGetent },
  { name: 'tcpdump', sign: TCPDUMP_SIGN, commands: ['tcpdump'], read: readTcpdump },
]

/** Known, and not read yet: said by name. */
const UNREAD: readonly (readonly [what: string, sign: RegExp, commands: readonly string[]])[] = [
  ['tcpdump text', TCPDUMP_SIGN, ['tcpdump']],
  ['netstat or ss output', /^(?:Proto Recv-Q|Netid\s+State|Active Internet connections)/, ['netstat', 'ss']],
  ['resolvectl output', /^(?:Link \d{1,5} \(|Global$|-- Information acquired via protocol)/, ['resolvectl', 'systemd-resolve']],
  ['a listing of files', /^[lds-][rwxsStT-]{9}[.+@]? /, ['ls', 'stat']],
  ['a resolv.conf', /^(?:nameserver|search|options)\s/, ['cat']],
]

function readSection(section: PastedSection, nearMs: number | undefined): Read<readonly Observation[]> {
  const said = section.lines.filter(line => line.text.trim() !== '')
  const tools = TOOLS.filter(tool => said.some(line => tool.sign.test(line.text))
    || toolWords(section.command, tool.commands) !== undefined)
  const value: Observation[] = []
  const problems: Problem[] = []
  for (const tool of tools) {
    const read = tool.read(section, nearMs)
    value.push(...read.value)
    problems.push(...read.problems)
  }
  if (value.length > 0 || problems.length > 0) return { value, problems }
  const first = said[0] ?? section.lines[0]
  const source = first && sourceOf(section, first)
  const unread = UNREAD.find(([, sign]) => said.slice(0, 50).some(line => sign.test(line.text)))
    ?? UNREAD.find(([, , commands]) => toolWords(section.command, commands) !== undefined)
  if (unread) return { value, problems: [{ code: 'pasted-not-read', message: `${unread[0]}: not read yet`, state: 'ignored',
    ...(source && { source }) }] }
  const errors = resolverErrors(section, nearMs)
  if (errors.length > 0) return { value: errors, problems }
  return { value, problems: [{ code: 'pasted-unknown', message: 'pasted text of no known tool: not read', state: 'unknown',
    ...(source && { source }) }] }
}

/** `curl: (6) Could not resolve host: a.b`, and whatever else names a name that did not resolve. */
function resolverErrors(section: PastedSection, nearMs: number | undefined): Observation[] {
  return section.lines.flatMap(line => {
    const error = resolverErrorIn(line.text)
    if (!error) return []
    const { start: _start, ...fields } = error
    return [{ kind: 'application' as const, place: section.place, atMs: lineStamp(line.text, nearMs)?.atMs, source: sourceOf(section, line),
      text: line.text.slice(0, 1000), ...fields, ok: false, basis: 'stated' as const, addresses: [] }]
  })
}

/** Everything pasted into one file. `nearMs`: a time near by, for stamps without a year. */
export function readPasted(file: string, text: string, nearMs?: number): Read<readonly Observation[]> {
  const value: Observation[] = []
  const tally = problemTally()
  const { sections, cutAt } = sectionsOf(file, text)
  for (const section of sections) {
    const read = readSection(section, nearMs)
    for (const seen of read.value) value.push(seen)
    for (const problem of read.problems) tally.add(problem.code, problem.state, problem.message, problem.source)
  }
  if (cutAt) tally.add('pasted-too-long', 'ignored', 'the rest of the file is not read: too many lines for pasted output', cutAt)
  return { value, problems: tally.list() }
}
