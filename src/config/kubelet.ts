// The settings of kubelet that decide a pod's DNS, from what runs (`configz`), its flags (kubeadm's /var/lib/kubelet/kubeadm-flags.env,
// /etc/default/kubelet, /etc/sysconfig/kubelet) and its configuration file: KubeletConfiguration v1beta1 and command line of 1.24 to 1.34.
// What runs wins, then flags, then the file. Not modelled: --config-dir drop-ins (1.28), flags written into a systemd unit, k3s's agent.
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'
import type { NodeFile } from './netplan.ts'
import { readYaml, type YamlDocument } from './yaml-text.ts'

export interface KubeletConfig {
  /** Undefined = not said anywhere: kubelet's default /etc/resolv.conf. */
  readonly resolvConf: Sourced<string> | undefined
  /** Undefined = no configuration seen; [] = seen and empty. */
  readonly clusterDNS: readonly Sourced<string>[] | undefined
  readonly clusterDomain: Sourced<string> | undefined
  readonly expandedDnsConfig: Sourced<boolean> | undefined
  /** The start of the file that was looked at first, for "nothing is set here". */
  readonly source: Source | undefined
}

export const KUBELET_DEFAULT_RESOLV_CONF = '/etc/resolv.conf'
const CONFIG = '/var/lib/kubelet/config.yaml'
const CONFIGZ = '/configz.json'
const FLAG_FILES = ['/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet', '/etc/sysconfig/kubelet']

type Settings = { -readonly [key in Exclude<keyof KubeletConfig, 'source'>]: KubeletConfig[key] }
const NOTHING: Settings = { resolvConf: undefined, clusterDNS: undefined, clusterDomain: undefined, expandedDnsConfig: undefined }

/** `files`: path on the node → file; `configz.json` counts as `/configz.json`. */
export function readKubeletConfig(files: ReadonlyMap<string, NodeFile>): Read<KubeletConfig> {
  const problems: Problem[] = []
  const sources: Source[] = []
  const document = (path: string): YamlDocument | undefined => {
    const file = files.get(path)
    if (!file) return undefined
    const read = readYaml(file.file, file.text)
    problems.push(...read.problems)
    sources.push(sourcesOf(file.file, file.text)(0,
      Math.min(file.text.indexOf('\n') < 0 ? file.text.length : file.text.indexOf('\n'), 200)))
    return read.value[0]
  }
  const running = settingsOf(document(CONFIGZ), ['kubeletconfig'], problems)
  const written = settingsOf(document(CONFIG), [], problems)
  const flags = FLAG_FILES.reduce((all, path) => {
    const file = files.get(path)
    return file ? { ...all, ...defined(flagsOf(file)) } : all
  }, NOTHING)
  return { problems, value: { ...NOTHING, ...defined(written), ...defined(flags), ...defined(running), source: sources[0] } }
}

const defined = (settings: Settings): Partial<Settings> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Partial<Settings>

function settingsOf(document: YamlDocument | undefined, path: readonly string[], problems: Problem[]): Settings {
  if (!document) return NOTHING
  const root = path.reduce<unknown>((value, key) => own(value, key), document.value)
  if (root === null || typeof root !== 'object' || Array.isArray(root)) {
    problems.push({ code: 'kubelet-config-shape', message: 'no kubelet configuration in this file', state: 'damaged',
      ...at(document, path) })
    return NOTHING
  }
  const text = (key: string): Sourced<string> | undefined => {
    const value = own(root, key)
    const source = document.sourceAt([...path, key])
    return typeof value === 'string' && source ? { value, source } : undefined
  }
  const list = own(root, 'clusterDNS')
  const servers = Array.isArray(list) ? list : list === undefined || list === null ? [] : [list]
  const gate = own(own(root, 'featureGates'), 'ExpandedDNSConfig')
  const gateSource = document.sourceAt([...path, 'featureGates', 'ExpandedDNSConfig'])
  return {
    resolvConf: text('resolvConf'), clusterDomain: text('clusterDomain'),
    clusterDNS: servers.flatMap((value, index) => {
      const source = document.sourceAt([...path, 'clusterDNS', ...(Array.isArray(list) ? [index] : [])])
      return typeof value === 'string' && source ? [{ value, source }] : []
    }),
    expandedDnsConfig: typeof gate === 'boolean' && gateSource ? { value: gate, source: gateSource } : undefined,
  }
}

const at = (document: YamlDocument, path: readonly string[]): { readonly source?: Source } => {
  const source = document.sourceAt(path) ?? document.sourceAt([])
  return source ? { source } : {}
}

const own = (value: unknown, key: string): unknown =>
  value !== null && typeof value === 'object' && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined

function flagsOf({ file, text }: NodeFile): Settings {
  const place = sourcesOf(file, text)
  const settings: Settings = { ...NOTHING }
  for (const match of text.matchAll(/--(resolv-conf|cluster-dns|cluster-domain)[= ]("[^"\n]*"|'[^'\n]*'|[^\s"']*)/g)) {
    const raw = match[2] as string
    const bare = raw.replace(/^["']|["']$/g, '')
    const start = match.index + match[0].length - raw.length + (raw === bare ? 0 : 1)
    const source = place(start, start + bare.length)
    if (match[1] === 'resolv-conf') settings.resolvConf = { value: bare, source }
    else if (match[1] === 'cluster-domain') settings.clusterDomain = { value: bare, source }
    else settings.clusterDNS = [...(settings.clusterDNS ?? []),
      ...bare.split(',').filter(one => one !== '').map(value => ({ value, source }))]
  }
  return settings
}
