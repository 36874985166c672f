// What glibc, musl and Go take out of a resolv.conf has the same shape: servers in order, search domains, numbers. Each program's
// reading of the lines is in its own file: glibc-stub-settings.ts, musl-stub-settings.ts, go-stub-settings.ts.
import type { ResolvConf, ResolvConfLine } from '../chain/model.ts'
import type { Source, Sourced } from '../chain/source.ts'
import { socketText } from '../dns/socket-address.ts'
import type { StubAddress } from './stub-address.ts'

export interface StubServer {
  /** For `Reach`: canonical, without zone. */
  readonly address: string
  /** As the program prints it, with port: `10.96.0.10:53`, `[::1]:53`. */
  readonly shown: string
  /** The address in the file; a default is where the file begins. */
  readonly source: Source
}

export interface CommonSettings {
  readonly servers: readonly StubServer[]
  readonly search: readonly Sourced<string>[]
  readonly ndots: number
  readonly attempts: number
  readonly timeoutMs: number
  /** The word that set an option, by option name: `ndots`, `timeout`, `attempts`, `rotate`, … */
  readonly optionSources: ReadonlyMap<string, Source>
}

/** What else decides: the host name (a domain when the file has none) and the environment. */
export interface StubSurroundings {
  readonly hostname?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Every stub uses three (MAXNS). */
export const SERVER_LIMIT = 3

export const isIndented = (line: ResolvConfLine): boolean => /^[ \t]/.test(line.source.text)

export const serverOf = (address: StubAddress, written: string, source: Source): StubServer =>
  ({ address: address.text, shown: address.family === 6 ? `[${written}]:53` : `${written}:53`, source })

/** The Source of what a program assumes because the file does not say. */
export const fileSource = (conf: ResolvConf): Source =>
  ({ file: conf.file, start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1, text: '' })

export const defaultServer = (conf: ResolvConf, address: string): StubServer =>
  ({ address, shown: socketText({ address, port: 53 }), source: fileSource(conf) })

/** The part of the host name after its first dot. */
export const hostDomain = (hostname = ''): string | undefined => /^[^.]*\.(.+)$/s.exec(hostname)?.[1]

/** C's atoi: leading blanks, a sign, digits; anything else is 0. */
export const atoi = (text: string): number => Number(/^\s*[+-]?\d{1,15}/.exec(text)?.[0] ?? 0)
