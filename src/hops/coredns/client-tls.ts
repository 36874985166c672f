// What CoreDNS says of the files of a `tls` option or plugin that it cannot use: plugin/pkg/tls NewTLSConfigFromArgs, 1.9.3 to 1.15.0. One file
// is a CA, two are a certificate and its key, the third a CA.
// Not modelled: what is in a file that has a PEM block.
import type { Dispenser } from './dispenser.ts'
import { cleanPath } from './go-path.ts'
import { since } from './plugin.ts'
import { joined, readFault, textAt, type SetupAt } from './setup-check.ts'

/** Paths as they are opened. */
export function checkTlsFiles(c: Dispenser, at: SetupAt, files: readonly string[]): void {
  if (files.length > 3) throw c.refuse(`maximum of three arguments allowed for TLS config, found ${files.length}`)
  const [first, key, ca] = files
  if (first !== undefined && key === undefined) return checkRoots(c, at, first)
  if (first === undefined || key === undefined) return
  const fault = readFault(at, first) ?? readFault(at, key) ?? pemFault(at, first, 'certificate') ?? pemFault(at, key, 'key')
  if (fault !== undefined) throw c.refuse(`could not load TLS cert: ${fault}`)
  if (ca !== undefined) checkRoots(c, at, ca)
}

/** The option `tls` of a plugin that asks upstreams: relative paths are below `root` since 1.11.2. */
export const checkTlsOption = (c: Dispenser, at: SetupAt, files: readonly string[]): void =>
  checkTlsFiles(c, at, files.map(f => (since(at.version, 1, 11, 2) ? joined(at, f) : f)))

const PEM = '-----BEGIN '

function pemFault(at: SetupAt, path: string, input: string): string | undefined {
  return textAt(at, path)?.includes(PEM) === false ? `tls: failed to find any PEM data in ${input} input` : undefined
}

function checkRoots(c: Dispenser, at: SetupAt, path: string): void {
  if (path === '') return
  const fault = readFault(at, cleanPath(path))
  if (fault !== undefined) throw c.refuse(`error reading ${path}: ${fault}`)
  // The error it prints is none.
  if (textAt(at, path)?.includes(PEM) === false) throw c.refuse('could not read root certs: %!s(<nil>)')
}
