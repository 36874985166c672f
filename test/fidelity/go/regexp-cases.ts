// Patterns and texts for package regexp of Go: by hand where a rule has an edge, and grown from a grammar, some of them damaged.
import fc from 'fast-check'
import { damaged } from './damaged.ts'

export interface RegexpCase {
  readonly pattern: string
  readonly texts: readonly string[]
}

const BY_HAND = [
  '', 'a**', 'a+*', 'a*?*', '*', '*?a', '(*)', 'a|*', '(|a)*', '(|a)+', '(a|)*?', '(a*)*', '(a*)+', '(a*)+?b', '(?:a{1000}){2}', 'a{1001}', 'a{2,1}', 'a{,2}', 'a{2', 'a{00}',
  'a{0}{0}', '(x){0}', '((a)|b){2,3}', '(?<n>a)', '(?P<n>a)(?P<n>b)', '(?P<n', '(?P<>a)', '(?P<n-m>a)', '(?P=n)', '(?=a)', '(?!a)', '(?<=a)b', '(?#c)a', '(?i', '(?i-', '(?i-)', '(?-i)a', '(?--i)',
  '(?i)straße', '(?i)k', '(?i)[k]', '(?i)[^k]', '(?i)\\w', '(?i)\\W', '(?i)[[:upper:]]', '(?i)ſ', '(?i)\\x{212a}', '(?i)\\p{Lu}', '(?i)\\P{Lu}', '(?U)a+', '(?U)a+?', '(?s).', '(?m)^b$', '^b$',
  '\\', '\\1', '\\8', '\\01', '\\x', '\\x4', '\\x4g', '\\x{}', '\\x{41', '\\x{110000}', '\\x{10ffff}', '\\q', '\\é', '\\_', '\\C', '\\Z', '\\z', '\\Qa.b', '\\Qa\\E+', '\\p', '\\pX', '\\pL', '\\p{', '\\p{Foo}', '\\p{^Greek}', '\\P{^Greek}',
  '\\p{Old_Italic}', '\\p{old italic}', '\\p{greek}', '\\p{Letter}', '\\p{LC}', '\\p{ASCII}', '\\p{Any}', '\\p{Assigned}', '\\p{Cn}', '\\p{Grek}', '\\p{Kawi}', '\\p{C}',
  '[', '[]', '[]a]', '[^]a]', '[a-', '[a-]', '[-a]', '[b-a]', '[a-\\d]', '[\\d-z]', '[[:alpha:]', '[[:foo:]]', '[[:^alpha:]]', '[[:word:]-]', '[:alpha:]', '[\\Q]', '[\\b]', '[^\\x00-\\x{10ffff}]', '[[=a=]]', '[a-b-c]',
  '(?m)^b', '(?m)a$', '(?m:^)b', '(?m)^$', '(?m)\\Ab', '(?-m)^b', '(?m)(?-m)^b', 'x{2,1001}', 'x{1001,}', 'x{1000,}', 'x{1000}', 'x{0,1000}', '(x{100}){11}', '(x{100}){10}', '(x{2}){501}', '(x{2}){500}', '(x{0,2}){501}', '(x{1}){1000}', '(x{1,}){1000}', '(x*){1000}',
  '[[:alpha:', '[:]', '[[::]]', '[[:]', '[[:]]', '[[:alpha:]b]', '[a[:digit:]]', '\\Q', '\\Q\\E', 'a\\Q*\\Eb', '\\E', '\\Qa\\', '(?s)a.b', 'a.b', '(?i)a.b(?-i)C', '(a|b|c|d)(e|f)', '(a)(b)?(c)', '((a)(b))', '(a)|(b)', '(?:(a)|b)*', '(a*)(a*)', '\\ba', 'a\\b', '\\Ba', '(?i)[a-z]', '(?i)[^a-z]',
  ')', '(', 'a)b', '(()', 'x|y)', '^*', '$*a', '\\b+', '(?i)*', '(a|ab)(c|bcd)(d*)', 'a|ab', '(a+|b)*?c', '.*\\.(.*)\\.test\\.', '(.*)-(us-west-1)\\.coredns\\.rocks', '^ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)[.]',
]

/** Where the texts matter. */
const WITH_TEXTS: readonly (readonly [pattern: string, ...texts: readonly string[]])[] = [
  ['^\\a\\f\\n\\r\\t\\v$', '\x07\f\n\r\t\v', 'afnrtv'], ['^[\\a\\f\\n\\r\\t\\v]$', '\x07', '\f', '\n', '\r', '\t', '\v', 'a', '\b', '\x0e'], ['[a-a]', 'a', 'b', '`'], ['[\\P{Any}a]', 'a', 'b'], ['[a\\p{Any}]', 'a', 'b'], ['[^\\p{Any}]', 'a'], ['\\P{Any}', 'a'],
  ['\uffffa', '\uffffa', '\uffff'], ['가a', '가a', '가'], ['😀+x', '😀😀x', '😀'], ['[😀가]x', '😀x', '가x', 'x'], ['\\\x80', '\x80'], ['\\\x7f', '\x7f'], ['^\\x4f$', 'O', 'o'], ['^\\x1A\\xfF$', '\x1aÿ'], ['^\\x{9}\\x{a}\\x{F}$', '\t\n\x0f'], ['^\\x{1F600}$', '😀'], ['\\x{10ffff}', '\u{10ffff}'],
  ['^x{2,}$', 'x', 'xx', 'xxx'], ['^x{1,}$', '', 'x', 'xx'], ['^x{0,}$', '', 'x', 'y'], ['^x{3,}?', 'xx', 'xxxx'], ['^(?:x{0})y$', 'y', 'xy'], ['^(?:|x){2}y$', 'y', 'xxy', 'xxxy'], ['^(?:){3}y', 'y'],
  ['^.\\b', '/', '0', '9', ':', '@', 'A', 'Z', '[', '^', '_', '`', 'a', 'z', '{', 'é', 'µ'], ['\\B.$', '0', '_', '-', '--'], ['(?m)a$', 'a', 'a\nb', 'ab', 'ba\n'], ['(?m)^b', 'b', 'a\nb', 'ab'], ['a.b', 'a\nb', 'a\tb'], ['(?s)a.b', 'a\nb'], ['(?i)a(?s).B', 'A\nb', 'a\nB'], ['(?s)(?i)a.B', 'A\nb'], ['(?i)a\\.[k-l]', 'A.\u212a', 'a.L'],
  ['[\x80]', '\x80', '\x7f', '\x81'], ['[^a]', '\x80', '\x7f', 'a'], ['[[:ascii:]]', '\x7f', '\x80'], ['(?i)[^\\x00-\\x{7f}]', '\x80', 'ſ', 'k'], ['\\Qa\\E\\Qb\\E', 'ab', 'aEb'], ['\\Q\\E\\Q\\E*'], ['(?P<'], ['(?<'], ['(?P<>'], ['(?<>'], ['(?<n'], ['a(?P<'], ['a(?<'], ['(?P<n>'], ['(?<n>'], ['(?)a', 'a'], ['(?:)a', 'a'], ['a(?-:b)', 'ab'], ['(?i-:a)', 'a'],
  ['x{1001}'], ['x{1001,}'], ['x{0,1001}'], ['x{1000,1001}'], ['x{5,4}'], ['x{9999999999,}'], [`x{1,${'9'.repeat(400)}}`], [`x{${'9'.repeat(400)},}`], ['(x{2}){500}y', 'x'], ['((x{7}){11}){13}'], ['((x{7}){11}){12}', 'x'], ['(x{0}){1000}y', 'y'], ['(x{1000}){0}y', 'y'], ['(x{1000}){0}{2}'], ['((x{1001}){0})'], ['(x{501}|y{2}){2}'], ['(y{2}|x{500}){2}', 'xy'], ['(x{1000})*y', 'y'], ['(x{1000})+y', 'y'], ['(x{1000})?y', 'y'], ['(x{1000}){1,}y', 'y'], ['(x{1000}){2,}y'],
  [`${'('.repeat(999)}a${')'.repeat(999)}`, 'a'], [`${'('.repeat(1000)}a${')'.repeat(1000)}`], [`${'(?:'.repeat(999)}a*${')*'.repeat(999)}`, 'b'], [`${'(?:'.repeat(500)}a|b${')c'.repeat(500)}`, 'b'], [`${'(?:'.repeat(499)}a|b${')c'.repeat(498)})`, 'b'],
  [`${'x{1000}'.repeat(3355)}x{444}`], [`(?:${'x{1000}'.repeat(3355)}x{442})*`], [`(${'x{1000}'.repeat(3355)}x{442})`], [`(?:${'x{1000}'.repeat(3355)}x{443})+`], [`(?:x{999,}){1}${'x{1000}'.repeat(3354)}x{444}`], [`${'x{0,500}'.repeat(3356)}`], [`${'x{0,1}'.repeat(10)}y`, 'xxy'],
]

const FLAG_GROUPS = ['(?i)', '(?s)', '(?m)', '(?U)', '(?-i)']
const ATOMS = [
  'a', 'b', 'c', 'A', 'K', 's', '0', '-', '_', 'é', 'ſ', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '^', '$', '\\b', '\\B', '\\A', '\\z', '\\.', '\\x41', '\\x{62}', '\\141', '\\n',
  '\\pL', '\\PL', '\\p{Lu}', '\\p{Greek}', '\\Qa.b\\E', '{', '}', ']', '[a-c]', '[^a]', '[0-9A-Z]', '[\\d.]', '[^\\W_]', '[[:alpha:]-]', ...FLAG_GROUPS,
]
const REPEATS = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}', '{2,3}?', '{0}', '{3,1}', '{1001}', '{40}']

const { pattern: grown } = fc.letrec<{ pattern: string; item: string }>(tie => ({
  pattern: fc.array(fc.array(tie('item'), { maxLength: 4 }).map(items => items.join('')), { minLength: 1, maxLength: 3 }).map(all => all.join('|')),
  item: fc.tuple(
    fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.constantFrom(...ATOMS), fc.tuple(fc.constantFrom('(', '(', '(?:', '(?i:', '(?P<n>'), tie('pattern')).map(([open, inside]) => `${open}${inside})`)),
    fc.constantFrom(...REPEATS),
  ).map(([atom, repeat]) => atom + repeat),
}))

const PUT = [...'()[]{}*+?|\\^$.-:<>P=!,ix#é']

export const subject = fc.oneof(
  fc.array(fc.constantFrom(...'abcABC.-_09 \nkKsSéßſΩ'), { maxLength: 10 }).map(chars => chars.join('')),
  fc.constantFrom('www.a.test.', 'aab', 'aaaa', 'a\nb', 'K', 'ip-10-0-0-1.example.', 'ba\nb', '\nb\n', 'xxxx', 'abc', 'x-us-west-1.coredns.rocks.'),
)
export const pattern = fc.oneof({ weight: 2, arbitrary: grown }, { weight: 1, arbitrary: damaged(grown, PUT) })

/** The same for the same seed. */
export function regexpCases(count: number, seed: number): readonly RegexpCase[] {
  const texts = fc.sample(fc.array(subject, { minLength: 3, maxLength: 3 }), { numRuns: count + BY_HAND.length, seed })
  return [
    ...WITH_TEXTS.map(([each, ...over]) => ({ pattern: each, texts: over })),
    ...[...BY_HAND, ...fc.sample(pattern, { numRuns: count, seed })].map((each, i) => ({ pattern: each, texts: texts[i] ?? [] })),
  ]
}
