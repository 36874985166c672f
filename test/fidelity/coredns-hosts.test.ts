import { afterAll, describe, expect, test } from 'vitest'
import { hosts } from '../../src/hops/coredns/hosts.ts'
import { comparable, observed, queryOf, run, serverOf, type Row } from './coredns-kubernetes-plugin.ts'
import { rows } from './rows.ts'

const all = rows<Row>('coredns-hosts')

/** The files when the question is asked. A file that is taken away stays in the table: the old content was read. */
function filesOf(row: Row): ReadonlyMap<string, { file: string; text: string }> {
  const texts = new Map(Object.entries(row.files ?? {}))
  let written = new Map<string, string>()
  for (const step of row.state?.preamble ?? []) {
    if (step['systemHostsFile']) texts.set('/etc/hosts', String(step['systemHostsFile']))
    if (step['writeFile']) written = new Map(Object.entries(step['writeFile'] as Record<string, string>))
    // The rows wait twice the reload time, or ask at once.
    if (step['sleepMs']) for (const [path, text] of written) texts.set(path, text)
  }
  return new Map([...texts].map(([path, text]) => [path, { file: path, text }]))
}

const tally = new Map<string, { equal: number; different: number }>()

describe.each([...new Set(all.map(r => r.version))].sort())('the hosts plugin of CoreDNS %s', version => {
  const mine = all.filter(r => r.version === version && r.query)
  test.each([...new Set(mine.map(r => r.id.split('/')[0] as string))])('%s', scenario => {
    const count = tally.get(scenario) ?? { equal: 0, different: 0 }
    tally.set(scenario, count)
    for (const row of mine.filter(r => r.id.startsWith(`${scenario}/`))) {
      const got = comparable(run(serverOf(hosts, 'hosts', row, { files: filesOf(row) }).hop, queryOf(row)))
      count[JSON.stringify(got) === JSON.stringify(observed(row)) ? 'equal' : 'different']++
      expect(got, `${row.version} ${row.id}`).toEqual(observed(row))
    }
  })
})

afterAll(() => {
  console.log([...tally].map(([scenario, c]) => `${scenario}: ${c.equal} equal, ${c.different} different`).join('\n'))
})
