import { expect, test } from 'vitest'
import { objectsFrom } from '../../test/support/cluster-files.ts'
import type { KubeObject } from '../chain/model.ts'
import { sliceSet } from './endpoint-slices.ts'
import { balance, portsOf, type Balanced, type PortEndpoint } from './kube-proxy.ts'

interface Given {
  readonly minor?: number
  readonly annotations?: string
  readonly spec?: string
  readonly endpoints: readonly string[]
}

function balanced({ minor, annotations = '{}', spec = '', endpoints }: Given): Balanced {
  const [service, slice] = objectsFrom(`apiVersion: v1
kind: Service
metadata: {name: s, namespace: d, annotations: ${annotations}}
spec: {clusterIP: 10.96.0.9, ports: [{name: dns, port: 53, protocol: UDP${spec.includes('NodePort') ? ', nodePort: 30053' : ''}}]${spec}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: s-1, namespace: d, labels: {kubernetes.io/service-name: s}}
addressType: IPv4
ports: [{name: dns, port: 53, protocol: UDP}]
endpoints: [${endpoints.map(one => `{${one}}`).join(', ')}]
`) as [KubeObject, KubeObject]
  const all = sliceSet(slice).endpoints.map((endpoint): PortEndpoint => ({ ...endpoint, port: 53 }))
  return balance(service, all, { name: 'n1', zone: 'a', minor }, portsOf(service)[0] as { nodePort: number })
}
const addresses = (set: readonly PortEndpoint[] | undefined): string | undefined => set?.map(one => one.address).join(' ')

const TERMINATING = 'addresses: [10.1.0.1], nodeName: n1, conditions: {ready: false, terminating: true}'

test.each([[25, ''], [26, '10.1.0.1'], [34, '10.1.0.1'], [undefined, '10.1.0.1']])('1.%s: a terminating pod of which nothing says that it stopped serving is the last resort since 1.26', (minor, left) => {
  expect(addresses(balanced({ ...(minor !== undefined && { minor }), endpoints: [TERMINATING] }).internal)).toBe(left)
})

const ZONES = ['addresses: [10.1.0.1], hints: {forZones: [{name: a}]}', 'addresses: [10.1.0.2], hints: {forZones: [{name: b}]}']
const OLD = '{service.kubernetes.io/topology-aware-hints: auto}'
const NEW = '{service.kubernetes.io/topology-mode: Auto}'

test.each([
  [23, OLD, 'none'], [24, OLD, 'same-zone'], [24, NEW, 'none'], [26, '{}', 'none'], [27, NEW, 'same-zone'], [28, '{service.kubernetes.io/topology-mode: x}', 'same-zone'],
  [30, '{service.kubernetes.io/topology-mode: disabled}', 'none'], [30, '{service.kubernetes.io/topology-mode: Auto, service.kubernetes.io/topology-aware-hints: disabled}', 'none'],
  [30, '{}', 'none'], [31, '{}', 'same-zone'], [34, '{service.kubernetes.io/topology-mode: disabled}', 'same-zone'],
])('1.%i with annotations %s: zone hints give %s', (minor, annotations, hints) => {
  expect(balanced({ minor, annotations, endpoints: ZONES }).hints).toBe(hints)
})

test('node hints are heeded since 1.34', () => {
  const endpoints = ['addresses: [10.1.0.1], hints: {forNodes: [{name: n1}]}', 'addresses: [10.1.0.2], hints: {forNodes: [{name: n2}]}']
  expect([33, 34].map(minor => addresses(balanced({ minor, endpoints }).internal))).toEqual(['10.1.0.1 10.1.0.2', '10.1.0.1'])
})

test('a node port with both policies Local still has the chain of the whole set', () => {
  const of = balanced({ spec: ', type: NodePort, internalTrafficPolicy: Local, externalTrafficPolicy: Local', endpoints: ['addresses: [10.1.0.1], nodeName: n1', 'addresses: [10.1.0.2], nodeName: n2'] })
  expect([addresses(of.cluster), addresses(of.local), addresses(of.internal)]).toEqual(['10.1.0.1 10.1.0.2', '10.1.0.1', '10.1.0.1'])
})

test('of an address in two entries the one on this node counts', () => {
  const of = balanced({ spec: ', internalTrafficPolicy: Local', endpoints: ['addresses: [10.1.0.1], nodeName: n2', 'addresses: [10.1.0.1], nodeName: n1'] })
  expect(addresses(of.internal)).toBe('10.1.0.1')
})

test.each([[21, '10.1.0.1 10.1.0.2'], [22, '10.1.0.1']])('1.%i: internalTrafficPolicy counts since 1.22: %s', (minor, left) => {
  const endpoints = ['addresses: [10.1.0.1], nodeName: n1', 'addresses: [10.1.0.2], nodeName: n2']
  expect(addresses(balanced({ minor, spec: ', internalTrafficPolicy: Local', endpoints }).internal)).toBe(left)
})
