// Records what tshark says of the captures in tshark-packets.ts: node scripts/record-tshark.ts
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { tsharkLines } from '../test/captures/tshark-lines.ts'
import { CAPTURES } from '../test/captures/tshark-packets.ts'

for (const { name } of CAPTURES) {
  const lines = tsharkLines(name, 1_000_000)
  if (lines === undefined) throw new Error('tshark is not on the PATH, or it failed')
  writeFileSync(new URL(`../test/captures/tshark-${name}.txt.gz`, import.meta.url), gzipSync(`${lines.join('\n')}\n`, { level: 9 }))
  process.stdout.write(`${name}: ${lines.length} packets\n`)
}
