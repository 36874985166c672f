import { expect, test } from 'vitest'
import {
  brief, bundle, changed, client, CONFIG_MAP, coredns, corefile, dnsService, hit, hits, lines, log, node, patched, probe, resolvConf, STOCK_COREFILE,
  VIP, why, without, type Piece,
} from '../../test/support/bundle.ts'

const ID = 'forward-loop'
const NAME = 'db.corp.example'
const LOOP_LINE = '[FATAL] plugin/loop: Loop (127.0.0.1:34614 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."'
const STUB = resolvConf(['127.0.0.53'])
const KNOWS = probe('10.0.0.2', NAME, '10.9.0.7')

/** systemd-resolved's stub is /etc/resolv.conf of the node; its uplink file lists the real server. */
const cluster = (text: string = STOCK_COREFILE, given = STUB, ...more: Piece[]): ReturnType<typeof bundle> => bundle(
  node('n1', { resolvConf: given, files: { '/run/systemd/resolve/resolv.conf': resolvConf(['10.0.0.2']) } }),
  corefile(text), coredns('coredns-a', { resolvConf: given }), dnsService([['10.244.0.3', 'n1']]), client('web'), KNOWS, ...more,
)
const CRASH = log('kube-system/coredns-a', '.:53', 'CoreDNS-1.11.1', LOOP_LINE)

test('the stub of the node in the pod’s file: likely; with the loop plugin’s word: confirmed', () => {
  const silent = why(cluster(), NAME)
  expect([silent.status.verdict, brief(hit(silent, ID))]).toEqual(['fails', 'error likely forward-loop'])
  const crashed = why(cluster(STOCK_COREFILE, STUB, CRASH), NAME)
  expect(crashed.status.verdict).toBe('fails')
  const found = hit(crashed, ID)
  expect(brief(found)).toBe('error confirmed forward-loop')
  expect(lines(found)).toEqual([
    '* cluster/configmaps.yaml: forward . /etc/resolv.conf',
    '* pods/kube-system/coredns-a/etc/resolv.conf: 127.0.0.53',
    '* nodes/n1/etc/resolv.conf: 127.0.0.53',
    `  logs/kube-system/coredns-a.log: ${LOOP_LINE.slice(0, 200)}`,
  ])
  expect(found.evidence).toEqual(['logs/kube-system/coredns-a.log:3'])
})

test('the crash alone, its cause not in the evidence, is likely', () => {
  const found = hit(why(without(cluster(STOCK_COREFILE, STUB, CRASH), /^nodes|^pods\/kube-system/), NAME), ID)
  expect(brief(found)).toBe('error likely forward-loop')
  expect(found.message).toContain('found that it forwards to itself')
})

test('without the loop plugin it is a loop as well, and the model sees it', () => {
  const diagnosis = why(cluster(STOCK_COREFILE.replace('    loop\n', '')), NAME)
  expect(diagnosis.status.verdict).toBe('fails')
  expect(brief(hit(diagnosis, ID))).toBe('error likely forward-loop')
})

test('the address of the Service that leads back is a loop', () => {
  const diagnosis = why(cluster(STOCK_COREFILE, resolvConf([VIP])), NAME)
  expect(hit(diagnosis, ID).message).toContain(`forwards to ${VIP}`)
})

test('the cure is an edit of kubelet’s file, proved and applied', () => {
  const files = cluster(STOCK_COREFILE, STUB, CRASH)
  const [fix] = hit(why(files, NAME), ID).fixes
  expect(fix?.proof?.after).toEqual({ 'answer 10.9.0.7': '1' })
  expect(fix?.edits.map(e => [e.file, e.madeBy])).toEqual([['nodes/n1/var/lib/kubelet/config.yaml', undefined], ['pods/kube-system/coredns-a/etc/resolv.conf', 'kubelet']])
  // The new pod has a log of its own.
  const after = why(without(patched(files, fix?.edits ?? []), /^logs/), NAME)
  expect([after.status.verdict, hits(after, ID)]).toEqual(['works', []])
})

test('near miss: the pod was given the uplink’s servers', () => {
  const diagnosis = why(cluster(STOCK_COREFILE, resolvConf(['10.0.0.2'])), NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('near miss: on the host network 127.0.0.53 is the node’s systemd-resolved', () => {
  const files = bundle(
    node('n1', { resolvConf: STUB, files: { '/run/systemd/resolve/resolv.conf': resolvConf(['10.0.0.2']), '/etc/systemd/resolved.conf': '[Resolve]\nDNS=10.0.0.2\n' } }),
    corefile(), coredns('coredns-a', { resolvConf: STUB, hostNetwork: true, address: '10.1.0.5' }), dnsService([['10.1.0.5', 'n1']]), client('web'), KNOWS,
  )
  expect(hits(why(files, NAME), ID)).toEqual([])
})

test('near miss: another block of the same process, on another port, which forwards elsewhere', () => {
  const text = `${STOCK_COREFILE.replace('/etc/resolv.conf', '127.0.0.1:5300').replace('    loop\n', '')}.:5300 {\n    forward . 10.0.0.2\n}\n`
  expect(hits(why(cluster(text), NAME), ID)).toEqual([])
  const back = text.replace('forward . 10.0.0.2', 'forward . 127.0.0.1')
  expect(hits(why(cluster(back), NAME), ID)).toHaveLength(1)
})

test('near miss: the Service that it forwards to leads to others', () => {
  const other = bundle(
    node('n1', { resolvConf: STUB }), corefile(STOCK_COREFILE.replace('/etc/resolv.conf', '10.96.0.99')), coredns('coredns-a', { resolvConf: STUB }),
    dnsService([['10.244.0.3', 'n1']]), client('web'),
  )
  expect(hits(why(other, NAME), ID)).toEqual([])
})

test('near miss: the process that looped is gone; the one after it serves', () => {
  const mended = cluster(STOCK_COREFILE, resolvConf(['10.0.0.2']), log('kube-system/coredns-a', '.:53', 'CoreDNS-1.11.1', LOOP_LINE, '.:53', 'CoreDNS-1.11.1'))
  const diagnosis = why(mended, NAME)
  expect([diagnosis.status.verdict, hits(diagnosis, ID)]).toEqual(['works', []])
})

test('a loop in a block that this name does not meet is a warning', () => {
  const files = cluster(`other.example:53 {\n    forward . 127.0.0.1\n}\n${STOCK_COREFILE}`, resolvConf(['10.0.0.2']))
  const diagnosis = why(files, NAME)
  expect([diagnosis.status.verdict, brief(hit(diagnosis, ID))]).toEqual(['works', 'warning likely forward-loop'])
  expect(hit(diagnosis, ID).fixes[0]).toMatchObject({ applicability: 'byHand', edits: [] })
  expect(hits(why(changed(files, CONFIG_MAP, 'forward . 127.0.0.1', 'forward . 10.0.0.2'), NAME), ID)).toEqual([])
})
