import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dialectOf } from './zone-data.ts'
import { readZoneFile } from './zone-file.ts'

const NEWEST = dialectOf([1, 15, 0])

function read(text: string, files: Readonly<Record<string, string>> = {}, dialect = NEWEST): { readonly records: string[]; readonly error: string; readonly lines: string[] } {
  const open = (path: string): { file: string; text: string } | undefined => (files[path] === undefined ? undefined : { file: path, text: files[path] })
  const { value } = readZoneFile('z.db', text, { origin: 'example.org.', path: 'z.db', dialect, open })
  return {
    records: value.records.map(r => `${r.name} ${r.ttlS} ${r.class} ${r.type} ${r.data}`), error: value.error?.text ?? '',
    lines: value.records.map(r => `${r.source.file}:${r.source.line}-${r.source.endLine}`),
  }
}

test('owners, TTLs and classes may be left out or stand in either order', () => {
  expect(read('$TTL 1h\nwww A 10.0.0.1\n  AAAA ::1\n@ IN 5 MX 10 mail\nx 1h30m CH TXT a "b c"\n').records).toEqual([
    'www.example.org. 3600 IN A 10.0.0.1', 'www.example.org. 3600 IN AAAA ::1', 'example.org. 5 IN MX 10 mail.example.org.', 'x.example.org. 5400 CH TXT "a" "b c"',
  ])
})

test('a record over several lines has all of them as its Source, an included one those of its file, a generated one the directive', () => {
  const { records, lines } = read('@ 5 SOA ns h (\n 1 ; serial\n 2 3 4 5 )\n$INCLUDE inc.db sub\n$GENERATE 1-2 h$ A 10.0.0.$\n', { 'inc.db': '\na 5 A 10.0.0.9\n' })
  expect(records).toEqual([
    'example.org. 5 IN SOA ns.example.org. h.example.org. 1 2 3 4 5', 'a.sub.example.org. 5 IN A 10.0.0.9', 'h1.example.org. 3600 IN A 10.0.0.1', 'h2.example.org. 3600 IN A 10.0.0.2',
  ])
  expect(lines).toEqual(['z.db:1-3', 'inc.db:2-2', 'z.db:5-5', 'z.db:5-5'])
})

test('what came before an error is kept, and the error is the real text with line and column', () => {
  const { records, error } = read('a 5 A 10.0.0.1\nb 5 A 10.0.0.256\nc 5 A 10.0.0.3\n')
  expect(records).toEqual(['a.example.org. 5 IN A 10.0.0.1'])
  expect(error).toBe('z.db: dns: bad A A: "10.0.0.256" at line: 2:16')
})

test.each([
  ['a A 1.1.1.1', 'missing TTL with no previous value: "A" at line: 1:4'], ['$TTL x', 'expecting $TTL value, not this...: "x" at line: 1:6'],
  ['a 5 FOO x', 'expecting RR type or class, not this...: "FOO" at line: 1:8'], ['a 5 A 1.1.1.1 )', 'garbage after rdata: "extra closing brace" at line: 1:15'],
  ['$INCLUDE none.db', 'failed to open `none.db\': open none.db: no such file or directory: "none.db" at line: 1:16'],
  ['$GENERATE 2-1 a A 1.1.1.1', 'bad range in $GENERATE range: "2-1" at line: 1:14'], ['a 5 TXT "é" x"', 'bad TXT Txt: " " at line: 1:8'],
])('%s: %s', (line, error) => {
  expect(read(`${line}\n`).error).toBe(`z.db: dns: ${error}`)
})

test('a line end inside parentheses parts nothing', () => {
  expect(read('@ 5 SOA ns h (1\n2\n3 4 5 6 7)\n').records).toEqual(['example.org. 5 IN SOA ns.example.org. h.example.org. 123 4 5 6 7'])
})

test('a file that includes itself ends at the eighth level', () => {
  expect(read('$INCLUDE z.db\n', { 'z.db': 'a 5 A 1.1.1.1\n$INCLUDE z.db\n' }).error).toBe('z.db: dns: too deeply nested $INCLUDE: "z.db" at line: 2:13')
})

test('before v1.1.72 a TTL wraps at 32 bits, later it is refused', () => {
  expect(read('a 4294967297 A 1.1.1.1\n', {}, { ...NEWEST, ttlWraps: true }).records).toEqual(['a.example.org. 1 IN A 1.1.1.1'])
  expect(read('a 4294967297 A 1.1.1.1\n').error).toContain('not a TTL')
})

test.each([
  // packTxtString: the last backslash is lost, `\300` is 300 - 256, fewer than three digits are no code.
  ['TXT \\300', 'TXT ","'], ['TXT \\100\\1', 'TXT "d1"'], ['TXT a\\"b', 'TXT "a\\"b"'], ['TXT "\\255"', 'TXT "\\255"'],
  ['TXT ', 'TXT \\# 0'], ['A \\# 4 0a000001', 'A 10.0.0.1'], ['A \\# 5 0a00000102', 'A 10.0.0.1'],
  ['AAAA \\# 16 20010db8000000000000000000000001', 'AAAA 2001:db8::1'], ['AAAA \\# 17 20010db800000000000000000000000102', 'AAAA 2001:db8::1'],
])('%s is %s', (line, record) => {
  expect(read(`a 5 ${line}\n`).records).toEqual([`a.example.org. 5 IN ${record}`])
})

test.each(['NS', 'CNAME', 'MX 10', 'SRV 1 2 3'])('up to v1.1.64 the line end behind %s is taken for its name, later it is refused', type => {
  const line = `a 5 ${type} \nb 5 A 1.1.1.1\n`
  expect(read(line).error).toMatch(/bad \w+ \w+: "\\n" at line: 1:\d+/)
  expect(read(line, {}, { ...NEWEST, lineEndIsName: true }).error).not.toMatch(/bad \w+ \w+: "\\n"/)
})

test('up to v1.1.58 a string may end in a backslash, which is lost', () => {
  expect(read('a 5 TXT a\\\n', {}, { ...NEWEST, looseEscapes: true }).records).toEqual(['a.example.org. 5 IN TXT "a"'])
})

test('files that include each other many times are given up, and that is said', () => {
  // Not `a`, `b`…: a word that is also a type is refused after $INCLUDE.
  const { problems } = readZoneFile('z.db', '$INCLUDE f1\n', {
    origin: '.', path: 'z.db', dialect: NEWEST,
    open: path => ({ file: path, text: path === 'f7' ? 'x 5 A 1.1.1.1\n' : `$INCLUDE f${Number(path.slice(1)) + 1}\n`.repeat(20) }),
  })
  expect(problems.map(p => p.code)).toContain('zone-file-too-large')
})

test('any text is read: records, or an error with a place in the file', () => {
  const piece = fc.constantFrom('$TTL ', '$GENERATE 1-9 ', '$INCLUDE x ', '$', '${', '}', '5 ', 'IN ', 'A ', 'TXT ', 'SOA ', 'SVCB 1 . ', 'alpn=', '\\# 1 00', '"', '(', ')', ';', '\\', '\n', '\r', ' ', '\t', '.', '@', 'é', '\0', 'a', '10.0.0.1', '::1')
  const text = fc.oneof(fc.array(piece, { maxLength: 30 }).map(pieces => pieces.join('')), fc.string({ unit: 'binary', maxLength: 60 }))
  fc.assert(fc.property(text, fc.boolean(), (given, old) => {
    const { value } = readZoneFile('z.db', given, { origin: 'x.', path: 'z.db', dialect: dialectOf(old ? [1, 9, 3] : [1, 15, 0]), open: () => ({ file: 'x', text: given }) })
    const lines = given.split('\n').length
    for (const { source } of value.records) expect(source.line >= 1 && source.endLine <= lines && source.start <= source.end).toBe(true)
    if (value.error) expect(value.error.text).toMatch(/: dns: .* at line: \d+:\d+$/s)
  }), { numRuns: 3000 })
})

test('long hostile text is read in proportion to its length', () => {
  for (const text of ['('.repeat(1e5), '"'.repeat(1e5), '\\'.repeat(1e5), ' '.repeat(1e5), ';'.repeat(1e5), `a 5 TXT ${'x '.repeat(5e4)}`, `a ${'9'.repeat(1e5)} A 1.1.1.1\n`, '$GENERATE 0-65535 $ A 1.1.1.1\n']) {
    expect(() => read(text)).not.toThrow()
  }
})
