// Recorded rows of real programs: test/fidelity/rows/*.jsonl.gz, one JSON object a line.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

export function rows<T>(name: string): readonly T[] {
  const bytes = readFileSync(new URL(`rows/${name}.jsonl.gz`, import.meta.url))
  return gunzipSync(bytes).toString('utf8').trimEnd().split('\n').map(line => JSON.parse(line) as T)
}
