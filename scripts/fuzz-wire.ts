// Reads broken packets until the count is reached or one is read badly: node scripts/fuzz-wire.ts [count] [seed]
import { badlyRead, fuzzedPackets } from '../test/support/fuzz-packets.ts'

const count = Number(process.argv[2] ?? 1_000_000)
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000)
let n = 0
for (const bytes of fuzzedPackets(seed, count)) {
  let what: string | undefined
  try {
    what = badlyRead(bytes, true)
  } catch (error) {
    what = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
  if (what !== undefined) {
    process.stdout.write(`seed ${seed}, packet ${n}: ${what}\n${Buffer.from(bytes).toString('hex')}\n`)
    process.exitCode = 1
    break
  }
  n++
}
process.stdout.write(`${n} packets read, seed ${seed}\n`)
