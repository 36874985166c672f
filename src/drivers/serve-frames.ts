// The messages of a TCP stream: two octets of length before each (RFC 1035 §4.2.2), cut anywhere by the network.

const LENGTH_BYTES = 2
const NOTHING = new Uint8Array(0)

export class Frames {
  private bytes: Uint8Array = NOTHING
  private at = 0

  /** What was pushed and not yet taken. */
  get waitingBytes(): number {
    return this.bytes.length - this.at
  }

  push(chunk: Uint8Array): void {
    if (this.waitingBytes === 0) this.bytes = chunk
    else {
      const joined = new Uint8Array(this.waitingBytes + chunk.length)
      joined.set(this.bytes.subarray(this.at))
      joined.set(chunk, this.waitingBytes)
      this.bytes = joined
    }
    this.at = 0
  }

  /** The next whole message, which may be empty. */
  next(): Uint8Array | undefined {
    const { bytes, at } = this
    if (this.waitingBytes < LENGTH_BYTES) return undefined
    const end = at + LENGTH_BYTES + (((bytes[at] as number) << 8) | (bytes[at + 1] as number))
    if (end > bytes.length) return undefined
    this.at = end
    return bytes.subarray(at + LENGTH_BYTES, end)
  }
}

/** A message with its length before it. */
export function framed(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + message.length)
  frame[0] = message.length >> 8
  frame[1] = message.length
  frame.set(message, LENGTH_BYTES)
  return frame
}
