import { expect, test } from 'vitest'
import {
  brief, bundle, client, coredns, corefile, dnsService, hit, hits, lines, log, node, patched, probe, resolvConf, served, why, without, type Piece,
} from '../../test/support/bundle.ts'

const ID = 'musl-stops-searching'
const NAME = 'www.example.org'
const ON_SUFFIX = `${NAME}.mydomain.test`
const KNOWS = probe('10.0.0.2', NAME, '203.0.113.5')
const suffixSays = (says: string): Piece => probe('10.0.0.2', ON_SUFFIX, says, { zone: 'mydomain.test.' })

/** `mydomain.test` comes from the node's own resolv.conf. */
const cluster = (says: string, os = 'alpine 3.18', ...more: Piece[]): ReturnType<typeof bundle> => bundle(
  node('n1', { resolvConf: resolvConf(['10.0.0.2'], ['mydomain.test']) }), corefile(), coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2']) }),
  dnsService([['10.244.0.3', 'n1']]), client('web', { os, search: ['mydomain.test'] }), KNOWS, suffixSays(says), ...more,
)

test('an empty answer on the suffix ends the search', () => {
  const diagnosis = why(cluster('NODATA'), NAME)
  expect(diagnosis.status.verdict).toBe('fails')
  const found = hit(diagnosis, ID)
  expect(brief(found)).toBe('error likely musl-stops-searching')
  expect(found.message).toBe(`musl stops at \`${ON_SUFFIX}\` (NODATA) and never asks for \`${NAME}\` itself`)
  expect(lines(found)).toEqual([
    '* pods/default/web/etc/resolv.conf: mydomain.test', '  nodes/n1/etc/resolv.conf: mydomain.test', '  pods/default/web/etc/os-release: VERSION_ID=3.18',
  ])
})

test('so do SERVFAIL and REFUSED, in old and new musl', () => {
  for (const [says, os] of [['SERVFAIL', 'alpine 3.18'], ['REFUSED', 'alpine 3.12'], ['NODATA', 'alpine 3.12']] as const) {
    const diagnosis = why(cluster(says, os), NAME)
    expect([diagnosis.status.verdict, hit(diagnosis, ID).level]).toEqual(['fails', 'error'])
  }
})

test('the reply in the log and the application’s error: confirmed', () => {
  const seen = [log('kube-system/coredns-a', served('08:00:00.000', 'A', ON_SUFFIX, 'SERVFAIL')), log('default/web', `wget: bad address '${NAME}'`)]
  const found = hit(why(cluster('SERVFAIL', 'alpine 3.18', ...seen), NAME), ID)
  expect(brief(found)).toBe('error confirmed musl-stops-searching')
  expect(found.evidence).toContain('logs/kube-system/coredns-a.log:1')
})

test('near miss: the suffix says NXDOMAIN', () => {
  const diagnosis = why(cluster('NXDOMAIN'), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: glibc goes on', () => {
  const diagnosis = why(cluster('NODATA', 'debian 12'), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: the name with its dot is not searched for', () => {
  expect(hits(why(cluster('NODATA'), `${NAME}.`), ID)).toEqual([])
})

test('near miss: the name does not exist, so nothing is lost by stopping', () => {
  const files = bundle(
    node('n1', { resolvConf: resolvConf(['10.0.0.2'], ['mydomain.test']) }), corefile(), coredns('coredns-a', { resolvConf: resolvConf(['10.0.0.2']) }),
    dnsService([['10.244.0.3', 'n1']]), client('web', { os: 'alpine 3.18', search: ['mydomain.test'] }), probe('10.0.0.2', NAME, 'NXDOMAIN'), suffixSays('NODATA'),
  )
  expect(hits(why(files, NAME), ID)).toEqual([])
})

test('near miss: nobody answers anything, so every library fails', () => {
  const files = without(cluster('NODATA', 'alpine 3.18'), /^cluster\/(?:services|endpointslices)/)
  const dead = bundle(Object.fromEntries([...files.files].map(([path, file]) => [path, file.text()])), {
    'cluster/services.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system}\nspec: {clusterIP: 10.96.0.2, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP}]}\n',
  })
  const diagnosis = why(dead, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['fails', []])
})

test('the suffix out of the node’s file is proved through kubelet, and applied it works', () => {
  const files = cluster('NODATA')
  const [fix] = hit(why(files, NAME), ID).fixes
  expect(fix?.proof?.after).toEqual({ 'answer 203.0.113.5': '1' })
  const after = patched(files, fix?.edits ?? [])
  expect(after.files.get('nodes/n1/etc/resolv.conf')?.text()).toBe('nameserver 10.0.0.2\n')
  const diagnosis = why(after, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})
