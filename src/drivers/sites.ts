// The choices that were met on the way, each with its alternatives and the text it comes from: what can be pinned, and so
// what `influence` can ask about.
import type { Pick, Plain } from '../chain/effects.ts'
import type { Site, SiteOption } from '../chain/outcome.ts'
import type { Source } from '../chain/source.ts'
import { textOf } from './canonical.ts'

interface Entry {
  readonly at: string
  readonly unknown: boolean
  source: Source | undefined
  readonly keys: Set<string>
  readonly options: Map<string, SiteOption>
  /** The list last seen: most picks of a site offer the very same array. */
  last: readonly Plain[] | undefined
}

export class SiteBook {
  private readonly sites = new Map<string, Entry>()

  met(pick: Pick): void {
    let site = this.sites.get(pick.at)
    if (!site) {
      site = { at: pick.at, unknown: pick.odds === undefined, source: pick.source, keys: new Set(), options: new Map(), last: undefined }
      this.sites.set(pick.at, site)
    }
    if (pick.key !== undefined) site.keys.add(pick.key)
    if (site.last === pick.options) return
    site.last = pick.options
    site.source ??= pick.source
    for (const [i, value] of pick.options.entries()) {
      if (pick.odds?.[i]?.[0] === 0n) continue
      const text = textOf(value)
      const source = pick.optionSources?.[i]
      if (!site.options.has(text)) site.options.set(text, { value, text, ...(source && { source }) })
    }
  }

  all(): Site[] {
    return [...this.sites.values()].map(({ at, unknown, source, keys, options }) => ({
      at, unknown, ...(source && { source }), keys: [...keys], options: [...options.values()],
    }))
  }
}
