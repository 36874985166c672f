// MD5 (RFC 1321), for the hash that CoreDNS before 1.9.1 prints of its configuration. Hops import no library.
import { paddedBlocks } from './hash-padding.ts'

const SHIFTS = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]] as const
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32))

type State = readonly [number, number, number, number]

const START: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]

export function md5(text: string): string {
  const view = paddedBlocks(text, 64, true)
  let state = START
  for (let at = 0; at < view.byteLength; at += 64) state = block(state, view, at)
  const out = new DataView(new ArrayBuffer(16))
  state.forEach((word, i) => out.setUint32(i * 4, word, true))
  return [0, 4, 8, 12].map(at => out.getUint32(at).toString(16).padStart(8, '0')).join('')
}

function block(state: State, view: DataView, at: number): State {
  let [a, b, c, d] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const [mixed, word] = round === 0 ? [(b & c) | (~b & d), i] : round === 1 ? [(d & b) | (~d & c), 5 * i + 1]
      : round === 2 ? [b ^ c ^ d, 3 * i + 5] : [c ^ (b | ~d), 7 * i]
    const sum = (a + mixed + (SINES[i] as number) + view.getUint32(at + (word % 16) * 4, true)) >>> 0
    const by = SHIFTS[round]?.[i % 4] as number
    ;[a, b, c, d] = [d, (b + ((sum << by) | (sum >>> (32 - by)))) >>> 0, b, c]
  }
  return [(state[0] + a) >>> 0, (state[1] + b) >>> 0, (state[2] + c) >>> 0, (state[3] + d) >>> 0]
}
