// Go's resolver in a process that cannot ask anybody: what it says of a host name.
import type { CorednsMachine } from '../../chain/model.ts'

/** Go asks nobody for what is no host name. */
export function lookupFault(host: string, { address, fault }: NonNullable<CorednsMachine['nameserver']>): string {
  const isName = /^[\w.-]+$/.test(host) && /[A-Za-z_]/.test(host) && !/^\.|\.\./.test(host)
  return `lookup ${host}${isName ? ` on ${address}:53: ${fault}` : ': no such host'}`
}
