// /etc/hosts before DNS. glibc nss_files compares without regard to case and never knows a name with a trailing dot; musl compares
// bytes, a trailing dot included; Go folds ASCII and knows a name with a trailing dot, but for one of a single label. All addresses of all lines that name the host are taken.
// Not modelled: `multi off` of /etc/host.conf, which makes glibc stop at the first line.
import type { HostsLine, StubModel } from '../chain/model.ts'
import { libcOf } from '../chain/stub-libc.ts'
import { nameKey } from '../dns/name.ts'
import { glibcAddress } from './stub-address.ts'

export interface HostsEntry {
  readonly v4: readonly string[]
  readonly v6: readonly string[]
}

/** Whose own reading of the file it is. */
type Reader = 'glibc' | 'musl' | 'go'

const SAME: Readonly<Record<Reader, (written: string, asked: string) => boolean>> = {
  glibc: (written, asked) => nameKey(`${written}.`) === nameKey(`${asked}.`),
  musl: (written, asked) => written === asked,
  go: (written, asked) => goName(written) === goName(asked),
}

/** absDomainName: only a name that has a dot gets one at its end. */
const goName = (name: string): string => (name.includes('.') ? nameKey(name) : name.toLowerCase())

/** Who reads the file of this place; tools that ask servers alone read none. */
export const hostsReaderOf = (stub: Pick<StubModel, 'kind' | 'version' | 'libc'>): Reader => (stub.kind === 'go' ? 'go' : libcOf(stub)?.kind ?? 'glibc')

/** Undefined: no line names it. */
export function hostsEntry(kind: Reader, hosts: readonly HostsLine[], name: string): HostsEntry | undefined {
  const addresses = hosts.filter(line => line.names.some(n => SAME[kind](n.value, name)))
    .flatMap(line => glibcAddress(line.address.value) ?? [])
  if (addresses.length === 0) return undefined
  const texts = (family: 4 | 6) => addresses.filter(a => a.family === family).map(a => a.text)
  return { v4: texts(4), v6: texts(6) }
}
