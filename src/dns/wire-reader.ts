// A place in a message while it is read. Reading never throws: what does not fit is a fault, and the caller goes on or stops.
import type { Fault, FaultCode } from './wire-fault.ts'

export interface WireReader {
  /** The message and nothing else. */
  readonly bytes: Uint8Array
  at: number
  readonly faults: Fault[]
}

export const wireReader = (bytes: Uint8Array, at = 0): WireReader => ({ bytes, at, faults: [] })

export function fault(reader: WireReader, code: FaultCode, start: number, end: number): void {
  reader.faults.push({ code, start, end })
}

/** The caller has checked that the bytes are there. */
export const u16 = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
export const u32 = (bytes: Uint8Array, at: number): number => ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0
