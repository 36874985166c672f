// The recorded incident: what the readers count must equal what tshark and the logs say (measured truth of the recording).
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ApplicationLookup, Observation, ServedQuery } from './observation.ts'
import { readApplicationLogs } from './application-log.ts'
import { readCorednsLog } from './coredns-log.ts'
import { fillsOf, rasterOf, type FillCounts } from './fills.ts'
import { namesByAddress } from './names-by-address.ts'
import { readPasted } from './pasted.ts'
import { readProbes } from './probes.ts'
import { rateOf } from './rate.ts'
import { resultsKey, resultsSeen } from './results-seen.ts'
import { spellsOf, spellTimes } from './spells.ts'
import { denialOf, viewsOf } from './views.ts'

const NAME = 'a.corp-example.com.'
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const read = (bundle: string, path: string): string => readFileSync(`${examples}${bundle}/${path}`, 'utf8')

const direct = (bundle: string): Observation[] => [
  ...readProbes('probes/upstreams.jsonl', read(bundle, 'probes/upstreams.jsonl')).value,
  ...readdirSync(`${examples}${bundle}/text`).flatMap(file => readPasted(`text/${file}`, read(bundle, `text/${file}`)).value),
]

const served = (bundle: string, pod: string): ServedQuery[] =>
  readCorednsLog(read(bundle, `logs/kube-system/${pod}.log`), { file: `${pod}.log`, place: `kube-system/${pod}` }).value.filter(seen =>
    seen.kind === 'served')

function applications(bundle: string): Map<string, ApplicationLookup[]> {
  const logs = readdirSync(`${examples}${bundle}/logs/alpha01`).map(file =>
    ({ file, text: read(bundle, `logs/alpha01/${file}`), place: `alpha01/${file.replace(/\.log$/, '')}` }))
  const byPod = new Map<string, ApplicationLookup[]>()
  for (const lookup of readApplicationLogs(logs, { names: namesByAddress(direct(bundle)) }).value) {
    if (lookup.name !== 'a.corp-example.com') continue
    const pod = (lookup.place as string).replace(/^alpha01\//, '').replace(/-[0-9a-z]+-[0-9a-z]{5}$/, '')
    byPod.set(pod, [...(byPod.get(pod) ?? []), lookup])
  }
  return byPod
}

const clock = (atMs: number | undefined): string => new Date(atMs as number).toISOString().slice(11, 19)

describe('application logs: one line, one lookup', () => {
  const truth: Record<string, Record<string, [lookups: number, failed: number, first: string, last: string]>> = {
    incident: {
      'order-report': [65, 25, '23:31:21', '23:40:31'],
      'order-sync-hangzhou-k9v4t': [147, 55, '23:31:21', '23:40:37'],
      'order-sync-shanghai-zp72c': [98, 0, '23:31:21', '23:40:35'],
    },
    'incident-edited-generated-file': {
      'order-report': [18, 7, '23:43:12', '23:45:37'],
      'order-sync-hangzhou-k9v4t': [39, 16, '23:43:12', '23:45:38'],
      'order-sync-shanghai-zp72c': [26, 0, '23:43:12', '23:45:34'],
    },
    'incident-after-corefile': {
      'order-report': [17, 0, '23:46:37', '23:48:55'],
      'order-sync-hangzhou-k9v4t': [39, 0, '23:46:37', '23:49:01'],
      'order-sync-shanghai-zp72c': [26, 0, '23:46:37', '23:49:00'],
    },
    'incident-after-netplan': {
      'order-report': [18, 0, '23:50:15', '23:52:40'],
      'order-sync-hangzhou-k9v4t': [39, 0, '23:50:15', '23:52:40'],
      'order-sync-shanghai-zp72c': [26, 0, '23:50:15', '23:52:38'],
    },
  }
  for (const [bundle, pods] of Object.entries(truth)) {
    test(bundle, () => {
      const lookups = applications(bundle)
      for (const [pod, [n, failed, first, last]] of Object.entries(pods)) {
        const ofPod = lookups.get(pod) ?? []
        expect([pod, ofPod.length, ofPod.filter(lookup => !lookup.ok).length]).toEqual([pod, n, failed])
        expect([clock(ofPod[0]?.atMs), clock(ofPod.at(-1)?.atMs)]).toEqual([first, last])
        expect(ofPod.every(lookup => lookup.ok || (lookup.result === 'nxdomain' && lookup.library === 'go'
          && lookup.server === '192.168.0.10'))).toBe(true)
      }
    })
  }

  test('a success says how it is known', () => {
    const basis = (bundle: string): string[] => [...new Set((applications(bundle).get('order-sync-hangzhou-k9v4t') ?? []).filter(lookup =>
      lookup.ok).map(lookup => lookup.basis))]
    expect(basis('incident')).toEqual(['same-operation'])
    expect(basis('incident-after-corefile')).toEqual(['address'])
  })

  test('spells as the application saw them', () => {
    const spells = spellsOf((applications('incident').get('order-sync-hangzhou-k9v4t') ?? []).map(({ atMs, ok }) =>
      ({ atMs, result: ok ? 'ok' : 'no such host' })))
    expect(spells.map(spell => spell.count)).toEqual([7, 8, 16, 8, 16, 7, 8, 8, 32, 8, 8, 16, 5])
    expect(spells.map(({ untilChangeMs }) => (untilChangeMs === undefined ? undefined : Math.round(untilChangeMs / 100) / 10)))
      .toEqual([25.9, 30.8, 60.1, 30.8, 61, 27.1, 30.2, 30.6, 121.9, 30.1, 30.5, 61.3, undefined])
  })
})

describe('CoreDNS logs', () => {
  const counts = (fills: readonly FillCounts[], type: string): unknown => {
    const of = fills.find(fill => fill.type === type && fill.name === NAME) as FillCounts
    return { n: of.n, failed: of.failed, doubtful: of.doubtful, copies: Object.fromEntries(of.copies) }
  }

  test('lines of all names', () => {
    expect(['coredns-b795f9755-2dht7', 'coredns-edge-bz9bq', 'coredns-edge-m2cjd'].map(pod => served('incident', pod).length)).toEqual([417,
      3477, 785])
  })

  test('fills of the failing pod; one AAAA is a reply from the cache that took 1.3 ms, and is said to be doubtful', () => {
    const fills = fillsOf(served('incident', 'coredns-edge-bz9bq'))
    expect(counts(fills, 'A')).toEqual({ n: 20, failed: 7, doubtful: 0, copies: { NOERROR: 268, NXDOMAIN: 159 } })
    expect(counts(fills, 'AAAA')).toEqual({ n: 20, failed: 11, doubtful: 1, copies: { NOERROR: 141, NXDOMAIN: 148 } })
    const a = fills.find(fill => fill.type === 'A' && fill.name === NAME) as FillCounts
    expect([a.low, a.high].map(share => share.toFixed(3))).toEqual(['0.181', '0.567'])
    expect(rasterOf(a.fills)).toEqual({ letters: 'oXooXooXoXooooXooXXo', legend: { o: 'NOERROR', X: 'NXDOMAIN' } })
  })

  test('fills of the healthy pod', () => {
    const fills = fillsOf(served('incident', 'coredns-edge-m2cjd'))
    expect(counts(fills, 'A')).toEqual({ n: 17, failed: 0, doubtful: 0, copies: { NOERROR: 81 } })
    expect(counts(fills, 'AAAA')).toEqual({ n: 18, failed: 0, doubtful: 1, copies: { NOERROR: 80 } })
  })

  test('spells of the A answer, and the share of bad time', () => {
    // The capture that the truth was measured on began here; one line of the log is older.
    const fromMs = Date.UTC(2026, 10, 25, 23, 31, 20)
    const replies = served('incident', 'coredns-edge-bz9bq').filter(({ name, type, atMs }) => name === NAME && type === 'A'
      && (atMs as number) >= fromMs)
    expect([replies.length, replies.filter(({ rcode }) => rcode === 'NXDOMAIN').length]).toEqual([446, 166])
    const spells = spellsOf(replies.map(({ atMs, rcode }) => ({ atMs, result: rcode })))
    expect(spells.map(({ fromMs: from, toMs: to, result, count, untilChangeMs }) =>
      [clock(from), clock(to), result, count, untilChangeMs === undefined ? undefined : Math.round(untilChangeMs / 100) / 10])).toEqual([
      ['23:31:21', '23:31:44', 'NOERROR', 14, 24.2], ['23:31:46', '23:32:14', 'NXDOMAIN', 18, 30.1],
        ['23:32:16', '23:33:14', 'NOERROR', 63, 60.4],
      ['23:33:16', '23:33:45', 'NXDOMAIN', 32, 30.2], ['23:33:46', '23:34:46', 'NOERROR', 67, 60.4],
        ['23:34:47', '23:35:16', 'NXDOMAIN', 31, 30.2],
      ['23:35:17', '23:35:46', 'NOERROR', 32, 30.2], ['23:35:47', '23:36:17', 'NXDOMAIN', 33, 30.1],
        ['23:36:17', '23:38:16', 'NOERROR', 78, 120.6],
      ['23:38:18', '23:38:46', 'NXDOMAIN', 17, 30.2], ['23:38:48', '23:39:17', 'NOERROR', 17, 30.2],
        ['23:39:18', '23:40:18', 'NXDOMAIN', 35, 60.3],
      ['23:40:19', '23:40:37', 'NOERROR', 9, undefined],
    ])
    const times = spellTimes(spells, result => result === 'NXDOMAIN')
    expect([times.goodMs, times.badMs].map(ms => (ms / 1000).toFixed(1))).toEqual(['344.9', '211.1'])
    expect((times.badShare as number).toFixed(3)).toBe('0.380')
  })

  test('results seen without knowing the upstream, and the rate', () => {
    const lines = served('incident', 'coredns-edge-bz9bq')
    expect(Object.fromEntries(resultsSeen(lines).get(resultsKey('kube-system/coredns-edge-bz9bq', NAME, 'A'))?.counts ?? [])).toEqual({
      NOERROR: 13, NXDOMAIN: 7 })
    expect(rateOf(lines, NAME, 'A')?.perSecond.toFixed(2)).toBe('0.79')
  })
})

describe('direct answers', () => {
  const ours = (address: string): boolean => address.startsWith('172.17.') || address.startsWith('192.168.')
  const views = viewsOf(direct('incident'), { isOurs: ours })

  test('each upstream has its own view; counted-down TTLs are filled up', () => {
    expect(views.map(({ address, reachable }) => [address, reachable])).toEqual([['10.53.136.11', 'yes'], ['10.53.136.12', 'yes'],
      ['223.5.5.5', 'yes'], ['223.6.6.6', 'yes']])
    const first = (address: string, type: string) => views.find(view => view.address === address)?.view.find(entry => entry.type === type)
    // 8 probes and one pasted dig.
    expect(first('10.53.136.11', 'A')?.replies.map(({ reply, count }) =>
      [reply.rcode, reply.answer.map(({ ttlS, data }) => [ttlS, data]), count])).toEqual([['NOERROR', [[600, '10.53.33.38']], 9]])
    expect(first('223.5.5.5', 'A')?.replies.map(({ reply, count }) => [reply.rcode, reply.authority[0]?.ttlS, count])).toEqual([['NXDOMAIN',
      600, 9]])
  })

  test('who denies, and in whose zone', () => {
    const denial = (address: string, type: string) => {
      const found = denialOf(views.find(view => view.address === address)?.view.find(entry => entry.type === type) as never)
      return found && [found.result, found.zone, found.primary, found.ttlS]
    }
    expect(denial('10.53.136.11', 'A')).toBeUndefined()
    expect(denial('10.53.136.11', 'AAAA')).toEqual(['nodata', 'corp-example.com.', 'ns1.corp-example.com.', 300])
    expect(denial('223.6.6.6', 'A')).toEqual(['nxdomain', 'corp-example.com.', 'dns3.hichina.com.', 600])
  })

  test('nslookup under watch: every run, with the time that `date` printed before it', () => {
    const runs = readPasted('text/nslookup-watch.txt', read('incident', 'text/nslookup-watch.txt'))
    const counts = { A: { NOERROR: 0, NXDOMAIN: 0 }, AAAA: { NXDOMAIN: 0 } } as Record<string, Record<string, number>>
    for (const seen of runs.value) {
      if (seen.kind !== 'direct') continue
      const ofType = counts[seen.query.type] as Record<string, number>
      ofType[seen.reply?.rcode as string] = (ofType[seen.reply?.rcode as string] as number) + 1
      expect(seen.atMs).toBeGreaterThan(Date.UTC(2026, 10, 25))
      expect([seen.server, seen.place]).toEqual(['192.168.0.10', 'alpha01/order-sync-hangzhou-k9v4t-545ddd789c-fl8b9'])
    }
    expect(counts).toEqual({ A: { NOERROR: 83, NXDOMAIN: 45 }, AAAA: { NXDOMAIN: 38 } })
    expect(runs.problems).toEqual([])
  })

  test('what is not read yet is said', () => {
    const problems = readdirSync(`${examples}incident/text`).flatMap(file =>
      readPasted(`text/${file}`, read('incident', `text/${file}`)).problems)
    expect(new Set(problems.map(({ message, state }) => `${state}: ${message}`))).toEqual(
      new Set(['ignored: a listing of files: not read yet', 'ignored: netstat or ss output: not read yet']))
  })
})
