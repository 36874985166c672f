// One recorded CoreDNS process as a model in virtual time: it starts, is asked, is sent signals, finds its files changed, and ends.
import { call, LOST, type Hop, type Pick, type Plain } from '../../src/chain/effects.ts'
import { hopId } from '../../src/chain/hop.ts'
import type { Corefile, CorednsModel, Directive } from '../../src/chain/model.ts'
import type { Problem, Read } from '../../src/chain/source.ts'
import { readCorefile } from '../../src/config/corefile.ts'
import { goDurationMs } from '../../src/hops/coredns/go-duration.ts'
import { onSignal, reloadLines, type Signal } from '../../src/hops/coredns/life.ts'
import { listenerAt } from '../../src/hops/coredns/listeners.ts'
import { readBalance, type Balance } from '../../src/hops/coredns/loadbalance.ts'
import { loopLine } from '../../src/hops/coredns/loop.ts'
import { configurationHash, reloadTimes, STALE_LISTENER, stopsAfterSignal } from '../../src/hops/coredns/reload.ts'
import { DEFAULT_COREFILE, defaultPort, startCoredns, type Start } from '../../src/hops/coredns/start.ts'
import { readVersion } from '../../src/hops/coredns/version.ts'
import { dice } from '../support/dice.ts'
import { Run, type Noted } from '../support/run.ts'
import { NO_OBJECTS, POD_ADDRESS, UNSYNCED, type ApiServer } from './api-server.ts'
import { dnsQuery, PAUSE_MS, pauseMsOf, serverOf, type Action, type Row, type RowQuery, type Where } from './coredns-replay-rows.ts'
import { nodeCacheRun, type NodeCacheRun } from './node-cache-replay.ts'
import { unreachable, Upstreams } from './coredns-replay-upstream.ts'

/** Of a Go program. */
const PANIC_EXIT = 2
const REPLY_LIMIT_MS = 35_000
/** Of the machine the recordings were made on. */
const NAMESERVER = { address: '10.255.255.53', fault: 'dial udp 10.255.255.53:53: connect: network is unreachable' }

type Files = ReadonlyMap<string, { readonly file: string; readonly text: string }>

export class Process {
  readonly upstreams: Upstreams
  readonly start: Start
  chance = false
  /** Servers that the real process asked, in order: what its draws were, where they can be told. */
  asked: readonly string[] = []
  /** Set = picks take this option (of the first pick only). */
  forced: number | undefined
  lastPick: Pick | undefined
  exit: { readonly code: number; readonly atMs: number } | undefined
  /** What each action of the preamble began with. */
  readonly marks: { readonly atMs: number; readonly notes: number; readonly refused: number }[] = []
  signalledAtMs = 0
  /** Until the process told to end does so: it serves, `ready` does not. */
  private endsAtMs: number | undefined
  private readonly row: Row
  private readonly files: Map<string, { file: string; text: string; writtenAtMs: number }>
  private readonly run: Run
  private readonly server = hopId.coredns('ns/pod')
  private serving: Start
  private read: Read<Corefile>
  private disk: string
  /** When the recorder had seen the start: its times (`atMs`) count from here. */
  private readonly seenAtMs: number
  private watch: { hash: string; everyMs: number; nextMs: number; isStale: boolean } | undefined
  private readonly numbers: string
  private readonly nodeCache: NodeCacheRun | undefined
  /** Absent: nobody answers its lists. */
  private readonly api: ApiServer | undefined

  constructor(row: Row, { seed, numbers, isAhead = true, api }: { readonly seed: number; readonly numbers: string; readonly isAhead?: boolean; readonly api?: ApiServer | undefined }) {
    this.nodeCache = nodeCacheRun(row)
    this.row = this.nodeCache?.row ?? row
    this.api = api
    this.numbers = numbers
    this.upstreams = new Upstreams(row.upstreamScript)
    this.files = new Map(Object.entries(row.files ?? {}).map(([path, text]) => [inside(path), { file: path, text, writtenAtMs: 0 }]))
    // What a process finds on any machine.
    this.files.set('/tmp/x', { file: 'x', text: '', writtenAtMs: 0 })
    // The recorder made one for its API server.
    if (api) this.files.set('/kubeconfig', { file: 'kubeconfig', text: '', writtenAtMs: 0 })
    if (this.row.corefile !== null) this.files.set('/Corefile', { file: 'Corefile', text: this.row.corefile, writtenAtMs: 0 })
    this.files.set('/etc/resolv.conf', { file: 'resolv.conf', text: `nameserver ${NAMESERVER.address}\n`, writtenAtMs: 0 })
    for (const action of row.state?.preamble ?? []) if (action['systemHostsFile']) this.writeFile('/etc/hosts', String(action['systemHostsFile']))
    this.disk = this.row.corefile ?? ''
    const random = dice(seed)
    this.run = new Run(new Map(), pick => {
      this.lastPick ??= pick
      this.chance ||= pick.odds !== undefined
      return this.forced ?? (pick.odds ? (seed % 2 === 1 ? this.recorded(pick) : undefined) ?? random(pick.options.length) : 0)
    })
    this.read = this.parse(this.disk)
    this.start = this.nodeCache ? this.nodeCache.before(() => this.boot(this.read)) : this.boot(this.read)
    this.serving = this.start
    for (const { id } of this.start.hops?.atStart ?? []) this.run.background(id, { numbers: this.numbers, aheadMs: isAhead ? 1 : 0 })
    this.beginWatch()
    // The first question came when the start had been seen.
    if (this.start.end === 'serving') this.pass(PAUSE_MS)
    this.seenAtMs = this.run.nowMs
  }

  /** The option of a draw that the recorded process is seen to have had next. */
  private recorded({ options }: Pick): number | undefined {
    const next = this.asked.findIndex(server => options.includes(server))
    if (next < 0) return undefined
    const option = options.indexOf(this.asked[next] as string)
    this.asked = this.asked.toSpliced(next, 1)
    return option
  }

  get nowMs(): number {
    return this.run.nowMs
  }

  get corefile(): Corefile {
    return this.read.value
  }

  get directives(): readonly Directive[] {
    return this.corefile.blocks.flatMap(b => b.directives)
  }

  has(plugin: string): boolean {
    return this.directives.some(d => d.name === plugin)
  }

  /** What `loadbalance` of the first block that has it draws from. */
  get balance(): Balance | undefined {
    const block = this.corefile.blocks.findIndex(b => b.directives.some(d => d.name === 'loadbalance'))
    const directives = this.corefile.blocks[block]?.directives.filter(d => d.name === 'loadbalance')
    return directives && readBalance({ directives, block, version: this.version, model: { ...this.model(), corefile: this.corefile } })
  }

  get version(): readonly [number, number, number] {
    return readVersion({ ...this.model(), corefile: this.corefile }, () => undefined)
  }

  get isClosing(): boolean {
    return this.endsAtMs !== undefined
  }

  /** What is not modelled, with its line. */
  get unmodelled(): Problem | undefined {
    return this.serving.hops?.problems.find(p => p.state === 'unmodelled')
  }

  notesSince(first: number): readonly Noted[] {
    const other = hopId.coredns('ns/second')
    return this.run.notes.slice(first).filter(n => n.note['by'] !== other || n.note.kind === 'upstream-asked')
  }

  get noteCount(): number {
    return this.run.notes.length
  }

  /** Windows of the log begin where an action begins. */
  mark(): void {
    this.marks.push({ atMs: this.run.nowMs, notes: this.run.notes.length, refused: this.upstreams.refused })
  }

  act(action: Action): void {
    this.mark()
    if (action['query']) this.ask(action['query'] as RowQuery)
    else if (typeof action['sleepMs'] === 'number') this.pass(action['sleepMs'])
    else if (typeof action['atMs'] === 'number') this.pass(Math.max(0, this.seenAtMs + action['atMs'] - this.run.nowMs))
    else if (action['upstream']) this.upstreams.script = { ...this.upstreams.script, ...(action['upstream'] as Upstreams['script']) }
    else if (action['network']) this.upstreams.network = String(action['network'])
    else if (action['writeFile']) for (const [path, text] of Object.entries(action['writeFile'] as Record<string, string>)) this.writeFile(inside(path), text)
    else if (action['deleteFile']) this.files.delete(inside(String(action['deleteFile'])))
    else if (action['signal']) this.signal(String(action['signal']) as Signal)
    else if (action['concurrent']) this.askAside(action['concurrent'])
    else if (action['queries']) this.askMany(String(action['queries']))
    else if (this.api?.act(action)) this.serving = this.boot(this.read, this.seen)
  }

  /** Whether `ready` hears yes of the plugins that wait for the API server. */
  get isSynced(): boolean {
    return this.api?.isRead ?? false
  }

  /** The reply, or nothing within the time that the client waits; how long it took is `tookMs`. */
  ask(query: RowQuery, limitMs = REPLY_LIMIT_MS): Plain {
    return this.askPlain(query, dnsQuery(query) as Plain, limitMs)
  }

  /** The socket is the row's, the question what was made of its bytes. */
  askPlain(where: RowQuery, query: Plain, limitMs = REPLY_LIMIT_MS): Plain {
    const begun = this.run.nowMs
    const listener = this.listener(where)
    const reply = listener === undefined ? LOST : this.run.query(listener, query, limitMs)
    this.tookMs = this.run.nowMs - begun
    this.pass(pauseMsOf(this.row))
    return reply
  }

  tookMs = 0

  /** Hop that gets a query for this address and port. */
  private listener(query: Where): string | undefined {
    if (this.exit || this.serving.end !== 'serving') return undefined
    return listenerAt(this.serving.hops?.listeners ?? [], ...serverOf(query))?.id
  }

  pass(ms: number): void {
    const end = this.run.nowMs + ms
    for (;;) {
      const tick = this.watch && this.watch.nextMs <= end ? this.watch.nextMs : undefined
      this.run.pass((tick ?? end) - this.run.nowMs)
      this.noticeEnd()
      this.rereadFiles()
      if (tick === undefined) break
      this.look()
    }
    if (this.endsAtMs !== undefined && this.run.nowMs >= this.endsAtMs && !this.exit) this.exit = { code: 0, atMs: this.endsAtMs }
  }

  /** Until the process has ended, when it is going to. */
  untilEnd(): void {
    if (this.endsAtMs !== undefined && this.run.nowMs < this.endsAtMs) this.pass(this.endsAtMs - this.run.nowMs)
    if (this.endsAtMs !== undefined) this.exit ??= { code: 0, atMs: this.endsAtMs }
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) this.run.notes.push({ atMs: this.run.nowMs, note: { kind: 'process', by: this.server, line } })
  }

  private writeFile(path: string, text: string): void {
    if (path === inside('Corefile')) this.disk = text
    else this.files.set(path, { file: path.slice(1), text, writtenAtMs: this.run?.nowMs ?? 0 })
  }

  private noticeEnd(): void {
    const panicked = this.run.notes.find(n => n.note.kind === 'process-panicked' && n.note['by'] === this.server)
    if (panicked) this.exit ??= { code: PANIC_EXIT, atMs: panicked.atMs }
    const met = this.run.notes.find(n => n.note.kind === 'loop-met' && n.note['by'] === this.server)
    const probe = this.start.hops?.atStart.find(p => p.id === met?.note['probe'])
    if (!met || !probe || this.exit) return
    // What the queries on their way print, they would print later.
    const kept = this.run.notes.filter(n => n.atMs <= met.atMs)
    this.run.notes.splice(0, this.run.notes.length, ...kept)
    this.say(loopLine(probe.zone, this.numbers, probe.address, probe.port))
    this.exit = { code: 1, atMs: met.atMs }
  }

  private signal(signal: Signal): void {
    this.signalledAtMs = this.run.nowMs
    const effect = onSignal(signal, this.read.value)
    if (effect.kind === 'ignored') return
    this.say(...effect.lines)
    if (effect.kind === 'ends') this.endsAtMs = this.run.nowMs + effect.afterMs
    else this.reload('SIGUSR1')
  }

  private beginWatch(): void {
    const directive = this.directives.find(d => d.name === 'reload')
    if (!directive || this.serving.end !== 'serving') return void (this.watch = undefined)
    const { earliestMs, latestMs } = reloadTimes(directive)
    const everyMs = (earliestMs + latestMs) / 2
    this.watch = { hash: configurationHash(this.read.value, this.version), everyMs, nextMs: this.run.nowMs + everyMs, isStale: false }
  }

  private look(): void {
    const watch = this.watch as NonNullable<Process['watch']>
    watch.nextMs += watch.everyMs
    const read = this.parse(this.disk)
    const syntax = read.problems.find(p => p.code === 'corefile-syntax')
    if (syntax) return this.say(`[WARNING] plugin/reload: Corefile parse failed: ${syntax.message}`)
    const hash = configurationHash(read.value, this.version)
    if (hash === watch.hash) return
    watch.hash = hash
    this.reload('reload')
  }

  private reload(by: 'reload' | 'SIGUSR1'): void {
    const read = this.parse(this.disk)
    const fresh = this.boot(read)
    const stale = by === 'reload' && this.watch?.isStale
    const error = fresh.end === 'serving' ? (stale ? STALE_LISTENER : undefined) : fresh.stderr.join('\n')
    this.say(...reloadLines(by, this.read.value, read.value, this.version, { ...(error !== undefined && { error }) }))
    if (error !== undefined) {
      this.install(this.serving)
      return
    }
    this.read = read
    this.serving = fresh
    if (by === 'reload') this.beginWatch()
    else if (stopsAfterSignal(this.version)) this.watch = undefined
    else if (this.watch) this.watch.isStale = true
  }

  /** `hosts` and the zone files are looked at again as time goes by; `forward` reads its file once. */
  private rereadFiles(): void {
    if (this.serving.end !== 'serving') return
    const every = rereadMs(this.directives)
    const late = [...this.files].filter(([, f]) => f.writtenAtMs > this.bootedAtMs && this.run.nowMs - f.writtenAtMs >= every)
    if (late.length === 0) return
    this.bootedAtMs = Math.max(...late.map(([, f]) => f.writtenAtMs))
    const once = new Set(this.directives.filter(d => d.name === 'forward').flatMap(d => d.args.map(a => inside(a.value))))
    this.seen = new Map([...this.seen, ...[...this.files].filter(([path]) => !once.has(path))])
    this.serving = this.boot(this.read, this.seen)
  }

  private bootedAtMs = 0
  private seen: Files = new Map()

  private parse(text: string): Read<Corefile> {
    const { version } = this.row
    const env = new Map(Object.entries(this.row.env ?? {}))
    const read = readCorefile('Corefile', text, { path: 'Corefile', files: this.files, env, hasAllFiles: true, version })
    if (read.value.blocks.length > 0 || read.problems.some(p => p.state === 'damaged')) return read
    const fallback = readCorefile('Corefile', DEFAULT_COREFILE.replace(':53', `:${defaultPort(this.row.args ?? []) ?? 53}`), { path: 'Corefile', version })
    return { problems: read.problems, value: { ...fallback.value, ...(read.value.unkeyed && { unkeyed: read.value.unkeyed }) } }
  }

  private model(files: Files = this.files): Omit<CorednsModel, 'corefile'> {
    const taken = (this.row.state?.preamble ?? []).flatMap(a => takenBy(a['otherProcess']))
    const port = defaultPort(this.row.args ?? [])
    return {
      pod: 'ns/pod', node: 'node', addresses: this.api ? [POD_ADDRESS] : ['127.0.0.1'], version: this.row.version, files, resolvConf: undefined,
      kubernetes: this.api?.view ?? NO_OBJECTS, ...(!this.isSynced && { kubernetesSynced: UNSYNCED }), hostNetwork: !this.api, ...(this.nodeCache && { build: this.nodeCache.build }),
      machine: {
        ...(this.row.plugins && { plugins: this.row.plugins }),
        interfaces: new Map([['lo', ['127.0.0.1', '::1', ...(this.api ? [POD_ADDRESS] : [])]]]), hasAllFiles: true, hostName: 'vm', env: new Map(Object.entries(this.row.env ?? {})), processors: 2, nameserver: NAMESERVER,
        taken: new Set(taken), ...(port !== undefined && { dnsPort: port }),
      },
    }
  }

  private boot(read: Read<Corefile>, files: Files = new Map(this.files)): Start {
    this.seen = files
    const start = startCoredns({ read, path: 'Corefile', model: this.model(files), args: this.row.args ?? [], isMissing: this.row.corefile === null && /conf-missing/.test(this.row.id) },
      (address, port = 53) => this.reach(address, port))
    if (start.end === 'serving') this.install(start)
    return start
  }

  private chain = new Map<string, Hop>()
  private readonly sockets = new Map<string, Hop>()

  private install(start: Start): void {
    const chain = this.chain = new Map<string, Hop>([...start.hops?.entries ?? [], ...this.second(), ['closed', this.upstreams.closed], ['unreachable', unreachable]])
    for (let i = 2; i < 18; i++) chain.set(hopId.upstream(`127.0.0.${i}`), this.upstreams.hop(`127.0.0.${i}`))
    chain.set(hopId.upstream('::1'), this.upstreams.hop('::1'))
    for (const [id, hop] of this.sockets) chain.set(id, hop)
    this.run.use(chain)
  }

  private reach(address: string, port: number): string {
    if (address in this.upstreams.script && port === 53) return hopId.upstream(address)
    if (!address.startsWith('127.') && address !== '::1') return 'unreachable'
    const id = `socket ${address}:${port}`
    if (!this.sockets.has(id)) this.sockets.set(id, this.socket(address, port))
    this.chain.set(id, this.sockets.get(id) as Hop)
    return id
  }

  /** What is at an address of this machine when something is sent there: CoreDNS itself, another one, the recorder's firewall, nobody. */
  private socket(address: string, port: number): Hop {
    const target = (): string => {
      const own = listenerAt([...this.serving?.hops?.listeners ?? [], ...this.secondListeners], address, port)
      return own?.id ?? (this.upstreams.network === '' ? 'closed' : hopId.upstream('127.0.0.11'))
    }
    return function* (query) {
      return yield* call(target(), query)
    }
  }

  private secondListeners: NonNullable<Start['hops']>['listeners'] = []

  /** Another CoreDNS on the same machine. */
  private second(): readonly (readonly [string, Hop])[] {
    const text = (this.row.state?.preamble ?? []).find(a => a['secondInstance'])?.['secondInstance']
    if (text === undefined) return []
    const read = readCorefile('second', String(text), { path: 'second', env: new Map(), version: this.row.version })
    const { hops } = startCoredns({ read, path: 'second', model: { ...this.model(), pod: 'ns/second' } }, (address, port = 53) => this.reach(address, port))
    this.secondListeners = hops?.listeners ?? []
    return hops?.entries ?? []
  }

  /** `3 queries to a refused upstream, then 4 s`. Samples of a choice are made elsewhere (coredns-replay-random.ts). */
  private askMany(words: string): void {
    const [, count, seconds] = /^(\d+) queries .*, then (\d+) s$/.exec(words) ?? []
    for (let i = 0; i < Number(count ?? 0); i++) this.ask({ name: `q${i + 1}.test.`, type: 'A', proto: 'udp' })
    this.pass(Number(seconds ?? 0) * 1000)
  }

  private askAside(what: unknown): void {
    const count = /^two /.test(String(what)) ? 2 : 1
    const listener = this.listener({})
    if (listener === undefined) return
    for (let i = 0; i < count; i++) this.run.background(listener, dnsQuery({ name: `aside${i + 1}.test.`, type: 'A', proto: 'udp' }) as Plain)
    this.run.pass(1)
  }
}

const inside = (path: string): string => (path.startsWith('/') ? path : `/${path}`)

/** `TCP listener on 0.0.0.0:1053 …`, `UDP socket on [::]:1053 …`: for a listener of all addresses. */
function takenBy(words: unknown): string[] {
  const [, proto = '', port = ''] = /^(TCP|UDP) .*:(\d+) /.exec(String(words ?? '')) ?? []
  return proto === '' ? [] : [`${proto.toLowerCase()} :${port}`]
}

const HOSTS_REREAD_MS = 5000

/** How old a change must be to have been seen. */
function rereadMs(directives: readonly Directive[]): number {
  const times = directives.filter(d => d.name === 'hosts')
    .map(d => goDurationMs(d.properties.findLast(p => p.name === 'reload')?.args[0]?.value ?? '') ?? HOSTS_REREAD_MS)
  return times.length === 0 ? Infinity : Math.min(...times.map(ms => (ms === 0 ? Infinity : ms)))
}
