// Strings of Go are bytes, which need not be UTF-8. A byte that is part of no character is kept in a text as the lone surrogate U+DC00 + byte.
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function bytesOfGo(text: string): Uint8Array {
  if (!LONE.test(text)) return encoder.encode(text)
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0) as number
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code & 0xff)
    else bytes.push(...encoder.encode(char))
  }
  return Uint8Array.from(bytes)
}

export function textOfGo(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return piecewise(bytes)
  }
}

function piecewise(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at] as number
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const char = decoded(bytes.subarray(at, at + length))
    text += char ?? String.fromCharCode(0xdc00 + first)
    at += char === undefined ? 1 : length
  }
  return text
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** utf8.RuneCountInString. */
export const runesOf = (text: string): readonly string[] => [...text]

/** strings.Index: bytes before the first place, -1 = none. */
export const bytesBefore = (text: string, at: number): number => (at < 0 ? -1 : bytesOfGo(text.slice(0, at)).length)

/** Go compares strings by their bytes, which is by code points. */
export function compareGo(a: string, b: string): number {
  const [x, y] = [bytesOfGo(a), bytesOfGo(b)]
  const at = x.findIndex((byte, i) => byte !== y[i])
  return at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1)
}
