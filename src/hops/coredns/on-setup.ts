// CoreDNS's `on`: which events and commands its set-up takes, and what it prints of a command at the start, 1.9.3 to 1.15.0: onevent of
// coredns/caddy 1.1.1 to 1.1.4, and go-shlex.
// Not modelled: what the commands print and do.
import { SetupRefused, type Dispenser } from './dispenser.ts'
import type { SetupCheck } from './setup-check.ts'

const EVENTS = new Set(['startup', 'shutdown', 'certrenew'])

export const onSetup: SetupCheck = (c, at) => {
  const commands: string[][] = []
  while (c.next()) {
    if (!c.nextArg()) throw c.bare(c.argErr())
    const event = c.val().toLowerCase()
    if (!EVENTS.has(event)) throw c.bare(c.err(`Wrong event name or event not supported: '${c.val()}'`))
    const words = shellWords(c, c.remainingArgs().join(' '))
    if (event === 'startup') commands.push(words)
  }
  for (const [command, ...args] of commands) {
    const isFree = args.at(-1) === '&'
    at.printAtStart(`[INFO] ${isFree ? 'Nonblocking' : 'Blocking'} Command "${command} ${(isFree ? args.slice(0, -1) : args).join(' ')}" with ID `)
  }
}

/** Bytes a word of the shell may have outside quotes. */
const PLAIN = /[A-Za-z0-9._\-,/@$*()+=><:;&^%~|!?[\]{}]/

function shellWords(c: Dispenser, text: string): string[] {
  const refused = (why: string): SetupRefused => c.bare(c.err(`error parsing command: ${why}`))
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  let escaping = false
  for (const char of text) {
    const isSpecial = char === '\\' || char === '"' || char === '\'' || char === '#' || /[ \t\r\n]/.test(char)
    if (escaping) {
      if (!isSpecial && !PLAIN.test(char)) throw refused(`Uknown rune: ${char.codePointAt(0)}`)
      word = (word ?? '') + char
      escaping = false
    } else if (quote !== '') {
      if (char === quote) quote = ''
      else if (char === '\\' && quote === '"') escaping = true
      else word = (word ?? '') + char
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === '#' && word === undefined) break
    else if (char === '"' || char === '\'') {
      quote = char
      word ??= ''
    } else if (char === '\\') {
      escaping = true
      word ??= ''
    } else if (char !== '#' && !PLAIN.test(char)) throw refused(`${word === undefined ? 'Unknown' : 'Uknown'} rune: ${char.codePointAt(0)}`)
    else word = (word ?? '') + char
  }
  if (escaping) throw refused('EOF found after escape character')
  if (quote !== '') throw refused('EOF found when expecting closing quote.')
  if (word !== undefined) words.push(word)
  if (words.length === 0) throw c.bare(c.err(`no command contained in '${text}'`))
  return words
}
