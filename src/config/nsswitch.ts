// /etc/nsswitch.conf of glibc (nsswitch.conf(5)): which services answer for `hosts`, in which order, and when the row ends.
// Go reads the same file to choose between its own resolver and libc; musl does not read it.
// Not modelled: databases other than hosts. `initgroups` and the like are no concern of a name lookup.
import { sourcesOf, type Problem, type Read, type Sourced } from '../chain/source.ts'

export interface Nsswitch {
  readonly file: string
  /** Services of `hosts:` in order; an action is the word `[!UNAVAIL=return]` after its service. Undefined = no such line (`files dns`). */
  readonly hosts: readonly Sourced<string>[] | undefined
}

const LINE_LIMIT = 2_000
const KNOWN = new Set([
  'files', 'dns', 'myhostname', 'mymachines', 'resolve', 'mdns', 'mdns4', 'mdns6', 'mdns_minimal', 'mdns4_minimal', 'mdns6_minimal',
  'compat', 'db', 'nis', 'wins', 'libvirt', 'libvirt_guest', 'sss', 'ldap',
])

export function readNsswitch(file: string, text: string): Read<Nsswitch> {
  const at = sourcesOf(file, text)
  const problems: Problem[] = []
  let hosts: readonly Sourced<string>[] | undefined
  let start = 0
  for (const line of text.split('\n', LINE_LIMIT)) {
    const content = line.replace(/#.*$/, '')
    const database = /^[ \t]*([A-Za-z_]+)[ \t]*:/.exec(content)
    if (database?.[1] === 'hosts') {
      // glibc takes the last line of a database.
      const from = database[0].length
      hosts = [...content.slice(from).matchAll(/\[[^\]]*\]?|[^\s[\]]+/g)].map(match => {
        const source = at(start + from + match.index, start + from + match.index + match[0].length)
        return { value: match[0].replace(/\s+/g, ' '), source }
      })
    } else if (!database && content.trim() !== '') {
      problems.push({ code: 'nsswitch-syntax', message: 'no `database:` at the start of the line', source: at(start, start + line.length), state: 'ignored' })
    }
    start += line.length + 1
  }
  for (const word of hosts ?? []) {
    if (word.value.startsWith('[')) {
      if (!/^\[ ?!?\w+=\w+(?: !?\w+=\w+)* ?\]$/.test(word.value)) problems.push({ code: 'nsswitch-bad-action', message: `${word.value} is no action`, source: word.source, state: 'ignored' })
    } else if (!KNOWN.has(word.value)) {
      problems.push({ code: 'nsswitch-unknown-service', message: `${word.value} is a service that is not known here`, source: word.source, state: 'unmodelled' })
    }
  }
  return { value: { file, hosts }, problems }
}
