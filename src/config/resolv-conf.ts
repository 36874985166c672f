// /etc/resolv.conf as written (resolv.conf(5)). Nothing is interpreted: glibc, musl, Go, kubelet and CoreDNS each read the same
// lines by their own rules, so every line is kept, also one that some of them ignore. Problems name what at least one stub drops.
// Not modelled: bytes that are no UTF-8 count as one character, though musl's limit of a line counts bytes.
import type { ResolvConf, ResolvConfLine } from '../chain/model.ts'
import { sourcesOf, type Problem, type Read, type Source, type Sourced } from '../chain/source.ts'

/** A real file has under 20 lines. */
const LINE_LIMIT = 5_000
const WORD_LIMIT = 1_000
/** musl reads a line into 256 bytes with its newline and drops a longer one (resolvconf.c). */
const MUSL_LINE_LIMIT = 254
const SERVER_LIMIT = 3

const DIRECTIVES = new Set(['nameserver', 'search', 'domain', 'options', 'sortlist'])
/** Read by some BSDs and Solaris, by no stub that is modelled here. */
const FOREIGN = new Set(['lookup', 'family', 'port', 'nameserver6'])

export function readResolvConf(file: string, text: string): Read<ResolvConf> {
  const at = sourcesOf(file, text)
  const lines: ResolvConfLine[] = []
  const problems: Problem[] = []
  let count = 0
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    if (++count > LINE_LIMIT) {
      problems.push({ code: 'resolv-conf-too-long', message: `more than ${LINE_LIMIT} lines: the rest is not read`, source: at(start, start), state: 'damaged' })
      break
    }
    const line = lineAt(text, start, end, at)
    if (line) {
      lines.push(line)
      problems.push(...oddities(line))
    }
    start = end + 1
  }
  return { value: { file, lines }, problems: [...problems, ...tooManyServers(lines)] }
}

function lineAt(text: string, start: number, end: number, at: (start: number, end: number) => Source): ResolvConfLine | undefined {
  const crlf = end < text.length && text[end - 1] === '\r'
  const words: Sourced<string>[] = []
  for (const match of text.slice(start, end).matchAll(/[^ \t\r]+/g)) {
    if (words.length > WORD_LIMIT) break
    words.push({ value: match[0], source: at(start + match.index, start + match.index + match[0].length) })
  }
  const [keyword, ...rest] = words
  if (!keyword || keyword.value.startsWith('#') || keyword.value.startsWith(';')) return undefined
  return { keyword: keyword.value, words: rest, source: at(start, end), ...(crlf && { crlf: true as const }) }
}

function oddities(line: ResolvConfLine): Problem[] {
  const { keyword, words, source } = line
  const odd = (code: string, message: string, where: Source = source, state: Problem['state'] = 'ignored'): Problem =>
    ({ code, message, source: where, state })
  if (!DIRECTIVES.has(keyword)) {
    const meant = keyword.toLowerCase()
    const why = DIRECTIVES.has(meant) ? `: keywords are lower case, so this is not ${meant}` : FOREIGN.has(keyword) ? ': of another system' : ''
    return [odd('resolv-conf-unknown-directive', `${keyword} is no directive${why}`)]
  }
  const problems: Problem[] = []
  if (/^[ \t]/.test(source.text)) problems.push(odd('resolv-conf-indented', 'glibc and musl ignore an indented line; Go and kubelet read it', source, 'partly-modelled'))
  if (words.length === 0) problems.push(odd('resolv-conf-no-value', `${keyword} without a value`))
  if (words.length === WORD_LIMIT) problems.push(odd('resolv-conf-too-many-words', `only the first ${WORD_LIMIT} words of the line are read`, source, 'damaged'))
  if (source.end - source.start > MUSL_LINE_LIMIT) problems.push(odd('resolv-conf-line-too-long-for-musl', 'musl (Alpine) skips a line of 255 characters or more', source, 'partly-modelled'))
  const [first, second] = words
  if (keyword === 'nameserver' && first) {
    if (!/^[0-9a-fA-FxX.:]+(%.+)?$/.test(first.value)) problems.push(odd('resolv-conf-bad-address', `${first.value} is no address: the line is ignored`, first.source))
    if (second) problems.push(odd('resolv-conf-text-after-address', 'one address a line: what follows is ignored', second.source))
    if (line.crlf) problems.push(odd('resolv-conf-crlf', 'the line ends in CR LF: glibc takes the CR into the address and ignores the line', source, 'partly-modelled'))
  }
  if (keyword === 'search' || keyword === 'domain') {
    const comment = words.find(w => w.value.startsWith('#') || w.value.startsWith(';'))
    if (comment) problems.push(odd('resolv-conf-comment-is-domain', 'there are no comments at the end of a line: these words are search domains', comment.source, 'partly-modelled'))
  }
  return problems
}

function tooManyServers(lines: readonly ResolvConfLine[]): Problem[] {
  const fourth = lines.filter(l => l.keyword === 'nameserver' && l.words.length > 0)[SERVER_LIMIT]
  return fourth ? [{ code: 'resolv-conf-too-many-servers', message: 'every stub uses the first three nameservers only', source: fourth.source, state: 'ignored' }] : []
}
