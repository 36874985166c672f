import { expect, test } from 'vitest'
import { brief, bundle, hit, hits, lines, log, probe, served, stockCluster, why, type Piece } from '../../test/support/bundle.ts'
import { withCapture, type Told } from '../../test/support/wire-story.ts'

const ID = 'outside-model'
const NAME = 'a.corp.example'
const CAPTURE = 'captures/kube-system/coredns-a/eth0.pcap'
const KNOWN = probe('10.0.0.2', NAME, '10.9.0.7')
const cluster = (...more: Piece[]): ReturnType<typeof bundle> => bundle(...stockCluster(['10.0.0.2']), KNOWN, ...more)
const story = (...told: string[]): Piece => log('kube-system/coredns-a', ...told)
const unheard = (atMs: number): Told => ({ atMs, from: '10.244.0.9', to: '10.244.0.3', name: NAME })
const ask = (says: string, more: Partial<Told> = {}): Told => ({ atMs: 5000, from: '10.244.0.9', to: '10.244.0.3', name: NAME, says, ...more })

test('a log line with a result that no server gives', () => {
  const diagnosis = why(cluster(story(served('08:00:00.000', 'A', NAME, 'REFUSED'), served('08:00:40.000', 'A', NAME, 'REFUSED'))), NAME)
  expect(diagnosis.status.observed?.outsideModel).toBe(2)
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('warning likely outside-model')
  expect(found.message).toContain('with refused 2 times')
  expect(found.message_zh).toContain('refused（2 次）')
  expect(found.evidence).toEqual(['logs/kube-system/coredns-a.log:1', 'logs/kube-system/coredns-a.log:2'])
  expect(lines(found)[0]).toBe(`* logs/kube-system/coredns-a.log: ${served('08:00:00.000', 'A', NAME, 'REFUSED')}`)
  expect(lines(found)[1]).toBe('  cluster/configmaps.yaml: forward . /etc/resolv.conf')
})

test('near miss: the answer that the server gives, fresh or from the cache, is inside', () => {
  const diagnosis = why(cluster(story(served('08:00:00.000', 'A', NAME, 'NOERROR'), served('08:00:05.000', 'A', NAME, 'NOERROR', { cached: true }))), NAME)
  expect(diagnosis.status.observed?.outsideModel).toBe(0)
  expect(hits(diagnosis, ID)).toEqual([])
})

test('near miss: a server that was seen to change its mind', () => {
  const diagnosis = why(cluster(probe('10.0.0.2', NAME, 'NXDOMAIN'), story(served('08:00:00.000', 'A', NAME, 'NXDOMAIN'))), NAME)
  expect(hits(diagnosis, ID)).toEqual([])
})

test('near miss: nobody asked the server, so anything may be', () => {
  const diagnosis = why(bundle(...stockCluster(['10.0.0.2']), story(served('08:00:00.000', 'A', NAME, 'NXDOMAIN'))), NAME)
  expect(hits(diagnosis, ID)).toEqual([])
})

test('near miss: a denial older than the record is negative-cache\'s to tell', () => {
  const diagnosis = why(cluster(story(served('08:00:00.000', 'A', NAME, 'NXDOMAIN'), served('08:00:05.000', 'A', NAME, 'NXDOMAIN', { cached: true }), served('08:00:40.000', 'A', NAME, 'NOERROR'))), NAME)
  expect(hits(diagnosis, 'negative-cache').length).toBe(1)
  expect(hits(diagnosis, ID)).toEqual([])
})

test('a packet with an address that the model does not know, and the right one beside it', () => {
  const files = withCapture(cluster(), CAPTURE, [ask('10.9.0.7'), ask('10.66.6.6', { atMs: 9000 })])
  const diagnosis = why(files, NAME)
  expect(diagnosis.status.observed?.outsideModel).toBe(1)
  const found = hit(diagnosis, ID)
  expect(found.message).toContain('answer 10.66.6.6')
  expect(found.evidence).toEqual(['tx:3'])
  expect(found.sources[0]).toMatchObject({ file: CAPTURE, line: 4, primary: true })
  expect(hits(why(withCapture(cluster(), CAPTURE, [ask('10.9.0.7')]), NAME), ID)).toEqual([])
})

test('a packet and the line of the same question make it certain', () => {
  const line = '2026-11-25T23:31:26.001Z [INFO] 10.244.0.9:41382 - 77 "A IN a.corp.example. udp 32 false 512" REFUSED qr,rd 32 0.001000000s'
  const files = withCapture(cluster(story(line)), CAPTURE, [ask('REFUSED', { id: 77, port: 41_382 })])
  const diagnosis = why(files, NAME)
  expect(diagnosis.status.observed?.outsideModel).toBe(1)
  expect(brief(hit(diagnosis, ID))).toBe('warning confirmed outside-model')
})

test('a question that a client waited for, sent to a server of no forward line; a dig to it is none', () => {
  const forwarded: Told = { atMs: 5000.2, from: '10.244.0.3', to: '114.114.114.114', name: NAME, says: 'NXDOMAIN', afterMs: 20 }
  const diagnosis = why(withCapture(cluster(), CAPTURE, [ask('NXDOMAIN', { afterMs: 21 }), forwarded]), NAME)
  expect(hits(diagnosis, ID).map(f => f.fingerprint)).toContain('outside-model:kube-system/coredns:a.corp.example.:A:asked 114.114.114.114')
  const byHand = why(withCapture(cluster(), CAPTURE, [ask('10.9.0.7', { atMs: 5000 }), { ...forwarded, atMs: 7000 }]), NAME)
  expect(hits(byHand, ID)).toEqual([])
  expect(byHand.status.observed?.outsideModel).toBe(0)
})

test('near miss: a public name with another public address than a minute ago; a public address for a private name is none', () => {
  const known = bundle(...stockCluster(['10.0.0.2']), probe('10.0.0.2', 'www.example.com', '93.184.216.34'))
  expect(hits(why(withCapture(known, CAPTURE, [ask('93.184.216.35', { name: 'www.example.com' })]), 'www.example.com'), ID)).toEqual([])
  expect(hits(why(withCapture(cluster(), CAPTURE, [ask('93.184.216.35')]), NAME), ID).length).toBe(1)
})

test('near miss: a server that left a question unanswered may fail; a capture of one direction says nothing of that', () => {
  const asked: Told = { atMs: 5000.2, from: '10.244.0.3', to: '10.0.0.2', name: NAME }
  const later: Told = { atMs: 30_000, from: '10.244.0.9', to: '10.244.0.3', name: NAME, says: '10.9.0.7' }
  const failed = why(withCapture(cluster(), CAPTURE, [ask('SERVFAIL', { afterMs: 6000 }), asked, later]), NAME)
  expect(hits(failed, ID)).toEqual([])
  expect(failed.status.observed?.servers['10.0.0.2']).toMatchObject({ forwarded: 1, answers: { 'no answer': 1 } })
  const oneWay = why(withCapture(cluster(), CAPTURE, [unheard(5000), asked, unheard(30_000)]), NAME)
  expect(oneWay.status.verdict).toBe('works')
})
