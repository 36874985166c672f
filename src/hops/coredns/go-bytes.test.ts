// Strings of Go are bytes: utf8 of the Go library, RFC 3629.
import { describe, expect, test } from 'vitest'
import { bytesBefore, bytesOfGo, compareGo, runesOf, textOfGo } from './go-bytes.ts'

const bytes = (...all: readonly number[]): Uint8Array => Uint8Array.from(all)

describe('bytes that are part of no character', () => {
  test.each([
    ['ASCII', [0x00, 0x61, 0x7f], '\0a\x7f'], ['characters of two to four bytes', [0xc3, 0xa9, 0xdf, 0xbf, 0xe2, 0x82, 0xac, 0xef, 0xbf, 0xbf, 0xf0, 0x9f, 0x98, 0x80], 'é\u07ff€\uffff😀'],
    ['one alone', [0x80], '\udc80'], ['the last', [0xff], '\udcff'], ['between characters', [0x61, 0xff, 0xc3, 0xa9, 0xbf, 0x62], 'a\udcffé\udcbfb'],
    ['a cut character of two', [0xc3], '\udcc3'], ['of three', [0xe2, 0x82], '\udce2\udc82'], ['of four', [0xf0, 0x9f, 0x98], '\udcf0\udc9f\udc98'],
    ['whole ones behind a bad one', [0xff, 0x7f, 0xdf, 0xbf, 0xe0, 0xa0, 0x80, 0xef, 0xbf, 0xbd, 0xf0, 0x90, 0x80, 0x80], '\udcff\x7f\u07ff\u0800\ufffd\u{10000}'],
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'], ['a surrogate in three bytes', [0xed, 0xb2, 0x80], '\udced\udcb2\udc80'], ['none', [], ''],
  ])('%s are kept and given back', (_, given, text) => {
    expect(textOfGo(bytes(...given))).toBe(text)
    expect([...bytesOfGo(text)]).toEqual(given)
  })

  test('beside characters count as one byte, other lone surrogates as the replacement character', () => {
    expect([...bytesOfGo('😀\udc80é')]).toEqual([0xf0, 0x9f, 0x98, 0x80, 0x80, 0xc3, 0xa9])
    expect([[...bytesOfGo('\udc7f')], [...bytesOfGo('\udd00')], [...bytesOfGo('\ud800a')]]).toEqual([[0xef, 0xbf, 0xbd], [0xef, 0xbf, 0xbd], [0xef, 0xbf, 0xbd, 0x61]])
  })
})

test('places are counted in bytes, characters in runes', () => {
  expect([bytesBefore('é😀x', 0), bytesBefore('é😀x', 1), bytesBefore('é😀x', 3), bytesBefore('é', -1)]).toEqual([0, 2, 6, -1])
  expect([runesOf('é😀x'), runesOf('\udc80a')]).toEqual([['é', '😀', 'x'], ['\udc80', 'a']])
})

test('texts are ordered by their bytes', () => {
  const sign = (a: string, b: string): number => Math.sign(compareGo(a, b))
  expect([sign('a', 'a'), sign('a', 'b'), sign('b', 'a'), sign('a', 'ab'), sign('ab', 'a'), sign('', ''), sign('', '\0'), sign('\0', '')]).toEqual([0, -1, 1, -1, 1, 0, -1, 1])
  // In UTF-16 the order would be the other way round.
  expect([sign('\u{10000}', '\uffff'), sign('\uffff', '\u{10000}'), sign('z', 'é'), sign('\udc80', 'a')]).toEqual([1, -1, -1, 1])
})
