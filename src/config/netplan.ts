// netplan's YAML, merged as `netplan generate` merges it: src/parse.c and src/validation.c at 0.106 and 1.1.2, run over the recorded
// cases (test/fidelity/fidelity.test.ts). Files of /lib, /etc and /run/netplan in order of base name, the same base name shadowing
// run > etc > lib; scalars are overwritten, lists appended (so nothing can be taken away by a later file); the first error ends it all.
// A document whose definitions refer to later ones is gone through again: 0.106 then appends its name servers a second time.
// Not modelled: tunnels' and Open vSwitch's own checks beyond what they need to exist, SR-IOV, route consistency (only a warning).
import type { Problem } from '../chain/source.ts'
import type { NetplanDefinition, Renderer } from './netplan-definition.ts'
import { Stop, type NetplanFailure } from './netplan-failure.ts'
import type { NetplanVersion } from './netplan-keys.ts'
import { NetplanParser } from './netplan-parser.ts'

export interface Netplan {
  /** In order of first mention. Empty when `failure` is set. */
  readonly definitions: readonly NetplanDefinition[]
  readonly renderer: Renderer | undefined
  readonly failure: NetplanFailure | undefined
  /** Files that are read, in the order in which they are read: paths on the node. */
  readonly filesRead: readonly string[]
  readonly problems: readonly Problem[]
}

/** A file of a node: where it lies in the bundle, and its text. */
export interface NodeFile { readonly file: string; readonly text: string }

export const NETPLAN_DEFAULT: NetplanVersion = [0, 106, 0]
const PLACE = /^\/(lib|etc|run)\/netplan\/([^/]+\.yaml)$/
const PRECEDENCE = ['lib', 'etc', 'run']

/** Paths that netplan reads, sorted as it does; shadowed files are left out. */
export function netplanFiles(paths: Iterable<string>): readonly string[] {
  const byName = new Map<string, { readonly path: string; readonly rank: number }>()
  for (const path of paths) {
    const [, folder, name] = PLACE.exec(path) ?? []
    if (folder === undefined || name === undefined) continue
    const rank = PRECEDENCE.indexOf(folder)
    const known = byName.get(name)
    if (!known || known.rank < rank) byName.set(name, { path, rank })
  }
  return [...byName.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { path }]) => path)
}

/** True when the text says that cloud-init wrote it: a change does not survive the next boot of a new instance. */
export const isCloudInit = (text: string): boolean => /^#[^\n]*generated from information provided by/im.test(text.slice(0, 2000))
  || /^#[^\n]*cloud-init/im.test(text.slice(0, 2000))

export function readNetplan(files: ReadonlyMap<string, NodeFile>, version: NetplanVersion = NETPLAN_DEFAULT): Netplan {
  const filesRead = netplanFiles(files.keys())
  const parser = new NetplanParser(version)
  const problems: Problem[] = []
  try {
    for (const path of filesRead) {
      const { file, text } = files.get(path) as NodeFile
      parser.file = file
      parser.readFile(text)
    }
    parser.finish()
    return { definitions: [...parser.definitions.values()], renderer: parser.renderer, failure: undefined, filesRead, problems }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    const { failure } = error
    problems.push({ code: 'netplan-refused', message: `netplan refuses its configuration and writes nothing: ${failure.message}`,
      state: 'damaged',
      ...(failure.source && { source: failure.source }) })
    return { definitions: [], renderer: undefined, failure, filesRead, problems }
  }
}
