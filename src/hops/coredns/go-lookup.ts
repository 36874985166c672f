// Go's resolver in a process that cannot ask anybody: what it says of a host name.
import type { CorednsMachine } from '../../chain/model.ts'

/** Go asks nobody for what is no host name. */
export const lookupFault = (host: string, { address, fault }: NonNullable<CorednsMachine['nameserver']>): string =>
  `lookup ${host}${isDomainName(host) ? ` on ${address}:53: ${fault}` : ': no such host'}`

/** isDomainName of package net: labels of letters, digits, `_` and inner hyphens, and not digits only. */
const isDomainName = (host: string): boolean =>
  host === '.' || (/^(?=.{1,253}\.?$)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?$/.test(host) && /[^0-9.]/.test(host) && !/(?:^|\.)-|-(?:\.|$)/.test(host))
