// What the name of an image says about the library that looks names up in it, and about the program that does (a JVM, Node). By the words of the
// tag (`-alpine3.19`, `-bookworm`, `-debian-12-r3`, `ubi9`), by images that are a distribution, by Docker Official Images and the releases their
// lines stood for (`image-lines-table.ts`), by families: distroless (its README: `static` has no C library), Chainguard (wolfi: glibc, rolling),
// Bitnami (Debian), busybox (library/busybox: uClibc was its default up to 1.35, uncertain from 1.34 on, glibc after that).
// A name is what somebody called it: with a release it is likely, without one possible.
// Not modelled: uClibc; an image that says nothing of what it was made from.
import { imageName, type ImageName } from './image-name.ts'
import { IMAGE_LINES } from './image-lines-table.ts'
import { CODE_NAMES, isRolling, libcRelease, libraryOf, resolveAlike, ROLLING_GLIBC, type LibcRelease } from './libc-releases.ts'

export interface ImageLibrary {
  readonly kind: LibcRelease['kind'] | 'go'
  readonly version?: string
  /** The version is one of several that the image may have. */
  readonly versionAssumed?: true
  readonly certainty: 'likely' | 'possible'
}

export interface Runtime {
  readonly kind: 'java' | 'node'
  readonly version?: string
}

/** Undefined: the name does not say. */
export function libraryOfImage(reference: string): ImageLibrary | undefined {
  const image = imageName(reference)
  const inName = image.name.split(/[-_]/)
  return staticOrGo(image) ?? releaseIn(image.words) ?? releaseIn(inName) ?? byLine(image) ?? kindIn(image.words) ?? kindIn(inName) ?? byFamily(image)
}

const known = (libc: LibcRelease): ImageLibrary => ({ ...libc, certainty: 'likely' })
const kindOnly = (kind: LibcRelease['kind']): ImageLibrary => ({ kind, certainty: 'possible' })

/** Programs of one static Go binary, by the name of their image: their own Dockerfiles and build files set CGO_ENABLED=0. */
const GO_PROGRAMS = new Set(['coredns', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'k8s-dns-node-cache', 'metrics-server',
  'kube-state-metrics', 'prometheus', 'alertmanager', 'node-exporter', 'blackbox-exporter', 'traefik', 'caddy', 'nats', 'external-dns', 'cert-manager-controller',
  'yurthub', 'yurt-manager', 'yurt-tunnel-server', 'yurt-tunnel-agent', 'raven-agent', 'cloudcore', 'edgemesh-agent'])

/** What runs in an image without a C library brings its own resolver, and that is nearly always Go. */
function staticOrGo({ path, name, words, official }: ImageName): ImageLibrary | undefined {
  if (official && name === 'golang') {
    const version = /^\d+\.\d+/.exec(words[0] ?? '')?.[0]
    return { kind: 'go', certainty: 'likely', ...(version !== undefined && { version }) }
  }
  const bare = /(?:^|\/)distroless\/static(?:-debian\d+)?$/.test(path) || /(?:^|\/)chainguard\/static$/.test(path) || (official && name === 'scratch')
  return bare || GO_PROGRAMS.has(name) ? { kind: 'go', certainty: 'possible' } : undefined
}

/** `alpine3.19`, or `debian` and then `12`. */
function releaseIn(words: readonly string[]): ImageLibrary | undefined {
  for (const [i, word] of words.entries()) {
    const codeName = CODE_NAMES.get(word)
    const libc = codeName ? libcRelease(...codeName) : releaseOf(word, words[i + 1])
    if (libc) return known(libc)
  }
  return undefined
}

/** A distribution without a release, or with one that is not known. */
function kindIn(words: readonly string[]): ImageLibrary | undefined {
  const library = words.find(word => word === 'musl' || word === 'glibc')
  if (library === 'musl' || library === 'glibc') return kindOnly(library)
  for (const word of words) {
    const [, id] = /^(alpine|debian|ubuntu|centos|fedora|rockylinux|almalinux|oraclelinux|photon|ubi)[\d.]*$/.exec(word) ?? []
    const kind = id === undefined ? undefined : libraryOf(id)
    if (kind) return kindOnly(kind)
  }
  return undefined
}

const DISTRIBUTION = /^(alpine|debian|ubuntu|ubi|el|rhel|centos|stream|rocky|rockylinux|alma|almalinux|ol|oraclelinux|al|amazonlinux|fedora|fc|photon|azurelinux|mariner|openeuler|anolis|anolisos|alinux|leap|sles)(v?\d+(?:\.\d+)*)?$/

function releaseOf(word: string, next = ''): LibcRelease | undefined {
  const [, id = '', release] = DISTRIBUTION.exec(word) ?? []
  if (id === '') return undefined
  // `-al-2` or `-el-8` are no words that anybody writes; `-ol-7` and `-debian-12` are Bitnami's.
  const apart = release ?? (/^\d+(?:\.\d+)*$/.test(next) && !['el', 'al', 'fc', 'stream'].includes(id) ? next : undefined)
  return apart === undefined ? undefined : libcRelease(id === 'stream' ? 'centos' : id, apart)
}

const BASES = new Set(['alpine', 'debian', 'ubuntu', 'centos', 'rockylinux', 'almalinux', 'oraclelinux', 'fedora', 'amazonlinux', 'leap', 'photon',
  'openeuler', 'anolisos', 'ubi'])

/** An image that is a distribution, or a Docker Official Image of a line that is known. */
function byLine({ path, name, words, official }: ImageName): ImageLibrary | undefined {
  const release = (words[0] ?? '').replace(/^(?:v|stream|centos)(?=\d)/, '')
  if (BASES.has(name)) {
    const libc = libcRelease(name, release)
    return libc ? known(libc) : kindOnly(libraryOf(name) ?? 'glibc')
  }
  const isDotnet = /(?:^|\/)dotnet\/(?:core\/)?(?:aspnet|runtime|runtime-deps|sdk)$/.test(path)
  const lines = isDotnet ? IMAGE_LINES['dotnet'] : official && Object.hasOwn(IMAGE_LINES, name) ? IMAGE_LINES[name] : undefined
  if (!lines) return undefined
  const variant = words.includes('alpine') ? 'alpine' : words.includes('slim') ? 'slim' : 'plain'
  const [of, ...rest] = (lines.find(line => line.startsWith(`${variant} `)) ?? (variant === 'slim' ? lines[0] : undefined) ?? '').split(' ')
  return of === undefined || of === '' ? undefined : fromLine(rest, release)
}

/** `debian 8:9-11 9:11 ubuntu 10:24.04` and a version such as `8u222`. */
function fromLine(items: readonly string[], version: string): ImageLibrary | undefined {
  const [, whole = '', first = ''] = /^((\d+)(?:\.\d+)?)/.exec(version) ?? []
  let id = ''
  for (const item of items) {
    const [line = '', releases] = item.split(':')
    if (releases === undefined) { id = line; continue }
    if (line !== whole && line !== first) continue
    const [oldest = '', newest = oldest] = releases.split('-')
    const [from, to] = [libcRelease(id, oldest), libcRelease(id, newest)]
    if (!from || !to) return undefined
    return { ...to, certainty: resolveAlike(from, to) ? 'likely' : 'possible', ...(from.version !== to.version && { versionAssumed: true }) }
  }
  return id === '' ? undefined : kindOnly(libraryOf(id) ?? 'glibc')
}

/** From this release on its default tags have glibc. */
const BUSYBOX_GLIBC = 36

function byFamily({ path, name, words, official }: ImageName): ImageLibrary | undefined {
  if (official && name === 'busybox') {
    const minor = /^1\.(\d+)/.exec(words[0] ?? '')?.[1]
    return words.includes('uclibc') || (minor !== undefined && Number(minor) < BUSYBOX_GLIBC) ? undefined : kindOnly('glibc')
  }
  if (/(?:^|\/)chainguard\//.test(path) || isRolling(name.replace(/-base$/, ''))) return { kind: 'glibc', version: ROLLING_GLIBC, versionAssumed: true, certainty: 'possible' }
  return /(?:^|\/)(?:distroless|bitnami|bitnamilegacy)\//.test(path) ? kindOnly('glibc') : undefined
}

const JAVA = /^(?:eclipse-temurin|temurin|openjdk|adoptopenjdk|amazoncorretto|ibm-semeru-runtimes|ibmjava|sapmachine|liberica-(?:openjdk|openjre|runtime)[a-z-]*|zulu-openjdk[a-z-]*|jre|jdk|java|java\d+(?:-debian\d+)?)$/
const NODE = /^(?:node|nodejs|nodejs\d+(?:-debian\d+)?)$/
/** Programs that run in one. Their tags count their own versions, not those of the program below. */
const RUNS_IN: ReadonlyMap<string, Runtime['kind']> = new Map([
  ...['tomcat', 'jetty', 'maven', 'gradle', 'groovy', 'cassandra', 'elasticsearch', 'logstash', 'zookeeper', 'kafka', 'solr', 'neo4j', 'flink', 'spark', 'activemq',
    'wildfly', 'keycloak', 'jenkins'].map(name => [name, 'java'] as const),
  ['ghost', 'node'], ['kibana', 'node'],
])

/** The program that looks names up, where the image is known by its name: a JVM keeps answers, Node asks in its own words. */
export function runtimeOfImage(reference: string): Runtime | undefined {
  const { name, words } = imageName(reference)
  const kind = RUNS_IN.get(name) ?? (JAVA.test(name) ? 'java' : NODE.test(name) ? 'node' : undefined)
  if (!kind) return undefined
  const inTag = RUNS_IN.has(name) ? words.map(word => /^(?:openjdk|jdk|jre|java|temurin)(\d+)$/.exec(word)?.[1]).find(v => v !== undefined) : /^(\d+)/.exec(words[0] ?? '')?.[1]
  const version = /^(?:java|nodejs)(\d+)/.exec(name)?.[1] ?? inTag
  return { kind, ...(version !== undefined && { version }) }
}
