// Damaged captures against the readers, more than a test has time for: nothing may throw, hang, or grow.
//   node scripts/fuzz-captures.ts [inputs] [seed]
import { damagedCapture, mustHold, randomFrom, readWhole } from '../test/captures/transactions-mutate.ts'

const inputs = Number(process.argv[2] ?? 2_000_000)
const seed = Number(process.argv[3] ?? 1)
const random = randomFrom(seed)
let messages = 0
let slowestMs = 0
const startMs = performance.now()
for (let n = 0; n < inputs; n++) {
  const bytes = damagedCapture(random)
  const beforeMs = performance.now()
  try {
    const outcome = readWhole(bytes, n % 3 === 0 ? 1 + random(64) : 65_536)
    mustHold(bytes, outcome)
    messages += outcome.packets.length
  } catch (error) {
    console.error(`seed ${seed}, input ${n}:`, error)
    console.error(Buffer.from(bytes).toString('base64'))
    process.exit(1)
  }
  slowestMs = Math.max(slowestMs, performance.now() - beforeMs)
  if (n % 250_000 === 249_999) console.log(`${n + 1} inputs, ${messages} messages, slowest ${slowestMs.toFixed(1)} ms, ${Math.round(process.memoryUsage().rss / 1048576)} MB`)
}
console.log(`${inputs} inputs in ${((performance.now() - startMs) / 1000).toFixed(1)} s, ${messages} messages read, none broke the readers`)
