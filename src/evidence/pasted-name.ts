// The NAME of the command line may be a URL, `host:port`, or a pasted error line; name, server and library are taken from it.
import { isDomainName } from '../dns/name.ts'
import type { LookupFailure, ResolverLibrary } from './observation.ts'
import { resolverErrorIn } from './resolver-error.ts'
import { isAddress } from './server-address.ts'

export interface PastedName {
  readonly name: string
  /** The server the error names: `lookup a.b on 10.0.0.10:53`. */
  readonly server?: string
  readonly library?: ResolverLibrary
  readonly result?: LookupFailure
}

const TEXT_LIMIT = 8192
const PLAIN = /^[A-Za-z0-9_*\\](?:[A-Za-z0-9_*\\.-]{0,600}[A-Za-z0-9_.\\])?$/

/** undefined: no name in it. An address is no name. */
export function parsePasted(pasted: string): PastedName | undefined {
  const text = pasted.slice(0, TEXT_LIMIT).trim().replace(/^(["'`])(.*)\1$/s, '$2').trim()
  const error = /\s/.test(text) ? resolverErrorIn(text.replaceAll(/\s+/g, ' ')) : undefined
  if (error) {
    const { start: _start, ...fields } = error
    return usable(error.name) ? fields : undefined
  }
  const name = hostOf(text)
  return name !== undefined && usable(name) ? { name } : undefined
}

const usable = (name: string): boolean => PLAIN.test(name) && isDomainName(name) && !isAddress(name)

/** The host of a URL, of `user@host:port/path`, or the text itself; undefined when there is white space in it. */
function hostOf(text: string): string | undefined {
  if (text === '' || /\s/.test(text)) return undefined
  const authority = text.replace(/^[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\//, '').replace(/[/?#].*$/s, '')
  return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d{1,5}$/, '')
}
