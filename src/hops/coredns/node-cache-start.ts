// What NodeLocal DNSCache does and prints before CoreDNS starts in its process: cmd/node-cache/main.go and app/ of kubernetes/dns 1.16.0 to
// 1.26.7. Flags, the Corefile from the template (node-cache-corefile.ts) once with no settings of kube-dns and once with them; then CoreDNS with that
// file (start.ts), whose plugins are few (node-cache.ts).
// Not modelled: lines of klog, the interface and the iptables rules, -reloadwithsignal, what Go's JSON says of a text that is none.
import { nodeCacheCorefile, OWN_FILE, UPSTREAM, type NodeCacheCorefile } from './node-cache-corefile.ts'
import { parseAddress } from '../../dns/go-address.ts'
import { lineSource, type Sourced } from '../../chain/source.ts'

export interface NodeCacheInput {
  readonly release: string
  readonly args: readonly string[]
  readonly env: ReadonlyMap<string, string>
  /** By path as the flags spell it. */
  readonly files: ReadonlyMap<string, string>
}

export interface NodeCacheStart {
  /** On stderr; `DATE ` stands for the time. */
  readonly lines: readonly string[]
  /** What CoreDNS is given; undefined: it does not get so far. */
  readonly corefile: string | undefined
}

const DEFAULTS: Readonly<Record<string, string>> = {
  basecorefile: '/etc/coredns/Corefile.base', conf: '', upstreamsvc: 'kube-dns', 'health-port': '8080', 'dns.port': '53', pidfile: '', localip: '', kubednscm: '',
}

export function startNodeCache(input: NodeCacheInput): NodeCacheStart {
  const { release, env, files } = input
  const flag = (name: string): string => flagOf(input.args, name) ?? DEFAULTS[name] ?? ''
  const lines = [`DATE [INFO] Starting node-cache image: ${release}`]
  const fault = flagFault(flag)
  if (fault !== undefined) return { lines: [...lines, `DATE [FATAL] Error parsing flags - ${fault}, Exiting`], corefile: undefined }
  lines.push(`DATE [INFO] Using Corefile ${flag('conf')}`, `DATE [INFO] Using Pidfile ${flag('pidfile')}`)
  const variable = `${flag('upstreamsvc').replaceAll('-', '_').toUpperCase()}_SERVICE_HOST`
  const address = parseAddress(env.get(variable) ?? '')?.text
  if (address === undefined) {
    lines.push(`DATE [WARNING] Unable to lookup IP address of Upstream service ${flag('upstreamsvc')}, env $${variable} \`${env.get(variable) ?? ''}\``)
  }
  const template = files.get(flag('basecorefile'))
  if (template === undefined) return { lines, corefile: undefined }
  const settings = { release, localIps: at('localip', flag('localip')), port: Number(flag('dns.port')), clusterDns: at(variable, address) }
  const first = nodeCacheCorefile('Corefile.base', template, settings)
  const named = template.includes(UPSTREAM)
  lines.push(...written(first, named))
  if (flag('kubednscm') === '') return { lines: [...lines, 'DATE [INFO] Skipping kube-dns configmap sync as no directory was specified'], corefile: first.text }
  const key = (name: 'stubDomains' | 'upstreamNameservers'): { [k in typeof name]?: Sourced<string> } => {
    const text = files.get(`${flag('kubednscm')}/${name}`)
    return text === undefined ? {} : { [name]: at(name, text) }
  }
  const second = nodeCacheCorefile('Corefile.base', template, { ...settings, ...key('stubDomains'), ...key('upstreamNameservers') })
  const { refused } = second
  if (!refused) return { lines: [...lines, ...written(second, named)], corefile: second.text }
  const said = refused.by === 'sync' ? `Failed to sync kube-dns config directory ${flag('kubednscm')}, err: ${refused.text}` : `Invalid config: ${refused.text}`
  return { lines: [...lines, `DATE [ERROR] ${said}`], corefile: first.text }
}

function written({ text, stubDomains, upstreams, hadTcpBlock }: NodeCacheCorefile, named: boolean): readonly string[] {
  const untold = named && upstreams !== OWN_FILE && !hadTcpBlock ? ['DATE [WARNING] Did not find TCP upstream block to replace, assuming upstreams already use UDP.'] : []
  return [...untold, `DATE [INFO] Updated Corefile with ${stubDomains} custom stubdomains and upstream servers ${upstreams}`, 'DATE [INFO] Using config file:', ...(text === '' ? [] : text.replace(/\n$/, '').split('\n'))]
}

function flagFault(flag: (name: string) => string): string | undefined {
  const addresses = flag('localip').split(',')
  const odd = addresses.find(text => !parseAddress(text))
  if (odd !== undefined) return `invalid localip specified - ${JSON.stringify(odd)}`
  const families = addresses.map(text => parseAddress(text)?.family)
  const other = addresses.find((_, i) => families[i] !== families[0])
  if (other !== undefined) return `unexpected IP Family for localIP - ${JSON.stringify(other)}, want IPv6=${families[0] === 6}`
  if (!/^[+-]?\d+$/.test(flag('dns.port'))) return `invalid port specified - ${JSON.stringify(flag('dns.port'))}`
  return /^[+-]?\d+$/.test(flag('health-port')) ? undefined : `invalid healthcheck port specified - ${JSON.stringify(flag('health-port'))}`
}

/** Go's flag package: `-name value`, `--name=value`; the last one counts. */
function flagOf(args: readonly string[], name: string): string | undefined {
  let found: string | undefined
  for (const [i, word] of args.entries()) {
    const [, bare, value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (bare === name) found = value ?? args[i + 1] ?? ''
  }
  return found
}

const at = <T extends string | undefined>(file: string, value: T): { readonly value: T; readonly source: Sourced<T>['source'] } => ({ value, source: lineSource(file, 1, value ?? '') })
