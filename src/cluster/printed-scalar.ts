// One-line scalars of YAML's core schema as kubectl prints them; undefined = not in the plain subset, ask the general reader.

/** Octal, hex, infinity; signed and long integers, floats: rare, and with rules of their own. */
const NAMED_NUMBER = /^(?:0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const OTHER_NUMBER = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/

/** A plain scalar: text, number, boolean or null. */
export function plainValue(written: string): unknown {
  // Indicators, a comment, or a pair on one line.
  if (/^[-?:](?: |$)|^[,[\]{}#&*!|>'"%@`]|: | #|:$/.test(written)) return undefined
  if (/^[-+.\d~nNtTfF]/.test(written)) {
    if (/^(?:~|null|Null|NULL)$/.test(written)) return null
    if (/^(?:true|True|TRUE)$/.test(written)) return true
    if (/^(?:false|False|FALSE)$/.test(written)) return false
    if (/^(?:0|[1-9]\d{0,14})$/.test(written)) return Number(written)
    if (OTHER_NUMBER.test(written) || NAMED_NUMBER.test(written)) return undefined
  }
  return written
}

/** `'it''s'` or a double-quoted text whose escapes JSON has too. */
export function quotedValue(written: string): string | undefined {
  if (written.length < 2 || !written.endsWith(written[0] as string)) return undefined
  if (written.startsWith("'")) {
    const inner = written.slice(1, -1)
    return /^(?:[^']|'')*$/.test(inner) ? inner.replaceAll("''", "'") : undefined
  }
  if (!/^"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"$/.test(written)) return undefined
  try {
    return JSON.parse(written) as string
  } catch {
    return undefined
  }
}
