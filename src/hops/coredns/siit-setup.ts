// What the set-up of CoreDNS's `siit` plugin (since 1.15.0) refuses: plugin/siit/setup.go.
import { parseAddress } from '../../dns/go-address.ts'
import { cidrText, parseCidr } from '../../dns/go-cidr.ts'
import type { Dispenser } from './dispenser.ts'
import { goQuote } from './go-quote.ts'
import { nextWord, noWords, unknownProperty, type SetupCheck } from './setup-check.ts'

export const siitSetup: SetupCheck = c => {
  while (c.next()) {
    noWords(c)
    while (c.nextBlock()) {
      const name = c.val()
      if (name === 'ipv6_prefix') checkPrefix(c, nextWord(c))
      else if (name === 'eam') checkMapping(c)
      else throw unknownProperty(c)
    }
  }
}

/** RFC 6052. */
const LENGTHS = new Set([32, 40, 48, 56, 64, 96])
const RESERVED_BYTE = 8

function checkPrefix(c: Dispenser, text: string): void {
  const net = parseCidr(text)
  if (!net) throw c.refuse(`invalid CIDR address: ${text}`)
  const shown = goQuote(cidrText(net))
  if (net.bytes.length === 4) throw c.err(`invalid netmask 32 IPv6 address: ${shown}`)
  if (!LENGTHS.has(net.bits)) throw c.err(`invalid prefix length ${shown}: must be one of /32, /40, /48, /56, /64, /96`)
  if (net.bytes[RESERVED_BYTE] !== 0) throw c.err(`invalid prefix ${shown}: reserved octet (byte 8) must be zero`)
}

/** An address that is none is printed as Go prints a nil one. */
const NIL = '"<nil>"'

function checkMapping(c: Dispenser): void {
  const [four, six, ...more] = c.remainingArgs()
  if (four === undefined || six === undefined || more.length > 0) throw c.argErr()
  const [a, b] = [parseAddress(four), parseAddress(six)]
  if (!a) throw c.err(`invalid IP address: ${NIL}`)
  if (a.family !== 4) throw c.err(`invalid IPv4 address: ${goQuote(a.text)}`)
  if (!b) throw c.err(`invalid IP address: ${NIL}`)
  if (b.family === 4) throw c.err(`invalid IPv6 address: ${goQuote(b.text)}`)
}
