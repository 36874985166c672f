// What is wrong with an expression of `view`, in the words of the expression library (antonmedv/expr 1.15.5 in CoreDNS 1.11, expr-lang/expr
// since 1.12), and where.
import { since, type CorednsVersion } from './plugin.ts'

/** expr-lang/expr, in place of antonmedv/expr. */
export const isModern = (version: CorednsVersion): boolean => since(version, 1, 12)

/** `at`: code points before it; undefined = the library has no place for it and prints the message alone. */
export class ExpressionFault extends Error {
  readonly at: number | undefined
  constructor(message: string, at: number | undefined) {
    super(message)
    this.at = at
  }
}

/** The library would take it, and it is not modelled. */
export class ExpressionUnmodelled extends Error {}

/** The message, the place, the line and a caret under the place; the older library leaves the caret out behind letters of several bytes. */
export function faultText(source: string, { message, at }: ExpressionFault, modern: boolean): string {
  const chars = [...source]
  if (at === undefined) return message
  if (chars.length === 0) return modern ? message : `${message} (1:1)`
  const before = chars.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const end = chars.indexOf('\n', lineStart)
  const line = chars.slice(lineStart, end < 0 ? undefined : end).join('').replaceAll('\t', ' ')
  if (modern && line === '') return message
  const column = before.length - lineStart
  const row = before.filter(c => c === '\n').length + 1
  const isOneByte = [...line].slice(0, column + 1).every(c => (c.codePointAt(0) as number) < 0x80)
  const caret = modern || isOneByte ? `\n | ${'.'.repeat(column)}^` : ''
  return `${message} (${row}:${column + 1})\n | ${line}${caret}`
}
