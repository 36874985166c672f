// gzip (RFC 1952, members one after another) and DEFLATE (RFC 1951), unpacked piece by piece and without waiting: a capture is read in one synchronous pass, and
// zlib's streams of Node only come asynchronously. Hostile input: output is bounded, memory is the window of 32 KiB and one piece; what came before the damage is
// handed over. Checked: lengths and CRC-32 of each member. Not read: preset dictionaries.
import zlib from 'node:zlib'

const WINDOW_BYTES = 32_768
const PIECE_BYTES = 262_144
const LONGEST_MATCH = 258

class Damage extends Error {}

interface Huffman {
  /** By the next `bits` bits: symbol << 4 | length; 0 = no code. */
  readonly table: Uint16Array
  readonly bits: number
}

interface Inflation {
  readonly next: () => Uint8Array | undefined
  input: Uint8Array
  at: number
  /** Bits read ahead, the next one lowest. */
  held: number
  heldBits: number
  /** [0, WINDOW_BYTES) is what was handed over last. */
  readonly out: Uint8Array
  to: number
  final: boolean
  /** Bytes still to copy of a stored block; undefined: none. */
  stored: number | undefined
  codes: { readonly literals: Huffman; readonly distances: Huffman } | undefined
}

/** Unpacks until the end, the damage or `maxBytes`; the latter two are told. Pieces are valid until the next is asked for. */
export function* gunzipped(packed: Iterable<Uint8Array>, maxBytes: number, onDamage: (message: string) => void): Generator<Uint8Array> {
  const source = packed[Symbol.iterator]()
  const s: Inflation = {
    next: () => {
      const piece = source.next()
      return piece.done === true ? undefined : piece.value
    },
    input: new Uint8Array(0), at: 0, held: 0, heldBits: 0, out: new Uint8Array(WINDOW_BYTES + PIECE_BYTES + LONGEST_MATCH), to: WINDOW_BYTES, final: false, stored: undefined,
    codes: undefined,
  }
  let total = 0
  try {
    for (let members = 0; hasMore(s); members++) {
      if (!memberHeader(s, members === 0)) return
      let crc = 0
      let memberBytes = 0
      for (let ended = false; !ended;) {
        let damage: unknown
        try {
          ended = inflate(s)
        } catch (error) {
          damage = error
        }
        const piece = s.out.subarray(WINDOW_BYTES, s.to)
        total += piece.length
        if (total > maxBytes) throw new Damage(`unpacks to more than ${maxBytes} bytes`)
        crc = zlib.crc32?.(piece, crc) ?? 0
        memberBytes += piece.length
        if (piece.length > 0) yield piece
        if (damage !== undefined) throw damage
        s.out.copyWithin(0, s.to - WINDOW_BYTES, s.to)
        s.to = WINDOW_BYTES
      }
      memberTrailer(s, crc, memberBytes)
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    onDamage(error.message)
  } finally {
    source.return?.()
  }
}

function more(s: Inflation): boolean {
  while (s.at >= s.input.length) {
    const piece = s.next()
    if (piece === undefined) return false
    s.input = piece
    s.at = 0
  }
  return true
}

const hasMore = (s: Inflation): boolean => more(s)

function byte(s: Inflation): number {
  if (!more(s)) throw new Damage('is cut off')
  return s.input[s.at++] as number
}

/** False: what follows the last member is padding. */
function memberHeader(s: Inflation, isFirst: boolean): boolean {
  const magic = (byte(s) << 8) | (more(s) ? byte(s) : 0)
  if (magic !== 0x1f8b) {
    if (isFirst) throw new Damage('is no gzip file')
    if (magic !== 0) throw new Damage('goes on after its end with bytes that are no gzip member')
    return false
  }
  if (byte(s) !== 8) throw new Damage('is packed by a method other than DEFLATE')
  const flags = byte(s)
  for (let i = 0; i < 6; i++) byte(s)
  if ((flags & 4) !== 0) for (let left = byte(s) | (byte(s) << 8); left > 0; left--) byte(s)
  if ((flags & 8) !== 0) while (byte(s) !== 0);
  if ((flags & 16) !== 0) while (byte(s) !== 0);
  if ((flags & 2) !== 0) for (let i = 0; i < 2; i++) byte(s)
  s.final = false
  s.held = s.heldBits = 0
  return true
}

function memberTrailer(s: Inflation, crc: number, memberBytes: number): void {
  // Whole bytes read ahead belong to the trailer.
  while (s.heldBits >= 8) {
    s.heldBits -= 8
    s.at--
  }
  const word = (): number => (byte(s) | (byte(s) << 8) | (byte(s) << 16) | (byte(s) << 24)) >>> 0
  const statedCrc = word()
  const statedBytes = word()
  if (typeof zlib.crc32 === 'function' && statedCrc !== crc) throw new Damage('is damaged: its checksum is another')
  if (statedBytes !== memberBytes % 4_294_967_296) throw new Damage('is damaged: its length is another')
}

function bits(s: Inflation, count: number): number {
  while (s.heldBits < count) {
    s.held |= byte(s) << s.heldBits
    s.heldBits += 8
  }
  const value = s.held & ((1 << count) - 1)
  s.held >>>= count
  s.heldBits -= count
  return value
}

/** True: the end of the stream. False: a piece is full. */
function inflate(s: Inflation): boolean {
  for (;;) {
    if (s.stored !== undefined) {
      if (!copyStored(s)) return false
    } else if (s.codes !== undefined) {
      if (!decode(s, s.codes.literals, s.codes.distances)) return false
    } else if (s.final) return true
    else blockHeader(s)
  }
}

function blockHeader(s: Inflation): void {
  s.final = bits(s, 1) === 1
  const kind = bits(s, 2)
  if (kind === 3) throw new Damage('is damaged: a block of a kind that does not exist')
  if (kind === 1) s.codes = FIXED
  else if (kind === 2) s.codes = dynamicCodes(s)
  else {
    bits(s, s.heldBits & 7)
    const length = bits(s, 16)
    if (bits(s, 16) !== (~length & 0xffff)) throw new Damage('is damaged: a stored block with two lengths')
    s.stored = length
  }
}

function copyStored(s: Inflation): boolean {
  while (s.stored !== undefined && s.stored > 0) {
    if (s.to >= WINDOW_BYTES + PIECE_BYTES) return false
    if (s.heldBits >= 8) {
      s.out[s.to++] = bits(s, 8)
      s.stored--
      continue
    }
    if (!more(s)) throw new Damage('is cut off')
    const count = Math.min(s.stored, s.input.length - s.at, WINDOW_BYTES + PIECE_BYTES - s.to)
    s.out.set(s.input.subarray(s.at, s.at + count), s.to)
    s.at += count
    s.to += count
    s.stored -= count
  }
  s.stored = undefined
  return true
}

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12_289, 16_385, 24_577]
const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

function huffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length]!++
  counts[0] = 0
  let longest = 15
  while (longest > 1 && counts[longest] === 0) longest--
  const next = new Uint16Array(17)
  let left = 1
  for (let length = 1; length <= 15; length++) {
    left = left * 2 - (counts[length] as number)
    if (left < 0) throw new Damage('is damaged: a code table with too many codes')
    next[length + 1] = ((next[length] as number) + (counts[length] as number)) << 1
  }
  const table = new Uint16Array(1 << longest)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number
    if (length === 0) continue
    // Codes are written from their highest bit, everything else from the lowest.
    let code = next[length]!++
    let turned = 0
    for (let i = 0; i < length; i++, code >>= 1) turned = (turned << 1) | (code & 1)
    for (let at = turned; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length
  }
  return { table, bits: longest }
}

const FIXED = {
  literals: huffman(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
  distances: huffman(new Uint8Array(32).fill(5)),
}

function symbolOf(s: Inflation, code: Huffman): number {
  while (s.heldBits < code.bits && more(s)) {
    s.held |= (s.input[s.at++] as number) << s.heldBits
    s.heldBits += 8
  }
  const entry = code.table[s.held & ((1 << code.bits) - 1)] as number
  const length = entry & 15
  if (length === 0) throw new Damage('is damaged: a code that does not exist')
  if (length > s.heldBits) throw new Damage('is cut off')
  s.held >>>= length
  s.heldBits -= length
  return entry >> 4
}

function dynamicCodes(s: Inflation): { literals: Huffman; distances: Huffman } {
  const literalCount = bits(s, 5) + 257
  const distanceCount = bits(s, 5) + 1
  const codeCount = bits(s, 4) + 4
  const codeLengths = new Uint8Array(19)
  for (let i = 0; i < codeCount; i++) codeLengths[CODE_LENGTH_ORDER[i] as number] = bits(s, 3)
  const code = huffman(codeLengths)
  const lengths = new Uint8Array(literalCount + distanceCount)
  for (let at = 0; at < lengths.length;) {
    const word = symbolOf(s, code)
    if (word < 16) {
      lengths[at++] = word
      continue
    }
    if (word === 16 && at === 0) throw new Damage('is damaged: a code table that repeats nothing')
    const repeated = word === 16 ? (lengths[at - 1] as number) : 0
    const times = word === 16 ? 3 + bits(s, 2) : word === 17 ? 3 + bits(s, 3) : 11 + bits(s, 7)
    if (at + times > lengths.length) throw new Damage('is damaged: a code table that is too long')
    lengths.fill(repeated, at, (at += times))
  }
  return { literals: huffman(lengths.subarray(0, literalCount)), distances: huffman(lengths.subarray(literalCount)) }
}

/** True: the block ended. False: a piece is full. */
function decode(s: Inflation, literals: Huffman, distances: Huffman): boolean {
  const { out } = s
  for (;;) {
    if (s.to >= WINDOW_BYTES + PIECE_BYTES) return false
    const word = symbolOf(s, literals)
    if (word < 256) {
      out[s.to++] = word
      continue
    }
    if (word === 256) {
      s.codes = undefined
      return true
    }
    const base = LENGTH_BASE[word - 257]
    if (base === undefined) throw new Damage('is damaged: a length that does not exist')
    const length = base + bits(s, LENGTH_BITS[word - 257] as number)
    const far = symbolOf(s, distances)
    const reach = DISTANCE_BASE[far]
    if (reach === undefined) throw new Damage('is damaged: a distance that does not exist')
    const distance = reach + bits(s, DISTANCE_BITS[far] as number)
    // Before the first byte lie zeros: a distance that leads there is damage, and its bytes are zeros for the checksum to tell.
    let { to } = s
    for (const end = to + length; to < end; to++) out[to] = out[to - distance] as number
    s.to = to
  }
}
