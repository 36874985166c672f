import { expect, test } from 'vitest'
import { lineSource } from '../chain/source.ts'
import { stubOf, type StubEvidence } from './stub-of.ts'

const line = (text: string) => lineSource('logs/app.log', 7, text)
const image = (value: string): StubEvidence => ({ image: { value, source: line(value) } })
const os = (text: string): StubEvidence => ({ osRelease: { file: 'etc/os-release', text } })
const short = (evidence: StubEvidence): string => {
  const { kind, version, libc, certainty, assumed, versionAssumed } = stubOf(evidence)
  return [`${kind}@${version}${libc ? `+${libc.kind}@${libc.version}` : ''}`, certainty, assumed && 'assumed', versionAssumed && 'version assumed'].filter(Boolean).join(', ')
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
  expect(short(image('nginx:1.25-alpine'))).toBe('musl@1.2.4, possible, version assumed')
  expect(short(image('node:18-bookworm-slim'))).toBe('node@18+glibc@2.36, likely')
  expect(short(image('ubuntu:20.04'))).toBe('glibc@2.31, likely')
  expect(short(image('gcr.io/distroless/static-debian12:nonroot'))).toBe('go@1.26, possible, version assumed')
  expect(short(image('corp.example/order-sync:7'))).toBe('glibc@2.36, possible, assumed')
})

test('the log of the application goes before the image, and two that agree confirm', () => {
  const go: StubEvidence = { evidenceLibraries: [{ library: 'go', source: line('lookup a.corp on 10.96.0.10:53: no such host') }] }
  expect(short({ ...os('ID=alpine\nVERSION_ID=3.18\n'), ...go })).toBe('go@1.26, likely, version assumed')
  const musl: StubEvidence = { evidenceLibraries: [{ library: 'musl', source: line('Name does not resolve') }, { library: 'java', source: line('UnknownHostException') }] }
  expect(short({ ...os('ID=alpine\nVERSION_ID=3.18\n'), ...musl })).toBe('java@17+musl@1.2.4, confirmed')
  expect(short({ ...os('ID=debian\nVERSION_ID="12"\n'), ...musl })).toBe('java@17+musl@1.2.5, possible, version assumed')
})

test('nothing known is said to be assumed', () => {
  expect(short({})).toBe('glibc@2.36, possible, assumed')
  expect(short({ osRelease: { file: 'f', text: 'ID=__proto__\nVERSION_ID=constructor\n' } })).toBe('glibc@2.36, possible, assumed')
  expect(short({ nsswitch: { source: line('hosts: files dns') } })).toBe('glibc@2.36, possible, version assumed')
})

test.each([
  ['ID=debian\nVERSION_ID="12"', 'glibc@2.36, likely'], ['ID=debian\nVERSION_CODENAME=trixie', 'glibc@2.41, likely'], ['ID=debian\nVERSION_CODENAME=forky', 'glibc@2.41, likely, version assumed'],
  ['ID=ubuntu\nVERSION_ID="24.10"', 'glibc@2.40, likely'], ['ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21"\nUBUNTU_CODENAME=jammy', 'glibc@2.35, likely'],
  ['ID="centos"\nVERSION_ID="9"', 'glibc@2.34, likely'], ['ID="almalinux"\nVERSION_ID="8.10"', 'glibc@2.28, likely'], ['ID="ol"\nVERSION_ID="7.9"', 'glibc@2.17, likely'],
  ['ID=rhcos\nID_LIKE="rhel fedora"\nVERSION_ID="4.14"\nPLATFORM_ID="platform:el9"', 'glibc@2.34, likely'], ['ID=miracle\nID_LIKE="rhel fedora"\nPLATFORM_ID="platform:el8"', 'glibc@2.28, likely'],
  ['ID=miracle\nPLATFORM_ID="platform:el8"', 'glibc@2.36, possible, assumed'], ['ID=miracle\nID_LIKE="rhel"', 'glibc@2.36, likely, version assumed'],
  ['ID=fedora\nVERSION_ID=41', 'glibc@2.40, likely'], ['ID=fedora\nVERSION_ID=99', 'glibc@2.36, likely, version assumed'],
  ['ID="amzn"\nVERSION_ID="2018.03"', 'glibc@2.17, likely'], ['ID="amzn"\nVERSION_ID="2023"', 'glibc@2.34, likely'],
  ['ID="opensuse-leap"\nVERSION_ID="15.2"', 'glibc@2.26, likely'], ['ID="sles"\nVERSION_ID="12.5"', 'glibc@2.22, likely'], ['ID="opensuse-tumbleweed"\nVERSION_ID="20240101"', 'glibc@2.41, likely, version assumed'],
  ['ID=wolfi\nVERSION_ID="20230201"', 'glibc@2.41, likely, version assumed'], ['ID=arch', 'glibc@2.41, likely, version assumed'],
  ['ID="openEuler"\nVERSION_ID="22.03"', 'glibc@2.34, likely'], ['ID="anolis"\nVERSION_ID="8.8"', 'glibc@2.28, likely'], ['ID="alinux"\nID_LIKE="rhel fedora centos anolis"\nVERSION_ID="3"', 'glibc@2.32, likely'],
  ['ID="kylin"\nVERSION_ID="V10"', 'glibc@2.28, likely'], ['ID="hce"\nVERSION_ID="2.0"', 'glibc@2.34, likely'], ['ID=azurelinux\nVERSION_ID="3.0"', 'glibc@2.38, likely'],
  ['ID=photon\nVERSION_ID=4.0', 'glibc@2.32, likely'], ['ID=postmarketos\nID_LIKE="alpine"', 'musl@1.2.5, likely, version assumed'], ['ID=bottlerocket\nVERSION_ID=1.19', 'glibc@2.36, likely, version assumed'],
  // Void comes with either library, and nobody says which.
  ['ID=void', 'glibc@2.36, possible, assumed'], ['NAME="Alpine Linux"', 'glibc@2.36, possible, assumed'],
])('os-release %j: %s', (text, expected) => {
  expect(short(os(`${text}\n`))).toBe(expected)
})

test('a runtime asks the library of its image: the log says that there is one, the image which release', () => {
  const log = (library: string): StubEvidence => ({ evidenceLibraries: [{ library, source: line('…') }] })
  expect(short({ ...os('ID=alpine\nVERSION_ID=3.18\n'), ...log('java') })).toBe('java@17+musl@1.2.4, likely')
  expect(short({ ...image('eclipse-temurin:21-jre-alpine3.19'), ...log('java') })).toBe('java@21+musl@1.2.4, likely')
  expect(short({ ...image('node:20-bookworm'), ...log('java') })).toBe('java@17+glibc@2.36, likely')
  expect(short(log('node'))).toBe('node@20+glibc@2.36, possible, assumed')
  expect(short({ ...image('node:20-bookworm'), ...log('go') })).toBe('go@1.26, likely, version assumed')
  expect(short({ ...image('node:20-bookworm'), ...log('python') })).toBe('node@20+glibc@2.36, likely')
  expect(stubOf(log('node')).source).toMatchObject({ file: 'logs/app.log' })
})

test('what tells the release goes before what assumes one', () => {
  expect(short({ ...os('ID=alpine\nVERSION_ID=3.15.0\n'), ...image('python:3.9-alpine') })).toBe('musl@1.2.2, likely')
  expect(short({ ...image('python:3.12'), nsswitch: { source: line('hosts: files dns') } })).toBe('glibc@2.41, likely, version assumed')
})
