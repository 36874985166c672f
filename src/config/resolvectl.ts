// What `resolvectl status` (systemd-resolve --status) prints: src/resolve/resolvectl.c at v245 to v257. Blocks `Global` and `Link N (name)`
// with right-aligned `Field: value` lines; a list goes on in lines that begin with spaces. v252 prints some fields of the Global block
// without the colon. Not modelled: `--json`, `resolvectl dns` and the like, v258's delegates.
import type { Problem, Read, Source, Sourced } from '../chain/source.ts'
import { sourcesOf } from '../chain/source.ts'

export interface ResolvectlBlock {
  /** `global`, or the link's name. */
  readonly name: string
  readonly index: number | undefined
  /** `DNS` among them = resolved asks this link's servers. */
  readonly currentScopes: readonly string[] | undefined
  readonly protocols: readonly string[]
  readonly currentServer: Sourced<string> | undefined
  readonly servers: readonly Sourced<string>[]
  readonly fallbackServers: readonly Sourced<string>[]
  readonly domains: readonly Sourced<string>[]
  readonly defaultRoute: Sourced<boolean> | undefined
  readonly source: Source
}

export interface ResolvectlStatus {
  readonly blocks: readonly ResolvectlBlock[]
  /** stub, uplink, static, foreign, missing. */
  readonly resolvConfMode: string | undefined
}

const FIELDS = ['Current DNS Server', 'Fallback DNS Servers', 'DNS Servers', 'DNS Domain', 'Current Scopes', 'Protocols',
  'resolv.conf mode', 'Default Route', 'DefaultRoute setting',
  'LLMNR setting', 'MulticastDNS setting', 'DNSOverTLS setting', 'DNSSEC setting', 'DNSSEC supported', 'DNSSEC NTA']

interface Field { readonly name: string; readonly words: Sourced<string>[] }

export function readResolvectlStatus(file: string, text: string): Read<ResolvectlStatus> {
  const at = sourcesOf(file, text)
  const problems: Problem[] = []
  const blocks: { header: string; source: Source; fields: Field[] }[] = []
  let field: Field | undefined
  let start = 0
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '')
    const lineStart = start
    start += raw.length + 1
    const header = /^(?:Global|Link \d{1,9} \([^()]{1,64}\))\s*$/.exec(line)
    if (header) {
      blocks.push({ header: line.trim(), source: at(lineStart, lineStart + line.length), fields: [] })
      field = undefined
      continue
    }
    const block = blocks.at(-1)
    if (line.trim() === '' || !block) {
      field = undefined
      continue
    }
    const opened = openField(line)
    if (opened) block.fields.push(field = { name: opened.name, words: [] })
    else if (!field || !line.startsWith(' ')) {
      problems.push({ code: 'resolvectl-line', message: `not a field of resolvectl status: ${line.trim().slice(0, 60)}`,
        source: at(lineStart, lineStart + line.length), state: 'ignored' })
      continue
    }
    const from = opened?.valueAt ?? 0
    for (const word of line.slice(from).matchAll(/\S+/g)) {
      field.words.push({ value: word[0], source: at(lineStart + from + word.index, lineStart + from + word.index + word[0].length) })
    }
  }
  return { problems, value: {
    blocks: blocks.map(blockOf),
    resolvConfMode: blocks.flatMap(block => block.fields).find(found => found.name === 'resolv.conf mode')?.words[0]?.value,
  } }
}

function openField(line: string): { readonly name: string; readonly valueAt: number } | undefined {
  const body = line.trimStart()
  const indent = line.length - body.length
  for (const name of FIELDS) {
    if (!body.startsWith(name)) continue
    const rest = body.slice(name.length)
    // A server or domain can not begin with a colon and a space, so a missing colon is told by the space alone.
    if (rest === '' || rest === ':' || rest.startsWith(': ') || rest.startsWith(' ')) return { name,
      valueAt: indent + name.length + (rest.startsWith(':') ? 1 : 0) }
  }
  const other = /^[A-Za-z][A-Za-z .-]{0,40}: /.exec(body)
  return other ? { name: other[0].slice(0, -2), valueAt: indent + other[0].length } : undefined
}

function blockOf({ header, source, fields }: { header: string; source: Source; fields: readonly Field[] }): ResolvectlBlock {
  const words = (name: string): readonly Sourced<string>[] => fields.filter(field => field.name === name).flatMap(field => field.words)
  const link = /^Link (\d+) \((.+)\)$/.exec(header)
  const protocols = words('Protocols')
  const written = protocols.find(word => /^[+-]DefaultRoute$/.test(word.value))
  const setting = words('Default Route')[0] ?? words('DefaultRoute setting')[0]
  const scopes = fields.some(field => field.name === 'Current Scopes')
    ? words('Current Scopes').map(word => word.value).filter(word => word !== 'none') : undefined
  return {
    name: link?.[2] ?? 'global', index: link ? Number(link[1]) : undefined, currentScopes: scopes,
      protocols: protocols.map(word => word.value),
    currentServer: words('Current DNS Server')[0], servers: words('DNS Servers'), fallbackServers: words('Fallback DNS Servers'),
      domains: words('DNS Domain'),
    defaultRoute: written ? { value: written.value.startsWith('+'), source: written.source } : setting
      && { value: setting.value === 'yes', source: setting.source }, source,
  }
}
