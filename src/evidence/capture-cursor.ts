// The one packet a capture is at: every layer reads from here and writes what it found here, so that a capture of any length allocates nothing per
// packet. Whoever is handed the cursor takes what he needs before he returns; `captured-packet.ts` makes an observation of it.
// Offsets count in `bytes` (the part of the file now in memory) unless a field says otherwise.

/** A DNS message, or the news that nobody took one. `*_PORT`: an ICMP error, or the RST that refuses a connection. */
export const MESSAGE = 0
export const REFUSED = 1
export const UNREACHABLE = 2

export const UDP = 17
export const TCP = 6

/** What a capture reader hands out. Valid during the call only. */
export interface CapturedMessage {
  /** Of the packet in its file, from 1; of a message in several packets, the one that completed it. */
  readonly number: number
  /** Since the epoch, with the fraction the file has; NaN = the file does not say. */
  readonly atMs: number
  /** File offset of `bytes[0]` for the three that follow. */
  readonly base: number
  readonly recordStart: number
  readonly recordEnd: number
  /** Of the capture file, counted over all sections of a pcapng. */
  readonly interfaceIndex: number
  /** The kernel's number of the interface, of Linux cooked v2; -1 = not told. */
  readonly kernelInterface: number
  /** Of Linux cooked captures: 0 to us, 1 broadcast, 2 multicast, 3 between others, 4 from us; -1 = not told. */
  readonly packetType: number
  readonly transport: typeof UDP | typeof TCP
  readonly event: typeof MESSAGE | typeof REFUSED | typeof UNREACHABLE
  /** Where the addresses stand. */
  readonly header: DataView
  readonly fromAt: number
  readonly toAt: number
  /** 4 or 16. */
  readonly addressBytes: number
  readonly fromPort: number
  readonly toPort: number
  /** The message: `start` to `messageEnd` of `message`. Of an ICMP error what it quotes, may be empty. */
  readonly message: Uint8Array
  readonly messageView: DataView
  readonly start: number
  readonly messageEnd: number
  /** Bytes of the message that the capture does not hold. */
  readonly missingBytes: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface CaptureCursor extends Omit<Mutable<CapturedMessage>, 'transport' | 'event'> {
  transport: number
  event: number
  bytes: Uint8Array
  view: DataView
  /** Read position inside the packet. */
  at: number
  /** End of what was captured of the packet, and where it ended on the wire. Headers that state a length move both. */
  end: number
  wireEnd: number
  linkType: number
  etherType: number
  protocol: number
  /** Of a fragment: offset in the datagram (0 = first), whether more follow, identification; `fragment` false = whole. */
  fragment: boolean
  fragmentOffset: number
  moreFragments: boolean
  fragmentId: number
}

const NOTHING = new Uint8Array(0)
const NO_VIEW = new DataView(NOTHING.buffer)

// NaN: the engine must see a double in this field from the first packet on.
export const captureCursor = (): CaptureCursor => ({
  number: 0, atMs: NaN, base: NaN, recordStart: 0, recordEnd: 0, interfaceIndex: 0, kernelInterface: -1, packetType: -1, transport: UDP,
  event: MESSAGE, header: NO_VIEW, fromAt: 0, toAt: 0, addressBytes: 4, fromPort: 0, toPort: 0, message: NOTHING, messageView: NO_VIEW, start: 0,
  messageEnd: 0, missingBytes: 0, bytes: NOTHING, view: NO_VIEW, at: 0, end: 0, wireEnd: 0, linkType: -1, etherType: 0, protocol: 0,
  fragment: false, fragmentOffset: 0, moreFragments: false, fragmentId: 0,
})

/** What a packet must keep when its bytes are needed later: a fragment, a TCP segment out of order. */
export type CursorMemory = Pick<CaptureCursor, 'number' | 'atMs' | 'base' | 'recordStart' | 'recordEnd' | 'interfaceIndex' | 'kernelInterface'
  | 'packetType' | 'transport' | 'event' | 'header' | 'fromAt' | 'toAt' | 'addressBytes' | 'fromPort' | 'toPort' | 'protocol'>

/** The addresses are copied: the bytes they stand in are about to be overwritten. */
export function remember(c: CaptureCursor): CursorMemory {
  const { number, atMs, base, recordStart, recordEnd, interfaceIndex, kernelInterface, packetType, transport, event, addressBytes, fromPort, toPort,
    protocol } = c
  const header = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < addressBytes; i++) {
    header.setUint8(i, c.header.getUint8(c.fromAt + i))
    header.setUint8(16 + i, c.header.getUint8(c.toAt + i))
  }
  return { number, atMs, base, recordStart, recordEnd, interfaceIndex, kernelInterface, packetType, transport, event, addressBytes, fromPort, toPort,
    protocol, header, fromAt: 0, toAt: 16 }
}

export const recall = (c: CaptureCursor, memory: CursorMemory): void => void Object.assign(c, memory)
