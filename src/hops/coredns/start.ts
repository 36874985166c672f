// What a CoreDNS process prints and does when it starts, 1.9.3 to 1.15.0: coremain/run.go, caddy.go of coredns/caddy, core/dnsserver/onstartup.go.
// The Corefile is parsed (unknown directives, then syntax, whichever comes first), keys, plugins and sockets are looked at
// (block-setup.ts), then the zones are printed, the hash of `reload`, and the version.
// Not modelled: `-pidfile`, `-plugins`, `-log-format`, limits of open files, sockets of the HTTP plugins, the Go release and commit of
// the build (printed as none).
import type { Corefile, CorefileWord, CorednsModel } from '../../chain/model.ts'
import type { Problem, Read, Source } from '../../chain/source.ts'
import { goQuote } from './go-quote.ts'
import type { StartRefusal } from './block-setup.ts'
import { joinHostPort } from './go-host-port.ts'
import { bindFault } from './http-address.ts'
import { pluginOrder } from './order.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { hashLine } from './reload.ts'
import { corednsHops, type CorednsHops, type ListeningHop } from './server.ts'
import { readVersion } from './version.ts'

export interface StartInput {
  /** As read; its problems hold what the parser refused. */
  readonly read: Read<Corefile>
  /** As given to `-conf`, or `Corefile`. */
  readonly path: string
  /** Without the Corefile's own value: `read` has it. */
  readonly model: Omit<CorednsModel, 'corefile'>
  readonly args?: readonly string[]
  /** The file of `-conf` is not there. */
  readonly isMissing?: boolean
}

export type Start = {
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** `serving`: it goes on. `endless`: it never gets so far. Else the exit code; 2 is a panic, of whose words only the first line is told. */
  readonly end: 'serving' | 'endless' | 0 | 1 | 2
  readonly hops?: CorednsHops
}

/** A file that is only words about the process: no server block, no file, no text. The default is used then. */
export const DEFAULT_COREFILE = '.:53 {\nwhoami\nlog\n}\n'

export function startCoredns(input: StartInput, reach: (address: string, port?: number) => string): Start {
  const { args = [], model, read, path } = input
  const version = readVersion({ ...model, corefile: read.value }, () => undefined)
  const flags = readFlags(args)
  if (flags.stray.length > 0) return failed([], `DATE extra command line arguments: [${flags.stray.join(' ')}]`)
  const first = since(version, 1, 12) ? [processorsLine(model.machine)] : []
  if (flags.version) return { stdout: versionLines(version), stderr: [], end: 0 }
  const known = new Set([...pluginOrder(version), ...model.machine?.plugins ?? []])
  if (input.isMissing) return failed(first, `loading Caddyfile via flag: open ${path}: no such file or directory`)
  const unknown = unknownWord(read, known)
  const warnings = importsMissed(read, unknown).map(p => `[WARNING] ${p.message}`)
  const parsed = parserRefusal(read, unknown, path)
  if (parsed === 'endless') return { stdout: first, stderr: [], end: 'endless' }
  if (parsed !== undefined) return failed([...first, ...warnings], parsed)
  const hops = corednsHops({ ...model, corefile: read.value }, reach)
  const before = [...first, ...warnings, ...hops.setup.printed]
  const refusal = hops.refusals[0]
  const started = [...before, ...hops.setup.printedAtStart]
  if (refusal?.how === 'endless') return { stdout: before, stderr: [], end: 'endless' }
  if (refusal) return failed(refusal.when === 'start' ? started : before, printed(refusal, read.value, path, model.files), refusal.how === 'panic' ? 2 : 1)
  const taken = takenPort(hops.listeners, model)
  if (taken !== undefined) return failed(started, taken)
  // For its hash `reload` reads the file once more, and meets the same imports of nothing.
  const hash = read.value.blocks.some(b => b.directives.some(d => d.name === 'reload')) ? [...warnings, hashLine(read.value, version)] : []
  // A quoted key can be of several lines.
  const banner = flags.quiet ? [] : bannerLines(hops.listeners, version).flatMap(line => line.split('\n'))
  // A process that listens nowhere has nothing to wait for.
  const end = hops.listeners.length > 0 ? 'serving' : 0
  return { stdout: [...started, ...banner, ...hash, ...(flags.quiet ? [] : versionLines(version))], stderr: [], end, hops }
}

function processorsLine(machine: CorednsModel['machine']): string {
  const given = machine?.env?.get('GOMAXPROCS')
  return given ? `maxprocs: Honoring GOMAXPROCS=${goQuote(given)} as set in environment` : `maxprocs: Leaving GOMAXPROCS=${machine?.processors ?? 1}: CPU quota undefined`
}

const failed = (stdout: readonly string[], error: string, end: 1 | 2 = 1): Start => ({ stdout, stderr: error.replace(/\n$/, '').split('\n'), end })

interface Flags { readonly quiet: boolean; readonly version: boolean; readonly stray: readonly string[] }

const WITH_VALUE = new Set(['conf', 'dns.port', 'p', 'pidfile', 'log-format'])

/** Go's flag package: what follows the first word that is no flag is stray. */
export function readFlags(args: readonly string[]): Flags {
  const seen = new Set<string>()
  let at = 0
  for (; at < args.length; at++) {
    const [, name, value] = /^--?([^=]+)(=.*)?$/s.exec(args[at] as string) ?? []
    if (args[at] === '--' || name === undefined || args[at] === '-') break
    seen.add(name)
    if (WITH_VALUE.has(name) && value === undefined) at++
  }
  if (args[at] === '--') at++
  return { quiet: seen.has('quiet'), version: seen.has('version'), stray: args.slice(at) }
}

/** Port of keys without one: `-dns.port` or `-p`. */
export function defaultPort(args: readonly string[]): number | undefined {
  for (const [i, word] of args.entries()) {
    const [, value] = /^--?(?:dns\.port|p)(?:=(\d+))?$/.exec(word) ?? []
    if (/^--?(?:dns\.port|p)(?:=|$)/.test(word)) return Number(value ?? args[i + 1])
  }
  return undefined
}

/** An unknown name ends the parser at its place, so one that was read comes before what it could not read. */
function parserRefusal(read: Read<Corefile>, unknown: UnknownWord | undefined, path: string): string | 'endless' | undefined {
  if (unknown) return `${unknown.word.path === '' ? path : unknown.word.path}:${unknown.word.line} - Error during parsing: Unknown directive '${unknown.name}'`
  if (read.problems.some(p => p.code === 'corefile-endless')) return 'endless'
  return read.problems.find(p => p.code === 'corefile-syntax')?.message
}

interface UnknownWord { readonly name: string; readonly word: CorefileWord }

function unknownWord(read: Read<Corefile>, known: ReadonlySet<string>): UnknownWord | undefined {
  const uses = [...read.value.blocks.flatMap(b => b.uses ?? []), ...read.value.unkeyed ?? []]
  const [first] = uses.flatMap(({ name, words: [word] }) => (word && !known.has(name) ? [{ name, word }] : [])).toSorted((a, b) => a.word.line - b.word.line)
  return first
}

/** Imports of nothing that the parser met before it ended. */
function importsMissed(read: Read<Corefile>, end: UnknownWord | undefined): readonly Problem[] {
  const isMet = (source: Source | undefined): boolean => !end || source?.file !== end.word.source.file || source.start < end.word.source.start
  return read.problems.filter(p => p.code === 'corefile-import-missing' && p.state === 'ignored' && isMet(p.source))
}

const MESSAGE = /(?=Error during parsing: |Syntax error: )/

/** With the file and line that CoreDNS puts before its words. */
export function printed(refusal: StartRefusal, corefile: Corefile, path: string, files: CorednsModel['files']): string {
  const place = refusal.at ? `${refusal.at.path === '' ? path : refusal.at.path}:${refusal.at.line}` : placeOf(refusal.source, corefile, path, files)
  return place === undefined ? refusal.text : refusal.text.replace(MESSAGE, () => `${place} - `)
}

function placeOf(source: Source | undefined, corefile: Corefile, path: string, files: CorednsModel['files']): string | undefined {
  if (!source) return undefined
  const imported = source.file === corefile.file ? undefined : [...files].find(([, f]) => f.file === source.file)?.[0]
  return `${imported ?? path}:${source.line}`
}

/** A socket that somebody else has; the order of the sockets is anybody's guess. */
function takenPort(listeners: readonly ListeningHop[], { machine }: StartInput['model']): string | undefined {
  for (const { address, port, transport, hasTls } of listeners) {
    const at = joinHostPort(address, port)
    const unbound = bindFault(machine, address, port)
    if (unbound !== undefined) return `Listen: ${unbound}`
    if (transport === 'quic' && !hasTls) return 'ListenPacket: quic: tls.Config not set'
    if (transport !== 'quic' && transport !== 'https3' && machine?.taken?.has(`tcp ${at}`)) return `Listen: listen tcp ${at}: bind: address already in use`
    if ((transport === 'dns' || transport === 'quic' || transport === 'https3') && machine?.taken?.has(`udp ${at}`)) return `ListenPacket: listen udp ${at}: bind: address already in use`
  }
  return undefined
}

const PREFERRED = /^(([A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?)\.)+$/

/** The zones of each socket, sorted by bytes; sockets in any order. */
export function bannerLines(listeners: readonly ListeningHop[], version: CorednsVersion): string[] {
  return listeners.flatMap(({ transport, address, port, zones, sockets }) => {
    const prefix = transport === 'dns' ? '' : `${transport}://`
    // Reverse zones in lower case only are spared the warning.
    const lines = zones.toSorted().flatMap(zone => {
      const odd = since(version, 1, 9, 4) && zone !== '.' && !/\.(in-addr|ip6)\.arpa\.$/.test(zone) && !PREFERRED.test(zone)
      const line = `${prefix}${zone}:${port}${address === '' ? '' : ` on ${address}`}`
      return odd ? [`Warning: Domain ${goQuote(zone)} does not follow RFC1035 preferred syntax`, line] : [line]
    })
    return Array.from({ length: sockets }, () => lines).flat()
  })
}

const versionLines = (version: CorednsVersion): string[] => [`CoreDNS-${version.join('.')}`, 'linux/amd64, go, ']
