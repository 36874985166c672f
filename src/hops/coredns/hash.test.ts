// MD5 (RFC 1321, A.5) and SHA-512 (FIPS 180-4), at the lengths where the padding fills a block.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { md5 } from './md5.ts'
import { sha512 } from './sha512.ts'

test('MD5 is that of the RFC', () => {
  expect([md5(''), md5('abc'), md5('message digest')]).toEqual(['d41d8cd98f00b204e9800998ecf8427e', '900150983cd24fb0d6963f7d28e17f72', 'f96b697d7cb7938d525a2f31aaf161d0'])
})

test('SHA-512 is that of the standard', () => {
  expect(sha512('abc')).toBe('ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f')
})

test('both are those of OpenSSL at every length around a block, and of text beyond ASCII', () => {
  for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 110, 111, 112, 113, 119, 120, 127, 128, 129, 247, 256, 1000]) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(32 + (i * 7) % 95)).join('')
    for (const each of [text, `é€😀${text}`]) {
      expect(md5(each)).toBe(createHash('md5').update(each).digest('hex'))
      expect(sha512(each)).toBe(createHash('sha512').update(each).digest('hex'))
    }
  }
})
