// Which C library a distribution release ships: Alpine's packages (musl), and those of the others (glibc). First version of the
// release; updates within a release keep the upstream version. Sources: the distributions' package indexes.

export interface LibcRelease {
  readonly kind: 'glibc' | 'musl'
  readonly version: string
}

/** By release, `major.minor`. Alpine 3.12 and older: musl 1.1, which does not judge the pair (stub: musl before 1.2.1). */
const ALPINE: Readonly<Record<string, string>> = {
  '3.3': '1.1.12', '3.4': '1.1.14', '3.5': '1.1.15', '3.6': '1.1.16', '3.7': '1.1.18', '3.8': '1.1.19', '3.9': '1.1.20', '3.10': '1.1.22', '3.11': '1.1.24',
  '3.12': '1.1.24', '3.13': '1.2.2', '3.14': '1.2.2', '3.15': '1.2.2', '3.16': '1.2.3', '3.17': '1.2.3', '3.18': '1.2.4', '3.19': '1.2.4', '3.20': '1.2.5',
  '3.21': '1.2.5', '3.22': '1.2.5', '3.23': '1.2.5',
}

/** By ID of os-release; a release is looked up whole, then by its first number. */
const GLIBC: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  debian: { 8: '2.19', 9: '2.24', 10: '2.28', 11: '2.31', 12: '2.36', 13: '2.41' },
  ubuntu: {
    '16.04': '2.23', '18.04': '2.27', '20.04': '2.31', '22.04': '2.35', '22.10': '2.36', '23.04': '2.37', '23.10': '2.38', '24.04': '2.39', '24.10': '2.40',
    '25.04': '2.41', '25.10': '2.42',
  },
  rhel: { 6: '2.12', 7: '2.17', 8: '2.28', 9: '2.34', 10: '2.39' },
  fedora: { 36: '2.35', 37: '2.36', 38: '2.37', 39: '2.38', 40: '2.39', 41: '2.40', 42: '2.41', 43: '2.42' },
  amzn: { 2: '2.26', 2023: '2.34' },
  alinux: { 2: '2.17', 3: '2.32' },
  anolis: { 7: '2.17', 8: '2.28', 23: '2.36' },
  openeuler: { '20.03': '2.28', '22.03': '2.34', '24.03': '2.38' },
  kylin: { v10: '2.28' },
  sles: { '12': '2.22', '15.3': '2.31', '15.4': '2.31', '15.5': '2.31', '15.6': '2.38', '15.7': '2.38' },
  photon: { 3: '2.28', 4: '2.32', 5: '2.36' },
  mariner: { 2: '2.35' },
  azurelinux: { 3: '2.38' },
}

const SAME_AS: Readonly<Record<string, string>> = {
  centos: 'rhel', rocky: 'rhel', almalinux: 'rhel', ol: 'rhel', 'opensuse-leap': 'sles', 'sle_hpc': 'sles', raspbian: 'debian', openEuler: 'openeuler',
}

const entry = (table: Readonly<Record<string, string>>, key: string): string | undefined => (Object.hasOwn(table, key) ? table[key] : undefined)

/** `id` and `release` as ID and VERSION_ID of os-release. Undefined = not known here. */
export function libcRelease(id: string, release: string): LibcRelease | undefined {
  const name = entry(SAME_AS, id) ?? id.toLowerCase()
  const numbers = release.toLowerCase()
  if (name === 'alpine') {
    const version = entry(ALPINE, /^\d+\.\d+/.exec(numbers)?.[0] ?? '')
    return version === undefined ? undefined : { kind: 'musl', version }
  }
  const table = Object.hasOwn(GLIBC, name) ? GLIBC[name] : undefined
  const version = table && (entry(table, /^\d+\.\d+/.exec(numbers)?.[0] ?? '') ?? entry(table, /^[a-z]?\d+/.exec(numbers)?.[0] ?? ''))
  return version === undefined ? undefined : { kind: 'glibc', version }
}

/** Code names as they stand in image tags. */
export const CODE_NAMES: ReadonlyMap<string, readonly [id: string, release: string]> = new Map([
  ['stretch', ['debian', '9']], ['buster', ['debian', '10']], ['bullseye', ['debian', '11']], ['bookworm', ['debian', '12']], ['trixie', ['debian', '13']],
  ['xenial', ['ubuntu', '16.04']], ['bionic', ['ubuntu', '18.04']], ['focal', ['ubuntu', '20.04']], ['jammy', ['ubuntu', '22.04']], ['noble', ['ubuntu', '24.04']],
] as const)
