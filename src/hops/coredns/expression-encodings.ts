// `toJSON`, `fromJSON`, `toBase64` and `fromBase64` of expressions: packages encoding/json and encoding/base64 of Go.
import { base64Of } from '../../dns/presentation-bytes.ts'
import { compareGo, bytesOfGo, textOfGo } from './go-bytes.ts'
import { bytesOf, dict, isDict, isFunc, isList, isTyped, list, stop, unknownInput, type Value } from './expression-value.ts'

export const toBase64 = (text: string): string => base64Of(bytesOfGo(text))

/** Line ends may stand anywhere; bits that are left over are not looked at. */
export function fromBase64(given: string): string {
  const text = given.replace(/[\r\n]/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return stop('illegal base64 data')
  return textOfGo(Buffer.from(text, 'base64'))
}

/** A bound of ours on lists in lists. */
const DEEPEST = 500

export function fromJson(text: string): Value {
  try {
    return valueOf(JSON.parse(text), 0)
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return stop('invalid JSON')
    throw thrown
  }
}

function valueOf(json: unknown, depth: number): Value {
  if (depth > DEEPEST) return unknownInput('JSON nested this deep')
  if (typeof json === 'string') return json.toWellFormed()
  if (typeof json === 'number') return Number.isFinite(json) ? json : stop('number out of range')
  if (Array.isArray(json)) return list(json.map(item => valueOf(item, depth + 1)))
  if (typeof json !== 'object' || json === null) return json as boolean | null
  return dict(Object.entries(json).map(([key, item]) => [key.toWellFormed(), valueOf(item, depth + 1)] as const))
}

/** With two blanks a level. */
export const toJson = (v: Value, modern: boolean): string => spelled(v, modern, '')

function spelled(v: Value, modern: boolean, indent: string): string {
  if (isDict(v) && v.type !== 'map[string]interface {}') return stop(`json: unsupported type: ${v.type}`)
  if (v === null || ((isList(v) || isDict(v)) && v.isNil)) return 'null'
  if (typeof v === 'string') return quoted(v, modern)
  if (typeof v === 'number') return number(v)
  if (isTyped(v)) return String(v.value)
  if (isFunc(v)) return stop('json: unsupported type')
  const deeper = `${indent}  `
  if (isList(v)) {
    if (v.type === '[]uint8') return `"${base64Of(bytesOf(v))}"`
    return braced('[]', v.items.map(item => spelled(item, modern, deeper)), indent)
  }
  if (!isDict(v)) return String(v)
  const keys = ([...v.entries.keys()] as string[]).sort(compareGo)
  return braced('{}', keys.map(key => `${quoted(key, modern)}: ${spelled(v.entries.get(key) as Value, modern, deeper)}`), indent)
}

const braced = (braces: string, items: readonly string[], indent: string): string =>
  (items.length === 0 ? braces : `${braces[0]}\n${items.map(item => `${indent}  ${item}`).join(',\n')}\n${indent}${braces[1]}`)

/** Those that HTML and JavaScript have a meaning for are escaped, too. `\b` and `\f` are so since Go 1.22. */
const quoted = (text: string, modern: boolean): string => `"${text.replace(/["\\\u0000-\u001f<>&\u2028\u2029]/g, char => {
  const short = ({ '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', ...modern && { '\b': '\\b', '\f': '\\f' } } as Readonly<Record<string, string>>)[char]
  return short ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}).replace(/(?<![\ud800-\udbff])[\udc80-\udcff]/g, '\\ufffd')}"`

/** Exponents from 1e21 on and below 1e-6, as in JavaScript. */
function number(n: number): string {
  if (!Number.isFinite(n)) return stop('json: unsupported value')
  if (Object.is(n, -0)) return '-0'
  return String(n)
}
