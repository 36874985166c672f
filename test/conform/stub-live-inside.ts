// The inside of stub-live.ts: runs in a network, mount and host name namespace of its own. Prints one line a lookup.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { APPLICATIONS } from './stub-live-applications.ts'
import { listen, Script } from './stub-live-servers.ts'
import type { StubCase } from './stub-live.ts'

type Lookup = StubCase & { readonly family: string; readonly command: readonly string[] }

/** Nothing recorded takes as long. */
const LONGEST_MS = 150_000

const dir = process.argv[2] ?? ''
const { lookups, application, env } = JSON.parse(readFileSync(join(dir, 'lookups.json'), 'utf8')) as {
  readonly lookups: readonly Lookup[]
  readonly application?: string
  readonly env: Readonly<Record<string, string>>
}

function must(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`)
}

must('ip', 'link', 'set', 'lo', 'up')
must('hostname', 'pod7.hostdom.test')
const bound = ['resolv.conf', 'hosts', 'nsswitch.conf'].map(name => {
  const path = join(dir, 'etc', name)
  writeFileSync(path, name === 'nsswitch.conf' ? 'hosts: files dns\n' : '')
  must('mount', '--bind', path, `/etc/${name}`)
  return path
})

interface Ended {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly wallMs: number
}

function run(command: readonly string[], more: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise(resolve => {
    const began = performance.now()
    const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: dir, LC_ALL: 'C', ...more } })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (part: string) => { stdout += part })
    child.stderr.setEncoding('utf8').on('data', (part: string) => { stderr += part })
    const limit = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS)
    child.once('close', (exit, signal) => {
      clearTimeout(limit)
      resolve({ stdout, stderr, exit, signal, wallMs: Math.round(performance.now() - began) })
    })
  })
}

function resultOf(one: Lookup, ended: Ended): unknown {
  if (application !== undefined) return APPLICATIONS[application]?.read(ended)
  if (ended.signal === 'SIGKILL' && ended.wallMs >= LONGEST_MS) return { unended: true }
  if (ended.signal !== null) return { crashed: true, exit: ended.signal }
  const results = ended.stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as unknown)
  return one.repeat === undefined ? results[0] : results
}

const script = new Script()
const close = await listen(script)
for (const one of lookups) {
  writeFileSync(bound[0] as string, one.resolvConf)
  writeFileSync(bound[1] as string, one.hosts ?? '')
  script.begin(one.rules)
  const ended = await run(one.command, { ...env, ...one.env })
  // A packet that was sent just before the end.
  await new Promise(done => { setTimeout(done, 30) })
  process.stdout.write(`${JSON.stringify({ asked: script.asked, result: resultOf(one, ended), wallMs: ended.wallMs })}\n`)
}
close()
process.exitCode = 0
