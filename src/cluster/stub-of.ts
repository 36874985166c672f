// Which resolver library the application of a container (or of a node) looks names up with, from what the evidence holds: its own
// error lines, /etc/os-release, the image's name. A C library in the image says what a C program would use; a Go program may carry its
// own resolver in any image, so a Go error line goes before. Two that agree make it confirmed.
// What nobody says is not guessed silently: then glibc 2.36 (Debian 12) stands in, `possible`, with `assumed` set.
// A JVM or Node, known by the image's name or its own error lines, asks that library and tells the end in its own words.
// Not modelled: images with several libraries; Python, Ruby and PHP print what the C library of their image says.
import type { StubKind } from '../chain/model.ts'
import { lineSource, type Source } from '../chain/source.ts'
import { libraryOfImage, runtimeOfImage, type Runtime } from './image-library.ts'
import { CODE_NAMES, isRolling, libcRelease, libraryOf, ROLLING_GLIBC, type LibcRelease } from './libc-releases.ts'

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
  readonly kind: Extract<StubKind, LibraryKind | 'java' | 'node'>
  readonly version: string
  /** Below a runtime. */
  readonly libc?: LibcRelease
  readonly certainty: 'confirmed' | 'likely' | 'possible'
  readonly source?: Source
  /** Nothing says what it is: the stand-in was taken. */
  readonly assumed?: true
  /** The library is known and its release is not: the stand-in's was taken. */
  readonly versionAssumed?: true
}

/** Taken where only the library is known. Go from 1.19 to 1.26 and musl from 1.2.4 on behave alike in what is modelled. */
const STAND_IN = { glibc: '2.36', musl: '1.2.5', go: '1.26', java: '17', node: '20' } as const

interface Clue {
  readonly kind: LibraryKind
  readonly version?: string
  /** The release is one of several. */
  readonly versionAssumed?: true
  readonly certainty: 'likely' | 'possible'
  readonly source: Source
}

type Library = Pick<StubOf, 'version' | 'certainty' | 'source' | 'assumed' | 'versionAssumed'> & { readonly kind: LibraryKind }

export function stubOf(evidence: StubEvidence): StubOf {
  const library = libraryAt(evidence)
  const runtime = library.kind === 'go' ? undefined : runtimeAt(evidence)
  if (!runtime || library.kind === 'go') return library
  const { kind, version, source = runtime.source, ...rest } = library
  return { ...rest, source, kind: runtime.kind, version: runtime.version ?? STAND_IN[runtime.kind], libc: { kind, version } }
}

function libraryAt(evidence: StubEvidence): Library {
  const clues = [...saidByLog(evidence), ...byOsRelease(evidence), ...byImage(evidence), ...byNsswitch(evidence)]
  const best = clues.find(clue => clue.kind === 'go') ?? clues.find(clue => clue.certainty === 'likely') ?? clues[0]
  if (!best) return { kind: 'glibc', version: STAND_IN.glibc, certainty: 'possible', assumed: true }
  const agreeing = clues.filter(clue => clue.kind === best.kind)
  const against = clues.some(clue => clue.kind !== best.kind && clue.certainty === 'likely' && best.kind !== 'go')
  const certainty = against ? 'possible' : agreeing.filter(clue => clue.certainty === 'likely').length > 1 ? 'confirmed' : best.certainty
  const told = agreeing.find(clue => clue.version !== undefined && !clue.versionAssumed) ?? agreeing.find(clue => clue.version !== undefined)
  const versionAssumed = told === undefined || told.versionAssumed
  return { kind: best.kind, version: told?.version ?? STAND_IN[best.kind], certainty, source: best.source, ...(versionAssumed && { versionAssumed }) }
}

/** Its own error lines go before the name of the image. */
function runtimeAt({ evidenceLibraries = [], image }: StubEvidence): (Runtime & { readonly source: Source }) | undefined {
  const named = image && runtimeOfImage(image.value)
  for (const { library, source } of evidenceLibraries) if (library === 'java' || library === 'node') return { ...(named?.kind === library && named), kind: library, source }
  return named && { ...named, source: image.source }
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

/** os-release(5): ID and VERSION_ID, then what a derivative says of the distribution that it was made from. */
function byOsRelease({ osRelease }: StubEvidence): Clue[] {
  if (!osRelease) return []
  const field = (name: string) => fieldOf(osRelease, name)
  const [id, release] = [field('ID'), field('VERSION_ID')]
  if (!id) return []
  const clue = (libc: LibcRelease | undefined, source: Source): Clue[] => (libc ? [{ ...libc, certainty: 'likely', source }] : [])
  const own = clue(libcRelease(id.value, release?.value ?? ''), (release ?? id).source)
  if (own.length > 0) return own
  const [base, family] = [field('UBUNTU_CODENAME') ?? field('VERSION_CODENAME'), `${id.value} ${field('ID_LIKE')?.value ?? ''}`.toLowerCase()]
  const codeName = base && CODE_NAMES.get(base.value.toLowerCase())
  if (base && codeName) return clue(libcRelease(...codeName), base.source)
  const platform = field('PLATFORM_ID') ?? field('RHEL_VERSION')
  const el = /^(?:platform:el)?(\d+)/.exec(platform?.value ?? '')?.[1]
  if (platform && el !== undefined && /\b(?:rhel|rhcos)\b/.test(family)) return clue(libcRelease('rhel', el), platform.source)
  // A release that is not in the table, or none: Alpine's relatives have musl, all others glibc.
  if (/\b(?:alpine|postmarketos|void-musl)\b/.test(family)) return [{ kind: 'musl', certainty: 'likely', source: id.source }]
  const rolls = isRolling(id.value) || (id.value === 'debian' && !release)
  if (rolls) return [{ kind: 'glibc', version: ROLLING_GLIBC, versionAssumed: true, certainty: 'likely', source: id.source }]
  const relative = /\b(?:debian|ubuntu|rhel|rhcos|fedora|centos|suse|opensuse|arch|coreos|bottlerocket|cos)\b/.test(family)
  return relative || libraryOf(id.value) === 'glibc' ? [{ kind: 'glibc', certainty: 'likely', source: id.source }] : []
}

function fieldOf({ file, text }: { readonly file: string; readonly text: string }, name: string): { readonly value: string; readonly source: Source } | undefined {
  const match = new RegExp(`^${name}=["']?([^"'\\r\\n]{1,80})`, 'm').exec(text.slice(0, 65_536))
  if (!match) return undefined
  const line = text.slice(0, match.index).split('\n').length
  return { value: (match[1] as string).trim(), source: lineSource(file, line, match[0], match.index) }
}

function byImage({ image }: StubEvidence): Clue[] {
  const named = image && libraryOfImage(image.value)
  return named ? [{ ...named, source: image.source }] : []
}

const byNsswitch = ({ nsswitch }: StubEvidence): Clue[] => (nsswitch ? [{ kind: 'glibc', certainty: 'possible', source: nsswitch.source }] : [])
