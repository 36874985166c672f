// npm run conform: new cases on the real programs and on the hops.
//
//   node scripts/conform.ts [--cases 2000] [--seed 1] [--only coredns@1.14.7] [--plugins cache,forward] [--case K]
//
// CoreDNS comes from scripts/build-coredns.sh. As root everything runs in a network of its own; else on high ports of 127.1.0.0/16.
// Exit 0: no difference, or nothing could be run (it says so); 1: a difference; 2: wrong usage.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { conform, type Group } from '../test/conform/conform.ts'
import { binaryOf, missing } from '../test/conform/coredns-process.ts'
import { RELEASES } from '../test/conform/generate.ts'
import { OWN_NETWORK, SHARED_NETWORK } from '../test/conform/lane.ts'
import { corefileOf } from '../test/conform/scenario.ts'

const IN_OWN_NETWORK = 'WHYDNS_CONFORM_NETWORK'

const { values } = parseArgs({ options: {
  cases: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' }, plugins: { type: 'string' },
  case: { type: 'string' }, lanes: { type: 'string', default: '48' },
} })

function enterNetwork(): number | undefined {
  if (process.getuid?.() !== 0 || process.env[IN_OWN_NETWORK] !== undefined) return undefined
  const inside = spawnSync('unshare', ['-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit', env: { ...process.env, [IN_OWN_NETWORK]: '1' },
  })
  return inside.error ? undefined : inside.status ?? 1
}

const said = (line: string): void => void process.stdout.write(`${line}\n`)

function show({ name, found, smallest: { scenario, verdict } }: Group): void {
  said(`\n== ${found.length} × ${name}`)
  for (const { scenario: each } of found.slice(0, 4)) {
    said(`   --only coredns@${each.version} --seed ${values.seed} --case ${each.id.split('-').at(-1)}`)
  }
  said(corefileOf(scenario).replace(/^/gm, '   | '))
  for (const [path, text] of Object.entries(scenario.files)) said(`   file ${path}: ${JSON.stringify(text)}`)
  for (const [address, rules] of Object.entries(scenario.script)) said(`   ${address}: ${rules.map(rule => JSON.stringify(rule)).join(' ')}`)
  for (const step of scenario.steps) said(`   ${JSON.stringify(step)}`)
  for (const text of verdict.what) said(`   ${text.slice(0, 1500)}`)
}

async function main(): Promise<number> {
  const wanted = values.only === undefined ? RELEASES : RELEASES.filter(r => `coredns@${r}` === values.only)
  if (wanted.length === 0 && values.only !== 'coredns') {
    said(`conform: --only takes ${RELEASES.map(r => `coredns@${r}`).join(', ')}`)
    return 2
  }
  const releases = wanted.filter(release => {
    const lacking = missing(binaryOf(release))
    if (lacking !== undefined) said(`CoreDNS ${release}: nothing was run. ${lacking}`)
    return lacking === undefined
  })
  if (releases.length === 0) return 0
  const began = performance.now()
  const report = await conform({
    seed: Number(values.seed), cases: Number(values.cases), releases, plugins: values.plugins?.split(','), nth: values.case === undefined ? undefined : Number(values.case),
    ports: process.env[IN_OWN_NETWORK] === undefined ? SHARED_NETWORK : OWN_NETWORK, lanes: Number(values.lanes), say: said,
  })
  for (const group of report.groups) show(group)
  const unmodelled = [...report.notModelled.values()].reduce((a, b) => a + b, 0)
  const differing = report.cases - report.equal - unmodelled
  for (const [fields, count] of report.passing) said(`differed once and not when run by themselves, ${count} scenarios: ${fields}`)
  for (const [why, count] of [...report.notModelled].sort((a, b) => b[1] - a[1]).slice(0, 10)) said(`not modelled, ${count} ×: ${why}`)
  said(`\nCoreDNS ${releases.join(', ')}; seed ${values.seed}: ${report.cases} cases in ${report.scenarios} scenarios: ${report.equal} equal, ${differing} different in ${report.groups.length} groups, ` +
    `${unmodelled} not modelled; ${((performance.now() - began) / 1000).toFixed(0)} s`)
  return differing > 0 ? 1 : 0
}

process.exitCode = enterNetwork() ?? await main()
