// What the set-ups of CoreDNS's `sign`, `dnssec` and `tsig` plugins refuse, 1.9.3 to 1.15.0: setup.go and keys.go of each.
// Not modelled: keys that can be read, keys of the AWS secrets manager (since 1.11.4), the lines of `sign` while it signs.
import type { Dispenser } from './dispenser.ts'
import { atoi } from './go-number.ts'
import { cleanPath } from './go-path.ts'
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import { joined, nextWord, once, readFault, statFault, textAt, unknownProperty, valueOf, type SetupAt, type SetupCheck } from './setup-check.ts'
import { typeOfWord } from './type-word.ts'

export const signSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    const file = joined(at, nextWord(c))
    if (since(at.version, 1, 13, 1) && file.includes('\uFFFD')) throw c.refuse(`dbfile ${goQuote(file)} contains invalid characters`)
    c.remainingArgs()
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'key') {
        const kind = nextWord(c)
        if (kind === 'directory') throw c.refuse('directory: not implemented')
        if (kind === 'file') keyFiles(c, at)
      } else if (name === 'directory') {
        if (c.remainingArgs().length !== 1) throw c.refuse('can only be one argument after "directory"')
      } else throw unknownProperty(c)
    }
  }
}

/** With or without `.key` or `.private`; the public one is opened first. */
function keyFiles(c: Dispenser, at: SetupAt): void {
  const names = c.remainingArgs()
  if (names.length === 0) throw c.argErr()
  for (const name of names) {
    const path = cleanPath(`${joined(at, name.replace(/\.key$|\.private$/, ''))}.key`)
    const fault = readFault(at, path)
    if (fault !== undefined) throw c.refuse(fault)
  }
}

export const dnssecSetup: SetupCheck = (c, at) => once(c, () => {
  c.remainingArgs()
  while (c.nextBlock()) {
    const name = c.val()
    if (name === 'key') {
      const kind = nextWord(c)
      if (kind === 'file') keyFiles(c, at)
      else if (kind === 'aws_secretsmanager' && since(at.version, 1, 11, 4) && c.remainingArgs().length === 0) throw c.argErr()
    } else if (name === 'cache_capacity') valueOf(c, atoi(nextWord(c)))
    else throw unknownProperty(c)
  }
})

const OPCODES = new Set(['QUERY', 'IQUERY', 'STATUS', 'NOTIFY', 'UPDATE'])

/** Whatever is wrong, it says that the count of arguments is. */
export const tsigSetup: SetupCheck = (c, at) => {
  const keys = new Set<string>()
  for (let uses = 0; c.next(); uses++) {
    if (uses > 0) throw c.argErr()
    c.remainingArgs()
    while (c.nextBlock()) {
      const name = c.val()
      if (name !== 'secret' && name !== 'secrets' && name !== 'require' && !(name === 'require_opcode' && since(at.version, 1, 14, 3))) throw c.argErr()
      const args = c.remainingArgs()
      if (name === 'secret') {
        if (args.length !== 2) throw c.argErr()
        addKey(c, keys, args[0] as string)
      } else if (name === 'secrets') {
        // A directory opens, and nothing is read from it.
        if (args.length !== 1 || statFault(at, args[0] as string) !== undefined) throw c.argErr()
        for (const key of secretsIn(c, textAt(at, args[0] as string))) addKey(c, keys, key)
      } else {
        const isKnown = (word: string): boolean => (name === 'require' ? typeOfWord(word, at.version) !== undefined : OPCODES.has(word))
        if (args.length === 0 || (args[0] !== 'all' && args[0] !== 'none' && !args.every(isKnown))) throw c.argErr()
      }
    }
  }
}

function addKey(c: Dispenser, keys: Set<string>, name: string): void {
  const key = name.toLowerCase().replace(/\.?$/, '.')
  if (keys.has(key)) throw c.argErr()
  keys.add(key)
}

/** `key NAME { algorithm …; secret …; };` as BIND has it. */
function secretsIn(c: Dispenser, text = ''): string[] {
  const found: string[] = []
  let key: { secret: boolean } | undefined
  const end = (): void => { if (key && !key.secret) throw c.argErr() }
  for (const fields of text.split('\n').map(line => line.split(/\s+/).filter(w => w !== '')).filter(f => f.length > 0)) {
    const [word, value = ''] = fields
    if (!key) {
      const name = value.replace(/^["{]+|["{]+$/g, '')
      if (word !== 'key' || name === '') throw c.argErr()
      found.push(name)
      key = { secret: false }
    } else if (word === 'secret') {
      if (value.replace(/^[";]+|[";]+$/g, '') === '') throw c.argErr()
      key.secret = true
    } else if (word === '}' || word === '};') {
      end()
      key = undefined
    } else if (word !== 'algorithm') throw c.argErr()
  }
  end()
  return found
}
