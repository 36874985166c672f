// What netplan checks of one route and of one routing rule, beyond the values of its keys: handle_routes and handle_ip_rules of src/parse.c
// at 0.106 and 1.1.2. None of it decides about name servers; one that is wrong makes netplan write nothing.
import { isIp4, isIp6 } from './netplan-keys.ts'
import type { YamlMap, YamlNode } from './yaml-text.ts'

/** `at` undefined: the list of routes itself is blamed. */
export interface RouteFault {
  readonly message: string
  readonly at: YamlNode | undefined
}

const fieldsOf = (map: YamlMap): ReadonlyMap<string, YamlNode> => new Map(map.pairs.map(({ key, value }) => [key.kind === 'scalar' ? key.text : '', value]))
const textOf = (node: YamlNode | undefined): string | undefined => (node?.kind === 'scalar' ? node.text : undefined)

export function routeFault(route: YamlMap): RouteFault | undefined {
  const fields = fieldsOf(route)
  const field = (name: string): string | undefined => textOf(fields.get(name))
  const kind = (field('type') ?? 'unicast').toLowerCase()
  const scope = field('scope')?.toLowerCase() ?? (kind === 'local' || kind === 'nat' ? 'host'
    : (kind === 'unicast' && field('via') === undefined) || ['broadcast', 'multicast', 'anycast'].includes(kind) ? 'link' : 'global')
  const of = (message: string): RouteFault => ({ message, at: undefined })
  if ((scope === 'link' || scope === 'host') && field('to') === undefined) return of("link and host routes must specify a 'to' IP")
  if (kind === 'unicast' && scope === 'global' && (field('to') === undefined || field('via') === undefined)) {
    return of("global unicast route must include both a 'to' and 'via' IP")
  }
  return kind !== 'unicast' && field('to') === undefined ? of("non-unicast routes must specify a 'to' IP") : undefined
}

export function ruleFault(rule: YamlMap): RouteFault | undefined {
  const fields = fieldsOf(rule)
  if (!fields.has('from') && !fields.has('to')) return { message: "IP routing policy must include either a 'from' or 'to' IP", at: undefined }
  return undefined
}

/** Addresses of one route or rule, in the order of its keys, must be of one family; `default` is of none. */
export class FamilyCheck {
  #family: number | undefined

  fault(key: string, node: YamlNode): RouteFault | undefined {
    const text = textOf(node)
    if (text === undefined || (key === 'to' && text === 'default')) return undefined
    const address = text.includes('/') ? text.slice(0, text.lastIndexOf('/')) : text
    const family = isIp4(address) ? 4 : isIp6(address) ? 6 : undefined
    if (family === undefined) return { message: "invalid IP family '-1'", at: node }
    if (this.#family !== undefined && this.#family !== family) return { message: `IP family mismatch in route to ${text}`, at: node }
    this.#family = family
    return undefined
  }
}
