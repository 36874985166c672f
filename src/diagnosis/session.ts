// One reading of a bundle for one name: gathered, observed, linked, wired; and questions asked of the result. A proof is a
// second session over the changed files.
import type { Chain } from '../chain/effects.ts'
import type { EvidenceFiles } from '../chain/evidence-files.ts'
import type { Model, StubModel } from '../chain/model.ts'
import type { Problem } from '../chain/source.ts'
import { isOverLibc, libcOf } from '../chain/stub-libc.ts'
import { corednsPods, type CorednsPod } from '../cluster/coredns-pods.ts'
import type { Observation, ServerEvent } from '../evidence/observation.ts'
import { buildChain } from '../hops/index.ts'
import { evidenceWorlds } from './evidence-worlds.ts'
import { explainLookup, type Explained, type Lookup } from './explain.ts'
import { gather, type Gathered } from './gather.ts'
import { link, type Linked } from './link.ts'
import { observe } from './observe.ts'
import type { CapturesObserved } from './observe-captures.ts'

export interface Session {
  readonly name: string
  readonly gathered: Gathered
  readonly servers: readonly CorednsPod[]
  readonly observations: readonly Observation[]
  readonly queriesAtPod: ReadonlyMap<string, number>
  readonly captured: CapturesObserved | undefined
  readonly linked: Linked
  readonly model: Model
  readonly chain: Chain
  readonly problems: readonly Problem[]
}

export function openSession(evidence: EvidenceFiles, name: string): Session {
  const gathered = gather(evidence)
  const servers = corednsPods(gathered.inventory)
  const { observations, queriesAtPod, captured, problems } = observe(gathered, name, servers.value)
  return { ...wired(name, gathered, servers.value, observations, [...gathered.problems, ...servers.problems, ...problems]), queriesAtPod, captured }
}

/** The same observations over changed files: what was seen of the world does not change by editing a configuration. What ended a
 * process was the configuration it had. */
export function reopened(before: Session, evidence: EvidenceFiles): Session {
  const gathered = gather(evidence)
  const observations = before.observations.filter(o => o.kind !== 'server-event' || !ENDED_BY_CONFIGURATION.has(o.event))
  return { ...wired(before.name, gathered, corednsPods(gathered.inventory).value, observations, []), queriesAtPod: before.queriesAtPod, captured: before.captured }
}

const ENDED_BY_CONFIGURATION: ReadonlySet<ServerEvent['event']> = new Set(['loop-detected', 'corefile-error', 'no-nameservers'])

/** The same evidence, another model: what if. */
export function withModel(session: Session, model: Model): Session {
  const { chain } = buildChain(model)
  return { ...session, model, chain, linked: { ...session.linked, model } }
}

function wired(name: string, gathered: Gathered, servers: readonly CorednsPod[], observations: readonly Observation[], problems: readonly Problem[]): Omit<Session, 'queriesAtPod' | 'captured'> {
  const linked = link(gathered, servers, observations)
  const { chain, problems: odd } = buildChain(linked.model)
  return { name, gathered, servers, observations, linked, model: linked.model, chain, problems: [...problems, ...linked.problems, ...odd] }
}

export function lookupOf(session: Session, place: string, name: string, family: Lookup['family'], conditioned = true): Lookup {
  const lookup: Lookup = { chain: session.chain, model: session.model, place, name, family }
  return conditioned ? { ...lookup, holds: evidenceWorlds(session.chain, session.model, session.observations, place, name) } : lookup
}

const asked = new WeakMap<Session, Map<string, Explained>>()

/** Explained once per session, place, name and family. */
export function ask(session: Session, place: string, name: string, family: Lookup['family'] = 'unspec'): Explained | undefined {
  let known = asked.get(session)
  if (!known) asked.set(session, (known = new Map()))
  const key = `${place} ${name} ${family}`
  let explained = known.get(key)
  if (!explained && session.model.stubs.some(s => s.place === place)) known.set(key, (explained = explainLookup(lookupOf(session, place, name, family))))
  return explained
}

/** The same place with another library: `--stub`. */
export function withStub(session: Session, place: string, stub: Pick<StubModel, 'kind' | 'version' | 'libc'>): Session {
  const stubs = session.model.stubs.map((s): StubModel => {
    if (s.place !== place) return s
    const { kindSource: _, libc: __, ...rest } = s
    // A program over a C library asks that of its image, if that is what the place was found to have.
    const libc = stub.libc ?? (isOverLibc(stub.kind) ? libcOf(s) : undefined)
    return { ...rest, kind: stub.kind, version: stub.version, certainty: 'confirmed', ...(libc && { libc }) }
  })
  return withModel(session, { ...session.model, stubs })
}
