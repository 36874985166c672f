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
const IN_A_ROW = 5
/** Namespaces at once: most of them wait for a server that is silent. */
const AT_ONCE = 48

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
  const judged = await judge(clients.map(client => ({ client, cases })), AT_ONCE)
  const suspects = [...Map.groupBy(judged.filter(one => one.verdict.kind === 'different'), one => one.client)]
    .map(([client, mine]): Lookups => ({ client, cases: mine.map(one => cases.find(c => c.case === one.row.case) as StubCase) }))
  // What differed is looked up again where little else runs.
  const off = (await judge(suspects, 4)).filter((one): one is Judged & Off => one.verdict.kind === 'different')
  const unmodelled = judged.filter(one => one.verdict.kind === 'not modelled').length
  for (const [name, group] of Map.groupBy(off, nameOf)) show(name, group, say, wanted.show)
  if (wanted.rowsOut !== undefined && off.length > 0) writeFileSync(`${wanted.rowsOut}.stub.jsonl`, off.map(({ row }) => `${JSON.stringify(row)}\n`).join(''))
  say(`\nstub: ${clients.map(c => c.client).join(', ')}; seed ${wanted.seed}: ${judged.length} cases: ${judged.length - unmodelled - off.length} equal, ${off.length} different in ${new Set(off.map(nameOf)).size} groups, ` +
    `${unmodelled} not modelled; ${((performance.now() - began) / 1000).toFixed(0)} s`)
  return off.length > 0 ? 1 : 0
}

interface Lookups { readonly client: LiveClient; readonly cases: readonly StubCase[] }

interface Judged { readonly client: LiveClient; readonly row: StubRow; readonly verdict: Verdict }

async function judge(lookups: readonly Lookups[], atOnce: number): Promise<readonly Judged[]> {
  const parts = lookups.flatMap(({ client, cases }) =>
    Array.from({ length: Math.ceil(cases.length / IN_A_ROW) }, (_, i): Lookups => ({ client, cases: cases.slice(i * IN_A_ROW, (i + 1) * IN_A_ROW) })))
  const rows: { readonly client: LiveClient; readonly row: StubRow }[][] = parts.map(() => [])
  const queue = parts.entries()
  await Promise.all(Array.from({ length: Math.min(atOnce, parts.length) }, async () => {
    for (const [i, { client, cases }] of queue) rows[i] = (await runLive(client, cases)).map(row => ({ client, row }))
  }))
  const flat = rows.flat()
  const { judged } = judgeRows(flat.map(one => one.row) as unknown as readonly Json[])
  return judged.flatMap(one => ({ ...flat[one.nth] as Omit<Judged, 'verdict'>, verdict: one.verdict }))
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
