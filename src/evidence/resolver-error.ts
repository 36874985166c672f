// Resolver errors as programs print them: Go, glibc, musl, Java, Node, Python, curl, wget, nginx, busybox, c-ares, database clients.
// Texts: Go net/dnsclient_unix.go and net/cgo_unix.go (1.16–1.26), glibc posix/gai_strerror-strs.h (2.36), musl src/network/gai_strerror.c,
// libuv, OpenJDK InetAddress, CPython socket, curl lib/strerror.c, nginx ngx_resolver.c, busybox ping/wget/nslookup.
// A text says what the library says: Go's `no such host` is NXDOMAIN or NODATA, EAI_AGAIN a timeout or a SERVFAIL (`error`).
import type { LookupFailure, ResolverLibrary } from './observation.ts'
import { isAddress, serverText } from './server-address.ts'

export interface ResolverError {
  readonly name: string
  readonly result: LookupFailure
  readonly library?: ResolverLibrary
  readonly server?: string
  /** Where in the line the error begins. */
  readonly start: number
}

type Verdict = readonly [result: LookupFailure, library?: ResolverLibrary]

/** What stands behind the name. In order; first found in the text wins. */
const SAYINGS: readonly (readonly [says: string, verdict: Verdict])[] = [
  ['no such host', ['nxdomain', 'go']],
  ['server misbehaving', ['servfail', 'go']],
  ['no answer from DNS server', ['error', 'go']],
  ['cannot unmarshal DNS message', ['error', 'go']],
  ['i/o timeout', ['timeout', 'go']],
  ['context deadline exceeded', ['timeout', 'go']],
  ['Temporary failure in name resolution', ['error', 'glibc']],
  ['Name or service not known', ['nxdomain', 'glibc']],
  ['No address associated with hostname', ['nodata', 'glibc']],
  ['Non-recoverable failure in name resolution', ['error', 'glibc']],
  ['Name does not resolve', ['nxdomain', 'musl']],
  ['Name has no usable address', ['nodata', 'musl']],
  ['Non-recoverable error', ['error', 'musl']],
  ['Try again', ['error', 'musl']],
  ['Unknown host', ['nxdomain']],
  ['nodename nor servname provided', ['nxdomain']],
  ['Domain name not found', ['nxdomain', 'c-ares']],
  ['DNS server returned answer with no data', ['nodata', 'c-ares']],
  ['DNS server returned general failure', ['servfail', 'c-ares']],
  ['Timeout while contacting DNS servers', ['timeout', 'c-ares']],
  ['Could not contact DNS servers', ['timeout', 'c-ares']],
  ['connection refused', ['refused', 'go']],
  ['network is unreachable', ['error', 'go']],
  ['no route to host', ['error', 'go']],
  ['Host not found', ['nxdomain']],
  ['NXDOMAIN', ['nxdomain']],
  ['SERVFAIL', ['servfail']],
  ['REFUSED', ['refused']],
  ['timed out', ['timeout']],
]

/** Node's codes; also those of c-ares under `dns.resolve`. */
const NODE_CODES: Readonly<Record<string, Verdict>> = {
  ENOTFOUND: ['nxdomain', 'node'], EAI_AGAIN: ['error', 'node'], EAI_NODATA: ['nodata', 'node'], ENODATA: ['nodata', 'node'],
    EAI_FAIL: ['error', 'node'],
  ESERVFAIL: ['servfail', 'node'], EREFUSED: ['refused', 'node'], ETIMEOUT: ['timeout', 'node'], ECONNREFUSED: ['refused', 'node'],
    EAI_NONAME: ['nxdomain', 'node'],
}

// A name, and nothing that could be the text around it.
const NAME = '([A-Za-z0-9_*\\\\](?:[A-Za-z0-9_*\\\\.-]{0,253}[A-Za-z0-9_.])?)'

interface Form {
  /** Looked for first: most lines have none of the signs. */
  readonly sign: string
  readonly form: RegExp
  readonly read: (match: RegExpExecArray, after: string) => { readonly name: string; readonly verdict: Verdict
    | undefined; readonly server?: string } | undefined
}

/** What the text says, at most 300 units of it. */
const saying = (text: string): Verdict | undefined => {
  const head = text.slice(0, 300)
  return SAYINGS.find(([says]) => head.includes(says))?.[1]
}

const named = (library: ResolverLibrary | undefined, otherwise: LookupFailure) => (match: RegExpExecArray, after: string) => {
  const said = saying(after)
  const spoken = said?.[1]
  const who = spoken === 'glibc' || spoken === 'musl' ? spoken : library ?? spoken
  const result = said?.[0] ?? otherwise
  return { name: match[1] as string, verdict: (who ? [result, who] : [result]) as Verdict }
}

const FORMS: readonly Form[] = [
  {
    sign: 'lookup ', form: new RegExp(`\\blookup ${NAME}(?: on (\\[?[0-9A-Fa-f.:%a-z]{2,60}\\]?:\\d{1,5}))?: `),
    read: (match, after) => {
      const verdict = saying(after)
      return verdict && { name: match[1] as string, verdict: verdict[1] === 'musl' || verdict[1] === 'glibc' ? verdict : [verdict[0], 'go'],
        ...(match[2] !== undefined && { server: serverText(match[2]) }) }
    },
  },
  {
    sign: 'getaddrinfo ', form: new RegExp(`\\bgetaddrinfo (E[A-Z_]{3,16}) ${NAME}`),
    read: match => ({ name: match[2] as string, verdict: NODE_CODES[match[1] as string] }),
  },
  { sign: 'query', form: new RegExp(`\\bquery(?:A|Aaaa|Any|Srv|Cname|Mx|Txt|Ptr) (E[A-Z]{3,16}) ${NAME}`), read: match =>
    ({ name: match[2] as string, verdict: NODE_CODES[match[1] as string] }) },
  { sign: 'getaddrinfo for ', form: new RegExp(`getaddrinfo for ${NAME} failed: `), read: named(undefined, 'error') },
  { sign: 'UnknownHostException', form: new RegExp(`UnknownHostException: (?:Failed to resolve ')?${NAME}`),
    read: named('java', 'nxdomain') },
  { sign: 'DnsNameResolverTimeoutException',
    form: new RegExp(`DnsNameResolverTimeoutException: \\[[^\\]]{0,80}\\] query '?(?:via UDP )?${NAME}`), read: match =>
    ({ name: match[1] as string, verdict: ['timeout', 'java'] }) },
  { sign: 'Could not resolve host', form: new RegExp(`Could not resolve host(?:name)?:? ["']?${NAME}`), read: named('curl', 'error') },
  { sign: 'Resolving timed out', form: /Resolving timed out after \d{1,9}/, read: () => undefined },
  { sign: 'Failed to resolve \'', form: new RegExp(`Failed to resolve '${NAME}'`), read: named('python', 'error') },
  { sign: 'HTTPSConnectionPool(', form: new RegExp(`ConnectionPool\\(host='${NAME}'`), read: (match, after) =>
    (saying(after) ? named('python', 'error')(match, after) : undefined) },
  { sign: 'HTTPConnectionPool(', form: new RegExp(`ConnectionPool\\(host='${NAME}'`), read: (match, after) =>
    (saying(after) ? named('python', 'error')(match, after) : undefined) },
  { sign: 'Cannot connect to host ', form: new RegExp(`Cannot connect to host ${NAME}`), read: (match, after) =>
    (/getaddrinfo|name resolution|Name or service/.test(after.slice(0, 300)) ? named('python', 'error')(match, after) : undefined) },
  { sign: 'host not found in upstream', form: new RegExp(`host not found in upstream "${NAME}`), read: match =>
    ({ name: match[1] as string, verdict: ['nxdomain', 'nginx'] }) },
  { sign: 'could not be resolved (', form: new RegExp(`(?:^|\\s)"?${NAME}"? could not be resolved \\((\\d{1,3}): `), read: match =>
    ({ name: match[1] as string, verdict: [NGINX_RCODES[match[2] as string] ?? 'error', 'nginx'] }) },
  { sign: 'bad address \'', form: new RegExp(`bad address '${NAME}`), read: match =>
    ({ name: match[1] as string, verdict: ['error', 'busybox'] }) },
  { sign: 'can\'t resolve \'', form: new RegExp(`can't resolve '${NAME}'`), read: named('busybox', 'error') },
  { sign: 'unable to resolve host address', form: new RegExp(`unable to resolve host address [‘'"]?${NAME}`),
    read: named(undefined, 'error') },
  { sign: 'unknown host ', form: new RegExp(`unknown host ${NAME}`), read: named(undefined, 'nxdomain') },
  { sign: 'could not translate host name', form: new RegExp(`could not translate host name "${NAME}"`), read: named(undefined, 'error') },
  { sign: 'Unknown MySQL server host', form: new RegExp(`Unknown MySQL server host '${NAME}' \\((-?\\d{1,3})\\)`), read: match =>
    ({ name: match[1] as string, verdict: [EAI[match[2] as string] ?? 'error'] }) },
  { sign: 'ould not resolve hostname', form: new RegExp(`ould not resolve hostname ${NAME}`), read: named(undefined, 'error') },
  { sign: 'DNS resolution failed for ', form: new RegExp(`DNS resolution failed for (?:service: )?(?:dns:/{0,3})?${NAME}`),
    read: named('c-ares', 'error') },
  { sign: 'Name or service not known (', form: new RegExp(`Name or service not known \\(${NAME}:\\d`), read: match =>
    ({ name: match[1] as string, verdict: ['nxdomain', 'glibc'] }) },
  { sign: 'known', form: new RegExp(`(?:^|[\\s"'(])${NAME}(?::\\d{1,5})?: (?:Name or service not known|Unknown host)`),
    read: (match, after) => named(undefined, 'nxdomain')(match, `${match[0]}${after}`) },
  { sign: 'name resolution', form: new RegExp(`(?:^|[\\s"'(])${NAME}(?::\\d{1,5})?: Temporary failure in name resolution`), read: match =>
    ({ name: match[1] as string, verdict: ['error', 'glibc'] }) },
  { sign: 'does not resolve', form: new RegExp(`(?:^|[\\s"'(])${NAME}(?::\\d{1,5})?: Name does not resolve`), read: match =>
    ({ name: match[1] as string, verdict: ['nxdomain', 'musl'] }) },
]

const NGINX_RCODES: Readonly<Record<string, LookupFailure>> = { 2: 'servfail', 3: 'nxdomain', 5: 'refused', 110: 'timeout' }
const EAI: Readonly<Record<string, LookupFailure>> = { '-2': 'nxdomain', '-3': 'error', '-5': 'nodata', '-4': 'error' }

/** Words that stand where a name could, in front of `: Name or service not known`. */
const NOT_NAMES = new Set(['getaddrinfo', 'gaierror', 'socket.gaierror', 'error', 'failed', 'ping', 'curl', 'wget', 'information', 'tcp',
  'udp', 'unknown', 'address', 'host'])

/** Bounds the work on one hostile line; a real one has its error well before. */
const SCAN_LIMIT = 16_384

/** The first resolver error of a line that names what was looked up. */
export function resolverErrorIn(whole: string): ResolverError | undefined {
  const line = whole.length > SCAN_LIMIT ? whole.slice(0, SCAN_LIMIT) : whole
  for (const { sign, form, read } of FORMS) {
    if (!line.includes(sign)) continue
    const match = form.exec(line)
    if (!match) continue
    const found = read(match, line.slice(match.index + match[0].length, match.index + match[0].length + 400))
    // The pattern of a name also fits an address: nobody looked that up.
    if (!found?.verdict || NOT_NAMES.has(found.name.toLowerCase()) || isAddress(found.name)) continue
    const [result, library] = found.verdict
    return { name: found.name, result, start: match.index, ...(library && { library }),
      ...(found.server !== undefined && { server: found.server }) }
  }
  return undefined
}

const NAMELESS = /getaddrinfo|gaierror|address information|name resolution|no such host|Name or service not known|Name does not resolve/

/** A resolver error without the name in it: `socket.gaierror: [Errno -2] Name or service not known`. */
export function namelessErrorIn(line: string): LookupFailure | undefined {
  return NAMELESS.test(line) ? saying(line)?.[0] : undefined
}
