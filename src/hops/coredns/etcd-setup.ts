// What the set-up of CoreDNS's `etcd` plugin refuses, 1.9.3 to 1.15.0: plugin/etcd/setup.go. Only the first use is read.
// Not modelled: what etcd's client says of its endpoints and credentials.
import { checkTlsOption } from './client-tls.ts'
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { isFault, parseUint } from './go-number.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { nextWord, noWords, unknownProperty, type SetupAt, type SetupCheck } from './setup-check.ts'

export const etcdSetup: SetupCheck = (c, at) => {
  if (!c.next()) return
  c.remainingArgs()
  while (c.nextBlock()) readOption(c, at)
}

function readOption(c: Dispenser, at: SetupAt): void {
  const name = c.val()
  const option = OPTIONS.get(name)
  if (option && since(at.version, ...option.from)) option.read(c, at, name)
  else if (name !== '}') throw unknownProperty(c)
}

interface Option { readonly from: CorednsVersion; readonly read: (c: Dispenser, at: SetupAt, name: string) => void }
const ALWAYS: CorednsVersion = [1, 0, 0]
const LONGEST_LEASE_S = 4_294_967_295

function leaseTtl(c: Dispenser, _: SetupAt, name: string): void {
  const text = nextWord(c).trim()
  if (text === '') return
  const time = parseDuration(isFault(parseUint(text, 64)) ? text : `${text}s`)
  const invalid = (why: string): Error => c.err(`invalid ${name} value: ${why}`)
  if (isFault(time)) throw invalid('invalid TTL format, use format like \'30\', \'30s\', \'5m\', \'1h\', or \'2h30m\'')
  if (time.value < 0) throw invalid('TTL must be non-negative')
  if (time.value / 1000 > LONGEST_LEASE_S) throw invalid(`TTL too large, maximum is ${LONGEST_LEASE_S} seconds`)
}

function credentials(c: Dispenser): void {
  const args = c.remainingArgs()
  if (args.length === 0) throw c.argErr()
  if (args.length !== 2) throw c.err('credentials requires 2 arguments, username and password')
}

const OPTIONS: ReadonlyMap<string, Option> = new Map<string, Option>([
  ['credentials', { from: ALWAYS, read: credentials }],
  ['debug', { from: ALWAYS, read: () => undefined }],
  ['endpoint', { from: ALWAYS, read: c => { if (c.remainingArgs().length === 0) throw c.argErr() } }],
  ['fallthrough', { from: ALWAYS, read: c => void c.remainingArgs() }],
  ['max-lease-ttl', { from: [1, 12, 4], read: leaseTtl }],
  ['min-lease-ttl', { from: [1, 12, 4], read: leaseTtl }],
  ['no_apex_fallback', { from: [1, 15, 0], read: noWords }],
  ['path', { from: ALWAYS, read: c => void nextWord(c) }],
  ['stubzones', { from: ALWAYS, read: () => undefined }],
  ['tls', { from: ALWAYS, read: (c, at) => checkTlsOption(c, at, c.remainingArgs()) }],
  ['upstream', { from: ALWAYS, read: c => void c.remainingArgs() }],
])
