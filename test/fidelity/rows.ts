// Recorded rows of real programs: one JSON object a line, plain or gzip'd. Those of the repository lie in test/fidelity/rows/.
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { isFixture, type Json } from './programs.ts'

const FOLDER = new URL('rows/', import.meta.url)

/** What is wrong with a rows file, and where. */
export class DamagedRows extends Error {}

export const rows = <T>(name: string): readonly T[] => readRows(new URL(`${name}.jsonl.gz`, FOLDER)) as readonly T[]

/** The rows files of the repository. */
export const recordedFiles = (): readonly URL[] => readdirSync(FOLDER).filter(name => /\.jsonl(?:\.gz)?$/.test(name)).sort().map(name => new URL(name, FOLDER))

/** Throws DamagedRows: `FILE: …` or `FILE:LINE: …`. */
export function readRows(file: string | URL, name = String(file)): readonly Json[] {
  return textOf(file, name).split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [rowOf(line, `${name}:${i + 1}`)]))
}

/** The rows of a file that others point at; lines that cannot be one are not read. Throws DamagedRows. */
export const fixturesIn = (file: string | URL, name = String(file)): readonly Json[] =>
  textOf(file, name).split('\n').flatMap((line, i) => (/"id":\s*"fixture\./.test(line) ? [rowOf(line, `${name}:${i + 1}`)] : [])).filter(isFixture)

function textOf(file: string | URL, name: string): string {
  try {
    const bytes = readFileSync(file)
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new DamagedRows(`${name}: ${(error as Error).message}`)
  }
}

function rowOf(line: string, place: string): Json {
  let row: unknown
  try {
    row = JSON.parse(line)
  } catch (error) {
    throw new DamagedRows(`${place}: not JSON: ${(error as Error).message}`)
  }
  if (row === null || typeof row !== 'object' || Array.isArray(row)) throw new DamagedRows(`${place}: not an object`)
  return row as Json
}
