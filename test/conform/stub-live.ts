// Looks names up with the real programs of this machine, as the recorded rows of stub-resolvers were made: scripted servers in a network and
// mount namespace of their own, with resolv.conf, hosts and nsswitch.conf bound over the machine's, the host name pod7.hostdom.test, and one
// lookup by a tiny program (or a well known one). Needs root, unshare, ip and mount; what is missing is simply not available.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StubRow } from '../fidelity/stub-replay.ts'
import { APPLICATIONS, type Application } from './stub-live-applications.ts'
import { C_PROGRAM, GO_PROGRAM, JAVA_PROGRAM, NODE_PROGRAM } from './stub-live-programs.ts'

/** Inputs of one lookup: the columns of stub-cases. */
export type StubCase = Omit<StubRow, 'client' | 'implementation' | 'version' | 'asked' | 'result' | 'family'> & { readonly family?: StubRow['family'] }

export interface LiveClient {
  /** `glibc2.36`. */
  readonly client: string
  readonly implementation: string
  readonly version: string
  /** argv for one case, once `build` has put its program into a folder. */
  readonly command: (dir: string, one: StubCase) => readonly string[]
  readonly build?: (dir: string) => string | undefined
  /** Reads what it printed; absent: one JSON line a lookup. */
  readonly application?: string
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>
}

const run = (command: string, args: readonly string[], cwd?: string, env?: NodeJS.ProcessEnv): string | undefined => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd, env: { ...process.env, ...env }, timeout: 240_000 })
  return status === 0 ? stdout + stderr : undefined
}

const argsOf = ({ name, family = 'unspec', api, repeat = 1 }: StubCase): string[] => [name, family, api ?? '-', String(repeat)]

function compiled(kind: 'glibc' | 'musl', version: string, compiler: string, flags: readonly string[]): LiveClient {
  return {
    client: `${kind}${version}`, implementation: kind, version,
    build: dir => {
      writeFileSync(join(dir, 'lookup.c'), C_PROGRAM)
      return run(compiler, ['-O1', '-w', '-o', join(dir, 'lookup'), join(dir, 'lookup.c'), ...flags]) === undefined ? `${compiler} does not build the program` : undefined
    },
    command: (dir, one) => [join(dir, 'lookup'), ...argsOf(one)],
  }
}

/** Every musl of the machine: Debian's, and those that WHYDNS_MUSL lists as installed under `<folder>/<version>`. */
function musls(): LiveClient[] {
  const own = /Version (\S+)/.exec(spawnSync('/lib/ld-musl-x86_64.so.1', [], { encoding: 'utf8' }).stderr ?? '')?.[1]
  const folder = process.env['WHYDNS_MUSL']
  const built = folder === undefined ? [] : readdirSync(folder).filter(version => existsSync(join(folder, version, 'bin/musl-gcc')))
  return [
    ...(own !== undefined && run('musl-gcc', ['--version']) !== undefined ? [compiled('musl', own, 'musl-gcc', ['-static'])] : []),
    ...built.map(version => compiled('musl', version, join(folder ?? '', version, 'bin/musl-gcc'), ['-static'])),
  ]
}

/** The Go on the path, and the toolchains from 1.21 on that its module cache holds: programs of older ones misread strings on some processors. */
function gos(): LiveClient[] {
  const own = /go(\d+\.\d+(?:\.\d+)?)/.exec(run('go', ['version'], tmpdir(), { GOTOOLCHAIN: 'local' }) ?? '')?.[1]
  if (own === undefined) return []
  const cache = join(process.env['GOMODCACHE'] ?? join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'pkg/mod'), 'golang.org')
  const cached = existsSync(cache) ? readdirSync(cache).flatMap(name => /^toolchain@v0\.0\.1-go(1\.(?:2[1-9]|[3-9]\d)\.\d+)\./.exec(name)?.[1] ?? []) : []
  return [...new Set([own, ...cached])].map(full => {
    const version = full.split('.').slice(0, 2).join('.')
    return {
      client: `go${version}`, implementation: 'go', version,
      build: (dir: string) => {
        writeFileSync(join(dir, 'main.go'), GO_PROGRAM)
        writeFileSync(join(dir, 'go.mod'), `module lookup\n\ngo ${version}\n`)
        const toolchain = full === own ? 'local' : `go${full}`
        return run('go', ['build', '-o', 'lookup', '.'], dir, { GOTOOLCHAIN: toolchain, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' }) === undefined ? 'go does not build the program' : undefined
      },
      command: (dir: string, one: StubCase) => [join(dir, 'lookup'), ...argsOf(one)],
    }
  })
}

function runtimes(): LiveClient[] {
  const java = /version "(\d+)/.exec(run('java', ['-version']) ?? '')?.[1]
  const all: LiveClient[] = []
  if (java !== undefined && run('javac', ['-version']) !== undefined) {
    all.push({
      client: `java${java}`, implementation: 'java', version: java,
      build: dir => {
        writeFileSync(join(dir, 'Lookup.java'), JAVA_PROGRAM)
        return run('javac', ['-d', dir, join(dir, 'Lookup.java')]) === undefined ? 'javac does not build the program' : undefined
      },
      command: (dir, one) => ['java', '-Xshare:auto', '-cp', dir, 'Lookup', ...argsOf(one)],
    })
  }
  for (const path of ['/usr/bin/node', process.execPath]) {
    const version = run(path, ['-p', 'process.versions.node'])?.trim().split('.')[0]
    if (version === undefined || all.some(client => client.client === `node${version}`)) continue
    for (const [implementation, how] of [['node', 'lookup'], ['c-ares', 'resolve']] as const) {
      const ares = run(path, ['-p', 'process.versions.ares'])?.trim() ?? ''
      all.push({
        client: how === 'lookup' ? `node${version}` : `c-ares${ares}`, implementation, version: how === 'lookup' ? version : ares,
        build: dir => { writeFileSync(join(dir, 'lookup.cjs'), NODE_PROGRAM); return undefined },
        command: (dir, one) => [path, join(dir, 'lookup.cjs'), how, ...argsOf(one)],
      })
    }
  }
  return all
}

const applications = (): LiveClient[] => Object.entries(APPLICATIONS).flatMap(([implementation, application]: [string, Application]) => {
  const version = application.version((command, args) => { const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' }); return `${stdout}${stderr}` })
  return version === undefined ? [] : [{ client: `${implementation}${version}`, implementation, version, application: implementation, command: (_dir: string, one: StubCase) => application.command(one) }]
})

/** Can a namespace be had here at all? */
const canIsolate = (): boolean => process.getuid?.() === 0 && run('unshare', ['-n', '-m', '-u', '--', 'sh', '-c', 'ip link set lo up && mount --bind /etc /etc']) !== undefined

let known: readonly LiveClient[] | undefined

/** The programs that this machine can look names up with. */
export function available(): readonly LiveClient[] {
  if (known) return known
  if (!canIsolate()) return known = []
  const glibc = /(\d+\.\d+)\s*$/m.exec(run('ldd', ['--version'])?.split('\n')[0] ?? '')?.[1]
  return known = [
    ...(glibc !== undefined && run('gcc', ['--version']) !== undefined ? [compiled('glibc', glibc, 'gcc', ['-lresolv'])] : []),
    ...musls(), ...gos(), ...runtimes(), ...applications(),
  ]
}

const built = new Map<string, string>()

/** The client's program in a folder, made once a run. Rejects when it cannot be built. */
function programFolder(client: LiveClient): string {
  const made = built.get(client.client)
  if (made !== undefined) return made
  const folder = mkdtempSync(join(tmpdir(), 'whydns-stub-program-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const wrong = client.build?.(folder)
  if (wrong !== undefined) throw new Error(`${client.client}: ${wrong}`)
  built.set(client.client, folder)
  return folder
}

/** One row for each case, in the columns of stub-resolvers. Rejects when the program cannot be built or the namespace cannot be had. */
export async function runLive(client: LiveClient, cases: readonly StubCase[]): Promise<readonly StubRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'whydns-stub-'))
  try {
    mkdirSync(join(dir, 'etc'))
    const program = programFolder(client)
    const lookups = cases.map(one => ({ ...one, family: one.family ?? 'unspec', command: client.command(program, one) }))
    writeFileSync(join(dir, 'lookups.json'), JSON.stringify({ lookups, application: client.application, env: client.env ?? {} }))
    const inside = join(dirname(fileURLToPath(import.meta.url)), 'stub-live-inside.ts')
    const lines = await output('unshare', ['-n', '-m', '-u', '--', process.execPath, inside, dir])
    const seen = lines.split('\n').filter(line => line !== '').map(line => JSON.parse(line) as Pick<StubRow, 'asked' | 'result'>)
    if (seen.length !== cases.length) throw new Error(`${client.client}: ${seen.length} of ${cases.length} lookups came to an end`)
    const { client: name, implementation, version } = client
    return cases.map((one, i) => ({ client: name, implementation, version, ...one, family: one.family ?? 'unspec', ...seen[i] }) as StubRow)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => { text += part })
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve(text) : reject(new Error(`${command} ended with ${code}`))))
  })
}
