import { afterAll, describe, expect, test } from 'vitest'
import { readCorefile } from '../../src/config/corefile.ts'
import { checkCorefile } from '../../src/hops/coredns/check.ts'
import { refusalText } from '../../src/hops/coredns/refuse.ts'
import { rows } from './rows.ts'

interface Row {
  readonly id: string; readonly version: string; readonly corefile: string
  readonly files?: Readonly<Record<string, string>> | null; readonly env?: Readonly<Record<string, string>>
  readonly observed: { readonly started: boolean; readonly exit: number | null; readonly stderr: readonly string[] }
}

/** Not in the text: interfaces and files of the machine, the pod's environment, host names, plugins that are not modelled. */
const OUTSIDE = /^(key\.bind-(foreign-address|unknown-interface)|setup\.(acl|forward-(bad-ip|hostname|missing-file)|kubernetes-not-in-cluster|rewrite|template)|parse\.(env-two-addresses|import-directory))/
/** 1.9.3 and 1.11.3 never end here; the model says what later releases say. */
const ENDLESS = 'parse.snippet-self/start'

const all = rows<Row>('coredns-start')
const tally = new Map<string, { equal: number; outside: number }>()

/** The reader knows that a plugin will refuse the words, and not in which words. */
const REFUSED_ONLY = 'refused'

/** Without file and line: a Problem has its Source. */
const bare = (text: string): string => text.replace(/\S*:\d+ - (?=Error during|Syntax error)/, '').replace('Error during parsing: ', '').replaceAll('<CWD>', '/etc/coredns')

function said(row: Row): string {
  const files = new Map(Object.entries(row.files ?? {}).map(([path, text]) => [`/etc/coredns/${path}`, { file: path, text }]))
  const read = readCorefile('Corefile', row.corefile, { files, env: new Map(Object.entries(row.env ?? {})) })
  const checked = checkCorefile(read.value, row.version, files).map(p => ({ ...p, message: refusalText(p).replace(/^.*Unknown directive '(.*?)'.*$/s, 'Error during parsing: Unknown directive \'$1\'') }))
  const syntax = read.problems.filter(p => p.code === 'corefile-syntax')
  const unknown = checked.filter(p => p.code === 'corefile-unknown-plugin')
  const first = [...unknown, ...syntax, ...checked][0]
  if (!first && read.problems.some(p => p.state === 'damaged')) return REFUSED_ONLY
  return bare(first?.message ?? '')
}

describe.each(['1.9.3', '1.11.3', '1.14.7', '1.15.0'])('CoreDNS %s starts, or says why not', version => {
  test.each(['key', 'parse', 'setup'])('%s', group => {
    const count = { equal: 0, outside: 0 }
    tally.set(`${group} ${version}`, count)
    for (const row of all.filter(r => r.version === version && r.id.startsWith(`${group}.`))) {
      if (OUTSIDE.test(row.id) || row.id === ENDLESS) {
        count.outside++
        continue
      }
      const real = row.observed.exit === 1 ? bare(row.observed.stderr.join('\n')) : ''
      const model = said(row)
      if (model === REFUSED_ONLY) expect(real, row.id).not.toBe('')
      else expect(`${row.id} ${model}`).toBe(`${row.id} ${real}`)
      count.equal++
    }
    expect(count.equal).toBeGreaterThan(count.outside)
  })
})

afterAll(() => {
  console.log([...tally].map(([name, c]) => `${name}: ${c.equal} equal, 0 different, ${c.outside} not modelled`).join('\n'))
})
