// What the set-up of a plugin refuses, in CoreDNS' own words: each check reads the words of the plugin as that set-up does (setup.go of the
// plugin, 1.9.3 to 1.15.0) and throws at the first it would not take. What it would print meanwhile is said, too. The handler of a
// plugin reads its options on its own and need not look for mistakes.
// Not modelled: plugins without a check here (CHECKS); for them only what their handler refuses counts.
import type { CorednsModel, ServerBlock } from '../../chain/model.ts'
import { Dispenser, SetupRefused, type GivenUp } from './dispenser.ts'
import { isFault, type Parsed } from './go-number.ts'
import { cleanPath, containerPath } from './go-path.ts'
import { since, type CorednsVersion } from './plugin.ts'
import { ONCE_TEXT } from './refuse.ts'

export interface SetupAt {
  readonly version: CorednsVersion
  /** Zones of the block's keys. */
  readonly zones: readonly string[]
  /** Of its first key. */
  readonly port: number | undefined
  readonly model: CorednsModel
  /** Is this plugin in the block? */
  readonly has: (plugin: string) => boolean
  /** Directory of the block's `root` plugin, if it was set up before. */
  root: string
  /** `tls` was set up already. */
  hasTls: boolean
  /** Addresses of `bind`, when that is set up; empty = all. */
  addresses: readonly string[]
  /** `bind` left it none at all. */
  isBoundNowhere: boolean
  /** Sockets of `multisocket`. */
  sockets: number
  /** A line of the log, printed during the set-up. */
  readonly print: (line: string) => void
  /** A line of the log, printed when the server starts, before it listens. */
  readonly printAtStart: (line: string) => void
  /** An error of the start, when all set-ups are done: printed as it is. */
  readonly refuseAtStart: (text: string, how?: GivenUp) => void
}

/** Throws a SetupRefused; texts are without `plugin/NAME: `. */
export type SetupCheck = (c: Dispenser, at: SetupAt) => void

/** All words of a plugin in one block, one use behind the other. */
export function dispenserOf(block: ServerBlock, name: string, version: CorednsVersion): Dispenser {
  return new Dispenser((block.uses ?? []).filter(u => u.name === name).flatMap(u => u.words), since(version, 1, 15))
}

export function runCheck(check: SetupCheck, c: Dispenser, at: SetupAt): SetupRefused | undefined {
  try {
    check(c, at)
    return undefined
  } catch (refused) {
    if (refused instanceof SetupRefused) return refused
    throw refused
  }
}

/** `for c.Next() { if i > 0 { ErrOnce } … }`. */
export function once(c: Dispenser, read: () => void): void {
  for (let i = 0; c.next(); i++) {
    if (i > 0) throw c.refuse(ONCE_TEXT)
    read()
  }
}

/** What Go's parser made of a word, or its text as the refusal. */
export function valueOf<T>(c: Dispenser, parsed: Parsed<T>): T {
  if (isFault(parsed)) throw c.refuse(parsed.fault)
  return parsed.value
}

/** The next word of the line, which must be there; more may follow. */
export function nextWord(c: Dispenser): string {
  if (!c.nextArg()) throw c.argErr()
  return c.val()
}

/** The one word that the rest of the line must be. */
export function onlyWord(c: Dispenser): string {
  const [word, ...more] = c.remainingArgs()
  if (word === undefined || more.length > 0) throw c.argErr()
  return word
}

/** Nothing more on the line. */
export function noWords(c: Dispenser): void {
  if (c.remainingArgs().length > 0) throw c.argErr()
}

/** time.NewTicker at the start: a time below zero is a panic; at zero none is made. */
export function startTicker(at: SetupAt, everyMs: number): void {
  if (everyMs < 0) at.refuseAtStart('panic: non-positive interval for NewTicker', 'panic')
}

export const unknownProperty = (c: Dispenser): SetupRefused => c.err(`unknown property '${c.val()}'`)

/** Undefined: the evidence does not tell whether it is there. */
export function pathState(at: SetupAt, path: string): 'file' | 'directory' | 'missing' | undefined {
  const absolute = containerPath(path)
  if (at.model.files.has(absolute)) return 'file'
  const within = absolute === '/' ? '/' : `${absolute}/`
  if (absolute === '/' || [...at.model.files.keys()].some(p => p.startsWith(within))) return 'directory'
  return at.model.machine?.hasAllFiles ? 'missing' : undefined
}

export const MISSING = 'no such file or directory'

/** What stat(2) says of a path that is not there; undefined also where the evidence does not tell. */
export function statFault(at: SetupAt, path: string): string | undefined {
  if (path === '') return MISSING
  const parts = containerPath(path).split('/')
  const isBelowFile = parts.some((_, i) => i > 0 && i < parts.length - 1 && at.model.files.has(parts.slice(0, i + 1).join('/')))
  if (isBelowFile || (path.endsWith('/') && at.model.files.has(containerPath(path)))) return 'not a directory'
  return pathState(at, path) === 'missing' ? MISSING : undefined
}

/** What os.ReadFile says of a path; undefined = it can be read, or the evidence does not tell. */
export function readFault(at: SetupAt, path: string): string | undefined {
  const fault = statFault(at, path)
  if (fault !== undefined) return `open ${path}: ${fault}`
  return pathState(at, path) === 'directory' ? `read ${path}: is a directory` : undefined
}

export const textAt = (at: SetupAt, path: string): string | undefined => at.model.files.get(containerPath(path))?.text

/** filepath.Join(root, path) for a path that is relative. */
export const rooted = (at: SetupAt, path: string): string => (path.startsWith('/') || at.root === '' ? path : `${at.root.replace(/\/+$/, '')}/${path}`)

/** The same, cleaned where it is joined. */
export const joined = (at: SetupAt, path: string): string => (rooted(at, path) === path ? path : cleanPath(rooted(at, path)))
