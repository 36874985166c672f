// The drivers agree on the chains of real bundles: what is simulated with many seeds and warm caches was explored, and every
// witness can be followed to its own outcome.
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { StubModel } from '../src/chain/model.ts'
import { loadBundle } from '../src/cli/load-bundle.ts'
import { overlay } from '../src/diagnosis/layout.ts'
import { rootOf } from '../src/diagnosis/explain.ts'
import { lookupOf, openSession, withStub, type Session } from '../src/diagnosis/session.ts'
import { looseCluster } from '../src/loose-cluster.ts'
import { checkContract, type Contract } from './support/contract.ts'
import { ROOT } from './support/source-files.ts'

const NAME = 'a.corp-example.com'
const BUNDLES = ['incident', 'incident-edited-generated-file', 'incident-after-corefile', 'incident-after-netplan'] as const
const STUBS: readonly Pick<StubModel, 'kind' | 'version'>[] = [
  { kind: 'glibc', version: '2.36' }, { kind: 'musl', version: '1.2.2' }, { kind: 'musl', version: '1.2.5' }, { kind: 'go', version: '1.26' },
]
/** A chain over servers that nobody asked has thousands of worlds; there a bound is hit, and then nothing is claimed. */
const PATHS = 1000

/** Young cells, old ones and none. A server that does not answer is probed twice a second all the while, so not for hours. */
const EVERY_MS = [700, 4_000, 17_000, 90_000, 400_000]

const sessions = new Map<string, Session>()
beforeAll(async () => {
  for (const bundle of BUNDLES) sessions.set(bundle, openSession(await loadBundle(join(ROOT, 'examples', bundle)), NAME))
})

function contractOf(session: Session, place: string, stub: Pick<StubModel, 'kind' | 'version'>, seeds: number): Contract {
  const supposed = withStub(session, place, stub)
  return checkContract(supposed.chain, rootOf(lookupOf(supposed, place, session.name, 'unspec', false)), { seeds, everyMs: EVERY_MS, limits: { paths: PATHS } })
}

/** What the explorer is known to leave out: where parallel questions of systemd-resolved share its state, not every order is covered
 * (`complete: false`), and such a witness may be followed to the same end at another time. */
function unexplained({ broken, cold }: Contract): readonly string[] {
  return broken.filter(what => cold.complete || !what.startsWith('the witness'))
}

test.each(BUNDLES)('%s: every place, with every library', bundle => {
  const session = sessions.get(bundle) as Session
  const seeds = bundle === 'incident' ? 5 : 2
  let [judged, simulated, replayed] = [0, 0, 0]
  // The open worlds of the pool that nobody looked at are the same in all four: one bundle has them all.
  const places = session.model.stubs.filter(stub => bundle === 'incident' || /^(?:hz|sh)-/.test(stub.node))
  for (const { place } of places) {
    for (const stub of STUBS) {
      const contract = contractOf(session, place, stub, seeds)
      expect({ place, stub, broken: unexplained(contract) }).toEqual({ place, stub, broken: [] })
      if (contract.any.complete) judged++
      simulated += contract.simulated
      replayed += contract.replayed
    }
  }
  // The claim is not an empty one: nearly all chains were explored to the end.
  expect(judged).toBeGreaterThan(places.length * STUBS.length * 0.6)
  expect(simulated).toBe(places.length * STUBS.length * seeds * 12)
  expect(replayed).toBeGreaterThanOrEqual(places.length * STUBS.length)
})

const answer = (server: string, type: string, data?: string): string => JSON.stringify({
  at: '2026-01-01T00:00:00Z', from: 'pod loose/coredns', server, name: `${NAME}.`, type, rcode: data === 'NXDOMAIN' ? data : 'NOERROR', flags: ['qr', 'ra'],
  answers: data === undefined || data === 'NXDOMAIN' ? [] : [{ name: `${NAME}.`, type, ttl: 300, data }],
  authority: data === undefined || data === 'NXDOMAIN' ? [{ name: 'example.com.', type: 'SOA', ttl: 60, data: 'ns. h. 1 3600 900 604800 60' }] : [],
})
const knows = (server: string, data = '10.1.1.1'): string => `${answer(server, 'A', data)}\n${answer(server, 'AAAA')}\n`
const denies = (server: string): string => `${answer(server, 'A', 'NXDOMAIN')}\n${answer(server, 'AAAA', 'NXDOMAIN')}\n`
const silent = (server: string): string => ['A', 'AAAA'].map(type => `${JSON.stringify({ at: '2026-01-01T00:00:00Z', from: 'pod loose/coredns', server, name: `${NAME}.`, type, error: 'timeout' })}\n`).join('')

/** A Corefile, what CoreDNS forwards to, and what each server says: the shapes that public reports have. */
const CASES: Readonly<Record<string, { readonly corefile: string; readonly servers: string; readonly probes: string; readonly pod?: string }>> = {
  'two internal, one public': { corefile: 'forward . /etc/resolv.conf\ncache 30', servers: '10.0.0.1 10.0.0.2 8.8.8.8', probes: knows('10.0.0.1') + knows('10.0.0.2') + denies('8.8.8.8') },
  'in order, the first is public': { corefile: 'forward . /etc/resolv.conf {\npolicy sequential\n}\ncache 30', servers: '8.8.8.8 10.0.0.1', probes: denies('8.8.8.8') + knows('10.0.0.1') },
  'in turn': { corefile: 'forward . /etc/resolv.conf {\npolicy round_robin\n}\ncache {\nsuccess 100 20\ndenial 100 5\n}', servers: '8.8.8.8 10.0.0.1', probes: denies('8.8.8.8') + knows('10.0.0.1') },
  'one of three is dead': { corefile: 'forward . /etc/resolv.conf\ncache 30', servers: '10.0.0.1 10.0.0.2 10.0.0.3', probes: knows('10.0.0.1') + knows('10.0.0.2') + silent('10.0.0.3') },
  'two addresses': { corefile: 'forward . /etc/resolv.conf\ncache 30', servers: '10.0.0.1 10.0.0.2', probes: knows('10.0.0.1') + knows('10.0.0.2', '10.9.9.9') },
  'no cache': { corefile: 'forward . /etc/resolv.conf', servers: '10.0.0.1 8.8.8.8', probes: knows('10.0.0.1') + denies('8.8.8.8') },
  'stale and prefetch': { corefile: 'forward . /etc/resolv.conf\ncache 30 {\nprefetch 2 1m 50%\nserve_stale 1h\n}', servers: '10.0.0.1 8.8.8.8', probes: knows('10.0.0.1') + denies('8.8.8.8') },
  'a loop to itself': { corefile: 'forward . /etc/resolv.conf\ncache 30', servers: '127.0.0.1', probes: '' },
  'the pod asks two resolvers itself': { corefile: 'forward . 10.0.0.1\ncache 30', servers: '10.0.0.1', probes: knows('10.0.0.1') + denies('8.8.8.8'), pod: 'nameserver 192.0.2.53\nnameserver 8.8.8.8\noptions rotate timeout:1 attempts:1\n' },
}

function sessionOf({ corefile, servers, probes, pod }: (typeof CASES)[string]): Session {
  const given: Record<string, string> = { Corefile: `.:53 {\nerrors\n${corefile}\n}\n`, 'resolv.conf': servers.split(' ').map(server => `nameserver ${server}\n`).join('') }
  const plan = looseCluster(Object.entries(given).map(([name, text]) => ({ name, text })))
  const texts = new Map([...plan.made, ...Object.values(given).map((text, at): [string, string] => [plan.paths[at] as string, text]), ['probes/probes.jsonl', probes] as const])
  if (pod !== undefined) texts.set('pods/loose/pod/etc/resolv.conf', pod)
  return openSession(overlay({ name: 'case', files: new Map(), problems: [] }, texts), NAME)
}

test.each(Object.keys(CASES))('%s: simulated lies within explored, every witness replays', name => {
  const session = sessionOf(CASES[name] as (typeof CASES)[string])
  for (const stub of STUBS) {
    const contract = contractOf(session, 'loose/pod', stub, 6)
    expect({ stub, broken: unexplained(contract) }).toEqual({ stub, broken: [] })
    expect(contract.replayed).toBeGreaterThan(0)
    // The counter of round_robin is shared by questions in flight; in a loop the health of a server depends on itself. Neither is covered whole.
    expect(contract.any.complete).toBe(name !== 'in turn' && name !== 'a loop to itself')
  }
})
