import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineSource } from '../chain/source.ts'
import { imageName } from './image-name.ts'
import { IMAGE_LINES } from './image-lines-table.ts'
import { libcRelease } from './libc-releases.ts'
import { stubOf } from './stub-of.ts'

const said = (value: string): string => {
  const { kind, version, libc, certainty, assumed, versionAssumed } = stubOf({ image: { value, source: lineSource('pods.yaml', 1, value) } })
  return [`${kind}@${version}${libc ? `+${libc.kind}@${libc.version}` : ''}`, certainty, assumed && 'assumed', versionAssumed && 'version assumed'].filter(Boolean).join(', ')
}
const NOTHING = 'glibc@2.36, possible, assumed'

test('a reference is taken apart, a port is no tag and a digest no version', () => {
  expect(imageName('localhost:5000/Library/Python:3.12-Alpine3.19@sha256:0a')).toEqual({ path: 'library/python', name: 'python', tag: '3.12-alpine3.19', words: ['3.12', 'alpine3.19'], official: true })
  expect(imageName('reg.example/team/python')).toMatchObject({ path: 'team/python', name: 'python', tag: 'latest', official: false })
  expect(imageName('python@sha256:0a')).toMatchObject({ name: 'python', tag: 'latest', official: true })
  expect(imageName('')).toMatchObject({ name: '', tag: 'latest' })
})

test.each([
  // A distribution in the tag, in the spellings of its time.
  ['corp/app:1.2-alpine3.12', 'musl@1.1.24, likely'], ['corp/app:alpine-3.16', 'musl@1.2.3, likely'], ['corp/app:1.2-alpine3.19.1', 'musl@1.2.4, likely'],
  ['corp/app:1.2-alpine', 'musl@1.2.5, possible, version assumed'], ['corp/app:1.2-alpine3.99', 'musl@1.2.5, possible, version assumed'],
  ['corp/app:1.2-bookworm-slim', 'glibc@2.36, likely'], ['corp/app:2-jammy', 'glibc@2.35, likely'], ['bitnami/redis:7.2.4-debian-12-r9', 'glibc@2.36, likely'],
  ['bitnami/redis:7.2.4-ol-7-r12', 'glibc@2.17, likely'], ['bitnami/redis:7.2.4', 'glibc@2.36, possible, version assumed'],
  ['nvidia/cuda:12.2.0-base-ubuntu22.04', 'glibc@2.35, likely'], ['corp/app:1-ubi9-minimal', 'glibc@2.34, likely'], ['corp/app:1.el8', NOTHING], ['corp/app:1-el8', 'glibc@2.28, likely'],
  ['corp/app:21-al2023', 'glibc@2.34, likely'], ['corp/app:21-al2', 'glibc@2.26, likely'], ['corp/app:photon-4', 'glibc@2.32, likely'], ['corp/app:8-oraclelinux8', 'glibc@2.28, likely'],
  ['corp/app:1-musl', 'musl@1.2.5, possible, version assumed'],
  // Near misses: no word of its own, or no release.
  ['corp/app:1.2-alpinelike', NOTHING], ['corp/app:1.2-noblesse', NOTHING], ['corp/app:el-8', NOTHING], ['corp/app:al-2', NOTHING], ['corp/app:7', NOTHING], ['corp/app:slim', NOTHING],
  ['corp/debianite:12', NOTHING], ['corp/app:sha-12', NOTHING],
  // An image that is a distribution.
  ['alpine:3.5', 'musl@1.1.15, likely'], ['alpine', 'musl@1.2.5, possible, version assumed'], ['alpine:edge', 'musl@1.2.5, possible, version assumed'], ['debian:11-slim', 'glibc@2.31, likely'],
  ['debian:stable-slim', 'glibc@2.36, possible, version assumed'], ['ubuntu:26.04', 'glibc@2.43, likely'], ['centos:7.9.2009', 'glibc@2.17, likely'], ['centos:centos7', 'glibc@2.17, likely'],
  ['quay.io/centos/centos:stream9', 'glibc@2.34, likely'], ['rockylinux/rockylinux:9.3-minimal', 'glibc@2.34, likely'], ['almalinux:8', 'glibc@2.28, likely'], ['fedora:39', 'glibc@2.38, likely'],
  ['oraclelinux:8-slim', 'glibc@2.28, likely'], ['amazonlinux:2.0.20230207.0', 'glibc@2.26, likely'], ['amazonlinux:2023.3.20231218', 'glibc@2.34, likely'], ['amazonlinux:1', 'glibc@2.17, likely'],
  ['opensuse/leap:15.6', 'glibc@2.38, likely'], ['opensuse/tumbleweed', 'glibc@2.41, possible, version assumed'], ['archlinux', 'glibc@2.41, possible, version assumed'],
  ['registry.suse.com/bci/bci-base:15.5', NOTHING], ['openeuler/openeuler:22.03-lts', 'glibc@2.34, likely'], ['openanolis/anolisos:8.8', 'glibc@2.28, likely'],
  ['registry.access.redhat.com/ubi8/ubi:8.9', 'glibc@2.28, likely'], ['redhat/ubi10-micro', 'glibc@2.39, likely'], ['photon:5.0', 'glibc@2.36, likely'],
  // Families.
  ['gcr.io/distroless/static', 'go@1.26, possible, version assumed'], ['gcr.io/distroless/static-debian13:nonroot', 'go@1.26, possible, version assumed'], ['gcr.io/distroless/cc-debian11', 'glibc@2.31, likely'],
  ['gcr.io/distroless/base', 'glibc@2.36, possible, version assumed'], ['corp/static-site:1', NOTHING], ['cgr.dev/chainguard/static:latest', 'go@1.26, possible, version assumed'],
  ['cgr.dev/chainguard/wolfi-base', 'glibc@2.41, possible, version assumed'], ['cgr.dev/chainguard/python:latest', 'glibc@2.41, possible, version assumed'],
  ['busybox:1.28.4', NOTHING], ['busybox:1.35.0-uclibc', NOTHING], ['busybox:1.37', 'glibc@2.36, possible, version assumed'], ['busybox:1.35-musl', 'musl@1.2.5, possible, version assumed'],
  ['busybox:1.35-glibc', 'glibc@2.36, possible, version assumed'], ['busybox', 'glibc@2.36, possible, version assumed'],
  // Go carries its own.
  ['golang:1.22-alpine3.19', 'go@1.22, likely'], ['golang', 'go@1.26, likely, version assumed'], ['registry.k8s.io/coredns/coredns:v1.11.1', 'go@1.26, possible, version assumed'],
  ['corp/golang:1.22', NOTHING], ['corp/etcd-backup:1', NOTHING],
  // Lines of the Docker Official Images: the last release of the line, and whether the earlier ones resolve like it.
  ['python:3.12', 'glibc@2.41, likely, version assumed'], ['python:3.12.1-slim', 'glibc@2.41, likely, version assumed'], ['python:3.6-alpine', 'musl@1.2.2, possible, version assumed'],
  ['nginx:1.26', 'glibc@2.36, likely'], ['nginx:1.27-alpine-slim', 'musl@1.2.5, likely, version assumed'], ['nginx:1.25-alpine', 'musl@1.2.4, possible, version assumed'],
  ['nginx:1.5-alpine', 'musl@1.2.5, possible, version assumed'], ['nginx', 'glibc@2.36, possible, version assumed'], ['redis:5.0.14-alpine', 'musl@1.2.3, possible, version assumed'],
  ['reg.corp/team/python:3.12', NOTHING], ['reg.corp/library/redis:7.2', 'glibc@2.36, likely'], ['postgres:11-alpine', 'musl@1.2.4, possible, version assumed'],
  ['mcr.microsoft.com/dotnet/aspnet:6.0', 'glibc@2.31, likely'], ['mcr.microsoft.com/dotnet/aspnet:8.0-alpine3.19', 'musl@1.2.4, likely'], ['mcr.microsoft.com/dotnet/aspnet:8.0-alpine', 'musl@1.2.5, possible, version assumed'],
  ['mcr.microsoft.com/dotnet/sdk:10.0', 'glibc@2.39, likely'], ['mcr.microsoft.com/dotnet/framework:4.8', NOTHING],
  // A runtime on top.
  ['openjdk:8-jre-alpine', 'java@8+musl@1.1.20, likely, version assumed'], ['openjdk:8-jre-slim', 'java@8+glibc@2.31, possible, version assumed'], ['openjdk:17', 'java@17+glibc@2.28, likely'],
  ['openjdk:17-slim-bullseye', 'java@17+glibc@2.31, likely'], ['eclipse-temurin:21-jre-alpine', 'java@21+musl@1.2.5, likely, version assumed'], ['eclipse-temurin:17-jre-jammy', 'java@17+glibc@2.35, likely'],
  ['amazoncorretto:21-al2023', 'java@21+glibc@2.34, likely'], ['gcr.io/distroless/java17-debian12', 'java@17+glibc@2.36, likely'], ['tomcat:9.0-jdk11-temurin-focal', 'java@11+glibc@2.31, likely'],
  ['corp/java-orders:3', NOTHING], ['node:20-alpine3.22', 'node@20+musl@1.2.5, likely'], ['node:16-alpine', 'node@16+musl@1.2.4, possible, version assumed'], ['node:22', 'node@22+glibc@2.36, likely'],
  ['node:lts', 'node@20+glibc@2.36, possible, version assumed'], ['corp/nodeport:1', NOTHING], ['gcr.io/distroless/nodejs20-debian12', 'node@20+glibc@2.36, likely'],
])('the image %s has %s', (image, expected) => {
  expect(said(image)).toBe(expected)
})

test('every release of the lines is one that is known', () => {
  const unknown = Object.entries(IMAGE_LINES).flatMap(([name, lines]) => lines.flatMap(line => {
    let id = ''
    return line.split(' ').slice(1).flatMap(item => {
      const [of = '', releases] = item.split(':')
      if (releases === undefined) { id = of; return [] }
      return releases.split('-').filter(release => !libcRelease(id, release)).map(release => `${name} ${of}: ${id} ${release}`)
    })
  }))
  expect(unknown).toEqual([])
})

test('any text as an image ends in a library, soon', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9./:@_-]{0,60}$/), fc.constantFrom('constructor', '__proto__:1', 'a/'.repeat(40_000), ':'.repeat(9000))), image => {
    expect(stubOf({ image: { value: image, source: lineSource('p', 1, '') } }).version).toMatch(/^\d/)
  }))
})
