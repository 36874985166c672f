// What the set-up of CoreDNS's `kubernetes` plugin refuses, and what it prints while it waits for the API server, 1.9.3 to 1.15.0:
// plugin/kubernetes/setup.go and kubernetes.go InitKubeCache.
// Not modelled: texts of client-go about URLs and certificates that it cannot read, its own lines about failed lists (klog, only
// between 1.10 and 1.14.6).
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, isFault, parseFloat64, type Parsed } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { selectorText } from './kubernetes-options.ts'
import { parseSelector } from './kubernetes-selector.ts'
import { isReverseZone, originsOf } from './origins.ts'
import { since, type CorednsVersion } from './plugin.ts'
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
    if (!option || !since(at.version, ...option.from)) throw unknownProperty(c)
    option.read(c, seen, at.version)
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
  for (let ms = WAITING_LINE_MS; ms < seen.startupMs; ms += WAITING_LINE_MS) at.printAtStart('[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server')
  at.printAtStart('[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API')
}

const isUnanswered = (at: SetupAt): boolean => at.model.kubernetesSynced?.value === false

interface Option { readonly from: CorednsVersion; readonly read: (c: Dispenser, seen: Seen, version: CorednsVersion) => void }
const ALWAYS: CorednsVersion = [1, 0, 0]

const some = (keep: (seen: Seen) => void = () => undefined): Option => ({
  from: ALWAYS,
  read: (c, seen) => {
    if (c.remainingArgs().length === 0) throw c.argErr()
    keep(seen)
  },
})

const selector = (name: string, keep: (seen: Seen) => void = () => undefined): Option => ({
  from: ALWAYS,
  read: (c, seen, version) => {
    const args = c.remainingArgs()
    if (args.length === 0) throw c.argErr()
    const read = parseSelector(args.join(' '), version)
    if (typeof read === 'string') throw c.refuse(selectorText(name, args, read))
    keep(seen)
  },
})

const none = (from: CorednsVersion, keep: (seen: Seen) => void = () => undefined): Option => ({
  from,
  read: (c, seen) => {
    noWords(c)
    keep(seen)
  },
})

const PODS = new Set(['disabled', 'insecure', 'verified'])

function pods(c: Dispenser): void {
  const mode = onlyWord(c)
  if (!PODS.has(mode)) throw c.refuse(`wrong value for pods: ${mode},  must be one of: disabled, verified, insecure`)
}

function ttl(c: Dispenser): void {
  const [word] = c.remainingArgs()
  if (word === undefined) throw c.argErr()
  const seconds = valueOf(c, atoi(word))
  if (seconds < 0 || seconds > 3600) throw c.err(`ttl must be in range [0, 3600]: ${seconds}`)
}

function ignore(c: Dispenser, _: Seen, version: CorednsVersion): void {
  const [what] = c.remainingArgs()
  if (what === 'empty_service' || (what === undefined && !since(version, 1, 12))) return
  if (what === undefined) return
  throw c.refuse(`unable to parse ignore value: '${what}'`)
}

const limit = (name: string, parse: (text: string) => Parsed<number>): Option => ({
  from: [1, 14, 0],
  read: c => {
    const word = onlyWord(c)
    const value = parse(word)
    if (isFault(value)) throw c.err(`invalid ${name} ${goQuote(word)}: ${value.fault}`)
    if (value.value < 0) throw c.err(`${name} must be >= 0`)
  },
})

const OPTIONS: ReadonlyMap<string, Option> = new Map([
  ['apiserver_burst', limit('apiserver_burst', atoi)],
  ['apiserver_max_inflight', limit('apiserver_max_inflight', atoi)],
  ['apiserver_qps', limit('apiserver_qps', parseFloat64)],
  ['endpoint', some(seen => void (seen.endpoint = true))],
  ['endpoint_pod_names', none(ALWAYS)],
  ['fallthrough', { from: ALWAYS, read: c => void c.remainingArgs() }],
  ['ignore', { from: ALWAYS, read: ignore }],
  ['kubeconfig', {
    from: ALWAYS,
    read: (c, seen) => {
      const args = c.remainingArgs()
      if (args.length !== 1 && args.length !== 2) throw c.argErr()
      seen.kubeconfig = args[0]
    },
  }],
  ['labels', selector('labels')],
  ['multicluster', { from: [1, 12, 2], read: (c, seen) => void (seen.multicluster = originsOf(c.remainingArgs(), [])) }],
  ['namespace_labels', selector('namespace_labels', seen => void (seen.namespaceLabels = true))],
  ['namespaces', some(seen => void (seen.namespaces = true))],
  ['noendpoints', none(ALWAYS, seen => void (seen.noEndpoints = true))],
  ['pods', { from: ALWAYS, read: pods }],
  ['startup_timeout', {
    from: [1, 12, 3],
    read: (c, seen) => {
      const [word] = c.remainingArgs()
      if (word === undefined) throw c.argErr()
      const time = parseDuration(word)
      if (isFault(time)) throw c.refuse(`failed to parse startup_timeout: ${word}, ${time.fault}`)
      seen.startupMs = time.value
    },
  }],
  ['tls', { from: ALWAYS, read: c => { if (c.remainingArgs().length !== 3) throw c.argErr() } }],
  ['ttl', { from: ALWAYS, read: ttl }],
  ['zonal', none([1, 14, 7], seen => void (seen.zonal = true))],
])
