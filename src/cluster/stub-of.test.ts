import { expect, test } from 'vitest'
import { lineSource } from '../chain/source.ts'
import { stubOf, type StubEvidence } from './stub-of.ts'

const line = (text: string) => lineSource('logs/app.log', 7, text)
const image = (value: string): StubEvidence => ({ image: { value, source: line(value) } })
const os = (text: string): StubEvidence => ({ osRelease: { file: 'etc/os-release', text } })
const short = (evidence: StubEvidence): string => {
  const { kind, version, certainty, assumed, versionAssumed } = stubOf(evidence)
  return [`${kind}@${version}`, certainty, assumed && 'assumed', versionAssumed && 'version assumed'].filter(Boolean).join(', ')
}

test('os-release of the container says the library and its release', () => {
  expect(short(os('NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.16.2\n'))).toBe('musl@1.2.3, likely')
  expect(short(os('ID=alpine\nVERSION_ID=3.12.0\n'))).toBe('musl@1.1.24, likely')
  expect(short(os('ID=debian\nVERSION_ID="11"\n'))).toBe('glibc@2.31, likely')
  expect(short(os('ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n'))).toBe('glibc@2.35, likely')
  expect(short(os('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.9"\n'))).toBe('glibc@2.28, likely')
  expect(short(os('ID=alpine\nVERSION_ID=9.99\n'))).toBe('musl@1.2.5, likely, version assumed')
  expect(stubOf(os('ID=alpine\nVERSION_ID=3.16.2\n')).source).toMatchObject({ line: 2, text: 'VERSION_ID=3.16.2' })
})

test('an image name says less', () => {
  expect(short(image('registry.example:5000/library/python:3.12-alpine3.19@sha256:00'))).toBe('musl@1.2.4, likely')
  expect(short(image('nginx:1.25-alpine'))).toBe('musl@1.2.5, possible, version assumed')
  expect(short(image('node:18-bookworm-slim'))).toBe('glibc@2.36, likely')
  expect(short(image('ubuntu:20.04'))).toBe('glibc@2.31, likely')
  expect(short(image('gcr.io/distroless/static-debian12:nonroot'))).toBe('go@1.26, possible, version assumed')
  expect(short(image('corp.example/order-sync:7'))).toBe('glibc@2.36, possible, assumed')
})

test('the log of the application goes before the image, and two that agree confirm', () => {
  const go: StubEvidence = { evidenceLibraries: [{ library: 'go', source: line('lookup a.corp on 10.96.0.10:53: no such host') }] }
  expect(short({ ...os('ID=alpine\nVERSION_ID=3.18\n'), ...go })).toBe('go@1.26, likely, version assumed')
  const musl: StubEvidence = { evidenceLibraries: [{ library: 'musl', source: line('Name does not resolve') }, { library: 'java', source: line('UnknownHostException') }] }
  expect(short({ ...os('ID=alpine\nVERSION_ID=3.18\n'), ...musl })).toBe('musl@1.2.4, confirmed')
  expect(short({ ...os('ID=debian\nVERSION_ID="12"\n'), ...musl })).toBe('musl@1.2.5, possible, version assumed')
})

test('nothing known is said to be assumed', () => {
  expect(short({})).toBe('glibc@2.36, possible, assumed')
  expect(short({ osRelease: { file: 'f', text: 'ID=__proto__\nVERSION_ID=constructor\n' } })).toBe('glibc@2.36, possible, assumed')
  expect(short({ nsswitch: { source: line('hosts: files dns') } })).toBe('glibc@2.36, possible, version assumed')
})
