// The words of a Corefile with a place in them: caddyfile/dispenser.go of coredns/caddy 1.1.1 to 1.1.4, as far as the parser uses it. An
// import puts words in at the place; kept as two stacks, that costs what is put in and not what stands behind it.
import type { Token } from './corefile-lexer.ts'

export class Cursor {
  private readonly before: Token[] = []
  /** The word at the place is the last. */
  private readonly rest: Token[]
  private begun = false

  constructor(tokens: readonly Token[]) {
    this.rest = tokens.toReversed()
  }

  get token(): Token | undefined {
    return this.begun ? this.rest.at(-1) : undefined
  }

  text(): string {
    return this.token?.text ?? ''
  }

  /** Behind the last word: nothing was imported at the end. */
  get isBeyond(): boolean {
    return this.rest.length === 0
  }

  get last(): Token | undefined {
    return this.token ?? this.before.at(-1)
  }

  next(): boolean {
    if (!this.begun) {
      this.begun = true
      return this.rest.length > 0
    }
    if (this.rest.length <= 1) return false
    this.before.push(this.rest.pop() as Token)
    return true
  }

  nextArg(): boolean {
    const [here, there] = [this.rest.at(-1), this.rest.at(-2)]
    return here !== undefined && there !== undefined && sameLine(here, there) && this.next()
  }

  back(): void {
    const token = this.before.pop()
    if (token) this.rest.push(token)
    else this.begun = false
  }

  isNewLine(): boolean {
    const [last, here] = [this.before.at(-1), this.token]
    if (!last) return true
    return here !== undefined && (last.path !== here.path || last.line + lineBreaks(last) < here.line)
  }

  /** Takes out the word at the place and the one before it; the place is the first of what comes instead. */
  replaceTwo(tokens: readonly Token[]): void {
    this.rest.pop()
    this.before.pop()
    for (let i = tokens.length - 1; i >= 0; i--) this.rest.push(tokens[i] as Token)
  }
}

const lineBreaks = (token: { readonly text: string }): number => token.text.split('\n').length - 1

/** The dispenser's idea of "on the same line". */
export const sameLine = (a: Token, b: Token): boolean => a.path === b.path && a.line + lineBreaks(a) === b.line
