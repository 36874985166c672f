import { expect, test } from 'vitest'
import { recordToText } from './presentation-record.ts'
import { decodeMessage } from './wire-decode.ts'
import { encodeMessage } from './wire-encode.ts'
import { FAULT_CODES, faultMessage } from './wire-fault.ts'
import type { WireMessage } from './wire-message.ts'
import { headerBits, optOf, rcodeOf } from './wire-message.ts'

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const header = (counts: string, flags = '8180'): string => `1234 ${flags} ${counts}`

const summary = (message: WireMessage): string[] => [
  ...message.questions.map(({ name, type }) => `? ${name.text} ${type}`), ...[...message.answers, ...message.authorities, ...message.additionals].map(recordToText),
]
const read = (hex: string): { readonly parts: string[]; readonly faults: string[] } => {
  const { message, faults } = decodeMessage(bytesOf(hex))
  return { parts: summary(message), faults: faults.map(({ code, start, end }) => `${code} ${start}-${end}`) }
}

// A real answer with a pointer for the owner and an OPT record with an extended error.
const ANSWER = `${header('0001 0001 0000 0001')} 01 61 0c 636f72702d6578616d706c65 03 636f6d 00 0001 0001
  c00c 0001 0001 0000001e 0004 0a352126   00 0029 04d0 00 00 8000 000b 000f 0007 0003 7374616c65`

test('a well formed answer', () => {
  const { message, faults } = decodeMessage(bytesOf(ANSWER))
  expect(faults).toEqual([])
  expect(headerBits(message.flags)).toEqual({ qr: true, opcode: 0, aa: false, tc: false, rd: true, ra: true, z: false, ad: false, cd: false, rcode: 0 })
  expect(message.answers[0]).toEqual({
    name: { text: 'a.corp-example.com.', start: 36, end: 38, literal: 0, pointer: 12, lengthBytes: 20 },
    type: 1, class: 1, ttl: 30, rdata: { kind: 'A', address: '10.53.33.38' }, start: 36, rdataStart: 48, end: 52,
  })
  expect(optOf(message)).toMatchObject({ class: 1232, ttl: 0x8000, rdata: { options: [{ code: 15, value: { kind: 'EDE', infoCode: 3, extraText: 'stale' }, start: 63, end: 74 }] } })
  expect(encodeMessage(message)).toEqual(bytesOf(ANSWER))
})

test('what a name may hold comes out as text and goes back: dots in labels, raw bytes, case', () => {
  const hex = `${header('0001 0000 0000 0000')} 03 612e62 03 00ff20 02 4142 04 5c22403b 00 0001 0001`
  const { message } = decodeMessage(bytesOf(hex))
  expect(message.questions[0]?.name.text).toBe('a\\.b.\\000\\255\\032.AB.\\\\\\"\\@\\;.')
  expect(encodeMessage(message)).toEqual(bytesOf(hex))
})

test('an extended rcode is joined from header and OPT', () => {
  expect(rcodeOf(decodeMessage(bytesOf(`${header('0000 0000 0000 0001')} 00 0029 0200 01 00 0000 0000`)).message)).toBe(16)
})

const Q = '01 61 00 0001 0001'
test.each([
  ['nothing', '', [], ['truncated-header 0-0']],
  ['half a header', '1234 8180 0001', [], ['truncated-header 6-6']],
  ['a count without data', header('0001 0000 0000 0000'), [], ['count-exceeds-data 12-12']],
  ['a second question that is not there', `${header('0002 0000 0000 0000')} ${Q}`, ['? a. 1'], ['count-exceeds-data 19-19']],
  ['a question cut off', `${header('0001 0000 0000 0000')} 01 61 00 0001 00`, [], ['question-truncated 12-18']],
  ['bytes behind the end', `${header('0001 0000 0000 0000')} ${Q} dead`, ['? a. 1'], ['trailing-bytes 19-21']],
  ['a name cut off', `${header('0001 0000 0000 0000')} 03 61`, [], ['name-truncated 12-13']],
  ['a label of an old type', `${header('0001 0000 0000 0000')} 01 61 41 00 0001 0001`, [], ['label-type-unknown 14-15']],
  ['a pointer to itself', `${header('0001 0000 0000 0000')} c00c 0001 0001`, ['? . 1'], ['pointer-loop 12-13']],
  ['a pointer to its own labels', `${header('0001 0000 0000 0000')} 01 61 c00c 0001 0001`, ['? a. 1'], ['pointer-loop 14-15']],
  ['a pointer forward', `${header('0001 0001 0000 0000')} c012 0001 0001 ${Q} 00000000 0000`, ['? . 1', 'a. 0 IN A \\# 0'], ['pointer-forward 12-13', 'rdata-length-mismatch 31-31']],
  ['a pointer into the header', `${header('0001 0000 0000 0000')} 01 61 c004 0001 0001`, ['? a. 1'], ['pointer-into-header 14-15']],
  ['a pointer to a name that runs into its own', `${header('0002 0000 0000 0000')} 00 0001 0003 01 62 c00e 0001 0001`, ['? . 1', '? b.\\000. 1'], ['pointer-loop 16-17']],
  ['a record cut off in its numbers', `${header('0001 0001 0000 0000')} ${Q} c00c 0001 0001`, ['? a. 1'], ['record-truncated 19-25']],
  ['a record cut off in its RDATA', `${header('0001 0001 0000 0000')} ${Q} c00c 0001 0001 00000001 0004 0a00`, ['? a. 1'], ['record-truncated 19-33']],
  ['an address of two bytes', `${header('0000 0002 0000 0000')} 00 0001 0001 00000001 0002 0a00  00 0001 0001 00000001 0004 0a000001`,
    ['. 1 IN A \\# 2 0A00', '. 1 IN A 10.0.0.1'], ['rdata-length-mismatch 23-25']],
  ['an address of five bytes', `${header('0000 0001 0000 0000')} 00 0001 0001 00000001 0005 0a00000102`, ['. 1 IN A \\# 5 0A00000102'], ['rdata-length-mismatch 27-28']],
  ['a name that leaves its RDATA', `${header('0000 0001 0000 0000')} 00 0005 0001 00000001 0002 0161`, ['. 1 IN CNAME \\# 2 0161'], ['name-truncated 25-25']],
  ['an empty TXT', `${header('0000 0001 0000 0000')} 00 0010 0001 00000001 0000`, ['. 1 IN TXT \\# 0'], ['rdata-length-mismatch 23-23']],
  ['an emptied record of an update', `${header('0000 0001 0000 0000')} 00 0001 00ff 00000000 0000`, ['. 0 ANY A \\# 0'], []],
  ['an address of the CH class', `${header('0000 0001 0000 0000')} 00 0001 0003 00000000 0003 000007`, ['. 0 CH A \\# 3 000007'], []],
  ['a bitmap with a zero byte at its end', `${header('0000 0001 0000 0000')} 00 002f 0001 00000000 0005 00 00 02 40 00`,
    ['. 0 IN NSEC \\# 5 0000024000'], ['type-bitmap-not-canonical 24-28']],
  ['parameters out of order', `${header('0000 0001 0000 0000')} 00 0041 0001 00000000 000f 0001 00 0003 0002 01bb 0001 0002 0161`,
    ['. 0 IN HTTPS \\# 15 0001000003000201BB000100020161'], ['svcb-params-not-ascending 32-38']],
  ['an OPT record with an owner', `${header('0000 0000 0000 0001')} 01 61 00 0029 0200 00000000 0000`, ['a. 0 CLASS512 OPT \\# 0'], ['opt-owner-not-root 12-15']],
  ['OPT twice', `${header('0000 0000 0000 0002')} 00 0029 0200 00000000 0000 00 0029 0200 00000000 0000`,
    ['. 0 CLASS512 OPT \\# 0', '. 0 CLASS512 OPT \\# 0'], ['opt-repeated 23-34']],
  ['OPT as an answer', `${header('0000 0001 0000 0000')} 00 0029 0200 00000000 0000`, ['. 0 CLASS512 OPT \\# 0'], ['opt-misplaced 12-23']],
  ['an option that leaves its record', `${header('0000 0000 0000 0001')} 00 0029 0200 00000000 0004 0003 0001`, ['. 0 CLASS512 OPT \\# 4 00030001'], ['rdata-length-mismatch 23-27']],
  ['an extended error without a code', `${header('0000 0000 0000 0001')} 00 0029 0200 00000000 0005 000f 0001 00`,
    ['. 0 CLASS512 OPT \\# 5 000F000100'], ['option-malformed 23-28']],
])('%s', (_, hex, parts, faults) => {
  expect(read(hex)).toEqual({ parts, faults })
})

test('a name of more than 255 bytes is a fault, the record behind it is read', () => {
  const label = `3f ${'61'.repeat(63)}`
  const long = `${label.repeat(4)} 00`
  expect(read(`${header('0002 0000 0000 0000')} ${long} 0001 0001 ${Q}`)).toEqual({ parts: [`? ${`${'a'.repeat(63)}.`.repeat(3)} 1`, '? a. 1'], faults: ['name-too-long 204-205'] })
  const longest = `${label.repeat(3)} 3d ${'61'.repeat(61)} 00`
  expect(read(`${header('0001 0000 0000 0000')} ${longest} 0001 0001`).faults).toEqual([])
  expect(read(`${header('0002 0000 0000 0000')} ${longest} 0001 0001 01 62 c00c 0001 0001`).faults).toEqual(['name-too-long 204-205'])
})

test('126 pointers are followed, 127 are not', () => {
  const chain = (count: number): string => `${header('0000 0002 0000 0000')} 00 00ff 0001 00000000 ${(2 * count + 1).toString(16).padStart(4, '0')} 00 ${Array.from({ length: count }, (_, n) =>
    (0xc000 | (n === 0 ? 23 : 24 + 2 * (n - 1))).toString(16)).join('')} ${(0xc000 | (24 + 2 * (count - 1))).toString(16)} 00ff 0001 00000000 0000`
  expect(read(chain(125)).faults).toEqual([])
  expect(read(chain(126)).faults.map(each => each.split(' ')[0])).toEqual(['too-many-pointers'])
})

test('every fault has a sentence in both languages', () => {
  for (const code of FAULT_CODES) {
    expect(faultMessage(code)).toMatch(/^[A-Z].*\.$/)
    expect(faultMessage(code, 'zh')).toMatch(/[一-鿿].*。$/)
  }
  expect(FAULT_CODES).toEqual(expect.arrayContaining(['pointer-loop', 'count-exceeds-data']))
})
