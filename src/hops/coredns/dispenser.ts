// The words of one plugin in one server block, read the way its set-up reads them: caddyfile/dispenser.go of coredns/caddy 1.1.1 (CoreDNS
// 1.9.3 and 1.11.3) to 1.1.4 (1.15.0). All uses of the plugin stand behind each other; nothing marks where one ends.
import type { CorefileWord } from '../../chain/model.ts'
import type { Source } from '../../chain/source.ts'

/** How a set-up gives up: `bare` = printed without `plugin/NAME: `; `panic` = by a panic, after which the process ends with code 2; `endless` = it never does. */
export type GivenUp = 'bare' | 'panic' | 'endless'

/** A set-up gave up: `text` as CoreDNS prints it, without the place. */
export class SetupRefused extends Error {
  readonly word: CorefileWord | undefined
  readonly how: GivenUp | undefined
  constructor(text: string, word: CorefileWord | undefined, how?: GivenUp) {
    super(text)
    this.word = word
    this.how = how
  }

  get source(): Source | undefined {
    return this.word?.source
  }
}

/** More than any set-up needs to refuse the word. */
const MOST_STANDSTILLS = 1000

export class Dispenser {
  private cursor = -1
  private nesting = 0
  private standstills = 0
  private readonly words: readonly CorefileWord[]
  /** Since 1.15.0 a block inside a block is one. */
  private readonly nests: boolean

  constructor(words: readonly CorefileWord[], nests: boolean) {
    this.words = words
    this.nests = nests
  }

  get word(): CorefileWord | undefined {
    return this.words[this.cursor]
  }

  val(): string {
    return this.word?.text ?? ''
  }

  next(): boolean {
    if (this.cursor >= this.words.length - 1) return false
    this.cursor++
    return true
  }

  nextArg(): boolean {
    const [here, there] = [this.word, this.words[this.cursor + 1]]
    if (this.cursor >= 0 && !(here && there && here.path === there.path && here.line + lineBreaks(here) === there.line)) return false
    this.cursor++
    return true
  }

  /** The next line of the block `{ … }`, or the first word after its opening brace; false at the closing brace. */
  nextBlock(): boolean {
    if (this.nesting > 0) {
      const moved = this.next()
      if (!moved && this.nests) return false
      if (this.nests && this.val() === '{') this.cursor--
      else if (this.val() !== '}') return this.staysInBlock(moved)
      else {
        this.nesting--
        return false
      }
    }
    return this.opens()
  }

  /** Up to 1.14.7 a block whose words end without a closing brace has a next line for ever. */
  private staysInBlock(moved: boolean): boolean {
    if (!moved && ++this.standstills > MOST_STANDSTILLS) throw new SetupRefused('the set-up reads the last word of its block for ever', this.word ?? this.words[0], 'endless')
    return moved || this.val() !== ''
  }

  private opens(): boolean {
    if (!this.nextArg()) return false
    if (this.val() !== '{') {
      this.cursor--
      return false
    }
    if (!this.next() && this.nests) return false
    if (this.val() === '}') return false
    this.nesting++
    return true
  }

  /** All words of the line, but for an opening brace and what follows. */
  remainingArgs(): string[] {
    const args: string[] = []
    while (this.nextArg()) {
      if (this.val() === '{') {
        this.cursor--
        break
      }
      if (this.word) args.push(this.word.text)
    }
    return args
  }

  /** A message of the plugin's own, without a place. */
  refuse(text: string): SetupRefused {
    return new SetupRefused(text, this.word ?? this.words[0])
  }

  /** The same words, without `plugin/NAME: ` in front. */
  bare(refused: SetupRefused): SetupRefused {
    return new SetupRefused(refused.message, refused.word, 'bare')
  }

  /** Go's own words about its mistake. */
  panic(text: string): SetupRefused {
    return new SetupRefused(`panic: ${text}`, this.word ?? this.words[0], 'panic')
  }

  err(text: string): SetupRefused {
    return this.refuse(`Error during parsing: ${text}`)
  }

  argErr(): SetupRefused {
    return this.err(this.val() === '{' ? 'Unexpected token \'{\', expecting argument' : `Wrong argument count or unexpected line ending after '${this.val()}'`)
  }

  syntaxErr(expected: string): SetupRefused {
    return this.refuse(`Syntax error: Unexpected token '${this.val()}', expecting '${expected}'`)
  }
}

const lineBreaks = (word: CorefileWord): number => word.text.split('\n').length - 1
