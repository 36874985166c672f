// strconv.Atoi, ParseUint and ParseBool of Go, with the texts of what they refuse. Bounds are those of 64 bits, as far as a double tells.
export type Parsed<T> = { readonly value: T } | { readonly fault: string }

export const isFault = <T>(parsed: Parsed<T>): parsed is { readonly fault: string } => 'fault' in parsed

const LARGEST_INT = 2n ** 63n
const quoted = (text: string): string => JSON.stringify(text)

export function atoi(text: string): Parsed<number> {
  if (!/^[+-]?\d+$/.test(text)) return { fault: `strconv.Atoi: parsing ${quoted(text)}: invalid syntax` }
  const value = BigInt(text.replace('+', ''))
  return value >= LARGEST_INT || value < -LARGEST_INT ? { fault: `strconv.Atoi: parsing ${quoted(text)}: value out of range` } : { value: Number(value) }
}

export function parseUint(text: string, bits: number): Parsed<number> {
  if (!/^\d+$/.test(text)) return { fault: `strconv.ParseUint: parsing ${quoted(text)}: invalid syntax` }
  return BigInt(text) >= 2n ** BigInt(bits) ? { fault: `strconv.ParseUint: parsing ${quoted(text)}: value out of range` } : { value: Number(text) }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

export const parseBool = (text: string): Parsed<boolean> =>
  TRUE.has(text) || FALSE.has(text) ? { value: TRUE.has(text) } : { fault: `strconv.ParseBool: parsing ${quoted(text)}: invalid syntax` }

export const parseFloat64 = (text: string): Parsed<number> =>
  /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? { value: Number(text) } : { fault: `strconv.ParseFloat: parsing ${quoted(text)}: invalid syntax` }
