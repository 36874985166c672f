// The Case that findings see: one asker's question in one session.
import { ZERO, compare } from '../chain/rational.ts'
import type { CorednsModel, Model, StubModel } from '../chain/model.ts'
import type { Case, Explanation, OddsRange, Question, ReplyResult } from '../findings/case.ts'
import { explore } from '../drivers/explore.ts'
import { oddsByClass } from '../drivers/worlds.ts'
import { nameKey } from '../dns/name.ts'
import type { Reply } from '../dns/message.ts'
import { hopId, nodeLocalAt } from '../chain/hop.ts'
import { confront } from './confront.ts'
import { evidenceWorlds, replyResult } from './evidence-worlds.ts'
import { agreeing, decidersOf, type Explained } from './explain.ts'
import { nameservers } from './link.ts'
import { targets } from '../findings/forward-targets.ts'
import { ask, lookupOf, withStub, type Session } from './session.ts'

export function caseOf(session: Session, question: Question, explained: Explained): Case {
  const cache = new Map<string, Explanation | undefined>()
  const explain: Case['explain'] = (name, place, spec) => {
    const key = `${name} ${place} ${spec ?? ''}`
    if (!cache.has(key)) {
      const [kind, version] = (spec ?? '').split('@') as [StubModel['kind'], string]
      const at = spec === undefined ? session : withStub(session, place, { kind, version })
      cache.set(key, ask(at, place, name, question.family)?.explanation)
    }
    return cache.get(key)
  }
  const open = explained.explanation.endings.length > 1 || explained.explanation.endings.some(e => compare(e.odds.min, ZERO) === 0)
  const servers = serversOf(session.model, question.stub)
  let outside: Case['outside']
  return {
    get outside() { return (outside ??= confront(session, servers).outside) },
    ...(session.captured && { wire: session.captured.joined }),
    model: session.model, cluster: session.linked.facts, question, explanation: explained.explanation,
    decidedBy: open ? decidersOf(lookupOf(session, question.stub.place, question.name, question.family), explained) : [],
    observations: session.observations, servers, explain,
    replies: (name, type) => repliesTo(session, question, name, type),
    textOf: file => session.gathered.evidence.files.get(file)?.text(),
  }
}

/** CoreDNS pods that the asker's name servers lead to, on its node. */
function serversOf(model: Model, stub: StubModel): CorednsModel[] {
  const asked = nameservers(stub.resolvConf).map(s => s.value)
  const inFront = asked.flatMap(value => nodeLocalAt(model, stub.node, value) ?? [])
  const addresses = [...asked, ...inFront.flatMap(targets).map(t => t.address)].flatMap(value => {
    if (nodeLocalAt(model, stub.node, value)) return []
    const service = model.services.find(s => s.address === value && s.node === stub.node)
    return service ? service.endpoints.map(e => e.value.address) : [value]
  })
  const local = addresses.filter(a => a.startsWith('169.254.') || a.startsWith('127.'))
  const found = model.coredns.filter(c => inFront.includes(c) || (!c.nodeAddresses && c.addresses.some(a => addresses.includes(a))) || (local.length > 0 && c.hostNetwork && !c.nodeAddresses && c.node === stub.node))
  // A server that is down has left the endpoints; what ended it is still the question.
  return found.length > 0 ? found : model.coredns.filter(c => c.down !== undefined && model.services.some(s => nameservers(stub.resolvConf).some(n => n.value === s.address)))
}

/** The hop that the stub's first name server is, seen from the asker's node. */
function firstServer(session: Session, stub: StubModel): string | undefined {
  const address = nameservers(stub.resolvConf)[0]?.value
  const inFront = address === undefined ? undefined : nodeLocalAt(session.model, stub.node, address)
  const service = inFront ? undefined : session.model.services.find(s => s.address === address && s.node === stub.node)
  const server = inFront ?? session.model.coredns.find(c => c.addresses.some(a => a === address))
  const id = service ? hopId.service(service.node, service.address, service.port) : server ? hopId.coredns(server.pod) : address !== undefined ? hopId.upstream(address) : undefined
  return id !== undefined && session.chain.has(id) ? id : undefined
}

function repliesTo(session: Session, { stub, name: asked }: Question, name: string, type: string): ReadonlyMap<ReplyResult, OddsRange> {
  const hop = firstServer(session, stub)
  if (hop === undefined) return new Map()
  const { outcomes } = explore(session.chain, { hop, query: { name: nameKey(name), type, transport: 'udp', rd: true } }, { start: 'cold' })
  const holds = evidenceWorlds(session.chain, session.model, session.observations, stub.place, asked)
  const { classes } = oddsByClass(agreeing(outcomes, holds), value => (typeof value === 'object' && value !== null && 'rcode' in value ? replyResult(value as unknown as Reply) ?? 'none' : 'none'))
  return new Map([...classes].map(([result, { min, max }]) => [result as ReplyResult, { min, max }]))
}
