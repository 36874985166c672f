// CoreDNS's `chaos` plugin, 1.9.3 to 1.15.0: plugin/chaos/. Answers TXT questions of class CH for the server's version, its host name and its
// authors; with it (or `forward`) in a block, questions of other classes than IN get past the server's door (server.ts).
// Not modelled: the order of the authors, which is drawn by the second.
import type { DnsQuery, ResourceRecord } from '../../dns/message.ts'
import { nameKey } from '../../dns/name.ts'
import { encodeText } from '../../dns/presentation-escape.ts'
import { hostNameOf } from './host-name.ts'
import { since, written, type CorednsVersion, type PluginFactory, type PluginSetup } from './plugin.ts'
import { bareReply } from './server-reply.ts'
import { unknownProperty, type SetupCheck } from './setup-check.ts'
import { canonicalRdata } from './zone-file-form.ts'

/** Only the first use is read. */
export const chaosSetup: SetupCheck = (c, at) => {
  c.next()
  c.remainingArgs()
  if (since(at.version, 1, 14, 4) && c.nextBlock()) throw unknownProperty(c)
}

export const chaos: PluginFactory = setup => function* (query, next) {
  const texts = query.class === 'CH' && query.type === 'TXT' ? textsFor(query, setup) : undefined
  if (!texts) return yield* next(query)
  const answer = texts.map((text): ResourceRecord => ({ name: query.name, type: 'TXT', ttlS: 0, class: 'CH', data: canonicalRdata('TXT', quoted(text)) }))
  const isTooLong = texts.some(text => encodeText(text).length > LONGEST_BYTES)
  return written({ ...bareReply(query, 'NOERROR'), answer, ...(isTooLong && { unpackable: true }) })
}

/** One character a byte. */
const quoted = (text: string): string => `"${String.fromCharCode(...encodeText(text)).replaceAll('"', '\\"')}"`

const LONGEST_BYTES = 255
const trimmed = (text: string): string => new TextDecoder().decode(encodeText(text).slice(0, LONGEST_BYTES))

function textsFor(query: DnsQuery, setup: PluginSetup): readonly string[] | undefined {
  const words = setup.directives[0]?.args.map(a => a.value) ?? []
  const [version, ...authors] = words
  switch (nameKey(query.name)) {
    case 'authors.bind.': return authors.length > 0 ? [...new Set(authors)].map(trimmed).sort() : authorsOf(setup.version)
    case 'version.bind.': case 'version.server.':
      // In front of authors it is taken as it stands.
      return [authors.length > 0 ? version ?? '' : trimmed(version ?? `CoreDNS-${setup.version.join('.')}`)]
    case 'hostname.bind.': case 'id.server.': return [trimmed(hostNameOf(setup.model))]
    default: return undefined
  }
}

/** Of all releases. */
const AUTHORS = [
  'bradbeam', 'chrisohaver', 'darshanime', 'dilyevsky', 'ekleiner', 'greenpau', 'ihac', 'inigohu', 'isolus', 'johnbelamaric', 'miekg', 'mqasimsarfraz',
  'nchrisdk', 'nitisht', 'pmoroney', 'rajansandeep', 'rdrozhdzh', 'rtreffer', 'snebel29', 'stp-ip', 'superq', 'varyoo', 'ykhr53', 'yongtang', 'zouyee',
]
const AUTHORS_SINCE: readonly (readonly [string, CorednsVersion])[] = [
  ['Tantalor93', [1, 9, 4]], ['jameshartig', [1, 9, 4]], ['thevilledev', [1, 14, 0]], ['houyuwushang', [1, 14, 7]],
]
const AUTHOR_UNTIL_1_9_3 = 'fastest963'

const authorsOf = (version: CorednsVersion): readonly string[] => [
  ...AUTHORS, ...since(version, 1, 9, 4) ? [] : [AUTHOR_UNTIL_1_9_3], ...AUTHORS_SINCE.filter(([, from]) => since(version, ...from)).map(([name]) => name),
].sort()
