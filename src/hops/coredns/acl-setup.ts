// What the set-up of CoreDNS's `acl` plugin refuses, 1.9.3 to 1.15.0: plugin/acl/setup.go.
import { parseCidr } from '../../dns/go-cidr.ts'
import type { Dispenser } from './dispenser.ts'
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import type { SetupCheck } from './setup-check.ts'
import { goTypeNumber } from './zone-file-types.ts'

export const aclSetup: SetupCheck = (c, at) => {
  const drops = since(at.version, 1, 10, 1)
  const actions = new Set(['allow', 'block', 'filter', ...(drops ? ['drop'] : [])])
  const expected = drops ? '\'allow\', \'block\', \'filter\' or \'drop\'' : '\'allow\', \'block\', or \'filter\''
  while (c.next()) {
    c.remainingArgs()
    while (c.nextBlock()) {
      if (!actions.has(c.val().toLowerCase())) throw c.err(`unexpected token ${goQuote(c.val())}; expect ${expected}`)
      sections(c, c.remainingArgs())
    }
  }
}

const isSection = (word: string): boolean => word.toLowerCase() === 'type' || word.toLowerCase() === 'net'

function sections(c: Dispenser, words: readonly string[]): void {
  for (let at = 0; at < words.length;) {
    const name = words[at] as string
    if (!isSection(name)) throw c.err(`unexpected token ${goQuote(name)}; expect 'type | net'`)
    const end = words.findIndex((word, i) => i > at && isSection(word))
    const tokens = words.slice(at + 1, end < 0 ? words.length : end)
    if (tokens.length === 0) throw c.err(`no token specified in ${goQuote(name.toLowerCase())} section`)
    section(c, name.toLowerCase(), tokens)
    at += tokens.length + 1
  }
}

/** What stands behind a `*` is not looked at. */
function section(c: Dispenser, name: string, tokens: readonly string[]): void {
  for (const token of tokens) {
    if (token === '*') return
    if (name === 'type' && goTypeNumber(token) === undefined) throw c.err(`unexpected token ${goQuote(token)}; expect legal QTYPE`)
    const net = token.includes('/') ? token : `${token}/${token.includes(':') ? 128 : 32}`
    if (name === 'net' && !parseCidr(net)) throw c.err(`illegal CIDR notation ${goQuote(net)}`)
  }
}
