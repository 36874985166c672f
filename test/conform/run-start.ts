// One start of the real CoreDNS in a network of its own with nothing but `lo`: what it printed until its banner or its end.
import { setTimeout as wait } from 'node:timers/promises'
import { binaryOf, CorednsProcess } from './coredns-process.ts'
import { corefileOf, type Observed, type Scenario } from './scenario.ts'

const ALONE = ['unshare', '-n', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']
/** The banner has a line behind it. */
const LAST_LINE_MS = 15
const LISTENS = /^\S+:\d+( on \S+)?$/
const END_LIMIT_MS = 2000

export async function runStart(scenario: Scenario): Promise<Observed> {
  const files = { ...scenario.files, Corefile: corefileOf(scenario) }
  const server = new CorednsProcess([...ALONE, binaryOf(scenario.version), '-conf', 'Corefile'], files, scenario.env)
  try {
    const started = await server.started
    if (started) await wait(LAST_LINE_MS)
    // With nothing to listen on it ends by itself.
    if (started && !server.stdout.some(line => LISTENS.test(line))) await Promise.race([server.ended, wait(END_LIMIT_MS)])
    return server.startSeen(started)
  } finally {
    await server.stop()
  }
}
