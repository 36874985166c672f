// NAME as people give it: a name, a URL, host:port, or the line their application printed. Name, server and stub resolver
// are taken out of it. Error lines of Go, glibc tools, curl, wget, busybox, Java, Node and nslookup are known.
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { isDomainName } from '../dns/name.ts'
import { OperatingError } from './operating-error.ts'

export interface AskedName {
  readonly name: string
  readonly server?: string
  readonly stub?: { readonly kind: string; readonly version: string | undefined }
}

const MAX_INPUT = 4096

/** Each catches the name as group 1; Go's names the server as group 2. */
const ERROR_LINES: readonly { readonly pattern: RegExp; readonly stub?: string }[] = [
  { pattern: /\blookup (\S+?)\.? on (\S+?):53: /, stub: 'go' },
  { pattern: /\blookup (\S+?): (?:no such host|i\/o timeout|server misbehaving|Temporary failure)/ },
  { pattern: /\bCould not resolve host:? '?([^\s';]+)/i },
  { pattern: /\bunable to resolve host address ['‘]([^\s'’]+)/ },
  { pattern: /\b(?:bad address|can't resolve|Could not resolve) '([^\s']+)'/ },
  { pattern: /\bgetaddrinfo (?:ENOTFOUND|EAI_AGAIN|EAI_FAIL) (\S+)/ },
  { pattern: /\bUnknownHostException: ([^\s:]+)/ },
  { pattern: /\bserver can't find ([^\s:]+):/ },
  { pattern: /(?:^|\s)([^\s:]+): (?:Name or service not known|Temporary failure in name resolution|Name does not resolve|No address associated)/ },
]

export function askedName(input: string): AskedName {
  const text = input.trim().slice(0, MAX_INPUT)
  if (/\s/.test(text)) return fromErrorLine(text)
  const host = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? hostOfUrl(text) : text.replace(/:\d{1,5}$/, '')
  return { name: checked(host, input) }
}

function fromErrorLine(line: string): AskedName {
  for (const { pattern, stub } of ERROR_LINES) {
    const [, name, server] = pattern.exec(line) ?? []
    if (name === undefined) continue
    return { name: checked(name.replace(/:\d{1,5}$/, ''), name), ...(server !== undefined && { server }), ...(stub !== undefined && { stub: { kind: stub, version: undefined } }) }
  }
  throw new OperatingError(2, { en: `no name was recognised in \`${line.slice(0, 80)}\``, zh: `在 \`${line.slice(0, 80)}\` 中没有认出域名` },
    [{ en: 'give the name alone, or the whole line that the application printed', zh: '请只给出域名，或给出应用打印的整行' }])
}

function hostOfUrl(url: string): string {
  // Not `new URL().hostname` alone: it lower-cases, and turns 1.2 into an address.
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(url)?.[1] ?? ''
}

function checked(host: string, input: string): string {
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) throw new OperatingError(2, { en: `\`${bare}\` is an address, not a name`, zh: `\`${bare}\` 是地址，不是域名` })
  // An internationalised name goes over the wire in its ASCII form; applications convert it before they ask.
  const isAscii = /^[\x21-\x7e]*$/.test(bare)
  const name = isAscii ? bare : domainToASCII(bare)
  if (!isDomainName(name) || /["`\s/@]/.test(name)) throw new OperatingError(2, { en: `\`${input.slice(0, 80)}\` is not a domain name`, zh: `\`${input.slice(0, 80)}\` 不是合法的域名` })
  return name
}
