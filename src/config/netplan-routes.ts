// What netplan checks of one route and of one routing rule, beyond the values of its keys: handle_routes and handle_ip_rules of src/parse.c
// at 0.106 and 1.1.2. None of it decides about name servers; one that is wrong makes netplan write nothing.
import { isIp4, isIp6 } from './netplan-keys.ts'
import type { YamlMap, YamlNode } from './yaml-text.ts'

const fieldsOf = (map: YamlMap): ReadonlyMap<string, YamlNode> => new Map(map.pairs.map(({ key, value }) => [key.kind === 'scalar' ? key.text : '', value]))
const textOf = (node: YamlNode | undefined): string | undefined => (node?.kind === 'scalar' ? node.text : undefined)

/** The list of routes is blamed. */
export function routeFault(route: YamlMap): string | undefined {
  const fields = fieldsOf(route)
  const field = (name: string): string | undefined => textOf(fields.get(name))
  const kind = (field('type') ?? 'unicast').toLowerCase()
  const scope = field('scope')?.toLowerCase() ?? (kind === 'local' || kind === 'nat' ? 'host'
    : (kind === 'unicast' && field('via') === undefined) || ['broadcast', 'multicast', 'anycast'].includes(kind) ? 'link' : 'global')
  if ((scope === 'link' || scope === 'host') && field('to') === undefined) return "link and host routes must specify a 'to' IP"
  if (kind === 'unicast' && scope === 'global' && (field('to') === undefined || field('via') === undefined)) {
    return "global unicast route must include both a 'to' and 'via' IP"
  }
  return kind !== 'unicast' && field('to') === undefined ? "non-unicast routes must specify a 'to' IP" : undefined
}

/** The list of rules is blamed. */
export function ruleFault(rule: YamlMap): string | undefined {
  const fields = fieldsOf(rule)
  return fields.has('from') || fields.has('to') ? undefined : "IP routing policy must include either a 'from' or 'to' IP"
}

/** Addresses of one route or rule, in the order of its keys, must be of one family; `default` is of none. */
export class FamilyCheck {
  #family: number | undefined

  /** The address is blamed. */
  fault(key: string, node: YamlNode): string | undefined {
    const text = textOf(node)
    if (text === undefined || (key === 'to' && text === 'default')) return undefined
    const address = text.includes('/') ? text.slice(0, text.lastIndexOf('/')) : text
    const family = isIp4(address) ? 4 : isIp6(address) ? 6 : undefined
    if (family === undefined) return "invalid IP family '-1'"
    if (this.#family !== undefined && this.#family !== family) return `IP family mismatch in route to ${text}`
    this.#family = family
    return undefined
  }
}
