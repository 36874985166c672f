// Bytes as text: hexadecimal, base64 (RFC 4648 §4), base32 with the extended hex alphabet and no padding (§7, for NSEC3).

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase())
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE32 = '0123456789ABCDEFGHIJKLMNOPQRSTUV'

export function hexOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) return undefined
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16))
}

function digitsOf(bytes: Uint8Array, width: number, alphabet: string): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= width;) text += alphabet[(held >> (bits -= width)) & ((1 << width) - 1)]
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + (alphabet[(held << (width - bits)) & ((1 << width) - 1)] as string) : text
}

/** Undefined: a character of another alphabet, or bits left over that are not zero. */
function bytesOfDigits(text: string, width: number, alphabet: string): Uint8Array | undefined {
  const out = new Uint8Array(Math.floor((text.length * width) / 8))
  let held = 0
  let bits = 0
  let at = 0
  for (const c of text) {
    const digit = alphabet.indexOf(c)
    if (digit < 0) return undefined
    held = (held << width) | digit
    bits += width
    if (bits >= 8) out[at++] = (held >> (bits -= 8)) & 0xff
    held &= (1 << bits) - 1
  }
  return bits < width && held === 0 ? out : undefined
}

export const base64Of = (bytes: Uint8Array): string => {
  const digits = digitsOf(bytes, 6, BASE64)
  return digits + '='.repeat((4 - (digits.length % 4)) % 4)
}

export function bytesOfBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined
  return bytesOfDigits(text.replace(/={1,2}$/, ''), 6, BASE64)
}

export const base32Of = (bytes: Uint8Array): string => digitsOf(bytes, 5, BASE32)
export const bytesOfBase32 = (text: string): Uint8Array | undefined => bytesOfDigits(text.toUpperCase(), 5, BASE32)
