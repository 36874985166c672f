// The reading of netplan's YAML into definitions: the handlers of src/parse.c at 0.106 and 1.1.2, in the order in which that program meets
// keys and mistakes. A document with references to what comes later is gone through again; an error ends a pass.
// Not modelled: as said in netplan.ts.
import { sourcesOf, type Source, type Sourced } from '../chain/source.ts'
import { gHashOrder } from './glib-hash.ts'
import { loadLibyaml } from './libyaml.ts'
import { grammarError, type NetplanDefinition, newDefinition, type Renderer } from './netplan-definition.ts'
import { accessPointKeys, ADDRESS_KEYS, ADDRESS_OPTION_KEYS, type DeviceType, deviceKeys, deviceSections, GATEWAY_RULES, isIp4, isIp6, type KeyRule,
  type KeyTable, NETWORK_KEYS, NETWORKMANAGER_KEYS, netplanHas, type NetplanVersion, OLD_ROUTE_KEYS, ROUTE_KEYS, RULE_KEYS, TUNNEL_KEYS } from './netplan-keys.ts'
import { Stop, wordingOf } from './netplan-failure.ts'
import { FamilyCheck, routeFault, ruleFault } from './netplan-routes.ts'
import type { YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-text.ts'

const KIND_ERROR = { scalar: 'expected scalar', list: 'expected sequence', map: 'expected mapping (check indentation)' } as const
const TUNNEL_MODES = new Set(['ipip', 'gre', 'sit', 'isatap', 'vti', 'ip6ip6', 'ipip6', 'ip6gre', 'vti6', 'gretap', 'ip6gretap',
  'wireguard', 'vxlan'])

export class NetplanParser {
  readonly definitions = new Map<string, NetplanDefinition>()
  renderer: Renderer | undefined
  file = ''
  readonly #version: NetplanVersion
  readonly #sections: ReadonlyMap<string, DeviceType>
  readonly #keys: ReadonlyMap<DeviceType, KeyTable>
  /** References to definitions that were not seen yet, by name. */
  #missing = new Map<string, { readonly by: string; readonly node: YamlScalar }>()
  #foundMissing = 0
  #sectionRenderer: Renderer | undefined

  constructor(version: NetplanVersion) {
    this.#version = version
    this.#sections = deviceSections(version)
    this.#keys = deviceKeys(version)
  }

  readFile(text: string): void {
    const loaded = loadLibyaml(this.file, text)
    if ('fault' in loaded) {
      const { line, column, offset } = loaded.fault
      const source = sourcesOf(this.file, text)(offset, offset)
      throw new Stop({ exit: 1, message: `Invalid YAML: ${wordingOf(loaded.fault)}`, file: this.file, line, column, source })
    }
    if (loaded.root) this.#document(loaded.root)
  }

  #fail(node: YamlNode | Source | undefined, message: string): never {
    const source = node && 'kind' in node ? node.source : node
    throw new Stop({ exit: 1, message, file: this.file, line: source?.line, column: source?.column, source })
  }

  #expect(node: YamlNode, kind: 'scalar' | 'list' | 'map'): void {
    if (node.kind !== kind) this.#fail(node, KIND_ERROR[kind])
  }

  /** process_document: again and again until every reference is known or none more gets known. */
  #document(root: YamlNode): void {
    this.#missing = new Map()
    let before: number
    // An error ends a pass, not the passes: a later one may meet another before it.
    let stop: Stop | undefined
    do {
      before = this.#foundMissing
      this.#foundMissing = 0
      stop = this.#pass(root)
      if (this.#missing.size > 0 && this.#foundMissing === before) break
    } while (this.#missing.size > 0 || this.#foundMissing > 0)
    if (stop) throw stop
    if (netplanHas(this.#version, 'links that NetworkManager makes')) this.#forgivenReferences()
    const first = gHashOrder([...this.#missing.keys()])[0]
    const missing = first === undefined ? undefined : this.#missing.get(first)
    if (missing) this.#fail(missing.node, `${missing.by}: interface '${first}' is not defined`)
  }

  #pass(root: YamlNode): Stop | undefined {
    try {
      this.#expect(root, 'map')
      for (const { key, value } of (root as YamlMap).pairs) {
        this.#expect(key, 'scalar')
        if (keyOf(key) !== 'network') this.#fail(key, `unknown key '${keyOf(key)}'`)
        this.#expect(value, 'map')
        this.#network(value as YamlMap)
      }
      return undefined
    } catch (error) {
      if (error instanceof Stop && error.failure.exit === 1) return error
      throw error
    }
  }

  /** NetworkManager takes a VLAN without its parent, and a veth without its peer. */
  #forgivenReferences(): void {
    for (const [name, { by }] of this.#missing) {
      const definition = this.definitions.get(by)
      if ((definition?.type !== 'vlan' && definition?.type !== 'veth')
        || (definition.renderer ?? this.renderer) !== 'NetworkManager') continue
      this.#missing.delete(name)
      // Of two that name the same missing interface only the last gets a stand-in.
      if (definition.type === 'vlan') definition.link = name
      else definition.peer = name
    }
  }

  #network(network: YamlMap): void {
    for (const { key, value } of network.pairs) {
      this.#expect(key, 'scalar')
      const name = keyOf(key)
      const type = this.#sections.get(name)
      if (type) {
        this.#expect(value, 'map')
        this.#section(value as YamlMap, type)
        continue
      }
      const rule = NETWORK_KEYS.get(name)
      if (!rule) this.#fail(key, `unknown key '${name}'`)
      this.#value(undefined, name, rule, key, value)
    }
  }

  #section(section: YamlMap, type: DeviceType): void {
    for (const { key, value } of section.pairs) {
      const id = this.#id(key)
      if (/[*[\]?]/.test(id)) this.#fail(key, `Definition ID '${id}' must not use globbing`)
      if (id === 'renderer') {
        this.#sectionRenderer = this.#rendererOf(value)
        continue
      }
      this.#expect(value, 'map')
      if (this.#missing.delete(id)) this.#foundMissing++
      let definition = this.definitions.get(id)
      if (definition && definition.type !== type) this.#fail(key, `Updated definition '${id}' changes device type`)
      if (!definition) this.definitions.set(id, definition = newDefinition(id, type, key.source, this.#sectionRenderer))
      definition.source = key.source
      this.#mapping(definition, '', this.#keys.get(type) as KeyTable, value as YamlMap)
      if (type === 'nm') definition.renderer = netplanHas(this.#version, 'links that NetworkManager makes') ? 'NetworkManager' : definition.renderer
      if (this.#missing.size === 0) this.#validate(definition, value)
    }
    this.#sectionRenderer = undefined
  }

  #id(node: YamlNode): string {
    this.#expect(node, 'scalar')
    const { text } = node as YamlScalar
    if (!/^[\x21-\x7e]+$/.test(text)) this.#fail(node, `Invalid name '${text}'`)
    return text
  }

  #mapping(definition: NetplanDefinition, path: string, keys: KeyTable, map: YamlMap): void {
    for (const { key, value } of map.pairs) {
      this.#expect(key, 'scalar')
      const name = keyOf(key)
      const rule = keys.get(name)
      if (!rule) this.#fail(key, `unknown key '${name}'`)
      this.#value(definition, path === '' ? name : `${path}.${name}`, rule, key, value)
    }
  }

  #value(definition: NetplanDefinition | undefined, path: string, rule: KeyRule, key: YamlNode, value: YamlNode): void {
    const type = rule.kind === 'special' ? rule.type : rule.kind
    if (type !== 'any') this.#expect(value, type)
    if (rule.kind === 'special') this.#special(definition, rule.name, path, value)
    else if (rule.kind === 'scalar') {
      const { text } = value as YamlScalar
      const error = rule.check?.(text)
      if (error !== undefined) this.#fail(value, error)
      definition?.scalars.set(path, { value: text, source: value.source })
    } else if (rule.kind === 'map' && rule.keys && definition) {
      if (path === 'match') definition.hasMatch = true
      this.#mapping(definition, path, rule.keys, value as YamlMap)
    } else if (rule.kind === 'list') this.#list(definition, path, rule, value as YamlList)
  }

  #list(definition: NetplanDefinition | undefined, path: string, rule: KeyRule & { readonly kind: 'list' }, list: YamlList): void {
    for (const item of list.items) {
      if (!rule.itemKind) continue
      this.#expect(item, rule.itemKind)
      const error = item.kind === 'scalar' ? rule.item?.(item.text) : undefined
      if (error !== undefined) this.#fail(list, error)
    }
    if (path === 'link-local' && definition) definition.scalars.set(path,
      { value: list.items.map(item => (item as YamlScalar).text.toLowerCase()).join(' '), source: list.source })
  }

  #routes(definition: NetplanDefinition, path: string, list: YamlList): void {
    const rules = path === 'routing-policy'
    for (const item of list.items) {
      this.#expect(item, 'map')
      const families = new FamilyCheck()
      const { pairs } = item as YamlMap
      for (const pair of pairs) {
        this.#mapping(definition, `${path}[]`, rules ? RULE_KEYS : netplanHas(this.#version, 'advertised-mss') ? ROUTE_KEYS : OLD_ROUTE_KEYS, { ...(item as YamlMap), pairs: [pair] })
        const fault = ADDRESS_KEYS.has(keyOf(pair.key)) ? families.fault(keyOf(pair.key), pair.value) : undefined
        if (fault !== undefined) this.#fail(pair.value, fault)
      }
      const fault = rules ? ruleFault(item as YamlMap) : routeFault(item as YamlMap)
      if (fault !== undefined) this.#fail(list, fault)
    }
  }

  #special(definition: NetplanDefinition | undefined, name: string, path: string, value: YamlNode): void {
    if (name === 'version') {
      if (Number.parseInt((value as YamlScalar).text, 10) !== 2) this.#fail(value, 'Only version 2 is supported')
    } else if (name === 'global-renderer') this.renderer = this.#rendererOf(value)
    else if (definition) this.#ofDefinition(definition, name, path, value)
  }

  #ofDefinition(definition: NetplanDefinition, name: string, path: string, value: YamlNode): void {
    const text = value.kind === 'scalar' ? value.text : ''
    switch (name) {
      case 'nameservers': return this.#nameservers(definition, value as YamlList)
      case 'search': return this.#search(definition, value as YamlList)
      case 'addresses': return this.#addresses(definition, value as YamlList)
      case 'gateway4': case 'gateway6': return this.#gateway(definition, name, value)
      case 'renderer':
        if (definition.type === 'vlan' && text === 'sriov') definition.scalars.set('renderer', { value: text, source: value.source })
        else definition.renderer = this.#rendererOf(value)
        return
      case 'networkmanager':
        // What is set counts, not that the section is there.
        definition.hasNetworkManager ||= (value as YamlMap).pairs.length > 0
        return this.#mapping(definition, path, NETWORKMANAGER_KEYS, value as YamlMap)
      case 'routes': case 'routing-policy': return this.#routes(definition, name, value as YamlList)
      case 'tunnel-key': return this.#tunnelKey(definition, value)
      case 'path-cost': case 'port-priority': return this.#ofMembers(definition, name, value as YamlMap)
      case 'passthrough':
        for (const pair of (value as YamlMap).pairs) if (pair.value.kind === 'scalar') definition.passthrough.set(keyOf(pair.key),
          { value: pair.value.text, source: pair.value.source })
        return
      case 'openvswitch': return this.#openvswitch(definition, value as YamlMap)
      case 'access-points': return this.#accessPoints(definition, value as YamlMap)
      case 'tunnel-mode':
        if (!TUNNEL_MODES.has(text)) this.#fail(value, `${definition.id}: tunnel mode '${text}' is not supported`)
        definition.scalars.set('mode', { value: text, source: value.source })
        return
      case 'driver': case 'name':
        if (name === 'name') this.#id(value)
        else this.#driver(value)
        definition.scalars.set(path, { value: value.kind === 'list' ? value.items.map(item => (item as YamlScalar).text).join(' ') : text,
          source: value.source })
        return
      case 'link': definition.link = this.#named(definition, value as YamlScalar)?.id ?? definition.link; return
      case 'peer': return this.#peer(definition, value as YamlScalar)
      case 'primary': definition.primary = this.#named(definition, value as YamlScalar)?.id ?? definition.primary; return
      default: return this.#interfaces(definition, name, value as YamlList)
    }
  }

  /** The definition that another one names. One that was not seen yet is missed. */
  #named(by: NetplanDefinition, node: YamlScalar): NetplanDefinition | undefined {
    const named = this.definitions.get(node.text)
    if (!named) this.#missing.set(node.text, { by: by.id, node })
    return named
  }

  #tunnelKey(definition: NetplanDefinition, value: YamlNode): void {
    if (value.kind === 'list') this.#fail(value, "invalid type for 'key[s]': must be a scalar or mapping")
    if (value.kind === 'map') return this.#mapping(definition, 'keys', TUNNEL_KEYS, value)
    for (const name of ['input', 'output', 'private']) definition.scalars.set(`keys.${name}`, { value: value.text, source: value.source })
  }

  #driver(value: YamlNode): void {
    if (value.kind === 'map') this.#fail(value, "invalid type for 'driver': must be a scalar or a sequence of scalars")
    const globs = value.kind === 'list' ? value.items : [value]
    for (const glob of globs) {
      this.#expect(glob, 'scalar')
      if ((glob as YamlScalar).text.includes(' ')) this.#fail(value, "A 'driver' glob cannot contain whitespace")
    }
    if (globs.length === 0) this.#fail(value, "invalid sequence for 'driver'")
  }

  #peer(definition: NetplanDefinition, node: YamlScalar): void {
    const blame = (message: string): never => this.#fail(node, `${definition.id}: virtual-ethernet peer ${message}`)
    if (node.text === definition.id) blame('cannot be itself')
    const other = this.#named(definition, node)
    if (!other) return
    if (other.type !== 'veth') blame(`'${other.id}' is not a virtual-ethernet interface`)
    if (other.peer !== undefined && other.peer !== definition.id) {
      blame(`'${other.id}' is another virtual-ethernet's (${other.peer}) peer already`)
    }
    definition.peer = other.id
    other.peer = definition.id
  }

  /** A bridge's settings by member; a second pass over the same document meets its own. */
  #ofMembers(definition: NetplanDefinition, name: 'path-cost' | 'port-priority', map: YamlMap): void {
    for (const { key, value } of map.pairs) {
      this.#expect(key, 'scalar')
      this.#expect(value, 'scalar')
      const member = this.#named(definition, key as YamlScalar)
      const { text } = value as YamlScalar
      if (!member) continue
      const known = Number(member.scalars.get(`bridge ${name}`)?.value ?? 0)
      if (known > 0) this.#fail(map, `${definition.id}: interface '${member.id}' already has a ${name.replace('-', ' ')} of ${known}`)
      if (!/^\s*[+-]?\d+$|^$/.test(text) || (name === 'port-priority' && Number(text) > 63)) {
        this.#fail(map, name === 'path-cost' ? `invalid unsigned int value '${text}'` : `invalid port priority value (must be between 0 and 63): ${text}`)
      }
      member.scalars.set(`bridge ${name}`, { value: text, source: value.source })
    }
  }

  #rendererOf(node: YamlNode): Renderer {
    const text = node.kind === 'scalar' ? node.text : ''
    if (text !== 'networkd' && text !== 'NetworkManager') this.#fail(node, `unknown renderer '${text}'`)
    return text
  }

  #nameservers(definition: NetplanDefinition, list: YamlList): void {
    for (const item of list.items) {
      this.#expect(item, 'scalar')
      const { text } = item as YamlScalar
      const servers = isIp4(text) ? definition.servers4 : isIp6(text) ? definition.servers6 : undefined
      if (!servers) this.#fail(list, `malformed address '${text}', must be X.X.X.X or X:X:X:X:X:X:X:X`)
      this.#append(servers, item as YamlScalar)
    }
  }

  #search(definition: NetplanDefinition, list: YamlList): void {
    for (const item of list.items) {
      this.#expect(item, 'scalar')
      this.#append(definition.search, item as YamlScalar)
    }
  }

  /** 0.106.1 drops repeats, keeping the first; it stays known that the later one is there too, because taking out one of them changes nothing.
   * */
  #append(all: Sourced<string>[], { text, source }: YamlScalar): void {
    const known = netplanHas(this.#version, 'repeats are dropped') ? all.findIndex(other => other.value === text) : -1
    const first = all[known]
    if (!first) all.push({ value: text, source })
    else if (first.source.file !== source.file || first.source.start !== source.start) {
      const behind = (first.source.behind ?? []).filter(other => other.file !== source.file || other.start !== source.start)
      all[known] = { value: text, source: { ...first.source, behind: [...behind, source] } }
    }
  }

  #addresses(definition: NetplanDefinition, list: YamlList): void {
    for (const item of list.items) {
      if (item.kind === 'list') this.#fail(item, 'expected either scalar or mapping (check indentation)')
      const entry = item.kind === 'map' ? item.pairs[0]?.key : item
      if (!entry) continue
      this.#expect(entry, 'scalar')
      const { text } = entry as YamlScalar
      const slash = text.lastIndexOf('/')
      if (slash < 0) this.#fail(list, `address '${text}' is missing /prefixlength`)
      const address = text.slice(0, slash)
      const length = Number.parseInt(text.slice(slash + 1), 10) || 0
      const family = isIp4(address) ? 4 : isIp6(address) ? 6 : undefined
      if (family === undefined) this.#fail(list, `malformed address '${text}', must be X.X.X.X/NN or X:X:X:X:X:X:X:X/NN`)
      if (item.kind === 'map') {
        // An address with options is written by its own section, not as `Address=`.
        if (definition.addressOptions.has(text)) return
        const options = item.pairs[0]?.value
        if (options?.kind === 'map') this.#mapping(definition, 'addresses[]', ADDRESS_OPTION_KEYS, options)
        definition.addressOptions.add(text)
        continue
      }
      if (length === 0 || length > (family === 4 ? 32 : 128)) this.#fail(list, `invalid prefix length in address '${text}'`)
      const all = family === 4 ? definition.addresses4 : definition.addresses6
      if (!all.includes(text)) all.push(text)
    }
  }

  #gateway(definition: NetplanDefinition, name: 'gateway4' | 'gateway6', node: YamlNode): void {
    const { text } = node as YamlScalar
    const rule = GATEWAY_RULES[name]
    const error = rule.kind === 'scalar' ? rule.check?.(text) : undefined
    if (error !== undefined) this.#fail(node, error)
    const known = definition.scalars.get(name)
    if (known && known.value !== text && !netplanHas(this.#version, 'gateways replace earlier ones')) {
      throw new Stop({ exit: 250, message: `${name} is given twice with different values: netplan ${this.#version.join('.')} aborts`,
        file: this.file,
        line: node.source.line, column: node.source.column, source: node.source })
    }
    definition.scalars.set(name, { value: text, source: node.source })
  }

  #openvswitch(definition: NetplanDefinition, map: YamlMap): void {
    const names = map.pairs.map(pair => keyOf(pair.key))
    const onlyIds = names.length > 0 && names.every(name => name === 'external-ids' || name === 'other-config')
    if (definition.type !== 'bond' && definition.type !== 'bridge' && onlyIds) return
    definition.renderer = 'openvswitch'
  }

  #accessPoints(definition: NetplanDefinition, map: YamlMap): void {
    const seen = new Set<string>()
    for (const { key, value } of map.pairs) {
      this.#expect(key, 'scalar')
      this.#expect(value, 'map')
      const ssid = keyOf(key)
      // 0.106 meets those of an earlier pass or file again.
      if (seen.has(ssid) || (!netplanHas(this.#version, 'access points replace earlier ones') && definition.accessPoints.has(ssid))) this.#fail(key, `${definition.id}: Duplicate access point SSID '${ssid}'`)
      seen.add(ssid)
      definition.scalars.delete('access-points.mode')
      this.#mapping(definition, 'access-points', accessPointKeys(this.#version), value as YamlMap)
      if (value.kind === 'map' && value.pairs.some(pair => keyOf(pair.key) === 'networkmanager' && pair.value.kind === 'map' && pair.value.pairs.length > 0)) {
        definition.hasNetworkManager = true
      }
      definition.accessPoints.set(ssid, { mode: definition.scalars.get('access-points.mode')?.value, source: key.source })
    }
  }

  #interfaces(definition: NetplanDefinition, name: string, list: YamlList): void {
    for (const item of list.items) {
      this.#expect(item, 'scalar')
      const { text } = item as YamlScalar
      const member = this.#named(definition, item as YamlScalar)
      if (!member) continue
      const taken = (kind: string, by: string): never =>
        this.#fail(list, `${definition.id}: interface '${text}' is already assigned to ${kind} ${by}`)
      if (name === 'vrf-interfaces') {
        if (member.vrf !== undefined && member.vrf !== definition.id) taken('vrf', member.vrf)
        member.vrf = definition.id
      } else if (name === 'bridge-interfaces') {
        if (member.bridge !== undefined && member.bridge !== definition.id) taken('bridge', member.bridge)
        if (member.bond !== undefined) taken('bond', member.bond)
        member.bridge = definition.id
      } else {
        if (member.bridge !== undefined) taken('bridge', member.bridge)
        if (member.bond !== undefined && member.bond !== definition.id) taken('bond', member.bond)
        member.bond = definition.id
      }
    }
  }

  /** Later releases do not say where. */
  #validate(definition: NetplanDefinition, node: YamlNode): void {
    const error = grammarError(definition, definition.renderer ?? this.renderer, this.#version)
    if (error !== undefined) this.#fail(netplanHas(this.#version, 'grammar errors have no place') ? undefined : node, error)
  }

  /** Definitions without a renderer of their own get the global one, networkd by default. */
  finish(): void {
    for (const definition of this.definitions.values()) definition.renderer ??= this.renderer ?? 'networkd'
  }
}

const keyOf = (node: YamlNode): string => (node.kind === 'scalar' ? node.text : node.source.text)
