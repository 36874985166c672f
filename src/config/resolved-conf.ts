// systemd-resolved's configuration: resolved.conf(5), man page and src/resolve/resolved-conf.c at v252 and v255. Drop-ins after the main
// file, lists add up over all files, an empty assignment clears, and any assignment of DNS= or Domains= (even an empty one) keeps
// resolved from reading a foreign /etc/resolv.conf. Not modelled: DNSSEC, DNS over TLS, delegates (258).
import type { Problem, Read, Sourced } from '../chain/source.ts'
import { readIni, systemdBoolean, wordsOf } from './ini-text.ts'
import type { NodeFile } from './netplan.ts'
import { mainAndDropIns } from './systemd-files.ts'

export interface ResolvedConf {
  readonly dns: readonly Sourced<string>[]
  readonly fallbackDns: readonly Sourced<string>[] | undefined
  readonly domains: readonly Sourced<string>[]
  /** DNS= or Domains= was assigned: a foreign /etc/resolv.conf is not read. */
  readonly assigned: boolean
  readonly stubListener: Sourced<'yes' | 'no' | 'udp' | 'tcp'> | undefined
  readonly extraListeners: readonly Sourced<string>[]
  readonly cache: Sourced<'yes' | 'no' | 'no-negative'> | undefined
  readonly cacheFromLocalhost: boolean
  readonly readEtcHosts: boolean
  readonly unicastSingleLabel: boolean
  readonly llmnr: Sourced<string> | undefined
  readonly multicastDns: Sourced<string> | undefined
  readonly staleRetention: Sourced<string> | undefined
  readonly dnssec: Sourced<string> | undefined
  readonly dnsOverTls: Sourced<string> | undefined
}

const IGNORED = new Set(['DNSSECNegativeTrustAnchors', 'RefuseRecordTypes'])

export function readResolvedConf(files: ReadonlyMap<string, NodeFile>): Read<ResolvedConf> {
  const problems: Problem[] = []
  const lists: Record<'DNS' | 'FallbackDNS' | 'Domains' | 'DNSStubListenerExtra',
    Sourced<string>[]> = { DNS: [], FallbackDNS: [], Domains: [], DNSStubListenerExtra: [] }
  const single = new Map<string, Sourced<string>>()
  const assigned = new Set<string>()
  for (const { file, text } of mainAndDropIns(files, 'systemd/resolved.conf')) {
    const read = readIni(file, text)
    problems.push(...read.problems)
    for (const entry of read.value) {
      if (entry.section !== 'Resolve') continue
      if (entry.key in lists) {
        assigned.add(entry.key)
        const list = lists[entry.key as keyof typeof lists]
        if (entry.value === '') list.length = 0
        else list.push(...wordsOf(entry))
      } else single.set(entry.key, { value: entry.value, source: entry.source })
    }
  }
  const flag = (key: string, otherwise: boolean): boolean => systemdBoolean(single.get(key)?.value ?? '') ?? otherwise
  const word = <T extends string>(key: string, allowed: readonly T[]): Sourced<T> | undefined => {
    const found = single.get(key)
    if (!found || found.value === '') return undefined
    const truth = systemdBoolean(found.value)
    const value = truth === undefined ? found.value.toLowerCase() : truth ? 'yes' : 'no'
    if ((allowed as readonly string[]).includes(value)) return { value: value as T, source: found.source }
    problems.push({ code: 'resolved-conf-value',
      message: `${key}=${found.value}: not a value that systemd-resolved knows; its default holds`, source: found.source,
        state: 'ignored' })
    return undefined
  }
  for (const key of single.keys()) if (IGNORED.has(key)) problems.push({ code: 'resolved-conf-unmodelled',
    message: `${key}= is not modelled`, source: single.get(key)!.source, state: 'unmodelled' })
  return { problems, value: {
    dns: withoutRepeats(lists.DNS), fallbackDns: assigned.has('FallbackDNS') ? lists.FallbackDNS : undefined, domains: lists.Domains,
    assigned: assigned.has('DNS') || assigned.has('Domains'), stubListener: word('DNSStubListener', ['yes', 'no', 'udp', 'tcp']),
      extraListeners: lists.DNSStubListenerExtra,
    cache: word('Cache', ['yes', 'no', 'no-negative']), cacheFromLocalhost: flag('CacheFromLocalhost', false),
      readEtcHosts: flag('ReadEtcHosts', true),
    unicastSingleLabel: flag('ResolveUnicastSingleLabel', false), llmnr: single.get('LLMNR'), multicastDns: single.get('MulticastDNS'),
    staleRetention: single.get('StaleRetentionSec'), dnssec: single.get('DNSSEC'), dnsOverTls: single.get('DNSOverTLS'),
  } }
}

/** Duplicates inside one set are merged; resolved's own listeners are dropped without a word. */
function withoutRepeats(all: readonly Sourced<string>[]): Sourced<string>[] {
  const seen = new Set<string>()
  return all.filter(({ value }) => !OWN_LISTENERS.has(serverAddress(value)) && !seen.has(value) && seen.add(value))
}

export const OWN_LISTENERS: ReadonlySet<string> = new Set(['127.0.0.53', '127.0.0.54', '0.0.0.0'])

/** `1.2.3.4:5353%eth0#name` → address and port: in_addr_port_ifindex_name_from_string_auto. */
export function serverParts(text: string): { readonly address: string; readonly port: number } {
  const plain = text.replace(/#.*$/, '')
  const bracket = /^\[([^\]]*)\](?::(\d+))?(?:%.*)?$/.exec(plain)
  if (bracket) return { address: bracket[1] as string, port: Number(bracket[2] ?? 53) }
  const withoutZone = plain.replace(/%.*$/, '')
  const four = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(withoutZone)
  return four ? { address: four[1] as string, port: Number(four[2]) } : { address: withoutZone, port: 53 }
}

const serverAddress = (text: string): string => serverParts(text).address
