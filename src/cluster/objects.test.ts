import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readObjects } from './objects.ts'

const names = (text: string): string[] => readObjects('cluster/x', text).value.map(object => `${object.apiVersion} ${object.kind} ${object.namespace}/${object.name}`)
const codes = (text: string): string[] => readObjects('cluster/x', text).problems.map(problem => problem.code)

test('one object, several documents, a List and a typed list without kinds', () => {
  expect(names('apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n')).toEqual(['v1 Node /a'])
  expect(names('apiVersion: v1\nkind: Node\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: c}\n')).toEqual(['v1 Node /a', 'v1 Pod c/b'])
  expect(names('apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n    namespace: c\n')).toEqual(['v1 Pod c/b'])
  expect(names('{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"b","namespace":"c"}}]}')).toEqual(['v1 Pod c/b'])
  expect(names('{"kind":"DeploymentList","apiVersion":"apps/v1","items":null}')).toEqual([])
})

test('a field knows where it is written, an absent one points at its object', () => {
  const [, pod] = readObjects('cluster/x.yaml', 'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n  spec:\n    nodeName: n\nkind: List\n').value
  expect(pod?.at('spec', 'nodeName')).toMatchObject({ file: 'cluster/x.yaml', line: 12, column: 15, text: 'n' })
  expect(pod?.source).toMatchObject({ line: 7, text: 'apiVersion: v1' })
  expect(pod?.at('spec', 'dnsPolicy')).toEqual(pod?.source)
})

test('labels that YAML reads as numbers or truth stay text, keys are only data', () => {
  const [node] = readObjects('cluster/x', 'apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n  labels:\n    openyurt.io/is-edge-worker: true\n    n: 1\n').value
  expect(node?.labels['openyurt.io/is-edge-worker']).toBe('true')
  expect(node?.labels['n']).toBe('1')
  expect(node?.labels['constructor']).toBeUndefined()
})

test('what is no object is said, and the rest is read', () => {
  expect(codes('- 1\n')).toEqual(['kube-object-not-a-map'])
  expect(codes('a: 1\n')).toEqual(['kube-object-without-kind'])
  expect(codes('apiVersion: v1\nkind: Pod\n')).toEqual(['kube-object-without-name'])
  const mixed = readObjects('cluster/x', 'apiVersion: v1\nkind: List\nitems:\n- 7\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: b\n')
  expect(mixed.value.map(object => object.name)).toEqual(['b'])
  expect(mixed.problems).toMatchObject([{ code: 'kube-object-not-a-map', source: { line: 4, text: '7' } }])
  expect(readObjects('cluster/x', '').value).toEqual([])
})

test('nesting and size are bounded', () => {
  expect(codes(`${'{"apiVersion":"v1","kind":"List","items":['.repeat(6)}${']}'.repeat(6)}`)).toEqual(['kube-list-too-deep'])
  expect(readObjects('cluster/x', `${'['.repeat(5000)}`).value).toEqual([])
  expect(readObjects('cluster/x', `a: ${'{a: '.repeat(3000)}1${'}'.repeat(3000)}\n`).value).toEqual([])
})

test('no text breaks the reader', () => {
  const word = fc.constantFrom('apiVersion: v1\n', 'kind: Pod\n', 'kind: List\n', 'metadata:\n', '  name: a\n', 'items:\n', '- ', '---\n', '{', '}', '"', ': ', '\t', '&a ', '*a\n', '__proto__: ', '\u0000', '\ufeff', 'spec: [\n')
  fc.assert(fc.property(fc.array(word, { maxLength: 20 }), words => {
    for (const object of readObjects('cluster/x', words.join('')).value) object.at('spec', 0, '__proto__')
  }), { numRuns: 500 })
})
