// What is often tried against upstreams that disagree, tried in the model: each is applied like a cure and explored. Only what
// leaves the denial possible is listed, with what it leaves.
import { compare, ZERO } from '../chain/rational.ts'
import type { CorednsModel, Model, StubModel } from '../chain/model.ts'
import type { Edit } from '../chain/source.ts'
import { UPLINK } from '../cluster/uplink-file.ts'
import type { Case, Explanation } from '../findings/case.ts'
import type { Diagnosis, Proof, Said } from '../findings/diagnosis.ts'
import { serversOffTheNode } from '../findings/upstream-cures.ts'
import { upstreamChoices, type UpstreamChoice } from '../findings/upstream-choice.ts'
import { addOption } from '../fixes/corefile-edit.ts'
import { compared, oddsText, prove } from './prove.ts'
import { ask, withModel, type Session } from './session.ts'

type NotCure = Diagnosis['status']['notCures'][number]

export function notCures(session: Session, c: Case): NotCure[] {
  const choice = upstreamChoices(c)[0]
  if (!choice || choice.denies.length === 0 || choice.knows.length === 0) return []
  return [
    sequential(session, c, choice), generatedFile(session, c, choice), moreReplicas(session, c, choice),
    lowerNdots(session, c), onlyTheFirst(session, c, choice),
  ].filter(n => n !== undefined)
}

const denial = (explanation: Explanation): string | undefined => {
  const ending = explanation.endings.find(e => e.result === 'nxdomain' && compare(e.odds.max, ZERO) > 0)
  return ending && oddsText(ending)
}

function listed(id: string, title: Said, proof: Proof | undefined, explanation: Explanation | undefined, because: (odds: string) => Said): NotCure | undefined {
  const odds = explanation && denial(explanation)
  return odds !== undefined && proof ? { id, title, because: because(odds), proof } : undefined
}

/** In the world where all servers answer it looks like a cure; so it is explored where those that know may be silent. */
function sequential(session: Session, c: Case, choice: UpstreamChoice): NotCure | undefined {
  const text = c.cluster.corefiles.get(choice.server.pod)
  const block = text?.blocks[choice.blockIndex]
  const forward = block?.directives[choice.directiveIndex]
  if (!text || !block || !forward || forward.name !== 'forward' || choice.forward.properties.some(p => p.name === 'policy')) return undefined
  const proved = proveEdits(session, c, [addOption(text, block, forward, 'policy sequential')])
  if (!proved) return undefined
  const knows = new Set(choice.knows.map(o => o.address))
  const model: Model = { ...proved.after.model, upstreams: proved.after.model.upstreams.map(u => (knows.has(u.address) ? { ...u, reachable: 'sometimes' as const } : u)) }
  const shaken = ask(withModel(proved.after, model), c.question.stub.place, c.question.name, c.question.family)?.explanation
  if (!shaken) return undefined
  return listed('policy-sequential', { en: 'policy sequential', zh: 'policy sequential' }, { ...compared(c.explanation, shaken), gains: [], losses: [] }, shaken, () => ({
    en: `right only while ${[...knows].join(' or ')} answers in time: explored with them silent, it ends in NXDOMAIN again, and that is cached`,
    zh: `只有 ${[...knows].join(' 或 ')} 及时应答时才正确：在它们不应答的情形下推演，结果又是 NXDOMAIN，并且会被缓存`,
  }))
}

function generatedFile(session: Session, c: Case, choice: UpstreamChoice): NotCure | undefined {
  const node = choice.server.node
  const path = `nodes/${node}${UPLINK}`
  const text = c.textOf(path)
  if (text === undefined || c.cluster.nodeDns.get(node)?.generatedBy === undefined) return undefined
  const edits = choice.denies.flatMap(({ address }): Edit[] => {
    const line = `nameserver ${address}\n`
    const start = text.indexOf(line)
    return start < 0 ? [] : [{ file: path, start, end: start + line.length, text: '' }]
  })
  if (edits.length === 0) return undefined
  const proved = proveEdits(session, c, edits)
  return listed('edit-generated-file', { en: `editing ${UPLINK}`, zh: `修改 ${UPLINK}` }, proved?.proof, proved?.explanation, odds => ({
    en: `systemd-resolved writes that file from the link's configuration: the lines come back, NXDOMAIN stays at ${odds}`,
    zh: `该文件由 systemd-resolved 根据链路配置生成：删掉的行会回来，NXDOMAIN 的概率仍为 ${odds}`,
  }))
}

function moreReplicas(session: Session, c: Case, choice: UpstreamChoice): NotCure | undefined {
  const copy: CorednsModel = { ...choice.server, pod: `${choice.server.pod}-copy`, addresses: choice.server.addresses.map(a => `${a}#copy`) }
  const address = choice.server.addresses[0]
  const services = session.model.services.map(s => {
    const own = s.endpoints.find(e => e.value.address === address)
    return own ? { ...s, endpoints: [...s.endpoints, { ...own, value: { ...own.value, address: `${own.value.address}#copy` } }] } : s
  })
  const after = withModel(session, { ...session.model, coredns: [...session.model.coredns, copy], services })
  const explanation = ask(after, c.question.stub.place, c.question.name, c.question.family)?.explanation
  if (!explanation) return undefined
  return listed('more-replicas', { en: 'more CoreDNS pods', zh: '增加 CoreDNS 副本' }, { ...compared(c.explanation, explanation), gains: [], losses: [] }, explanation, odds => ({
    en: `more caches that disagree with each other: NXDOMAIN stays at ${odds}`, zh: `只是多了几个互相不一致的缓存：NXDOMAIN 的概率仍为 ${odds}`,
  }))
}

function lowerNdots(session: Session, c: Case): NotCure | undefined {
  const { stub } = c.question
  const lines = stub.resolvConf.lines.map(l => (l.keyword === 'options' ? { ...l, words: l.words.map(w => (w.value.startsWith('ndots:') ? { ...w, value: 'ndots:1' } : w)) } : l))
  const changed: StubModel = { ...stub, resolvConf: { ...stub.resolvConf, lines } }
  const after = withModel(session, { ...session.model, stubs: session.model.stubs.map(s => (s.place === stub.place ? changed : s)) })
  const explanation = ask(after, stub.place, c.question.name, c.question.family)?.explanation
  if (!explanation) return undefined
  return listed('lower-ndots', { en: 'a lower ndots', zh: '调低 ndots' }, { ...compared(c.explanation, explanation), gains: [], losses: [] }, explanation, odds => ({
    en: `saves the questions with a suffix; the one for the name itself ends as before: NXDOMAIN stays at ${odds}`,
    zh: `只省去带后缀的查询；对该名称本身的查询结果不变：NXDOMAIN 的概率仍为 ${odds}`,
  }))
}

/** Servers that kubelet leaves out today move up when one before them goes. */
function onlyTheFirst(session: Session, c: Case, choice: UpstreamChoice): NotCure | undefined {
  const dropped = c.cluster.given.get(choice.server.pod)?.dropped ?? []
  const first = choice.denies[0]?.address
  if (dropped.length === 0 || first === undefined) return undefined
  const fix = serversOffTheNode(c, [choice.server.node], [first])
  const proved = fix && proveEdits(session, c, fix.edits)
  return listed('remove-one-server', { en: `taking out only ${first}`, zh: `只去掉 ${first}` }, proved?.proof, proved?.explanation, odds => ({
    en: `${dropped[0]?.value} was left out by kubelet's limit of three and moves up: NXDOMAIN stays at ${odds}`,
    zh: `${dropped[0]?.value} 原先因 kubelet 三个的上限被丢弃，现在补上：NXDOMAIN 的概率仍为 ${odds}`,
  }))
}

const proveEdits = (session: Session, c: Case, edits: readonly Edit[]): ReturnType<typeof prove> =>
  prove(session, edits, c.question.stub.place, c.question.family, c.explanation, 'asker')
