// Escapes of zone files (RFC 1035 §5.1): `\c` is the character c, `\DDD` the byte DDD. Text outside ASCII stands for its UTF-8 bytes.

const encoder = new TextEncoder()
export const encodeText = (text: string): Uint8Array => encoder.encode(text)

/** The escape that begins at `at`: its length << 8 | its byte; -1: none. */
export function escapeAt(text: string, at: number): number {
  const first = text.charCodeAt(at + 1)
  if (first >= 48 && first <= 57) {
    const [second, third] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)]
    if (!(second >= 48 && second <= 57 && third >= 48 && third <= 57)) return -1
    const byte = (first - 48) * 100 + (second - 48) * 10 + third - 48
    return byte > 255 ? -1 : (4 << 8) | byte
  }
  return first < 0x80 ? (2 << 8) | first : -1
}

/** Undefined: an escape that is none. */
export function bytesOfText(text: string): Uint8Array | undefined {
  if (!text.includes('\\')) return encodeText(text)
  const out: number[] = []
  for (let at = 0; at < text.length;) {
    if (text[at] === '\\') {
      const escape = escapeAt(text, at)
      if (escape < 0) return undefined
      out.push(escape & 0xff)
      at += escape >> 8
    } else {
      const next = text.indexOf('\\', at)
      const end = next < 0 ? text.length : next
      for (const byte of encodeText(text.slice(at, end))) out.push(byte)
      at = end
    }
  }
  return Uint8Array.from(out)
}

const decimal = (byte: number): string => `\\${String(byte).padStart(3, '0')}`

/** What stands between the quotes. */
export function textOfBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte === 34 || byte === 92 ? `\\${String.fromCharCode(byte)}` : byte < 32 || byte > 126 ? decimal(byte) : String.fromCharCode(byte)
  return text
}

/** Outside quotes white space, parentheses and `;` need an escape as well. */
export const unquoted = (text: string): string => text.replace(/ /g, '\\032').replace(/[();]/g, '\\$&')
export const quoted = (text: string): string => `"${text}"`
