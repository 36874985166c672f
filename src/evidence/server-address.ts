// Addresses as programs print them: `10.0.0.1`, `10.0.0.1:53`, `10.0.0.1#53`, `[2001:db8::1]:53`, `fe80::1%eth0`.

import { formatServer, type SocketAddress } from '../dns/socket-address.ts'

export const isIpv4 = (text: string): boolean =>
  /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(text) && text.split('.').every(part => Number(part) <= 255)

/** Good enough to tell an address from a name; not a validator of zero runs. */
export const isIpv6 = (text: string): boolean =>
  text.length <= 64 && /^[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,15})?$/.test(text) && text.split(':').length >= 3

export const isAddress = (text: string): boolean => isIpv4(text) || isIpv6(text)

/** undefined: no address. Port 53 where none is written. */
export function serverAddress(text: string): SocketAddress | undefined {
  if (text.length > 80) return undefined
  const bracketed = /^\[([^\]]+)\](?:[:#](\d{1,5}))?$/.exec(text)
  if (bracketed) return isIpv6(bracketed[1] as string) ? { address: bracketed[1] as string, port: Number(bracketed[2] ?? 53) } : undefined
  if (isAddress(text)) return { address: text, port: 53 }
  const cut = Math.max(text.lastIndexOf('#'), text.lastIndexOf(':'))
  if (cut < 1 || !/^\d{1,5}$/.test(text.slice(cut + 1))) return undefined
  const address = text.slice(0, cut)
  return isIpv4(address) || (text[cut] === '#' && isIpv6(address)) ? { address, port: Number(text.slice(cut + 1)) } : undefined
}

/** The text of a server in the one spelling; text that is no address stays. */
export const serverText = (text: string): string => {
  const known = serverAddress(text)
  return known ? formatServer(known) : text
}
