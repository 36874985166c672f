// `whydns serve`: the chain of a bundle or of a Corefile as a DNS server, until it is stopped. stdout holds one line, the address.
import { isIP } from 'node:net'
import type { Asker } from '../chain/asked.ts'
import type { Problem } from '../chain/source.ts'
import { socketText } from '../dns/socket-address.ts'
import { serve as serveChain, type ServeOptions, type Serving } from '../drivers/serve.ts'
import type { Lang, Said } from '../findings/diagnosis.ts'
import { printable } from '../report/printable.ts'
import { servedAt, servedCorefile, type ServedPlace } from '../serve.ts'
import { asker } from './asker.ts'
import { readCorefileAlone } from './corefile-alone.ts'
import { noLiveCluster } from './live-cluster.ts'
import { loadBundle } from './load-bundle.ts'
import { OperatingError, reasonOf, untranslated, usage, type ExitCode } from './operating-error.ts'
import { progress } from './progress.ts'
import type { Rim } from './rim.ts'
import { logLines } from './serve-log.ts'

export interface ServeCommandOptions {
  readonly bundle?: string
  readonly node?: string
  readonly from?: string
  readonly namespace?: string
  readonly corefile?: string
  readonly resolvConf?: string
  readonly coredns?: string
  readonly port: string
  readonly address: string
  readonly realUpstreams?: boolean
  readonly verbose?: boolean
  readonly lang: Lang
  readonly quiet?: boolean
}

/** Unknowns and problems that are named; a flood of new names would name thousands. */
const MOST_SAID = 100

export async function serve(options: ServeCommandOptions, rim: Rim): Promise<ExitCode> {
  const port = portOf(options.port)
  if (isIP(options.address) === 0) throw usage(`\`--address ${options.address}\` is not an IP address`, `\`--address ${options.address}\` 不是 IP 地址`)
  const place = options.corefile === undefined ? await fromBundle(options, rim) : fromCorefile(options.corefile, options)
  const say = sayer(options, rim)
  const serving = await listening(place, say, { address: options.address, port }, options, rim)
  const at = socketText({ address: options.address, port: serving.port })
  rim.out(`${at}\n`)
  for (const problem of place.problems.filter(isWorthSaying)) say(untranslated(`${problem.source ? `${problem.source.file}:${problem.source.line}: ` : ''}${problem.message}`))
  say({ en: `serving ${place.root}; dig @${options.address} -p ${serving.port} NAME asks it, Ctrl-C ends it`, zh: `正在提供 ${place.root}；用 dig @${options.address} -p ${serving.port} NAME 查询，按 Ctrl-C 结束` })
  try {
    return await (rim.stopped ?? forever)()
  } finally {
    await serving.close()
  }
}

const forever = (): Promise<ExitCode> => new Promise(() => {})

async function fromBundle(options: ServeCommandOptions, rim: Rim): Promise<ServedPlace> {
  const { bundle, resolvConf, coredns } = options
  if (bundle === undefined) throw noLiveCluster()
  if (resolvConf !== undefined || coredns !== undefined) throw usage('--resolv-conf and --coredns belong to --corefile: a bundle has its own', '--resolv-conf 与 --coredns 只用于 --corefile：证据包自带这些信息')
  const at = placeOf(options)
  const shown = progress(rim, options.quiet === true)
  try {
    const place = servedAt(await loadBundle(bundle, { onProgress: shown.onProgress }), at)
    if (!('missing' in place)) return place
    const known = place.known.slice(0, 20).join(', ')
    throw new OperatingError(2, { en: `${place.missing} is not in the evidence`, zh: `证据中没有 ${place.missing}` }, known === '' ? [] : [{ en: `known: ${known}`, zh: `已知：${known}` }])
  } finally {
    shown.end()
  }
}

function placeOf({ node, from, namespace }: ServeCommandOptions): Asker {
  if (node !== undefined && from !== undefined) throw usage('--node and --from name the place twice', '--node 与 --from 重复指定了位置')
  if (node !== undefined) return { kind: 'node', name: node.replace(/^nodes?\//, '') }
  const found = asker({ ...(from !== undefined && { from }), ...(namespace !== undefined && { namespace }) })
  if (found) return found
  throw usage('where: --node NODE, or --from NAMESPACE/POD', '在哪里：--node NODE 或 --from NAMESPACE/POD')
}

function fromCorefile(path: string, { bundle, node, from, resolvConf, coredns }: ServeCommandOptions): ServedPlace {
  if (bundle !== undefined || node !== undefined || from !== undefined) throw usage('--corefile is served alone, without --bundle, --node and --from', '--corefile 单独使用，不与 --bundle、--node、--from 同用')
  if (coredns !== undefined && !/^v?\d+\.\d+(?:\.\d+)?$/.test(coredns)) throw usage(`\`--coredns ${coredns.slice(0, 40)}\` is not a version such as 1.11.3`, `\`--coredns ${coredns.slice(0, 40)}\` 不是 1.11.3 这样的版本号`)
  const place = servedCorefile(readCorefileAlone(path, resolvConf, coredns))
  const broken = place.problems.filter(problem => problem.state === 'damaged')
  if (broken.length === 0) return place
  throw new OperatingError(5, { en: `CoreDNS would not start with ${path}`, zh: `CoreDNS 无法以 ${path} 启动` }, broken.slice(0, 5).map(({ message, source }) => untranslated(source ? `${source.file}:${source.line}: ${message}` : message)))
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw usage(`\`--port ${text.slice(0, 40)}\` is not a port`, `\`--port ${text.slice(0, 40)}\` 不是端口号`)
}

const isWorthSaying = (problem: Problem): boolean => problem.state === 'unmodelled' || problem.state === 'partly-modelled' || problem.code === 'coredns-version-unknown'

/** Lines to stderr, each once, and not without end. */
function sayer({ lang, quiet }: ServeCommandOptions, rim: Rim): (said: Said) => void {
  let left = MOST_SAID
  const saidBefore = new Set<string>()
  return said => {
    if (quiet === true || left === 0 || saidBefore.has(said.en)) return
    saidBefore.add(said.en)
    left--
    rim.err(`whydns: ${printable(said[lang])}\n`)
    if (left === 0) rim.err(lang === 'zh' ? 'whydns: 其余的不再列出\n' : 'whydns: what follows is not listed any more\n')
  }
}

async function listening(place: ServedPlace, say: (said: Said) => void, at: Pick<ServeOptions, 'address' | 'port'>, options: ServeCommandOptions, rim: Rim): Promise<Serving> {
  try {
    return await serveChain(place.chain, place.root, {
      ...at, guess: place.guess, door: place.door,
      ...(options.realUpstreams === true && { ask: hop => place.upstreams.get(hop) }),
      onUnknown: (key, is) => say({ en: `not in the evidence: ${key}; taken to be ${String(is)} (--real-upstreams asks the servers themselves)`, zh: `证据中没有：${key}；取为 ${String(is)}（--real-upstreams 会查询真实的服务器）` }),
      ...(options.verbose === true && { onServed: served => rim.err(logLines(served)) }),
      onFault: error => say({ en: `whydns itself failed: ${reasonOf(error)}`, zh: `whydns 自身出错：${reasonOf(error)}` }),
    })
  } catch (error) {
    throw notListening(error, at)
  }
}

function notListening(error: unknown, { address, port }: Pick<ServeOptions, 'address' | 'port'>): unknown {
  const code = reasonOf(error)
  const free: Said = { en: '--port 0 takes any that is free', zh: '--port 0 会选用任意空闲端口' }
  if (code === 'EADDRINUSE') return new OperatingError(4, { en: `port ${port} of ${address} is taken`, zh: `${address} 的端口 ${port} 已被占用` }, [free])
  if (code === 'EACCES') return new OperatingError(4, { en: `port ${port} needs privileges`, zh: `使用端口 ${port} 需要特权` }, [free])
  if (code === 'EADDRNOTAVAIL') return new OperatingError(4, { en: `${address} is no address of this machine`, zh: `${address} 不是本机地址` })
  return error
}
