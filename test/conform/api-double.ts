// A double of the Kubernetes API server: list and watch over plain HTTP, of the objects it is given. The real CoreDNS takes it for one (client-go 0.24 to 0.36):
// lists, watches from a version on, watches that begin with all objects (`sendInitialEvents`), label selectors, the phases of pods as field selector, what is asked before them.
// It knows what the `kubernetes` plugin asks for: Services, EndpointSlices, Pods, Namespaces, Nodes. Nothing is written through it.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Json } from '../fidelity/programs.ts'
import { selects } from './label-selector.ts'

interface Resource {
  readonly kind: string
  readonly apiVersion: string
  /** Its path, without a namespace. */
  readonly path: string
}

const RESOURCES: readonly Resource[] = [
  { kind: 'Service', apiVersion: 'v1', path: '/api/v1/services' }, { kind: 'Pod', apiVersion: 'v1', path: '/api/v1/pods' },
  { kind: 'Namespace', apiVersion: 'v1', path: '/api/v1/namespaces' }, { kind: 'Node', apiVersion: 'v1', path: '/api/v1/nodes' },
  { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', path: '/apis/discovery.k8s.io/v1/endpointslices' },
]

interface Held {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly body: Json
}

interface Watcher {
  readonly kind: string
  readonly wants: (held: Held) => boolean
  readonly send: (type: string, body: Json) => void
}

const SELECTOR_LIMIT = 4096

export class ApiDouble {
  /** `list services`, `watch pods` … as they came. */
  readonly asked: string[] = []
  private readonly held = new Map<string, Held>()
  private readonly watchers = new Set<Watcher>()
  private readonly server: Server
  private version = 1

  constructor(objects: readonly Json[]) {
    for (const object of objects) this.keep(object)
    this.server = createServer((request, response) => this.answer(request, response))
  }

  async listen(port: number, host: string): Promise<void> {
    this.server.listen(port, host)
    await once(this.server, 'listening')
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  create(object: Json): void {
    const isThere = this.held.has(keyOf(heldOf(object, 0)))
    const held = this.keep(object)
    this.tell(isThere ? 'MODIFIED' : 'ADDED', held)
  }

  /** `name` with its namespace before a slash, where it has one. */
  remove(kind: string, name: string): void {
    const [key, held] = [...this.held].find(([, one]) => one.kind === kind && (one.name === name || `${one.namespace}/${one.name}` === name)) ?? []
    if (key === undefined || held === undefined) return
    this.held.delete(key)
    this.tell('DELETED', heldOf(held.body, ++this.version))
  }

  private keep(object: Json): Held {
    const held = heldOf(object, ++this.version)
    this.held.set(keyOf(held), held)
    return held
  }

  private tell(type: string, held: Held): void {
    for (const watcher of this.watchers) if (watcher.kind === held.kind && watcher.wants(held)) watcher.send(type, held.body)
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://api')
    const [resource, namespace] = resourceOf(url.pathname)
    if (!resource) return send(response, url.pathname === '/version' ? 200 : 404, url.pathname === '/version' ? VERSION : discoveryOf(url.pathname) ?? NOT_FOUND)
    const selector = (url.searchParams.get('labelSelector') ?? '').slice(0, SELECTOR_LIMIT)
    const phases = (url.searchParams.get('fieldSelector') ?? '').slice(0, SELECTOR_LIMIT).match(/status\.phase!=\w+/g) ?? []
    const unwanted = phases.map(text => text.slice('status.phase!='.length))
    const wants = (held: Held): boolean => (namespace === undefined || held.namespace === namespace) && selects(selector, held.labels) && !unwanted.includes(phaseOf(held))
    const mine = [...this.held.values()].filter(held => held.kind === resource.kind && wants(held))
    const isWatch = /^(1|true)$/.test(url.searchParams.get('watch') ?? '')
    this.asked.push(`${isWatch ? 'watch' : 'list'} ${resource.path.split('/').at(-1)}`)
    if (!isWatch) {
      const { kind, apiVersion } = resource
      return send(response, 200, { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: String(this.version) }, items: mine.map(held => held.body) })
    }
    this.watch(response, resource, wants, url.searchParams.get('sendInitialEvents') === 'true' ? mine : [], url.searchParams.has('sendInitialEvents'))
  }

  private watch(response: ServerResponse, { kind, apiVersion }: Resource, wants: Watcher['wants'], first: readonly Held[], marksTheirEnd: boolean): void {
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
    const write = (type: string, object: Json): void => void response.write(`${JSON.stringify({ type, object })}\n`)
    for (const held of first) write('ADDED', held.body)
    if (marksTheirEnd) {
      write('BOOKMARK', { kind, apiVersion, metadata: { resourceVersion: String(this.version), annotations: { 'k8s.io/initial-events-end': 'true' } } })
    } else response.flushHeaders()
    const watcher: Watcher = { kind, wants, send: write }
    this.watchers.add(watcher)
    response.on('close', () => this.watchers.delete(watcher))
  }
}

const record = (value: unknown): Json => (value !== null && typeof value === 'object' && !Array.isArray(value) ? value as Json : {})

function heldOf(object: Json, version: number): Held {
  const metadata = record(object['metadata'])
  const kind = String(object['kind'])
  const [namespace, name] = [String(metadata['namespace'] ?? ''), String(metadata['name'] ?? '')]
  const uid = `${kind}-${namespace}-${name}`.toLowerCase()
  const body: Json = { ...withDefaults(object), apiVersion: RESOURCES.find(r => r.kind === kind)?.apiVersion ?? 'v1', metadata: { uid, ...metadata, resourceVersion: String(version) } }
  return { kind, namespace, name, labels: record(metadata['labels']) as Held['labels'], body }
}

/** What the API server sets where an object is silent: CoreDNS 1.9.3 reads these without looking whether they are there. */
function withDefaults(object: Json): Json {
  if (object['kind'] !== 'EndpointSlice' || !Array.isArray(object['ports'])) return object
  return { ...object, ports: object['ports'].map(port => ({ name: '', protocol: 'TCP', ...record(port) })) }
}

const phaseOf = ({ body }: Held): string => String(record(body['status'])['phase'])

const keyOf = ({ kind, namespace, name }: Held): string => `${kind} ${namespace}/${name}`

/** With the namespace that the path names. */
function resourceOf(path: string): readonly [resource: Resource | undefined, namespace: string | undefined] {
  const whole = RESOURCES.find(r => r.path === path)
  if (whole) return [whole, undefined]
  const [, group, namespace, plural] = /^(\/api\/v1|\/apis\/discovery\.k8s\.io\/v1)\/namespaces\/([^/]+)\/([a-z]+)$/.exec(path) ?? []
  return [RESOURCES.find(r => r.path === `${group}/${plural}`), namespace]
}

const VERSION: Json = { major: '1', minor: '32', gitVersion: 'v1.32.13', gitCommit: '', gitTreeState: 'clean', buildDate: '', goVersion: '', compiler: 'gc', platform: 'linux/amd64' }
const NOT_FOUND: Json = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'the server could not find the requested resource', reason: 'NotFound', code: 404 }

/** The resources of a group, as a client asks before it lists. */
function discoveryOf(path: string): Json | undefined {
  const mine = RESOURCES.filter(r => r.path.startsWith(`${path}/`))
  if (mine.length === 0 || !/\/v1$/.test(path)) return undefined
  const resources = mine.map(r => ({ name: r.path.split('/').at(-1), singularName: '', namespaced: r.kind !== 'Namespace' && r.kind !== 'Node', kind: r.kind, verbs: ['get', 'list', 'watch'] }))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: mine[0]?.apiVersion, resources }
}

function send(response: ServerResponse, status: number, body: Json): void {
  const isFound = body !== NOT_FOUND
  response.writeHead(isFound ? 200 : status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
