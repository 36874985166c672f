// Where one scenario is run for real. Cases are written for a server at 127.0.0.1 and upstreams at 127.0.0.11 and up, port 53; many run
// side by side, each in a /24 of the loopback network of its own, and what comes back is written in the cases' addresses again.

/** Ports other than 53 where the machine does not let us have a network of our own. */
export interface Ports {
  readonly server: number
  readonly upstream: number
}

export const OWN_NETWORK: Ports = { server: 53, upstream: 53 }
export const SHARED_NETWORK: Ports = { server: 25_353, upstream: 25_354 }

/** The last byte of the first scripted upstream. */
const FIRST_UPSTREAM = 11
export const MOST_LANES = 250

export class Lane {
  readonly ports: Ports
  private readonly prefix: string
  private readonly back: RegExp
  private readonly bytes: RegExp

  constructor(nth: number, ports: Ports) {
    this.ports = ports
    this.prefix = `127.1.${nth + 1}.`
    this.back = new RegExp(`127\\.1\\.${nth + 1}\\.(\\d+)`, 'g')
    this.bytes = new RegExp(`7f01(?:${(nth + 1).toString(16).padStart(2, '0')}|$)`, 'g')
  }

  /** 127.0.0.11 → 127.1.4.11. */
  real(address: string): string {
    return address.startsWith('127.0.0.') ? this.prefix + address.slice('127.0.0.'.length) : address
  }

  /** A Corefile, or a file it names, as the real program gets it. */
  placed(text: string): string {
    return text.replace(/\b127\.0\.0\.(\d+)(:53\b)?/g, (_, last: string, port: string | undefined) => {
      const at = this.prefix + last
      if (this.ports.upstream === 53) return at + (port ?? '')
      return Number(last) >= FIRST_UPSTREAM && Number(last) < 100 && port !== '' ? `${at}:${this.ports.upstream}` : at
    })
  }

  /** What the real program said, in the addresses of the case. */
  written(text: string): string {
    const home = text.replace(this.back, '127.0.0.$1')
    return this.ports.server === 53 ? home : home.replaceAll(`:${this.ports.upstream}`, ':53').replaceAll(`:${this.ports.server}`, ':53')
  }

  /** An EDNS option that holds an address, whole or its first bytes. */
  writtenHex(hex: string): string {
    return hex.replace(this.bytes, found => '7f0000'.slice(0, found.length))
  }
}

/** The addresses of the rows as they are. */
class Home extends Lane {
  override real = (address: string): string => address
  override placed = (text: string): string => text
  override written = (text: string): string => text
}

/** For a scenario that runs alone. */
export const HOME: Lane = new Home(0, OWN_NETWORK)
