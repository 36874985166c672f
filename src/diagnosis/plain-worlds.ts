// The plainest of the open worlds: servers nobody complains about are up, and servers of one kind (private, or public) that
// nobody compared know the same names. Used for the verdict only where it would otherwise be open; what is assumed is said.
import type { Plain } from '../chain/effects.ts'
import type { Model } from '../chain/model.ts'
import { nameKey } from '../dns/name.ts'
import type { World } from '../drivers/worlds.ts'
import type { Said } from '../findings/diagnosis.ts'
import { isPrivateAddress } from '../findings/upstream-choice.ts'

export interface PlainWorlds {
  readonly worlds: readonly World[]
  readonly assumed: readonly Said[]
}

const UP = /^up (\S+)$/
const VIEW = /^view (\S+) (\S+)(?: (\S+))?$/

export function plainWorlds(model: Model, worlds: readonly World[]): PlainWorlds {
  const supposed = new Set<string>()
  const left = worlds.filter(world => isPlain(model, world.settled, supposed))
  return {
    worlds: left,
    assumed: [...supposed].sort().map(address => ({
      en: `${address} was not asked: taken to be up and to know what its kind knows`,
      zh: `${address} 未被询问：假定其可达，且与同类服务器认识同样的域名`,
    })),
  }
}

function isPlain(model: Model, world: ReadonlyMap<string, Plain>, supposed: Set<string>): boolean {
  const groups = new Map<string, Set<string>>()
  for (const [key, is] of world) {
    const up = UP.exec(key)
    if (up) {
      if (isUntold(model, up[1] as string)) {
        supposed.add(up[1] as string)
        if (is !== 'yes') return false
      }
      continue
    }
    const view = VIEW.exec(key)
    if (!view) continue
    const [, address, name, type] = view as unknown as [string, string, string, string | undefined]
    supposed.add(address)
    const group = `${isPrivateAddress(address)} ${name} ${type ?? ''}`
    const said = groups.get(group) ?? new Set(type === undefined ? knownExistence(model, address, name) : [])
    said.add(type === undefined || is === 'NODATA' || is === 'NXDOMAIN' ? String(is) : 'answer')
    groups.set(group, said)
  }
  return [...groups.values()].every(said => said.size <= 1)
}

/** Nobody saw it fail: its state is open only because nobody asked. */
const isUntold = (model: Model, address: string): boolean =>
  (model.upstreams.find(u => u.address === address)?.reachable ?? 'unknown') === 'unknown'

/** What servers of the same kind are known to say of the name. */
function knownExistence(model: Model, address: string, name: string): string[] {
  const said = new Set<string>()
  for (const upstream of model.upstreams) {
    if (upstream.address === address || isPrivateAddress(upstream.address) !== isPrivateAddress(address)) continue
    for (const entry of upstream.view) if (nameKey(entry.name) === name) for (const { reply } of entry.replies) said.add(reply.rcode === 'NOERROR' ? 'exists' : reply.rcode)
  }
  return [...said]
}
