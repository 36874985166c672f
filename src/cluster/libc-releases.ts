// Which C library a distribution release ships. Updates within a release keep the upstream version, so one number stands for all of it.
// Alpine: aports, main/musl/APKBUILD of each stable branch. The others: the glibc package of the release as its distribution lists it
// (Debian and Ubuntu by tracker and Launchpad, Fedora and its relatives by koji, SUSE by its release notes, openEuler, Anolis, Alibaba Cloud
// Linux, Kylin, TencentOS and Photon by their package repositories). A release that is not here is not known; a distribution that rolls has none.

export interface LibcRelease {
  readonly kind: 'glibc' | 'musl'
  readonly version: string
}

/** By release, `major.minor`. 3.12 and older: musl 1.1, which does not judge the pair (stub: musl before 1.2.1). */
const ALPINE: Readonly<Record<string, string>> = {
  '3.0': '1.1.4', '3.1': '1.1.5', '3.2': '1.1.11', '3.3': '1.1.12', '3.4': '1.1.14', '3.5': '1.1.15', '3.6': '1.1.16', '3.7': '1.1.18', '3.8': '1.1.19',
  '3.9': '1.1.20', '3.10': '1.1.22', '3.11': '1.1.24', '3.12': '1.1.24', '3.13': '1.2.2', '3.14': '1.2.2', '3.15': '1.2.2', '3.16': '1.2.3', '3.17': '1.2.3',
  '3.18': '1.2.4', '3.19': '1.2.4', '3.20': '1.2.5', '3.21': '1.2.5', '3.22': '1.2.5', '3.23': '1.2.5', '3.24': '1.2.5',
}

/** By ID of os-release; a release is looked up whole, then by its first number. */
const GLIBC: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  alinux: { 2: '2.17', 3: '2.32' },
  amzn: { 2016: '2.17', 2017: '2.17', 2018: '2.17', 1: '2.17', 2: '2.26', 2023: '2.34' },
  anolis: { 7: '2.17', 8: '2.28', 23: '2.36' },
  azurelinux: { 3: '2.38' },
  debian: { 7: '2.13', 8: '2.19', 9: '2.24', 10: '2.28', 11: '2.31', 12: '2.36', 13: '2.41' },
  fedora: {
    26: '2.25', 27: '2.26', 28: '2.27', 29: '2.28', 30: '2.29', 31: '2.30', 32: '2.31', 33: '2.32', 34: '2.33', 35: '2.34', 36: '2.35', 37: '2.36',
    38: '2.37', 39: '2.38', 40: '2.39', 41: '2.40', 42: '2.41', 43: '2.42',
  },
  hce: { '1.1': '2.28', 2: '2.34' },
  kylin: { v10: '2.28' },
  mariner: { 1: '2.28', 2: '2.35' },
  opencloudos: { 8: '2.28', 9: '2.38' },
  openeuler: { '20.03': '2.28', '21.03': '2.31', '21.09': '2.34', '22.03': '2.34', '22.09': '2.34', '23.03': '2.37', '23.09': '2.38', '24.03': '2.38' },
  photon: { 1: '2.22', 2: '2.26', 3: '2.28', 4: '2.32', 5: '2.36' },
  rhel: { 6: '2.12', 7: '2.17', 8: '2.28', 9: '2.34', 10: '2.39' },
  sles: {
    '12': '2.22', '15': '2.26', '15.0': '2.26', '15.1': '2.26', '15.2': '2.26', '15.3': '2.31', '15.4': '2.31', '15.5': '2.31', '15.6': '2.38', '15.7': '2.38',
    '16': '2.40', '42': '2.22',
  },
  tencentos: { 2: '2.17', 3: '2.28', 4: '2.38' },
  ubuntu: {
    '14.04': '2.19', '16.04': '2.23', '18.04': '2.27', '18.10': '2.28', '19.04': '2.29', '19.10': '2.30', '20.04': '2.31', '20.10': '2.32', '21.04': '2.33',
    '21.10': '2.34', '22.04': '2.35', '22.10': '2.36', '23.04': '2.37', '23.10': '2.38', '24.04': '2.39', '24.10': '2.40', '25.04': '2.41', '25.10': '2.42',
    '26.04': '2.43',
  },
}

/** IDs, and names of images and tag words, of the same releases. */
const SAME_AS: ReadonlyMap<string, string> = new Map([
  ...['centos', 'rocky', 'rockylinux', 'almalinux', 'alma', 'ol', 'oraclelinux', 'ubi', 'el', 'circle', 'eurolinux', 'virtuozzo', 'scientific'].map(id => [id, 'rhel'] as const),
  ...['opensuse-leap', 'leap', 'sle_hpc', 'sles_sap', 'sled', 'sle-micro', 'bci'].map(id => [id, 'sles'] as const),
  ...['amazonlinux', 'al'].map(id => [id, 'amzn'] as const), ['raspbian', 'debian'], ['anolisos', 'anolis'], ['cbl-mariner', 'mariner'], ['fc', 'fedora'],
])

/** They roll: their library is about the newest. */
const ROLLING = new Set(['arch', 'archlinux', 'archarm', 'manjaro', 'cachyos', 'endeavouros', 'wolfi', 'chainguard', 'opensuse-tumbleweed', 'tumbleweed', 'opensuse-microos',
  'gentoo', 'nixos', 'kali', 'clear-linux-os', 'clearlinux', 'flatcar', 'solus'])

/** About what they have; it resolves like all since 2.41. */
export const ROLLING_GLIBC = '2.41'

/** Every name by which a release may be looked up. */
const named = (id: string): string => SAME_AS.get(id.toLowerCase()) ?? id.toLowerCase()
export const isRolling = (id: string): boolean => ROLLING.has(id.toLowerCase())
export const libraryOf = (id: string): LibcRelease['kind'] | undefined =>
  (named(id) === 'alpine' ? 'musl' : Object.hasOwn(GLIBC, named(id)) || isRolling(id) ? 'glibc' : undefined)

const entry = (table: Readonly<Record<string, string>>, key: string): string | undefined => (Object.hasOwn(table, key) ? table[key] : undefined)

/** `id` and `release` as ID and VERSION_ID of os-release, or as images are named. Undefined = not known here. */
export function libcRelease(id: string, release: string): LibcRelease | undefined {
  const kind = libraryOf(id)
  if (!kind || isRolling(id)) return undefined
  const table = kind === 'musl' ? ALPINE : GLIBC[named(id)] ?? {}
  const [, whole = '', first = ''] = /^(([a-z]?\d+)(?:\.\d+)?)/.exec(release.toLowerCase()) ?? []
  const version = entry(table, whole) ?? entry(table, first)
  return version === undefined ? undefined : { kind, version }
}

/** Code names as they stand in image tags and in os-release. */
export const CODE_NAMES: ReadonlyMap<string, readonly [id: string, release: string]> = new Map([
  ['wheezy', ['debian', '7']], ['jessie', ['debian', '8']], ['stretch', ['debian', '9']], ['buster', ['debian', '10']], ['bullseye', ['debian', '11']],
  ['bookworm', ['debian', '12']], ['trixie', ['debian', '13']],
  ['trusty', ['ubuntu', '14.04']], ['xenial', ['ubuntu', '16.04']], ['bionic', ['ubuntu', '18.04']], ['focal', ['ubuntu', '20.04']], ['jammy', ['ubuntu', '22.04']],
  ['kinetic', ['ubuntu', '22.10']], ['lunar', ['ubuntu', '23.04']], ['mantic', ['ubuntu', '23.10']], ['noble', ['ubuntu', '24.04']], ['oracular', ['ubuntu', '24.10']],
  ['plucky', ['ubuntu', '25.04']], ['questing', ['ubuntu', '25.10']], ['resolute', ['ubuntu', '26.04']],
] as const)

/** Behaviour changed in these releases: two of one stretch resolve alike but for options (`src/hops/musl-stub.ts`, `src/hops/glibc-stub.ts`). */
const CHANGES = { musl: [[1, 1, 13], [1, 2, 1], [1, 2, 4]], glibc: [[2, 26], [2, 29]] } as const

export function resolveAlike(one: LibcRelease, other: LibcRelease): boolean {
  const stretch = ({ kind, version }: LibcRelease): number => CHANGES[kind].filter(change => isFrom(version.split('.').map(Number), change)).length
  return one.kind === other.kind && stretch(one) === stretch(other)
}

function isFrom(version: readonly number[], change: readonly number[]): boolean {
  const at = change.findIndex((number, i) => (version[i] ?? 0) !== number)
  return at < 0 || (version[at] ?? 0) > (change[at] as number)
}
