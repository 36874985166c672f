// What the set-up of CoreDNS's `kubernetes` plugin refuses, and what it prints while it waits for the API server, 1.9.3 to 1.15.0:
// plugin/kubernetes/setup.go and kubernetes.go InitKubeCache.
// Not modelled: texts of client-go about URLs and certificates that it cannot read, its own lines about failed lists (klog, only
// between 1.10 and 1.14.6).
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, intText, isFault, parseFloat64, type Parsed } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { isOptionOf, LONGEST_TTL_S, needsNoContext, POD_MODES, selectorText } from './kubernetes-options.ts'
import { parseSelector } from './kubernetes-selector.ts'
import { isReverseZone, originsOf } from './origins.ts'
import { since } from './plugin.ts'
import { MISSING, noWords, once, onlyWord, readFault, statFault, unknownProperty, valueOf, type SetupAt, type SetupCheck } from './setup-check.ts'

interface Seen {
  zones: readonly string[]
  multicluster: readonly string[]
  startupMs: number
  endpoint: boolean
  kubeconfig: string | undefined
  namespaces: boolean
  namespaceLabels: boolean
  zonal: boolean
  noEndpoints: boolean
}

const STARTUP_MS = 5000
const WAITING_LINE_MS = 500

export const kubernetesSetup: SetupCheck = (c, at) => {
  const seen: Seen = {
    zones: [], multicluster: [], startupMs: STARTUP_MS, endpoint: false, kubeconfig: undefined, namespaces: false, namespaceLabels: false, zonal: false, noEndpoints: false,
  }
  once(c, () => stanza(c, at, seen))
  connect(c, at, seen)
}

function stanza(c: Dispenser, at: SetupAt, seen: Seen): void {
  seen.zones = originsOf(c.remainingArgs(), at.zones)
  if (seen.zones.every(isReverseZone)) throw c.refuse('non-reverse zone name must be used')
  while (c.nextBlock()) {
    const option = OPTIONS.get(c.val())
    if (!option || !isOptionOf(c.val(), at.version)) throw unknownProperty(c)
    option(c, seen, at)
  }
  if (seen.namespaces && seen.namespaceLabels) throw c.err('namespaces and namespace_labels cannot both be set')
  const foreign = seen.multicluster.find(z => !seen.zones.includes(z))
  if (foreign !== undefined) throw c.err(`is not authoritative for the multicluster zone ${foreign} (authoritative zones: [${seen.zones.join(' ')}])`)
  if (seen.zonal && seen.noEndpoints) throw c.err('zonal requires the endpoint cache; remove noendpoints')
}

function connect(c: Dispenser, at: SetupAt, seen: Seen): void {
  const { machine, files } = at.model
  const token = '/var/run/secrets/kubernetes.io/serviceaccount/token'
  if (seen.kubeconfig !== undefined) {
    const fault = statFault(at, seen.kubeconfig)
    if (fault === MISSING) throw c.refuse(`stat ${seen.kubeconfig}: ${fault}`)
    const unread = readFault(at, seen.kubeconfig)
    if (unread !== undefined) throw c.refuse(`error loading config file ${goQuote(seen.kubeconfig)}: ${unread}`)
  } else if (!seen.endpoint && machine?.env) {
    if (!machine.env.get('KUBERNETES_SERVICE_HOST') || !machine.env.get('KUBERNETES_SERVICE_PORT'))
      throw c.refuse('unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined')
    if (machine.hasAllFiles && !files.has(token)) throw c.refuse(`open ${token}: no such file or directory`)
  }
  if (!isUnanswered(at)) return
  if (since(at.version, 1, 9, 1)) for (let ms = WAITING_LINE_MS; ms < seen.startupMs; ms += WAITING_LINE_MS) at.printAtStart('[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server')
  at.printAtStart('[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API')
}

const isUnanswered = (at: SetupAt): boolean => at.model.kubernetesSynced?.value === false

/** How the words of each are read; since when it is known: kubernetes-options.ts. */
type Option = (c: Dispenser, seen: Seen, at: SetupAt) => void

const some = (keep: (seen: Seen) => void): Option => (c, seen) => {
  if (c.remainingArgs().length === 0) throw c.argErr()
  keep(seen)
}

const selector = (name: string, keep: (seen: Seen) => void = () => undefined): Option => (c, seen, { version }) => {
  const args = c.remainingArgs()
  if (args.length === 0) throw c.argErr()
  const read = parseSelector(args.join(' '), version)
  if (typeof read === 'string') throw c.refuse(selectorText(name, args, read))
  keep(seen)
}

const none = (keep: (seen: Seen) => void = () => undefined): Option => (c, seen) => {
  noWords(c)
  keep(seen)
}

function endpoint(c: Dispenser, seen: Seen, at: SetupAt): void {
  const [first, ...more] = c.remainingArgs()
  if (first === undefined) throw c.argErr()
  if (more.length > 0) at.print(`[WARNING] plugin/kubernetes: Multiple endpoints have been deprecated, only the first specified endpoint '${first}' is used`)
  seen.endpoint = true
}

function pods(c: Dispenser): void {
  const mode = onlyWord(c)
  if (!POD_MODES.has(mode)) throw c.refuse(`wrong value for pods: ${mode},  must be one of: disabled, verified, insecure`)
}

/** In `kubernetes` and `k8s_external`. */
export function ttl(c: Dispenser): void {
  const [word] = c.remainingArgs()
  if (word === undefined) throw c.argErr()
  const seconds = valueOf(c, atoi(word))
  if (seconds < 0 || seconds > LONGEST_TTL_S) throw c.err(`ttl must be in range [0, 3600]: ${intText(seconds)}`)
}

function ignore(c: Dispenser): void {
  const [what] = c.remainingArgs()
  if (what !== undefined && what !== 'empty_service') throw c.refuse(`unable to parse ignore value: '${what}'`)
}

function transfer(c: Dispenser, _: Seen, { version }: SetupAt): void {
  if (since(version, 1, 8)) throw unknownProperty(c)
  c.remainingArgs()
}

const limit = (name: string, parse: (text: string) => Parsed<number>): Option => c => {
  const word = onlyWord(c)
  const value = parse(word)
  if (isFault(value)) throw c.err(`invalid ${name} ${goQuote(word)}: ${value.fault}`)
  if (value.value < 0) throw c.err(`${name} must be >= 0`)
}

function kubeconfig(c: Dispenser, seen: Seen, { version }: SetupAt): void {
  const args = c.remainingArgs()
  if (args.length !== 2 && (args.length !== 1 || !needsNoContext(version))) throw c.argErr()
  seen.kubeconfig = args[0]
}

function startupTimeout(c: Dispenser, seen: Seen): void {
  const [word] = c.remainingArgs()
  if (word === undefined) throw c.argErr()
  const time = parseDuration(word)
  if (isFault(time)) throw c.refuse(`failed to parse startup_timeout: ${word}, ${time.fault}`)
  seen.startupMs = time.value
}

const OPTIONS: ReadonlyMap<string, Option> = new Map<string, Option>([
  ['apiserver_burst', limit('apiserver_burst', atoi)],
  ['apiserver_max_inflight', limit('apiserver_max_inflight', atoi)],
  ['apiserver_qps', limit('apiserver_qps', parseFloat64)],
  ['endpoint', endpoint],
  ['endpoint_pod_names', none()],
  ['fallthrough', c => void c.remainingArgs()],
  ['ignore', ignore],
  ['kubeconfig', kubeconfig],
  ['labels', selector('labels')],
  ['multicluster', (c, seen) => void (seen.multicluster = originsOf(c.remainingArgs(), []))],
  ['namespace_labels', selector('namespace_labels', seen => void (seen.namespaceLabels = true))],
  ['namespaces', some(seen => void (seen.namespaces = true))],
  ['noendpoints', none(seen => void (seen.noEndpoints = true))],
  ['pods', pods],
  ['startup_timeout', startupTimeout],
  ['tls', c => { if (c.remainingArgs().length !== 3) throw c.argErr() }],
  ['transfer', transfer],
  ['ttl', ttl],
  ['zonal', none(seen => void (seen.zonal = true))],
])
