// The capture readers against tshark: its recorded word on every sample and on every capture of examples/; asked again where it is installed.
import { expect, test } from 'vitest'
import { captureTransactions } from '../../src/evidence/capture-transactions.ts'
import { SAMPLES } from './transactions-samples.ts'
import { digest, exampleBytes, examples, ourReading, recorded, rowOf, tsharkReading, withFile } from './transactions-tshark.ts'

const expectation = recorded()

/** Starting tshark takes a third of a second: it is asked again about what is put together from several packets only. */
const isAskedAgain = (name: string): boolean => /fragments-turned|tcp-split|tcp-turned|sections/.test(name)
const rowsOf = (bytes: Uint8Array, path: string): string[] => ourReading(bytes, path).packets.map(rowOf)

test.each(SAMPLES.map(sample => [sample.name, sample.bytes] as const))('%s is read as tshark reads it', (name, bytes) => {
  expect(rowsOf(bytes, name)).toEqual(expectation.samples[name])
  const live = isAskedAgain(name) ? withFile(name, bytes, tsharkReading) : undefined
  if (live) expect(live.rows).toEqual(expectation.samples[name])
})

test.each(examples())('%s: the same messages as tshark, and the same pairs', path => {
  const { packets, summary } = ourReading(exampleBytes(path), path)
  const rows = packets.map(rowOf)
  expect(summary.problems).toEqual([])
  expect({ messages: rows.length, rows: digest(rows) }).toEqual({ messages: expectation.captures[path]?.messages, rows: expectation.captures[path]?.rows })
  // tshark does not tell interfaces apart: on `-i any` it pairs copies of a packet with each other.
  if (path.includes('/any-')) return
  const pairs = captureTransactions(packets).transactions
    .flatMap(({ query, answers }) => answers.map(answer => [answer.source.line, query.source.line] as const)).sort(([a], [b]) => a - b)
  expect(digest(pairs.map(pair => pair.join(' ')))).toBe(expectation.captures[path]?.pairs)
})

test('tshark, where it is installed, still says of the largest capture what was recorded', () => {
  const [path] = examples().filter(each => each.startsWith('incident/') && each.includes('coredns'))
  const live = tsharkReading(`examples/${path as string}`)
  expect(expectation.captures[path as string]?.messages).toBe(7546)
  if (live) expect({ rows: digest(live.rows), pairs: digest(live.pairs) }).toEqual({ rows: expectation.captures[path as string]?.rows, pairs: expectation.captures[path as string]?.pairs })
})
