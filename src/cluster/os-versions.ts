// Which systemd and netplan a distribution ships, by /etc/os-release or a Node's osImage: the release's first version, backports aside.
// Only releases whose resolved or netplan behave differently matter. Unknown distributions give undefined.
import type { NetplanVersion } from '../config/netplan-keys.ts'

export interface OsVersions {
  readonly systemd: string | undefined
  readonly netplan: NetplanVersion | undefined
  /** The build leaves FallbackDNS empty (Debian and Ubuntu); others compile in public servers. */
  readonly emptyFallback: boolean
}

const RELEASES: readonly (readonly [RegExp, string, NetplanVersion | undefined])[] = [
  [/ubuntu 18\.04/i, '237', [0, 99, 0]],
  [/ubuntu 20\.04/i, '245', [0, 104, 0]],
  [/ubuntu 22\.04/i, '249', [0, 106, 0]],
  [/ubuntu 24\.04/i, '255', [1, 1, 2]],
  [/ubuntu 2[5-9]\./i, '257', [1, 1, 2]],
  [/debian[^0-9]*10\b/i, '241', [0, 95, 0]],
  [/debian[^0-9]*11\b/i, '247', [0, 101, 0]],
  [/debian[^0-9]*12\b/i, '252', [0, 106, 0]],
  [/debian[^0-9]*13\b/i, '257', [1, 1, 2]],
  [/(?:red hat|rocky|alma|centos)[^0-9]*8\b/i, '239', undefined],
  [/(?:red hat|rocky|alma|centos)[^0-9]*9\b/i, '252', undefined],
  [/alibaba cloud linux[^0-9]*3\b/i, '239', undefined],
  [/anolis[^0-9]*8\b/i, '239', undefined],
  [/openeuler[^0-9]*2[0-3]\./i, '249', undefined],
]

/** `text`: the whole of /etc/os-release, or a Node's `osImage`. */
export function versionsOfOs(text: string): OsVersions {
  const pretty = /^PRETTY_NAME=["']?([^"'\n]*)/m.exec(text)?.[1] ?? text.slice(0, 200)
  const found = RELEASES.find(([pattern]) => pattern.test(pretty))
  return { systemd: found?.[1], netplan: found?.[2], emptyFallback: /ubuntu|debian/i.test(pretty) }
}
