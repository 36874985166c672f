// Addresses and ports as every program here prints them, and which addresses never leave the machine.

export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/** `10.0.0.1`, `[2001:db8::1]`. */
export const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** `10.0.0.1:53`, `[2001:db8::1]:53`. */
export const socketText = ({ address, port }: SocketAddress): string => `${bracketed(address)}:${port}`

/** The spelling of observations: the port only where it is not 53. */
export const formatServer = (server: SocketAddress): string => (server.port === 53 ? server.address : socketText(server))

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/** Loopback, or where NodeLocal DNSCache listens: a resolver of the node itself. */
export const isNodeLocal = (address: string): boolean => isLoopback(address) || address.startsWith('169.254.20.')
