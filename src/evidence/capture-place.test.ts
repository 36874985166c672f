import { expect, test } from 'vitest'
import { isCapturePath, placeOfCapture, readCaptureList } from './capture-place.ts'

test('the folder says where', () => {
  expect(placeOfCapture('captures/hz-edge-1/any-port53.pcap.gz')).toBe('node/hz-edge-1')
  expect(placeOfCapture('captures/kube-system/coredns-x/eth0.pcap')).toBe('kube-system/coredns-x')
  for (const unknown of ['captures/a.pcap', 'captures/a/b/c/d.pcap', 'other/n/a.pcap', 'a.pcap']) expect(placeOfCapture(unknown)).toBeUndefined()
})

test('captures.yaml says it for files kept elsewhere, and over the folder', () => {
  const { value, problems } = readCaptureList('captures.yaml', '- {file: elsewhere/a.pcap, node: n1, interface: eth0}\n- {file: captures/x/b.pcap, pod: ns/p}\n- {file: c.pcap}\n')
  expect(problems).toEqual([])
  expect([placeOfCapture('elsewhere/a.pcap', value), placeOfCapture('captures/x/b.pcap', value), placeOfCapture('captures/c.pcap', value)]).toEqual(['node/n1', 'ns/p', undefined])
  expect(value.get('elsewhere/a.pcap')).toEqual({ place: 'node/n1', interface: 'eth0' })
})

test('odd lists give Problems', () => {
  const codes = (text: string): string[] => readCaptureList('captures.yaml', text).problems.map(problem => problem.code)
  expect(codes('')).toEqual([])
  expect(codes('a: b')).toEqual(['captures-no-list'])
  expect(codes('- [')).toEqual(['captures-syntax'])
  expect(codes('- 1\n- {node: n}\n- {file: a, node: n, pod: ns/p}\n- {file: a, pod: p}\n- {__proto__: {file: x}}')).toEqual(
    ['captures-no-file', 'captures-no-file', 'captures-two-places', 'captures-pod', 'captures-no-file'])
})

test('capture files by name', () => {
  expect(['a.pcap', 'a.pcapng', 'A.PCAP.GZ', 'a.pcap.zst', 'a.cap', 'a.txt', 'a.gz'].filter(isCapturePath)).toEqual(['a.pcap', 'a.pcapng', 'A.PCAP.GZ', 'a.pcap.zst', 'a.cap'])
})
