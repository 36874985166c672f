// Go's package regexp, as CoreDNS uses it in `rewrite`, `template`, `errors` and `view`: RE2 syntax with Go's error texts (go-regexp-syntax.ts),
// leftmost-first matches in time linear in the text (go-regexp-program.ts). CoreDNS 1.9.3 is built with Go 1.20, 1.11.3 with 1.21, 1.14.7 and
// 1.15.0 with 1.26; what differs between those is looked at.
// Not modelled: text that is no UTF-8 (a Corefile is read as UTF-8).
import { RegexpFault } from './go-regexp-escape.ts'
import { programOf, run } from './go-regexp-program.ts'
import { parseRegexp } from './go-regexp-syntax.ts'
import { since, type CorednsVersion } from './plugin.ts'

export interface GoRegexp {
  /** FindStringSubmatch: [0] is the whole match; a group that took no part is ''. */
  readonly match: (text: string) => readonly string[] | undefined
  readonly test: (text: string) => boolean
  /** SubexpNames: '' for a group without a name, and for the whole. */
  readonly names: readonly string[]
  readonly groups: number
}

/** `unmodelled`: Go would take it; it is too large for the engine here. */
export type Refused = { readonly error: string; readonly unmodelled?: true }

const TOO_LARGE: Refused = { error: 'a regular expression of this size is not modelled', unmodelled: true }
/** The bound of what is read: nesting can make the parser take time with the square of the length. */
const MAX_PATTERN = 2 ** 16

/** The text is the error's, without what the plugin puts around it. */
export function compileGoRegexp(text: string, version: CorednsVersion): GoRegexp | Refused {
  if (text.length > MAX_PATTERN) return TOO_LARGE
  try {
    const { node, names } = parseRegexp(text, goMinor(version))
    const program = programOf(node)
    if (!program) return TOO_LARGE
    const match = (subject: string): readonly string[] | undefined => {
      const chars = Array.from(subject, c => c.codePointAt(0) as number)
      const slots = run(program, chars)
      if (!slots) return undefined
      return names.map((_, i) => {
        const from = slots.get(2 * i)
        return from === undefined ? '' : textOf(chars, from, slots.get(2 * i + 1) as number)
      })
    }
    return { match, test: subject => match(subject) !== undefined, names, groups: names.length - 1 }
  } catch (fault) {
    if (fault instanceof RegexpFault) return { error: fault.message }
    throw fault
  }
}

export const isRefused = (regexp: GoRegexp | Refused): regexp is Refused => 'error' in regexp

/** The Go that each release is built with, 1.<minor>: .go-version of its sources; before 1.11.3 that of its time. */
const GO_MINORS: readonly (readonly [from: CorednsVersion, minor: number])[] = [
  [[1, 14, 3], 26], [[1, 12, 4], 25], [[1, 12, 2], 24], [[1, 11, 4], 23], [[1, 11, 0], 21],
]

export const goMinor = (version: CorednsVersion): number => GO_MINORS.find(([from]) => since(version, ...from))?.[1] ?? 20

function textOf(chars: readonly number[], from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCodePoint(chars[at] as number)
  return text
}
