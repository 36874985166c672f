// What the set-ups of CoreDNS's `route53`, `azure` and `clouddns` plugins refuse in the Corefile, 1.9.3 to 1.15.0: setup.go of each.
// Not modelled: what the clouds answer, which decides whether a process with such a plugin starts, and credentials.
import type { Dispenser } from './dispenser.ts'
import { parseDuration } from './go-duration.ts'
import { atoi, isFault } from './go-number.ts'
import { goQuote } from './go-quote.ts'
import { since } from './plugin.ts'
import { nextWord, readFault, type SetupAt, type SetupCheck } from './setup-check.ts'

/** `a:b` or `a:b:c`, none of them empty, none twice. */
function zoneWords(c: Dispenser, parts: number, refused: (text: string) => Error, twice: (text: string) => Error): string[] {
  const seen = new Set<string>()
  const words = c.remainingArgs()
  for (const text of words) {
    const found = splitN(text, parts)
    if (found.length !== parts || found.includes('')) throw refused(text)
    if (seen.has(text)) throw twice(text)
    seen.add(text)
  }
  return words
}

/** strings.SplitN at colons. */
function splitN(text: string, parts: number): string[] {
  const all = text.split(':')
  return all.length < parts ? all : [...all.slice(0, parts - 1), all.slice(parts - 1).join(':')]
}

/** A bare number is seconds. */
function refresh(c: Dispenser, invalid: string): void {
  const word = nextWord(c)
  const text = isFault(atoi(word)) ? word : `${word}s`
  const time = parseDuration(text)
  if (isFault(time)) throw c.err(`${invalid}: ${time.fault}`)
  if (time.value <= 0) throw c.err(`refresh interval must be greater than 0: ${goQuote(text)}`)
}

export const route53Setup: SetupCheck = (c, at) => {
  while (c.next()) {
    zoneWords(c, 2, text => c.err(`invalid zone ${goQuote(text)}`), text => c.err(`conflict zone ${goQuote(text)}`))
    while (c.nextBlock()) route53Option(c, at)
  }
}

function route53Option(c: Dispenser, at: SetupAt): void {
  switch (c.val()) {
    case 'aws_access_key': {
      const words = c.remainingArgs()
      if (words.length < 2) throw c.err(`invalid access key: '[${words.join(' ')}]'`)
      return at.print('[WARNING] plugin/route53: Save aws_access_key in Corefile has been deprecated, please use other authentication methods instead')
    }
    case 'aws_endpoint': return void nextWord(c)
    case 'upstream': case 'fallthrough': return void c.remainingArgs()
    case 'credentials':
      if (!c.nextArg()) throw c.bare(c.argErr())
      return void c.nextArg()
    case 'refresh': return refresh(c, 'Unable to parse duration')
    default: throw c.err(`unknown property ${goQuote(c.val())}`)
  }
}

const AZURE_WORDS = new Set(['subscription', 'tenant', 'client', 'secret'])
const CLOUDS = new Set(['AZURECHINACLOUD', 'AZURECLOUD', 'AZUREGERMANCLOUD', 'AZUREPUBLICCLOUD', 'AZUREUSGOVERNMENT', 'AZUREUSGOVERNMENTCLOUD'])

export const azureSetup: SetupCheck = (c, at) => {
  const seen = new Set<string>()
  while (c.next()) {
    for (const text of c.remainingArgs()) {
      const [group = '', zone = ''] = splitN(text, 2)
      if (!text.includes(':') || group === '' || zone === '') throw c.err(`invalid resource group/zone: ${goQuote(text)}`)
      if (seen.has(group + zone)) throw c.err(`conflicting zone: ${goQuote(text)}`)
      seen.add(group + zone)
    }
    while (c.nextBlock()) azureOption(c, at)
  }
}

function azureOption(c: Dispenser, at: SetupAt): void {
  const name = c.val()
  if (AZURE_WORDS.has(name)) nextWord(c)
  else if (name === 'environment') {
    const cloud = nextWord(c)
    const upper = cloud.toUpperCase()
    if (!CLOUDS.has(upper)) throw c.err(`cannot set azure environment: ${goQuote(`autorest/azure: There is no cloud environment matching the name ${goQuote(upper)}`)}`)
  } else if (name === 'fallthrough') c.remainingArgs()
  else if (name === 'access') {
    const access = nextWord(c)
    if (access !== 'public' && access !== 'private') throw c.err(`invalid access value: can be public/private, found: ${access}`)
  } else if (name === 'refresh' && since(at.version, 1, 15)) refresh(c, 'unable to parse duration')
  else throw c.err(`unknown property: ${goQuote(name)}`)
}

export const clouddnsSetup: SetupCheck = (c, at) => {
  while (c.next()) {
    zoneWords(c, 3, text => c.err(`invalid zone ${goQuote(text)}`), text => c.err(`conflict zone ${goQuote(text)}`))
    let unread: string | undefined
    while (c.nextBlock()) unread = clouddnsOption(c, at) ?? unread
    // Up to 1.11.3 by its older library.
    if (unread !== undefined) throw c.bare(c.refuse(since(at.version, 1, 11, 4) ? unread : `cannot read credentials file: ${unread}`))
  }
}

/** Up to 1.13 Google's client is the first to read the credentials, when the block is over: why it cannot. */
function clouddnsOption(c: Dispenser, at: SetupAt): string | undefined {
  const name = c.val()
  if (name === 'upstream' || name === 'fallthrough') c.remainingArgs()
  else if (name === 'credentials') {
    const path = nextWord(c)
    const fault = readFault(at, path)
    if (fault !== undefined && since(at.version, 1, 14)) throw c.err(`invalid credentials file ${goQuote(path)}: ${fault}`)
    return fault
  } else if (name === 'endpoint' && since(at.version, 1, 15)) nextWord(c)
  else if (name === 'refresh' && since(at.version, 1, 15)) refresh(c, 'unable to parse duration')
  else throw c.err(`unknown property ${goQuote(name)}`)
  return undefined
}
