// The DNS messages of the captures that tshark was asked about: just enough of pcap for these files, so that the real reader is not its own judge.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

export const CAPTURES = [
  { name: 'zoo', path: 'test/captures/tshark-zoo.pcap.gz' },
  { name: 'incident-node', path: 'examples/incident/captures/hz-edge-1/any-port53.pcap.gz' },
  { name: 'incident-coredns', path: 'examples/incident/captures/kube-system/coredns-edge-bz9bq/eth0-port53.pcap' },
] as const

export const fileBytes = (path: string): Buffer => {
  const bytes = readFileSync(new URL(`../../${path}`, import.meta.url))
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** Link type → where IPv4 begins. */
const LINK_BYTES: Readonly<Record<number, number>> = { 1: 14, 276: 20 }
const UDP_BYTES = 8

/** Payloads of all packets, which are all UDP in IPv4 in these files. */
export function messagesIn(path: string): readonly Uint8Array[] {
  const bytes = fileBytes(path)
  const link = LINK_BYTES[bytes.readUInt32LE(20)]
  if (bytes.readUInt32LE(0) !== 0xa1b2c3d4 || link === undefined) throw new Error(`${path}: another kind of capture`)
  const messages: Uint8Array[] = []
  for (let at = 24; at < bytes.length;) {
    const end = at + 16 + bytes.readUInt32LE(at + 8)
    const ip = at + 16 + link
    if (bytes[ip + 9] !== 17) throw new Error(`${path}: packet ${messages.length + 1} is not UDP`)
    const udp = ip + 4 * ((bytes[ip] as number) & 15)
    messages.push(bytes.subarray(udp + UDP_BYTES, udp + bytes.readUInt16BE(udp + 4)))
    at = end
  }
  return messages
}
