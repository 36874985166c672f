// The recorded programs: how a row is known to be one of theirs, and what replays it.
import { fixtureOf } from './api-server.ts'
import { replay as replayCoredns, type Row as CorednsRow } from './coredns-replay.ts'
import { replay as replayKubeProxy, type KubeProxyRow } from './kube-proxy-replay.ts'
import { replay as replayKubelet, type KubeletRow } from './kubelet-replay.ts'
import { replay as replayNetplan, type NetplanRow } from './netplan-replay.ts'
import { replay as replayOpenyurt, type OpenyurtRow } from './openyurt-replay.ts'
import { replay as replayResolved, type ResolvedRow } from './resolved-replay.ts'
import { differenceOf, notModelled, type StubRow } from './stub-replay.ts'
import { judged, type Verdict } from './verdict.ts'

export type Json = Readonly<Record<string, unknown>>

/** `instance`: rows that share it are met by one instance of the program, in the order of the file. */
export interface Place {
  readonly program: string
  readonly version: string
  readonly group: string
  readonly id: string
  readonly instance: string
}

export interface Program {
  /** Decided by the columns alone. */
  readonly recognises: (row: Json) => boolean
  readonly placeOf: (row: Json) => Place
  /** Rows of one instance → a verdict each. `beside`: rows of no program, such as fixtures. */
  readonly replay: (rows: readonly Json[], beside: readonly Json[]) => readonly Verdict[]
}

const word = (row: Json, column: string): string => String(row[column])
const has = (row: Json, ...columns: readonly string[]): boolean => columns.every(column => column in row)

const corednsPlace = (program: string) => (row: Json): Place => {
  const id = word(row, 'id')
  const scenario = id.split('/')[0] as string
  return { program, version: word(row, 'version'), group: id.split('.')[0] as string, id, instance: `${program} ${word(row, 'version')} ${scenario}` }
}

const isCoredns = (row: Json): boolean => has(row, 'id', 'corefile', 'observed') && !isFixture(row)
const isKubernetes = (row: Json): boolean => word(row, 'id').startsWith('kubernetes.')

const coredns: Program = {
  recognises: row => isCoredns(row) && !isKubernetes(row) && row['program'] !== 'node-cache',
  placeOf: corednsPlace('coredns'),
  replay: rows => replayCoredns(rows as unknown as readonly CorednsRow[]),
}

/** NodeLocal DNSCache. */
const nodeCache: Program = {
  recognises: row => isCoredns(row) && row['program'] === 'node-cache',
  placeOf: row => ({ ...corednsPlace('node-cache')(row), group: (/^node-cache\.([a-z]+)/.exec(word(row, 'id')) ?? [])[1] ?? 'all' }),
  replay: coredns.replay,
}

const corednsKubernetes: Program = {
  recognises: row => isCoredns(row) && isKubernetes(row),
  placeOf: row => ({ ...corednsPlace('coredns-kubernetes')(row), group: (word(row, 'id').split('/')[0] as string).replace('kubernetes.', '') }),
  replay: (rows, beside) => {
    const scenario = rows as unknown as readonly CorednsRow[]
    const fixture = scenario[0] && fixtureOf(scenario[0], beside)
    if (!fixture) return rows.map(() => ({ kind: 'not modelled', why: `the API objects ${scenario[0]?.state?.fixture} are in none of the files` }))
    return replayCoredns(scenario, fixture)
  },
}

const stub: Program = {
  recognises: row => has(row, 'client', 'implementation', 'rules', 'result'),
  placeOf: row => ({
    program: word(row, 'implementation'), version: word(row, 'version'), group: word(row, 'group'), id: `${word(row, 'group')}: ${word(row, 'case')}`,
    instance: `${word(row, 'client')} ${word(row, 'case')}`,
  }),
  replay: rows => (rows as unknown as readonly StubRow[]).map(row => {
    const odd = differenceOf(row)
    const reason = odd === undefined ? undefined : notModelled(row)
    return reason === undefined ? judged(odd === undefined ? [] : [odd]) : { kind: 'not modelled', why: reason }
  }),
}

const casePlace = (program: string) => (row: Json): Place => {
  const [version, group, name] = [word(row, 'version'), 'group' in row ? word(row, 'group') : 'all', word(row, 'case')]
  return { program, version, group, id: `${group}: ${name}`, instance: `${program} ${version} ${group} ${name}` }
}

const openyurt: Program = {
  recognises: row => has(row, 'env', 'cluster', 'request', 'in'),
  placeOf: casePlace('openyurt'),
  replay: rows => (rows as unknown as readonly OpenyurtRow[]).map(replayOpenyurt),
}

const kubelet: Program = {
  recognises: row => has(row, 'in', 'out', 'featureGates'),
  placeOf: row => {
    const place = casePlace('kubelet')(row)
    const gates = row['featureGates'] === null ? '' : ` ${word(row, 'featureGates')}`
    return { ...place, id: place.id + gates, instance: place.instance + gates }
  },
  replay: rows => (rows as unknown as readonly KubeletRow[]).map(replayKubelet),
}

const kubeProxy: Program = {
  recognises: row => has(row, 'services', 'endpointSlices', 'parsed'),
  placeOf: casePlace('kube-proxy'),
  replay: rows => (rows as unknown as readonly KubeProxyRow[]).map(replayKubeProxy),
}

const netplan: Program = {
  recognises: row => has(row, 'filesIn', 'filesOut', 'exit'),
  placeOf: casePlace('netplan'),
  replay: rows => (rows as unknown as readonly NetplanRow[]).map(replayNetplan),
}

const resolved: Program = {
  recognises: row => has(row, 'filesIn', 'filesOut', 'links', 'orders', 'observed'),
  placeOf: casePlace('systemd-resolved'),
  replay: rows => (rows as unknown as readonly ResolvedRow[]).map(replayResolved),
}

const PROGRAMS: readonly Program[] = [coredns, nodeCache, corednsKubernetes, stub, kubelet, openyurt, kubeProxy, netplan, resolved]

export const programOf = (row: Json): Program | undefined => PROGRAMS.find(p => p.recognises(row))

/** API objects that other rows point at by id. */
export const isFixture = (row: Json): boolean => word(row, 'id').startsWith('fixture.')
