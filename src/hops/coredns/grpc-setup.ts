// What the set-up of CoreDNS's `grpc` plugin refuses, 1.9.3 to 1.15.0: plugin/grpc/setup.go.
// Not modelled: what the client of gRPC says of an upstream.
import type { Dispenser } from './dispenser.ts'
import { MOST_SERVERS } from './forward-options.ts'
import { except, policy, tls } from './forward-setup-options.ts'
import { serversOf } from './forward-setup.ts'
import { originsOf } from './origins.ts'
import { since } from './plugin.ts'
import { nextWord, once, unknownProperty, type SetupAt, type SetupCheck } from './setup-check.ts'

export const grpcSetup: SetupCheck = (c, at) => {
  let count = 0
  once(c, () => { count = stanza(c, at) })
  if (count > MOST_SERVERS) throw c.refuse(`more than ${MOST_SERVERS} TOs configured: ${count}`)
}

function stanza(c: Dispenser, at: SetupAt): number {
  const from = nextWord(c)
  if (originsOf([from], []).length === 0) throw c.refuse(`unable to normalize '${from}'`)
  const to = c.remainingArgs()
  if (to.length === 0) throw c.argErr()
  const hosts = to.flatMap(text => serversOf(c, at, text))
  if (hosts.length === 0) throw c.refuse('no nameservers found')
  while (c.nextBlock()) readOption(c, at)
  return hosts.length
}

function readOption(c: Dispenser, at: SetupAt): void {
  const name = c.val()
  if (name === 'except') except(c)
  else if (name === 'tls') tls(c, at)
  else if (name === 'tls_servername') nextWord(c)
  else if (name === 'policy') policy(c)
  else if (name === 'fallthrough' && since(at.version, 1, 12, 3)) c.remainingArgs()
  else if (name !== '}') throw unknownProperty(c)
}
