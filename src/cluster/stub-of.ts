// Which resolver library the application of a container (or of a node) looks names up with, from what the evidence holds: its own
// error lines, /etc/os-release, the image's name. A C library in the image says what a C program would use; a Go program may carry its
// own resolver in any image, so a Go error line goes before. Two that agree make it confirmed.
// What nobody says is not guessed silently: then glibc 2.36 (Debian 12) stands in, `possible`, with `assumed` set.
// Not modelled: images with several libraries; Java, Node and Python use the C library of their image.
import { lineSource, type Source } from '../chain/source.ts'
import { CODE_NAMES, libcRelease, type LibcRelease } from './libc-releases.ts'

export interface StubEvidence {
  /** /etc/os-release of the container, or of the node for a process of the node. */
  readonly osRelease?: { readonly file: string; readonly text: string }
  /** As in the pod's spec: `python:3.12-alpine3.19`. */
  readonly image?: { readonly value: string; readonly source: Source }
  /** That there is an nsswitch.conf speaks for glibc: musl's images have none. */
  readonly nsswitch?: { readonly source: Source }
  /** Libraries that lines of the application's log are in the style of. */
  readonly evidenceLibraries?: readonly { readonly library: string; readonly version?: string; readonly source: Source }[]
}

/** What an image can be known to look names up with; a tool is what a person runs in it. */
type LibraryKind = 'glibc' | 'musl' | 'go'

export interface StubOf {
  readonly kind: LibraryKind
  readonly version: string
  readonly certainty: 'confirmed' | 'likely' | 'possible'
  readonly source?: Source
  /** Nothing says what it is: the stand-in was taken. */
  readonly assumed?: true
  /** The library is known and its release is not: the stand-in's was taken. */
  readonly versionAssumed?: true
}

/** Taken where only the library is known. Go from 1.19 to 1.26 and musl from 1.2.4 on behave alike in what is modelled. */
const STAND_IN: Readonly<Record<LibraryKind, string>> = { glibc: '2.36', musl: '1.2.5', go: '1.26' }

interface Clue {
  readonly kind: LibraryKind
  readonly version?: string
  readonly certainty: 'likely' | 'possible'
  readonly source: Source
}

export function stubOf(evidence: StubEvidence): StubOf {
  const said = saidByLog(evidence)
  const clues = [...said, ...byOsRelease(evidence), ...byImage(evidence), ...byNsswitch(evidence)]
  const best = clues.find(clue => clue.kind === 'go') ?? clues.find(clue => clue.certainty === 'likely') ?? clues[0]
  if (!best) return { kind: 'glibc', version: STAND_IN.glibc, certainty: 'possible', assumed: true }
  const agreeing = clues.filter(clue => clue.kind === best.kind)
  const against = clues.some(clue => clue.kind !== best.kind && clue.certainty === 'likely' && best.kind !== 'go')
  const certainty = against ? 'possible' : agreeing.filter(clue => clue.certainty === 'likely').length > 1 ? 'confirmed' : best.certainty
  const version = agreeing.find(clue => clue.version !== undefined)?.version
  return { kind: best.kind, version: version ?? STAND_IN[best.kind], certainty, source: best.source, ...(version === undefined && { versionAssumed: true as const }) }
}

/** Several lines of one log are one witness. */
function saidByLog({ evidenceLibraries = [] }: StubEvidence): Clue[] {
  const kinds = new Map<LibraryKind, Clue>()
  for (const { library, version, source } of evidenceLibraries) {
    if (library !== 'go' && library !== 'musl' && library !== 'glibc') continue
    if (!kinds.has(library)) kinds.set(library, { kind: library, certainty: 'likely', source, ...(version !== undefined && { version }) })
  }
  return [...kinds.values()]
}

function byOsRelease({ osRelease }: StubEvidence): Clue[] {
  if (!osRelease) return []
  const field = (name: string): { readonly value: string; readonly source: Source } | undefined => {
    const match = new RegExp(`^${name}=["']?([^"'\\r\\n]{1,80})`, 'm').exec(osRelease.text.slice(0, 65_536))
    if (!match) return undefined
    const line = osRelease.text.slice(0, match.index).split('\n').length
    return { value: (match[1] as string).trim(), source: lineSource(osRelease.file, line, match[0], match.index) }
  }
  const id = field('ID')
  const release = field('VERSION_ID')
  if (!id) return []
  const libc = libcRelease(id.value, release?.value ?? '')
  if (libc) return [{ ...libc, certainty: 'likely', source: (release ?? id).source }]
  // A distribution that is not in the table, or a rolling one: Alpine's relatives have musl, all others glibc.
  const family = `${id.value} ${field('ID_LIKE')?.value ?? ''}`
  if (/\b(?:alpine|postmarketos|void-musl)\b/.test(family)) return [{ kind: 'musl', certainty: 'likely', source: id.source }]
  return /\b(?:debian|ubuntu|rhel|fedora|centos|suse|arch|wolfi|chainguard)\b/.test(family) ? [{ kind: 'glibc', certainty: 'likely', source: id.source }] : []
}

function byImage({ image }: StubEvidence): Clue[] {
  if (!image) return []
  const { source } = image
  const [, repository = '', tag = ''] = /^(?:.*\/)?([^/:@]*)(?::([^@]*))?(?:@.*)?$/.exec(image.value.slice(0, 500)) ?? []
  const known = (libc: LibcRelease | undefined, kind: LibraryKind): Clue[] =>
    [libc ? { ...libc, certainty: 'likely', source } : { kind, certainty: 'possible', source }]
  const alpine = /alpine-?(\d+\.\d+)?/.exec(tag)
  if (repository === 'alpine') return known(libcRelease('alpine', tag), 'musl')
  if (alpine) return known(libcRelease('alpine', alpine[1] ?? ''), 'musl')
  for (const word of tag.split(/[-_.]/)) {
    const named = CODE_NAMES.get(word)
    if (named) return known(libcRelease(...named), 'glibc')
  }
  const base = /^(debian|ubuntu|centos|rockylinux|almalinux|fedora|amazonlinux|openeuler)$/.exec(repository)?.[1]
  if (base) return known(libcRelease(IDS.get(base) ?? base, tag), 'glibc')
  const ubi = /^ubi(\d+)/.exec(repository)?.[1]
  if (ubi) return known(libcRelease('rhel', ubi), 'glibc')
  // A static image has no libc: what runs there brings its own resolver, and that is nearly always Go.
  if (/^static(?:-debian\d+)?$/.test(repository) && image.value.includes('distroless')) return [{ kind: 'go', certainty: 'possible', source }]
  const distroless = /-debian(\d+)$/.exec(repository)?.[1]
  return distroless ? known(libcRelease('debian', distroless), 'glibc') : []
}

const IDS: ReadonlyMap<string, string> = new Map([['rockylinux', 'rocky'], ['amazonlinux', 'amzn'], ['openeuler', 'openeuler']])

const byNsswitch = ({ nsswitch }: StubEvidence): Clue[] => (nsswitch ? [{ kind: 'glibc', certainty: 'possible', source: nsswitch.source }] : [])
