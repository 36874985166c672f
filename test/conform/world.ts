// What a scenario is being made of: each plugin's table adds names worth asking, files and rules of upstreams to it.
import { since, type CorednsVersion } from '../../src/hops/coredns/plugin.ts'
import type { Dice } from './dice.ts'
import type { Query, Rule } from './scenario.ts'

export interface PluginCases {
  readonly plugin: string
  /** First release that has it. */
  readonly since?: CorednsVersion
  /** Share of the blocks that use it. */
  readonly share: number
  /** The text of one use; undefined: not in this block. */
  readonly write: (world: World) => string | undefined
}

/** Addresses of upstreams: three that follow a script. */
export const UPSTREAMS = ['127.0.0.11', '127.0.0.12', '127.0.0.13'] as const
/** Nobody listens there. */
export const CLOSED = '127.0.0.19'
export const CLIENTS = ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.130'] as const

export class World {
  readonly dice: Dice
  readonly version: CorednsVersion
  readonly names: string[] = []
  /** Questions that a plugin wants asked as they are. */
  readonly queries: Partial<Query>[] = []
  readonly files: Record<string, string> = {}
  readonly env: Record<string, string> = {}
  /** For every upstream, first match wins. */
  readonly rules: Rule[] = []
  /** Upstreams that the configuration names. */
  readonly upstreams = new Set<string>()
  /** Records come back in an order of chance: which of them a cut leaves is chance, too. */
  shuffles = false
  /** Who asks matters here. */
  looksAtClient = false
  /** The block that is being written has a view. */
  isViewed = false
  /** Zone of the block that is being written. */
  zone = '.'
  /** Plugins of that block, by table. */
  readonly used = new Set<string>()

  constructor(dice: Dice, version: CorednsVersion) {
    this.dice = dice
    this.version = version
  }

  has(major: number, minor: number, patch = 0): boolean {
    return since(this.version, major, minor, patch)
  }

  ask(...names: readonly string[]): void {
    this.names.push(...names)
  }

  file(path: string, text: string): string {
    this.files[path] = text
    return path
  }

  /** A name inside the block's zone. */
  inZone(label: string): string {
    return this.zone === '.' ? `${label}.test.` : `${label}.${this.zone}`
  }
}
