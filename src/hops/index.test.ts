// Who answers at an address, seen from a node and from a pod: what no recorded row can say, since it is about the world around the programs.
import { describe, expect, test } from 'vitest'
import type { Ask, Hop, Plain } from '../chain/effects.ts'
import type { CorednsModel, Model, ResolvedModel, ServiceModel } from '../chain/model.ts'
import { lineSource } from '../chain/source.ts'
import { readCorefile } from '../config/corefile.ts'
import { REFUSED_PORT } from '../dns/message.ts'
import { LOST } from '../chain/effects.ts'
import { buildChain } from './index.ts'

const source = lineSource('cluster', 1, 'x')
const sourced = <T>(value: T): { readonly value: T; readonly source: typeof source } => ({ value, source })
const model = (parts: Partial<Model>): Model => ({ nobody: [], stubs: [], services: [], coredns: [], resolved: [], upstreams: [], ...parts })
const coredns = (pod: string, corefile: string, more: Partial<CorednsModel> = {}): CorednsModel => ({
  pod, node: 'n1', addresses: ['10.244.0.5'], version: '1.11.3', corefile: readCorefile('Corefile', corefile, { env: new Map() }).value, files: new Map(), resolvConf: undefined,
  kubernetes: { services: undefined, endpointSlices: undefined, namespaces: undefined, pods: undefined, nodes: undefined }, hostNetwork: false, ...more,
})
const service = (node: string, address: string, port = 53): ServiceModel => ({
  name: 'kube-system/kube-dns', node, address, port, protocols: ['udp'], endpoints: [], whenEmpty: 'drop', affinity: 'flow', source,
})
const resolved = (stubListener: boolean): ResolvedModel => ({ node: 'n1', scopes: [], fallbackServers: [], stubListener, readEtcHosts: false, hosts: [] })

const WHOAMI = '.:53 {\n  whoami\n}\n'
const QUERY = { name: 'a.example.', type: 'A', transport: 'udp', rd: true }

/** What the hop ends with, when it draws the first of everything and finds its cells empty. */
function ended(chain: ReadonlyMap<string, Hop>, id: string, asked: Ask[] = []): Plain {
  const run = (chain.get(id) as Hop)(QUERY)
  let step = run.next()
  while (!step.done) {
    const effect = step.value
    if (effect.op === 'ask') {
      asked.push(...effect.asks)
      return null
    }
    if (effect.op === 'call') {
      const inner = ended(new Map([...chain, ['inner', () => (chain.get(effect.ask.hop) as Hop)(effect.ask.query)]]), 'inner', asked)
      if (asked.length > 0) return null
      step = run.next(inner)
    } else step = run.next(effect.op === 'pick' ? effect.options[0] : undefined)
  }
  return step.value
}

describe('who answers at an address, seen from a node', () => {
  const at = (parts: Partial<Model>, address: string, port?: number): string => buildChain(model(parts)).reachFrom('n1')(address, port)

  test('is the Service of that node, address and port, else an upstream, which becomes a hop', () => {
    const services = [service('n2', '10.96.0.10'), service('n1', '10.96.0.10'), service('n1', '10.96.0.11', 5353)]
    expect([at({ services }, '10.96.0.10'), at({ services }, '10.96.0.10', 54), at({ services }, '10.96.0.11'), at({ services }, '10.96.0.11', 5353)]).toEqual([
      'service 10.96.0.10:53 on n1', 'upstream 10.96.0.10:54', 'upstream 10.96.0.11', 'service 10.96.0.11:5353 on n1',
    ])
    const wired = buildChain(model({ services }))
    const id = wired.reachFrom('n1')('192.0.2.1', 5300)
    expect([id, wired.chain.has(id), [...wired.upstreams]]).toEqual(['upstream 192.0.2.1:5300', true, [['upstream 192.0.2.1:5300', { address: '192.0.2.1', port: 5300 }]]])
    expect([...wired.chain.keys()]).toContain('service 10.96.0.10:53 on n2')
  })

  test('an upstream that the evidence knows answers as it was seen, one it does not know is unknown', () => {
    const wired = buildChain(model({ upstreams: [{ address: '192.0.2.1', port: 53, view: [], reachable: 'no', reachableSources: [] }] }))
    expect(ended(wired.chain, wired.reachFrom('n1')('192.0.2.1'))).toBe(LOST)
    const run = (wired.chain.get(wired.reachFrom('n1')('192.0.2.2')) as Hop)(QUERY)
    expect(run.next().value).toMatchObject({ op: 'pick', key: 'up 192.0.2.2' })
  })

  test('an address of nobody is silent, on its node or on all', () => {
    const nobody = (node?: string): Partial<Model> => ({ nobody: [{ address: '10.96.0.10', source, ...(node !== undefined && { node }) }] })
    const wired = buildChain(model(nobody()))
    expect(ended(wired.chain, wired.reachFrom('n1')('10.96.0.10'))).toBe(LOST)
    expect([at(nobody(), '10.96.0.10'), at(nobody('n1'), '10.96.0.10'), at(nobody('n2'), '10.96.0.10'), at(nobody(), '10.96.0.11')]).toEqual([
      'nobody', 'nobody', 'upstream 10.96.0.10', 'upstream 10.96.0.11',
    ])
  })

  test('a CoreDNS pod answers at its address, and one of the host network at every link-local address of its node', () => {
    const pod = coredns('kube-system/a', WHOAMI)
    const onHost = coredns('kube-system/b', WHOAMI, { hostNetwork: true, addresses: ['10.0.0.1'] })
    expect([at({ coredns: [pod] }, '10.244.0.5'), at({ coredns: [pod] }, '10.244.0.6'), at({ coredns: [pod] }, '169.254.20.10')]).toEqual([
      'coredns kube-system/a', 'upstream 10.244.0.6', 'upstream 169.254.20.10',
    ])
    expect([at({ coredns: [pod, onHost] }, '169.254.20.10'), at({ coredns: [pod, onHost] }, '192.0.2.1')]).toEqual(['coredns kube-system/b', 'upstream 192.0.2.1'])
    expect(at({ coredns: [{ ...onHost, node: 'n2' }] }, '169.254.20.10')).toBe('upstream 169.254.20.10')
  })

  test('NodeLocal DNSCache is met at its addresses, on the ports of its blocks, 53 where a block names none', () => {
    const bound = '.:53 {\n  bind 169.254.20.10\n  whoami\n}\nexample.org {\n  bind 169.254.20.10\n  whoami\n}\n.:5353 {\n  bind 169.254.20.10\n  whoami\n}\n'
    const local = coredns('kube-system/nlc', bound, { hostNetwork: true, nodeAddresses: [sourced('169.254.20.10')], addresses: ['10.0.0.1'] })
    const noPort = { ...local, corefile: readCorefile('Corefile', 'example.org {\n  bind 169.254.20.10\n  whoami\n}\n', { env: new Map() }).value }
    expect([53, 5353, 54].map(port => at({ coredns: [local] }, '169.254.20.10', port))).toEqual(['coredns kube-system/nlc', 'coredns kube-system/nlc', 'closed port'])
    expect([53, 54].map(port => at({ coredns: [noPort] }, '169.254.20.10', port))).toEqual(['coredns kube-system/nlc', 'closed port'])
    // It has bound itself to its own address: on loopback another one listens, or nobody; a block without `bind` listens everywhere.
    expect(at({ coredns: [local] }, '127.0.0.1')).toBe('upstream 127.0.0.1')
    const open = { ...local, corefile: readCorefile('Corefile', `${bound}.:54 {\n  whoami\n}\n`, { env: new Map() }).value }
    expect(at({ coredns: [open] }, '127.0.0.1')).toBe('coredns kube-system/nlc')
    const wired = buildChain(model({ coredns: [local] }))
    expect(ended(wired.chain, wired.reachFrom('n1')('169.254.20.10', 54))).toBe(REFUSED_PORT)
  })

  test('systemd-resolved answers at its two stub addresses on port 53; without its stub listener nobody does at the first', () => {
    const on = { resolved: [resolved(true)] }
    expect([at(on, '127.0.0.53'), at(on, '127.0.0.54'), at(on, '127.0.0.53', 54), at(on, '127.0.0.54', 54), at(on, '127.0.0.1')]).toEqual([
      'systemd-resolved n1', 'systemd-resolved n1', 'closed port', 'upstream 127.0.0.54:54', 'upstream 127.0.0.1',
    ])
    const off = { resolved: [resolved(false)] }
    expect([at(off, '127.0.0.53'), at(off, '127.0.0.54'), at({}, '127.0.0.53'), at({ resolved: [{ ...resolved(true), node: 'n2' }] }, '127.0.0.53')]).toEqual([
      'closed port', 'upstream 127.0.0.54', 'upstream 127.0.0.53', 'upstream 127.0.0.53',
    ])
    const onHost = coredns('kube-system/b', WHOAMI, { hostNetwork: true, addresses: ['10.0.0.1'] })
    expect([at({ ...off, coredns: [onHost] }, '127.0.0.53'), at({ ...on, coredns: [onHost] }, '127.0.0.53')]).toEqual(['coredns kube-system/b', 'systemd-resolved n1'])
  })
})

describe('a CoreDNS of the model', () => {
  const asked = (more: Partial<CorednsModel>, to: string): string[] => {
    const asks: Ask[] = []
    ended(buildChain(model({ coredns: [coredns('kube-system/a', `.:53 {\n  forward . ${to}\n}\n.:5353 {\n  whoami\n}\n`, more)], resolved: [resolved(true)] })).chain, 'coredns kube-system/a', asks)
    return asks.map(ask => ask.hop)
  }

  test('meets itself on the loopback of its pod where it listens, and a closed port elsewhere', () => {
    expect(['127.0.0.1', '127.0.0.1:5353', '127.0.0.53:54', '192.0.2.1'].map(to => asked({}, to))).toEqual([
      ['coredns kube-system/a'], ['coredns kube-system/a'], ['closed port'], ['upstream 192.0.2.1'],
    ])
  })

  test('in the host network meets what listens on the node', () => {
    expect(asked({ hostNetwork: true }, '127.0.0.53')).toEqual(['systemd-resolved n1'])
  })

  test('that is down refuses the port, and one whose Corefile is refused answers what nobody knows, with the reason', () => {
    const chainOf = (more: Partial<CorednsModel>): Plain => ended(buildChain(model({ coredns: [coredns('kube-system/a', WHOAMI, more)] })).chain, 'coredns kube-system/a')
    expect(chainOf({ down: sourced('ended by loop') })).toBe(REFUSED_PORT)
    expect(chainOf({ refused: sourced('unknown directive') })).toEqual({
      rcode: 'SERVFAIL', flags: [], answer: [], authority: [], additional: [], cause: { kind: 'unmodelled', by: 'coredns kube-system/a', detail: 'unknown directive' },
    })
    expect(chainOf({})).toMatchObject({ rcode: 'NOERROR' })
  })

  test('tells its problems', () => {
    expect(buildChain(model({ coredns: [coredns('kube-system/a', '.:53 {\n  nosuch\n}\n')] })).problems).not.toEqual([])
  })
})
