// The stub part of `npm run conform`: the same generated lookups by the machine's glibc, musl and Go, each beside its model.
import { writeFileSync } from 'node:fs'
import { judgeRows } from '../fidelity/judge.ts'
import type { Json } from '../fidelity/programs.ts'
import type { StubRow } from '../fidelity/stub-replay.ts'
import type { Verdict } from '../fidelity/verdict.ts'
import { shortName } from './fingerprint.ts'
import { generateStub } from './generate-stub.ts'
import { available, runLive, type LiveClient, type StubCase } from './stub-live.ts'

const KINDS: ReadonlySet<string> = new Set(['glibc', 'musl', 'go'])
/** Lookups that one namespace makes, one after the other. */
const IN_A_ROW = 10
const AT_ONCE = 24

export const stubClients = (): readonly LiveClient[] => available().filter(client => KINDS.has(client.implementation))

export const stubLacking = (): string | undefined =>
  (stubClients().length > 0 ? undefined : 'It needs root, unshare and ip, and one of: gcc for glibc, musl-gcc, go.')

interface StubWanted { readonly cases: number; readonly seed: number; readonly nth?: number; readonly show?: string; readonly rowsOut?: string }

interface Off { readonly row: StubRow; readonly verdict: Extract<Verdict, { kind: 'different' }> }

type Say = (line: string) => void

/** Every lookup is a case of each program. */
export async function runStubs(wanted: StubWanted, say: Say): Promise<number> {
  const clients = stubClients()
  const count = wanted.nth === undefined ? Math.max(1, Math.round(wanted.cases / clients.length)) : 1
  const cases = Array.from({ length: count }, (_, i) => generateStub(wanted.seed, (wanted.nth ?? 0) + i))
  const began = performance.now()
  const all: Off[] = []
  let [lookups, equal, unmodelled] = [0, 0, 0]
  for (const client of clients) {
    const judged = await judge(client, cases, AT_ONCE)
    const suspects = judged.filter(one => one.verdict.kind === 'different').map(one => cases.find(c => c.case === one.row.case) as StubCase)
    // What differed is looked up again where little else runs.
    const again = suspects.length === 0 ? [] : await judge(client, suspects, 4)
    const off = again.filter((one): one is Off => one.verdict.kind === 'different')
    const unknown = judged.filter(one => one.verdict.kind === 'not modelled').length
    lookups += judged.length
    unmodelled += unknown
    equal += judged.length - unknown - off.length
    all.push(...off)
  }
  for (const [name, group] of Map.groupBy(all, nameOf)) show(name, group, say, wanted.show)
  if (wanted.rowsOut !== undefined && all.length > 0) writeFileSync(`${wanted.rowsOut}.stub.jsonl`, all.map(({ row }) => `${JSON.stringify(row)}\n`).join(''))
  say(`\nstub: ${clients.map(c => c.client).join(', ')}; seed ${wanted.seed}: ${lookups} cases: ${equal} equal, ${all.length} different in ${new Set(all.map(nameOf)).size} groups, ` +
    `${unmodelled} not modelled; ${((performance.now() - began) / 1000).toFixed(0)} s`)
  return all.length > 0 ? 1 : 0
}

async function judge(client: LiveClient, cases: readonly StubCase[], atOnce: number): Promise<readonly { readonly row: StubRow; readonly verdict: Verdict }[]> {
  const parts = Array.from({ length: Math.ceil(cases.length / IN_A_ROW) }, (_, i) => cases.slice(i * IN_A_ROW, (i + 1) * IN_A_ROW))
  const rows: StubRow[][] = parts.map(() => [])
  let next = 0
  await Promise.all(Array.from({ length: Math.min(atOnce, parts.length) }, async () => {
    for (let i = next++; i < parts.length; i = next++) rows[i] = [...await runLive(client, parts[i] as readonly StubCase[])]
  }))
  const flat = rows.flat()
  const { judged } = judgeRows(flat as unknown as readonly Json[])
  return judged.map(one => ({ row: flat[one.nth] as StubRow, verdict: one.verdict }))
}

/** The program, and what differs without names and numbers. */
const nameOf = ({ row, verdict }: Off): string =>
  `${row.client}: ${(verdict.what[0] ?? '').replace(/\d+(\.\d+)?/g, '0').replace(/[\w*-]+(\.[\w*-]+)+\.?/g, 'NAME').slice(0, 120)}`

function show(name: string, group: readonly Off[], say: Say, wanted: string | undefined): void {
  if (wanted !== undefined && wanted !== name && wanted !== shortName(name)) return
  const first = group[0] as Off
  say(`\n== ${shortName(name)}: ${group.length} × ${name}`)
  say(`   ${group.slice(0, 4).map(one => `--case ${one.row.case}`).join('  ')}`)
  const { resolvConf, hosts, name: asked, family, rules } = first.row
  say(`   ${JSON.stringify({ resolvConf, hosts, name: asked, family })}`)
  for (const rule of rules) say(`   ${JSON.stringify(rule)}`)
  for (const text of first.verdict.what) say(`   ${text}`)
  say(`   asked ${first.row.asked.map(p => `${p.ms}:${p.server}/${p.proto} ${p.name} ${p.type}`).join(', ')}; ${JSON.stringify(first.row.result)}`)
}
