// The type bitmap of NSEC and NSEC3 (RFC 4034 §4.1.2): blocks of 256 types, each with the bytes up to its last bit. One set of types
// has one encoding; another (blocks out of order, empty ones, zero bytes at the end) is a fault.
import type { WordReader } from './presentation-words.ts'
import { moreWords, nextWord, wrong } from './presentation-words.ts'
import type { Field } from './rdata-fields.ts'
import { typeName, typeNumber } from './wire-numbers-table.ts'
import type { WireReader } from './wire-reader.ts'
import { fault } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'
import { write8, writeBytes } from './wire-writer.ts'

function readTypes(reader: WireReader, end: number): readonly number[] | undefined {
  const { bytes } = reader
  const types: number[] = []
  for (let before = -1; reader.at < end;) {
    const at = reader.at
    if (at + 2 > end) return undefined
    const block = bytes[at] as number
    const length = bytes[at + 1] as number
    if (at + 2 + length > end) return undefined
    if (block <= before || length === 0 || length > 32 || bytes[at + 1 + length] === 0) {
      fault(reader, 'type-bitmap-not-canonical', at, at + 2 + length)
      return undefined
    }
    for (let bit = 0; bit < 8 * length; bit++) {
      if ((bytes[at + 2 + (bit >> 3)] as number) & (0x80 >> (bit & 7))) types.push((block << 8) | bit)
    }
    before = block
    reader.at = at + 2 + length
  }
  return types
}

function writeTypes(writer: WireWriter, types: readonly number[]): void {
  const blocks = new Map<number, number[]>()
  for (const type of [...types].sort((a, b) => a - b)) blocks.set(type >> 8, [...(blocks.get(type >> 8) ?? []), type])
  for (const [block, members] of blocks) {
    const bits = new Uint8Array(1 + (((members.at(-1) as number) & 0xff) >> 3))
    for (const type of members) bits[(type & 0xff) >> 3] = (bits[(type & 0xff) >> 3] as number) | (0x80 >> (type & 7))
    write8(writer, block)
    write8(writer, bits.length)
    writeBytes(writer, bits)
  }
}

function parseTypes(words: WordReader): readonly number[] | undefined {
  const types = new Set<number>()
  while (moreWords(words)) {
    const word = nextWord(words)
    if (word === undefined) return undefined
    const type = typeNumber(word.text)
    if (type === undefined) return wrong(words, word, 'text-type')
    types.add(type)
  }
  return [...types].sort((a, b) => a - b)
}

export const typesField: Field<readonly number[]> = {
  read: readTypes, write: writeTypes, print: types => types.map(typeName).join(' '), parse: parseTypes,
}
