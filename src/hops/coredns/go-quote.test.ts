// strconv.Quote and Unquote: the grammar of the Go specification, "String literals" and "Rune literals".
import { describe, expect, test } from 'vitest'
import { goQuote, goQuoteChar, goUnquote, unicodeName, unquoteChar } from './go-quote.ts'

describe('a literal is read as Go reads it', () => {
  test.each([
    ['"plain"', 'plain'], ['"a\\tb\\nc"', 'a\tb\nc'], ['"\\a\\b\\f\\r\\v\\\\"', '\x07\b\f\r\v\\'], ['"say \\"hi\\""', 'say "hi"'], ['"\\x41z"', 'Az'], ['"\\u00e9z"', 'éz'],
    ['"\\U0001F600z"', '😀z'], ['"\\101z"', 'Az'], ['"\\303\\251"', 'é'], ['"\\377"', '\uFFFD'], ['"\\U0010FFFF"', '\u{10ffff}'], ['"\\ud7ff"', '\ud7ff'], ['"\\ue000"', '\ue000'], ['"😀z"', '😀z'], ['""', ''],
    ['`a\\n"b`', 'a\\n"b'], ['`a\rb`', 'ab'],
  ])('%s', (literal, text) => {
    expect(goUnquote(literal)).toBe(text)
  })

  test.each(['"\\400"', '"\\777"', '"\\8"', '"\\18"', '"\\x4"', '"\\x4g"', '"\\u00e"', '"\\u00eg"', '"\\U0001F60"', '"\\U00110000"', '"\\ud800"', '"\\udfff"', '"\\q"', '"\\\'"', '"\\toString"'.replace('t', 'y'), '"a"b"'])('%s is none', literal => {
    expect(goUnquote(literal)).toBeUndefined()
  })

  test('one character says where the next begins, and whether it is a byte', () => {
    expect(unquoteChar('\'a\'', 1, '\'')).toEqual({ code: 97, isByte: false, next: 2 })
    expect(unquoteChar('\'😀\'', 1, '\'')).toEqual({ code: 0x1f600, isByte: false, next: 3 })
    expect(unquoteChar('\'\\n\'', 1, '\'')).toEqual({ code: 10, isByte: false, next: 3 })
    expect(unquoteChar('\'\\\'\'', 1, '\'')).toEqual({ code: 39, isByte: false, next: 3 })
    expect(unquoteChar('\'\\101\'', 1, '\'')).toEqual({ code: 65, isByte: true, next: 5 })
    expect(unquoteChar('\'\\377\'', 1, '\'')).toEqual({ code: 255, isByte: true, next: 5 })
    expect(unquoteChar('\'\\xff\'', 1, '\'')).toEqual({ code: 255, isByte: true, next: 5 })
    expect(unquoteChar('\'\\u00ff\'', 1, '\'')).toEqual({ code: 255, isByte: false, next: 7 })
    expect(unquoteChar('\'\\U0010ffff\'', 1, '\'')).toEqual({ code: 0x10ffff, isByte: false, next: 11 })
    expect([unquoteChar('\'\'', 1, '\''), unquoteChar('\'a', 2, '\''), unquoteChar('\'\\"\'', 1, '\'')]).toEqual([undefined, undefined, undefined])
  })
})

describe('a text is shown as Go shows it', () => {
  test.each([
    ['a"b\'', '"a\\"b\'"'], ['\x07\b\f\n\r\t\v\\', '"\\a\\b\\f\\n\\r\\t\\v\\\\"'], ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'], ['\x20~', '" ~"'], ['é😀', '"é😀"'], ['\u0080\u00a0\u2028', '"\\u0080\\u00a0\\u2028"'],
    ['\uffff', '"\\uffff"'], ['\u{10ffff}', '"\\U0010ffff"'], ['\udc80\udcff', '"\\x80\\xff"'],
  ])('%j', (text, shown) => {
    expect(goQuote(text)).toBe(shown)
  })

  test('as ASCII only, or as one character in single quotes', () => {
    expect([goQuote('é😀~', true), goQuote('\u{10000}', true), goQuoteChar(0x27), goQuoteChar(0x22), goQuoteChar(0xe9), goQuoteChar(0xe9, true)]).toEqual(['"\\u00e9\\U0001f600~"', '"\\U00010000"', '\'\\\'\'', '\'"\'', '\'é\'', '\'\\u00e9\''])
    expect([unicodeName('a'), unicodeName('\u0000'), unicodeName('😀')]).toEqual(['U+0061 \'a\'', 'U+0000', 'U+1F600 \'😀\''])
  })
})
