import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourcesOf } from '../chain/source.ts'
import type { Diagnosis } from '../findings/diagnosis.ts'
import { sampleDiagnosis, textOf } from '../../test/support/sample-diagnosis.ts'
import { asResult, renderJson } from './json.ts'
import { duration, odds, percent } from './numbers.ts'
import { renderOneline } from './oneline.ts'
import { plain, paint } from './paint.ts'
import { printable } from './printable.ts'
import { snippet } from './snippet.ts'
import type { TextOptions } from './text-options.ts'
import { renderText } from './text.ts'
import { cut, widthOf, wrap } from './width.ts'

const options: TextOptions = { lang: 'en', columns: 100, color: false, wide: false, command: 'whydns', textOf }
const lines = (text: string): string[] => text.split('\n')
const sections = (text: string): string[] => text.trimEnd().split('\n\n')

test('the verdict comes first, the next command last', () => {
  const text = renderText(sampleDiagnosis, options)
  expect(lines(text)[0]).toBe('a.corp-example.com A: resolves only sometimes: NXDOMAIN in 7 of 20 cache fills, 10.53.33.38 in 13')
  expect(lines(text.trimEnd()).at(-1)).toBe('1 error, 0 warnings. `whydns explain mixed-upstreams` tells more.')
})

test('a finding shows its lines on every machine it is about', () => {
  const finding = sections(renderText(sampleDiagnosis, options)).find(section => section.startsWith('error['))
  expect(finding).toBe(`error[mixed-upstreams]: servers that disagree about \`a.corp-example.com\` are used as if they were
equal (confirmed)
  --> configmap/coredns -n kube-system:19:11
   |
19 |           forward . /etc/resolv.conf {
   |           ^^^^^^^^^^^^^^^^^^^^^^^^^^ one of 3 servers, at random for each query
20 |              prefer_udp
21 |           }
22 |           cache 30
   |           -------- keeps whichever answer came first for 30 s, NXDOMAIN too
   |
  ::: node/hz-edge-1, /etc/netplan/50-cloud-init.yaml:9:57
   |
 8 |             nameservers:
 9 |                 addresses: [10.53.136.11, 10.53.136.12, 223.5.5.5, 223.6.6.6]
   |                             ------------  ------------  ^^^^^^^^^  ---------
   |                             |             |             |          |
   |                             |             |             |          4th: kubelet drops it
   |                             |             |             public: NXDOMAIN, always
   |                             |             internal: 10.53.33.38
   |                             internal: 10.53.33.38
   |
  ::: pod/coredns-edge-bz9bq -n kube-system, /etc/resolv.conf:3:12
   |
 3 | nameserver 223.5.5.5
   |            --------- what the CoreDNS pod got
   |
   = why: NXDOMAIN is an answer, not a failure. CoreDNS tries the next server after a timeout, never
          after an NXDOMAIN, so one query in three ends at a server that cannot know
          \`corp-example.com\`.
   = seen: 10.53.136.11 and .12 answered 28 of 28, 223.5.5.5 none of 15.
   = confirmed: each server asked 8 times from hz-edge-1, same split (probes/upstreams.jsonl:12,
                probes/upstreams.jsonl:40)`)
})

test('a cure shows changed lines with the numbers they have, what to do then, and its proof', () => {
  const [first, second] = sections(renderText(sampleDiagnosis, options)).filter(section => section.startsWith('help:'))
  expect(first).toContain(`   ~> cluster/configmaps.yaml
   |
 5       Corefile: |
 6 +       corp-example.com:53 {
 7 +           errors
 8 +           cache 30
 9 +           forward . 10.53.136.11 10.53.136.12
10 +       }
11         .:53 {
   |
   = then: nothing: the \`reload\` plugin takes it within about 2 minutes
   = proved: answer 10.53.33.38 2/3 -> 1, nxdomain 1/3 -> 0
`)
  expect(first).toContain('   = worse for: nobody')
  expect(second).toContain(`9 -                 addresses: [10.53.136.11, 10.53.136.12, 223.5.5.5, 223.6.6.6]
9 +                 addresses: [10.53.136.11, 10.53.136.12]`)
  expect(second).toContain('= note: a suggestion: not proved in the model')
})

test.each([['en', 60], ['en', 100], ['zh', 60], ['zh', 77], ['zh', 100]] as const)('%s at %i columns: no line is wider', (lang, columns) => {
  const text = renderText(sampleDiagnosis, { ...options, lang, columns, wide: true })
  expect(lines(text).filter(line => widthOf(line) > columns)).toEqual([])
  expect(lines(text).filter(line => line !== line.trimEnd())).toEqual([])
})

test('Chinese replaces every sentence of the report, and no id, command or result', () => {
  const text = renderText(sampleDiagnosis, { ...options, lang: 'zh' })
  for (const kept of ['error[mixed-upstreams]', '`whydns explain mixed-upstreams`', 'NXDOMAIN', 'truncation', '--metrics']) expect(text).toContain(kept)
  // Everything else with three English words in a row is data: the resolver's own error, source text, a Problem.
  const english = lines(text).filter(line => /(?:\b[a-z]{3,}\b[ ,]+){3}/.test(line.replace(/"[^"]*"?|`[^`]*`/g, '')))
  expect(english.filter(line => !/not read yet|captures|no such|host"|denied by/.test(line))).toEqual([])
})

test('colour says nothing that the characters do not say', () => {
  const colored = renderText(sampleDiagnosis, { ...options, color: true })
  expect(colored).toMatch(/\x1b\[1;31merror\[mixed-upstreams\]\x1b\[0m/)
  expect(colored.replace(/\x1b\[[\d;]*m/g, '')).toBe(renderText(sampleDiagnosis, options))
})

const HOSTILE = 'a\x1b[2J\u202eevil\u0007\u200b\ud800\n\r\t名'

/** Every string of the diagnosis, keys of records too, replaced by hostile text. */
function poisoned(value: unknown): unknown {
  if (typeof value === 'string') return HOSTILE
  if (Array.isArray(value)) return value.map(poisoned)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [/^[0-9+-]/.test(key) ? HOSTILE : key, ['verdict', 'level', 'certainty', 'applicability', 'kind', 'result', 'basis', 'file'].includes(key) ? item : poisoned(item)]))
}

test('text of other people cannot steer the terminal', () => {
  const evil = poisoned(sampleDiagnosis) as Diagnosis
  for (const text of [
    renderText(evil, { ...options, wide: true, textOf: () => `${HOSTILE}\n`.repeat(30) + 'x'.repeat(5000) }), renderOneline(evil, 'en'), renderJson(evil),
  ]) expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b]|\p{Surrogate}/u)
  expect(JSON.parse(renderJson(evil)).spec.name).toBe(HOSTILE)
})

test('JSON: same bytes whatever order the fields were made in', () => {
  const reversed = (value: unknown): unknown => Array.isArray(value) ? value.map(reversed) : value === null || typeof value !== 'object' ? value
    : Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, reversed(item)]))
  expect(renderJson(reversed(sampleDiagnosis) as Diagnosis)).toBe(renderJson(sampleDiagnosis))
  expect(JSON.parse(renderJson(sampleDiagnosis))).toEqual(sampleDiagnosis)
  expect(Object.keys(JSON.parse(renderJson(asResult([sampleDiagnosis, sampleDiagnosis]))))).toEqual(['apiVersion', 'kind', 'items'])
})

test('one line a finding, then the verdict', () => {
  expect(renderOneline(sampleDiagnosis, 'en')).toBe(
    'cluster/configmaps.yaml:19:11: error mixed-upstreams servers that disagree about `a.corp-example.com` are used as if they were equal [confirmed]\n' +
    'a.corp-example.com alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9: intermittent resolves only sometimes: NXDOMAIN in 7 of 20 cache fills, 10.53.33.38 in 13\n')
})

function shownOf(text: string, pieces: readonly string[], columns: number): string {
  const at = sourcesOf('f', text)
  const labelled = pieces.map((piece, index) => ({ source: at(text.indexOf(piece), text.indexOf(piece) + piece.length), label: `label ${index}`, primary: index === 0 }))
  return paint(snippet(labelled, { columns, lang: 'en', textOf: () => text }).lines, false)
}

test('marks stand under their text behind tabs and wide characters', () => {
  expect(shownOf('\tname: 内网 server\n', ['server'], 80)).toBe(' --> f:1:11\n  |\n1 |     name: 内网 server\n  |                ^^^^^^ label 0\n')
})

test('a line wider than the terminal is shown around its marks', () => {
  const text = `${'x'.repeat(150)} FIRST ${'y'.repeat(150)} SECOND ${'z'.repeat(80)}`
  const shown = shownOf(text, ['FIRST', 'SECOND'], 80)
  expect(lines(shown).filter(line => widthOf(line) > 80)).toEqual([])
  const rows = lines(shown)
  for (const word of ['FIRST', 'SECOND']) {
    const row = rows.findIndex(line => line.includes(word))
    const mark = /[\^-]{5,}/.exec(rows[row + 1] as string)
    expect(rows[row]?.slice(mark?.index, (mark?.index ?? 0) + word.length)).toBe(word)
  }
})

test('a file that is not in the bundle is shown by what its Source carries', () => {
  const source = { file: 'nodes/n/etc/resolv.conf', start: 0, end: 9, line: 3, column: 12, endLine: 3, endColumn: 21, text: '223.5.5.5', obtained: 'inferred' as const }
  const { lines: shown } = snippet([{ source, label: 'public', primary: true }], { columns: 80, lang: 'en', textOf: () => undefined })
  expect(shown.map(plain)).toEqual([' --> node/n, /etc/resolv.conf:3:12 (worked out, not read)', '  |', '3 |            223.5.5.5', '  |            ^^^^^^^^^ public'])
})

test('a snippet is never wider than asked, and never fails', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { minLength: 1, maxLength: 5 }), fc.array(fc.tuple(fc.nat(1100), fc.nat(300), fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean()), { minLength: 1, maxLength: 6 }),
    fc.integer({ min: 60, max: 100 }), (rows, spans, columns) => {
      const text = rows.join('\n')
      const at = sourcesOf('nodes/n/f', text)
      const labelled = spans.map(([start, length, label, primary]) => ({ source: at(Math.min(start, text.length), Math.min(start + length, text.length)), label, primary }))
      for (const line of lines(paint(snippet(labelled, { columns, lang: 'zh', textOf: () => text }).lines, false))) expect(widthOf(line)).toBeLessThanOrEqual(columns)
    }), { numRuns: 300 })
})

test('wrapped prose keeps its words and its width', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '内', '。', '（', 'x.y', '`'), maxLength: 120 }), fc.integer({ min: 4, max: 50 }), (text, width) => {
    const wrapped = wrap(text, width)
    expect(wrapped.join('').replaceAll(' ', '')).toBe(text.replace(/\s/g, ''))
    for (const line of wrapped) expect(widthOf(line)).toBeLessThanOrEqual(width)
  }))
  expect(wrap('先到的答案缓存 30 秒，NXDOMAIN 也不例外。', 22)).toEqual(['先到的答案缓存 30 秒，', 'NXDOMAIN 也不例外。'])
  expect(cut('内网服务器', 7)).toBe('内网服…')
})

test('numbers', () => {
  expect([percent(1 / 3), percent(0.5), percent(0.0004), percent(0.9999), percent(1)]).toEqual(['33.3 %', '50 %', '< 0.1 %', '> 99.9 %', '100 %'])
  expect([duration(0), duration(30.2), duration(150), duration(3600), duration(5400)]).toEqual(['0 s', '30 s', '2 min 30 s', '1 h', '1 h 30 min'])
  expect(odds({ min: { exact: '1/3', value: 1 / 3 }, max: { exact: '123456789/234567890', value: 0.526 } })).toBe('1/3..52.6 %')
})

test('printable text is left as it is', () => {
  expect(printable('forward . 内网 é 👍 | "x"')).toBe('forward . 内网 é 👍 | "x"')
  expect(printable('a\u202eb\x1b[0m')).toBe('a\\u{202e}b\\u{1b}[0m')
})
