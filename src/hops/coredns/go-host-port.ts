// net.SplitHostPort of Go, with the texts of what it refuses; an IPv6 zone stays with the host.
import { bracketed } from '../../dns/socket-address.ts'
import type { Parsed } from './go-number.ts'

export function splitHostPort(text: string): Parsed<{ readonly host: string; readonly port: string }> {
  // net.AddrError names no empty address.
  const fault = (why: string): { fault: string } => ({ fault: text === '' ? why : `address ${text}: ${why}` })
  const colon = text.lastIndexOf(':')
  if (colon < 0) return fault('missing port in address')
  if (!text.startsWith('[')) {
    const host = text.slice(0, colon)
    if (host.includes(':')) return fault('too many colons in address')
    return bracketFault(text, 0, 0) ?? { value: { host, port: text.slice(colon + 1) } }
  }
  const end = text.indexOf(']')
  if (end < 0) return fault('missing \']\' in address')
  if (end + 1 === text.length) return fault('missing port in address')
  if (end + 1 !== colon) return fault(text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address')
  return bracketFault(text, 1, end + 1) ?? { value: { host: text.slice(1, end), port: text.slice(colon + 1) } }
}

function bracketFault(text: string, openFrom: number, closeFrom: number): { readonly fault: string } | undefined {
  if (text.includes('[', openFrom)) return { fault: `address ${text}: unexpected '[' in address` }
  return text.includes(']', closeFrom) ? { fault: `address ${text}: unexpected ']' in address` } : undefined
}

export const joinHostPort = (host: string, port: string | number): string => `${bracketed(host)}:${port}`
