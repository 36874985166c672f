// Return codes by number and by word: RFC 1035, 2136, 6891 and 8945, and RcodeToString of miekg/dns.
import { expect, test } from 'vitest'
import type { Rcode } from '../../dns/message.ts'
import { rcodeNumber, rcodeOfNumber, rcodeOfWord, rcodeWord } from './rcode-number.ts'

const PLAIN = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET', 'NOTAUTH', 'NOTZONE'] as const

test('a return code has its number, and a number without a name is RCODE and the number', () => {
  expect(PLAIN.map(rcodeNumber)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(PLAIN.map((_, i) => rcodeOfNumber(i))).toEqual(PLAIN)
  expect([rcodeNumber('BADVERS'), rcodeOfNumber(16)]).toEqual([16, 'BADVERS'])
  expect([rcodeNumber('RCODE4095' as Rcode), rcodeOfNumber(4095), rcodeOfNumber(11), rcodeOfNumber(17)]).toEqual([4095, 'RCODE4095', 'RCODE11', 'RCODE17'])
})

test('a Corefile writes them with the words of the DNS library', () => {
  expect(PLAIN.map(word => rcodeOfWord(word, [1, 11, 3]))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(['NOTIMPL', 'BADSIG', 'BADKEY', 'BADTIME', 'BADMODE', 'BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE'].map(word => rcodeOfWord(word, [1, 11, 3]))).toEqual([4, 16, 17, 18, 19, 20, 21, 22, 23])
  expect(['BADVERS', 'noerror', 'RCODE11', '3', ''].map(word => rcodeOfWord(word, [1, 15, 0]))).toEqual([undefined, undefined, undefined, undefined, undefined])
})

test('the log writes the same words, else the number', () => {
  expect(PLAIN.map(rcode => rcodeWord(rcode, [1, 11, 3]))).toEqual(PLAIN)
  expect(['BADVERS', 'RCODE17', 'RCODE18', 'RCODE19', 'RCODE20', 'RCODE21', 'RCODE22', 'RCODE23', 'RCODE24', 'RCODE12'].map(rcode => rcodeWord(rcode as Rcode, [1, 11, 3])))
    .toEqual(['BADSIG', 'BADKEY', 'BADTIME', 'BADMODE', 'BADNAME', 'BADALG', 'BADTRUNC', 'BADCOOKIE', '24', '12'])
})

test('DSOTYPENI is a word only since CoreDNS 1.12.2', () => {
  expect([rcodeOfWord('DSOTYPENI', [1, 12, 0]), rcodeOfWord('DSOTYPENI', [1, 12, 2])]).toEqual([undefined, 11])
  expect([rcodeWord('RCODE11' as Rcode, [1, 12, 0]), rcodeWord('RCODE11' as Rcode, [1, 12, 2])]).toEqual(['11', 'DSOTYPENI'])
})
